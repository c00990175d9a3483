package campaign

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Kind is what happened. The set is closed.
type Kind string

// Events of the campaign as a whole.
const (
	CampaignProposed Kind = "campaign-proposed" // Proposal
	CampaignApproved Kind = "campaign-approved" // Approval; the last one that is needed makes the campaign Approved
	CampaignStarted  Kind = "campaign-started"  // By
	ConductorTook    Kind = "conductor-took"    // Epoch: a process took the campaign over, at the start or after a crash
	CampaignPaused   Kind = "campaign-paused"   // By, Reason, Request
	CampaignResumed  Kind = "campaign-resumed"  // By, Reason, Request
	CampaignHalted   Kind = "campaign-halted"   // Halt
	CampaignAborting Kind = "campaign-aborting" // By, Reason, Request
	CampaignAborted  Kind = "campaign-aborted"  // Summary
	CampaignFinished Kind = "campaign-finished" // Summary
	RequestRefused   Kind = "request-refused"   // By, Request, Hold: what a person asked for and did not get
	RegionStarted    Kind = "region-started"    // Region
	RegionCompleted  Kind = "region-completed"  // Region
	CohortStopped    Kind = "cohort-stopped"    // Cohort, Host (the canary), Fault, Reason
	NoticeQueued     Kind = "notice-queued"     // Notice
	NoticeAccepted   Kind = "notice-accepted"   // NoticeID
	NoticeFailed     Kind = "notice-failed"     // NoticeID, Reason: nobody could be told; the gate stays shut
)

// Events of one host.
const (
	HostGranted   Kind = "host-granted"   // Host, Grant
	HostCordoned  Kind = "host-cordoned"  // Host, Boot: the boot it runs now
	HostDrained   Kind = "host-drained"   // Host
	HostActing    Kind = "host-acting"    // Host, Boot, Checks: what the guard saw when asked again. The intent of the outage
	HostVerifying Kind = "host-verifying" // Host, Boot: the new one
	HostReturning Kind = "host-returning" // Host, and Fault with Reason when it is already known to have failed
	HostDone      Kind = "host-done"      // Host, Proof
	HostFailed    Kind = "host-failed"    // Host, Fault, Reason, Proof as far as there is one, Guests that are missing
	HostLate      Kind = "host-late"      // Host, Until: the new worst case
	HostStuck     Kind = "host-stuck"     // Host, Reason
	HostFenced    Kind = "host-fenced"    // Host: proven off
	HostSetAside  Kind = "host-set-aside" // Host, Fault, Reason, Guests that stay down
	HostUndoing   Kind = "host-undoing"   // Host, Reason, and Fault when the host itself is the reason: it fails when it is undone
	HostUndone    Kind = "host-undone"    // Host: it is open, and pending again
	HostRetried   Kind = "host-retried"   // Host, Attempt, Reason: the same step again
	HostFreed     Kind = "host-freed"     // Host, Proof: its budgets are free, for it is proven up with all its guests
)

// Proposal is what was proposed, and by whom.
type Proposal struct {
	Campaign   string       `json:"campaign"`
	Plan       canon.Digest `json:"plan"`
	Fleet      canon.Digest `json:"fleet"`
	Policy     canon.Digest `json:"policy"`
	Advisories []Reference  `json:"advisories"`
	Proposer   Identity     `json:"proposer"`
	Needed     int          `json:"needed"` // approvals that are needed
}

// Reference names a document by its content.
type Reference struct {
	ID     string       `json:"id"`
	Digest canon.Digest `json:"digest"`
}

// Window is the half-open time that the owners of a host's guests were promised.
type Window struct {
	From calendar.Instant `json:"from"`
	To   calendar.Instant `json:"to"`
}

// Identity is somebody who proved a key.
type Identity struct {
	Principal string `json:"principal"` // the name that the allowed-signers file gives the key
	Key       string `json:"key"`       // fingerprint, SHA256:...
	Signature string `json:"signature"` // armored, as it was given
}

// Grant is a permission to take one host down, with all that was looked at.
type Grant struct {
	Zone      string           `json:"zone"`
	Region    string           `json:"region"`
	Cohort    string           `json:"cohort"`
	Canary    bool             `json:"canary,omitempty"`
	Window    Window           `json:"window"`
	Estimate  calendar.Instant `json:"estimate"` // when it should be over
	Checks    []guard.Check    `json:"checks"`
	Notices   int              `json:"notices"`    // tenants of the region whose notice is on record
	NoticedBy calendar.Instant `json:"noticed_by"` // when the latest of these was accepted; zero when nobody is touched
	NotAfter  calendar.Instant `json:"not_after"`  // last instant at which the host may begin to go down
	Advisory  []string         `json:"advisories"`
	Guests    int              `json:"guests"` // that go down with it
}

// Proof is what an observation proved of a host.
type Proof struct {
	SeenAt   calendar.Instant `json:"seen_at"`
	Before   string           `json:"boot_before,omitempty"`
	After    string           `json:"boot_after,omitempty"`
	Fixed    []Verdict        `json:"fixed,omitempty"`
	Guests   int              `json:"guests"`            // that run again
	Expected int              `json:"guests_expected"`   // that must
	Missing  []string         `json:"missing,omitempty"` // those that do not
}

// Verdict is what one advisory says of what a host was seen to run.
type Verdict struct {
	Advisory string `json:"advisory"`
	State    string `json:"state"`           // an exposure state
	Facts    string `json:"facts,omitempty"` // the facts that were asked, as key=value
}

// Halt says which share of failures stopped the campaign.
type Halt struct {
	Code    problem.Code `json:"code"` // too-many-failed or clock-jumped
	Scope   string       `json:"scope,omitempty"`
	Name    string       `json:"name,omitempty"`
	Failed  int          `json:"failed,omitempty"`
	Started int          `json:"started,omitempty"`
	Limit   string       `json:"limit,omitempty"` // as the policy writes it
	Reason  string       `json:"reason"`
}

// NoticeRef names one notice. Its ID says it all: the same campaign never has two notices of one ID.
type NoticeRef struct {
	ID     string            `json:"id"`
	Kind   string            `json:"kind"` // a notice.Kind
	Tenant string            `json:"tenant"`
	Region string            `json:"region,omitempty"`
	Host   string            `json:"host,omitempty"`  // of a late host; never told to the tenant
	Until  *calendar.Instant `json:"until,omitempty"` // of a late host: the new worst case
}

// Summary is how many hosts came to which end.
type Summary struct {
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	SetAside int `json:"set_aside"`
	Down     int `json:"still_down"` // failed hosts that are not proven up
}

// Event is one entry of the journal. Which fields a kind uses stands beside the kind.
type Event struct {
	Kind     Kind              `json:"kind"`
	At       calendar.Instant  `json:"at"`
	Host     string            `json:"host,omitempty"`
	Region   string            `json:"region,omitempty"`
	Cohort   string            `json:"cohort,omitempty"`
	By       string            `json:"by,omitempty"`
	Request  string            `json:"request,omitempty"`
	Epoch    uint64            `json:"epoch,omitempty"`
	Boot     string            `json:"boot,omitempty"`
	Attempt  int               `json:"attempt,omitempty"`
	Fault    string            `json:"fault,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Until    *calendar.Instant `json:"until,omitempty"`
	Guests   []string          `json:"guests,omitempty"`
	NoticeID string            `json:"notice,omitempty"`
	Checks   []guard.Check     `json:"checks,omitempty"`
	Proposal *Proposal         `json:"proposal,omitempty"`
	Approval *Identity         `json:"approval,omitempty"`
	Grant    *Grant            `json:"grant,omitempty"`
	Proof    *Proof            `json:"proof,omitempty"`
	Halt     *Halt             `json:"halt,omitempty"`
	Notice   *NoticeRef        `json:"to_tell,omitempty"`
	Hold     *guard.Hold       `json:"hold,omitempty"`
	Summary  *Summary          `json:"summary,omitempty"`
}
