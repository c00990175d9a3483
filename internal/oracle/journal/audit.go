package journal

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
)

// Code names the rule that a finding is about.
type Code string

// The rules.
const (
	Sequence      Code = "sequence"       // entries are numbered from 1 without gaps
	Clock         Code = "clock"          // time never goes backwards
	Kind          Code = "kind"           // every event is of a known kind, with what its kind must say
	Documents     Code = "documents"      // what was proposed is this plan of this fleet, policy and advisories
	Approval      Code = "approval"       // two keys and two principals, neither the proposer's, before the start
	Status        Code = "status"         // the campaign as a whole goes through its life in order
	Epochs        Code = "epochs"         // each conductor is newer than the one before
	Requests      Code = "requests"       // what a person asked for is answered once
	NotRunning    Code = "not-running"    // nothing is granted or taken down while the campaign does not run
	NotPlanned    Code = "not-planned"    // only hosts of the plan are touched
	ProtectedHost Code = "protected"      // a protected host is never touched
	Life          Code = "life"           // a host's events come in the order of its life
	ActedTwice    Code = "acted-twice"    // a host is taken down at most once
	Misstated     Code = "misstated"      // what a grant says of its host is so
	Window        Code = "window"         // nothing starts before its window, nothing should end after it
	Freeze        Code = "freeze"         // no outage runs in a freeze
	Limit         Code = "limit"          // hosts down at once: fleet, region, zone, rack, cohort
	TenantLimit   Code = "tenant-limit"   // guests of a tenant down at once
	GroupLimit    Code = "group-limit"    // members of a group down at once
	CheckWrong    Code = "check-wrong"    // the numbers that were written down are the numbers there were
	CheckMissing  Code = "check-missing"  // every limit that a host counts against was looked at
	LastOrder     Code = "last-order"     // a last host goes after everything else of its region
	LastTogether  Code = "last-together"  // no two last hosts are down together
	RegionOrder   Code = "region-order"   // a region starts after the one before is through and has baked
	ZoneOrder     Code = "zone-order"     // a zone starts after the one before is through and has baked
	RegionEvents  Code = "region-events"  // regions are said to start and to complete when they do
	CanaryCount   Code = "canary-count"   // each cohort has its canaries
	CanaryOrder   Code = "canary-order"   // the others wait until the canaries are done and have baked
	CanaryFailed  Code = "canary-failed"  // a cohort whose canary did not come through goes no further
	HaltShare     Code = "halt-share"     // too many failures stop everything until a person resumes
	HaltWrong     Code = "halt-wrong"     // a halt gives the numbers there were
	ProofMissing  Code = "proof"          // a host is done when it has proven it
	SetAside      Code = "set-aside"      // a host is set aside for the reason that is given
	LateTold      Code = "late"           // a late host is said to be late, and only a late one
	StuckEarly    Code = "stuck"          // a host is stuck when it is past its estimate by what the policy says
	NoticeGate    Code = "notice-gate"    // every tenant of a region has its notice before the region starts
	NoticeTwice   Code = "notice-twice"   // each notice is queued once, and accepted once
	NoticeUnknown Code = "notice-unknown" // nothing is accepted that was not queued
	NoticeAstray  Code = "notice-astray"  // a notice goes to a tenant whom it concerns, when it is true
	NoticeMissing Code = "notice-missing" // what has to be told is told
	NoticeLost    Code = "notice-lost"    // at the end no notice waits
	Unended       Code = "unended"        // at the end every host of the plan has an end
	Counts        Code = "counts"         // the summary counts what happened
)

// Finding is one rule that was broken, or one number that is wrong.
type Finding struct {
	Code     Code
	Seq      uint64 // of the event; 0 when it is about the journal as a whole
	Sentence string
}

// String prints the finding for people.
func (f Finding) String() string { return fmt.Sprintf("entry %d: %s: %s", f.Seq, f.Code, f.Sentence) }

// Audit holds the journal against the documents: fleet, policy, plan and advisories. It returns every finding in
// the order of the journal, nil when every rule was kept. A journal that stops in the middle of a campaign
// is held only to what should be in it by then.
func (r *Record) Audit(f *fleet.Fleet, p *policy.Policy, pl *plan.Plan, of []*advisory.Advisory) []Finding {
	a := &auditor{ground: survey(f, p, pl, of), campaign: r.campaign}
	a.lives = make([]life, f.Hosts())
	for h := range a.lives {
		a.lives[h].phase = pending
	}
	a.begin()
	for i := range r.entries {
		a.read(&r.entries[i])
	}
	a.finish()
	slices.SortStableFunc(a.findings, func(x, y Finding) int { return cmp.Compare(x.Seq, y.Seq) })
	return a.findings
}

// auditor is one reading of a journal: what is known after the entries read so far.
type auditor struct {
	*ground
	campaign string
	findings []Finding

	count   uint64
	seq     uint64
	at      calendar.Instant
	grants  int                        // so far
	downNow []ident.Host               // that count as down
	lives   []life                     // by host
	left    map[ident.Guest]ident.Host // guests that stayed down when their host was set aside

	course
	failures failures
	regions  map[ident.Region]*stay
	notices  notices
}

// find adds a finding about the entry that is being read.
func (a *auditor) find(code Code, format string, args ...any) {
	a.findings = append(a.findings, Finding{Code: code, Seq: a.seq, Sentence: fmt.Sprintf(format, args...)})
}

// begin prepares the books and looks at what holds whatever happens.
func (a *auditor) begin() {
	a.left = map[ident.Guest]ident.Host{}
	a.regions = map[ident.Region]*stay{}
	a.notices = newNotices()
	a.requests = map[string]bool{}
	a.checkCanaryCounts()
}

func (a *auditor) read(e *entry) {
	a.count++
	a.seq = e.seq
	if e.seq != a.count {
		a.find(Sequence, "the entry after %d is %d", a.count-1, e.seq)
		a.count = e.seq
	}
	if e.at < a.at {
		a.find(Clock, "it is of %s, and the one before of %s", e.at, a.at)
	}
	a.at = e.at
	if a.ended && !slices.Contains(afterTheEnd, e.event.Kind) {
		a.find(Status, "%s comes after the end of the campaign", e.event.Kind)
	}
	if !a.readCampaign(&e.event) && !a.readRegion(&e.event) && !a.readNotice(&e.event) && !a.readHost(&e.event) {
		a.find(Kind, "there is no event of kind %q with what it must say", e.event.Kind)
	}
}

// finish looks at what must have happened by the end of the journal.
func (a *auditor) finish() {
	a.finishRegions()
	a.finishNotices()
}
