package journal

import "github.com/evenkeel-project/evenkeel/internal/core/calendar"

// The kinds of events, as the journal writes them.
const (
	campaignProposed = "campaign-proposed"
	campaignApproved = "campaign-approved"
	campaignStarted  = "campaign-started"
	conductorTook    = "conductor-took"
	campaignPaused   = "campaign-paused"
	campaignResumed  = "campaign-resumed"
	campaignHalted   = "campaign-halted"
	campaignAborting = "campaign-aborting"
	campaignAborted  = "campaign-aborted"
	campaignFinished = "campaign-finished"
	requestRefused   = "request-refused"
	regionStarted    = "region-started"
	regionCompleted  = "region-completed"
	cohortStopped    = "cohort-stopped"
	noticeQueued     = "notice-queued"
	noticeAccepted   = "notice-accepted"
	noticeFailed     = "notice-failed"
	hostGranted      = "host-granted"
	hostCordoned     = "host-cordoned"
	hostDrained      = "host-drained"
	hostActing       = "host-acting"
	hostVerifying    = "host-verifying"
	hostReturning    = "host-returning"
	hostDone         = "host-done"
	hostFailed       = "host-failed"
	hostLate         = "host-late"
	hostStuck        = "host-stuck"
	hostFenced       = "host-fenced"
	hostSetAside     = "host-set-aside"
	hostUndoing      = "host-undoing"
	hostUndone       = "host-undone"
	hostRetried      = "host-retried"
	hostFreed        = "host-freed"
)

// event is what the auditor reads of an event; each kind uses some of the fields.
type event struct {
	Kind     string            `json:"kind"`
	At       calendar.Instant  `json:"at"`
	Host     string            `json:"host"`
	Region   string            `json:"region"`
	Cohort   string            `json:"cohort"`
	Request  string            `json:"request"`
	Epoch    uint64            `json:"epoch"`
	Boot     string            `json:"boot"`
	Fault    string            `json:"fault"`
	Until    *calendar.Instant `json:"until"`
	Guests   []string          `json:"guests"`
	NoticeID string            `json:"notice"`
	Checks   []check           `json:"checks"`
	Proposal *proposal         `json:"proposal"`
	Approval *identity         `json:"approval"`
	Grant    *grant            `json:"grant"`
	Proof    *proof            `json:"proof"`
	Halt     *halt             `json:"halt"`
	Notice   *notice           `json:"to_tell"`
	Summary  *summary          `json:"summary"`
}

type proposal struct {
	Campaign   string      `json:"campaign"`
	Plan       string      `json:"plan"`
	Fleet      string      `json:"fleet"`
	Policy     string      `json:"policy"`
	Advisories []reference `json:"advisories"`
	Proposer   identity    `json:"proposer"`
	Needed     int         `json:"needed"`
}

type reference struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
}

type identity struct {
	Principal string `json:"principal"`
	Key       string `json:"key"`
}

type grant struct {
	Zone       string           `json:"zone"`
	Region     string           `json:"region"`
	Cohort     string           `json:"cohort"`
	Canary     bool             `json:"canary"`
	Window     window           `json:"window"`
	Estimate   calendar.Instant `json:"estimate"`
	Checks     []check          `json:"checks"`
	Notices    int              `json:"notices"`
	NoticedBy  calendar.Instant `json:"noticed_by"`
	NotAfter   calendar.Instant `json:"not_after"`
	Advisories []string         `json:"advisories"`
	Guests     int              `json:"guests"`
}

type window struct {
	From calendar.Instant `json:"from"`
	To   calendar.Instant `json:"to"`
}

type check struct {
	Scope   string `json:"scope"`
	Name    string `json:"name"`
	Down    int    `json:"down"`
	More    int    `json:"more"`
	Allowed int    `json:"allowed"`
}

type proof struct {
	SeenAt   calendar.Instant `json:"seen_at"`
	Before   string           `json:"boot_before"`
	After    string           `json:"boot_after"`
	Fixed    []verdict        `json:"fixed"`
	Guests   int              `json:"guests"`
	Expected int              `json:"guests_expected"`
	Missing  []string         `json:"missing"`
}

type verdict struct {
	Advisory string `json:"advisory"`
	State    string `json:"state"`
}

type halt struct {
	Code    string `json:"code"`
	Scope   string `json:"scope"`
	Name    string `json:"name"`
	Failed  int    `json:"failed"`
	Started int    `json:"started"`
}

type notice struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"`
	Tenant string            `json:"tenant"`
	Region string            `json:"region"`
	Host   string            `json:"host"`
	Until  *calendar.Instant `json:"until"`
}

type summary struct {
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	SetAside int `json:"set_aside"`
	Down     int `json:"still_down"`
}
