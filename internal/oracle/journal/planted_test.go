package journal

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// planted is one rule broken in a good journal: before it is written, in the documents, so that the journal tells the
// truth about a campaign that should not have gone so; or in the journal itself.
type planted struct {
	name   string
	want   Code
	says   string // part of the finding's sentence
	before func(w *world)
	after  func(s *stage)
}

// where returns the index of the n-th event (from 0) of a kind about a host, region or whatever names it.
func (s *stage) where(kind, about string, n int) int {
	for i, e := range s.events {
		names := []string{e.Host, e.Region, e.NoticeID, e.Request}
		if e.Notice != nil {
			names = append(names, e.Notice.ID)
		}
		if e.Kind != kind || (about != "" && !slices.ContainsFunc(names, func(name string) bool { return name == about || strings.HasPrefix(name, sampleCampaign+"."+about) })) {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	panic("the sample journal has no " + kind + " of " + about)
}

// edit changes the first event of a kind about something.
func edit(kind, about string, change func(e *event)) func(*stage) {
	return func(s *stage) { change(&s.events[s.where(kind, about, 0)]) }
}

// drop takes the first event of a kind about something out.
func drop(kind, about string) func(*stage) {
	return func(s *stage) { s.cut(s.where(kind, about, 0)) }
}

func (s *stage) cut(i int) event {
	e := s.events[i]
	s.events = slices.Delete(s.events, i, i+1)
	return e
}

// put adds an event at a minute, after all others of that time.
func (s *stage) put(minutes int, e event) {
	e.At = at(minutes)
	i := slices.IndexFunc(s.events, func(other event) bool { return other.At > e.At })
	if i < 0 {
		i = len(s.events)
	}
	s.events = slices.Insert(s.events, i, e)
}

// add puts in an event that should not be.
func add(minutes int, e event) func(*stage) { return func(s *stage) { s.put(minutes, e) } }

// again repeats an event at a minute.
func again(kind, about string, minutes int) func(*stage) {
	return func(s *stage) { s.put(minutes, s.events[s.where(kind, about, 0)]) }
}

// move takes an event to another time.
func move(kind, about string, minutes int) func(*stage) {
	return func(s *stage) { s.put(minutes, s.cut(s.where(kind, about, 0))) }
}

// all does several things.
func all(changes ...func(*stage)) func(*stage) {
	return func(s *stage) {
		for _, change := range changes {
			change(s)
		}
	}
}

// grantOf changes what the grant of w-2 says.
func grantOf(change func(g *grant)) func(*stage) {
	return edit(hostGranted, "w-2", func(e *event) { change(e.Grant) })
}

// proofOf changes the proof by which w-2 is done.
func proofOf(change func(p *proof)) func(*stage) {
	return edit(hostDone, "w-2", func(e *event) { change(e.Proof) })
}

// anotherDigest is the digest of no document of the sample.
func anotherDigest() string { return string(canon.Of([]byte("another"))) }

func mustFind(t *testing.T, p planted) {
	t.Helper()
	w := newWorld()
	if p.before != nil {
		p.before(w)
	}
	s := goodStage(t, w)
	if p.after != nil {
		p.after(s)
	}
	findings := s.audit(t)
	for _, f := range findings {
		if f.Code == p.want && strings.Contains(f.Sentence, p.says) {
			return
		}
	}
	t.Errorf("%s: nothing of code %s that says %q was found, only %v", p.name, p.want, p.says, findings)
}

func everyPlant() []planted {
	return slices.Concat(plantedCourse(), plantedGrants(), plantedLimits(), plantedOrder(), plantedFailures(), plantedLives(), plantedNotices())
}

func TestEveryPlantedViolationIsFound(t *testing.T) {
	for _, p := range everyPlant() {
		t.Run(p.name, func(t *testing.T) { mustFind(t, p) })
	}
}

// codeLine is a line that declares a code.
var codeLine = regexp.MustCompile(`(?m)^\t\w+ +Code += "([a-z-]+)"`)

func TestEveryCodeIsPlantedAtLeastOnce(t *testing.T) {
	source, err := os.ReadFile("audit.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := codeLine.FindAllSubmatch(source, -1)
	if len(codes) < 30 {
		t.Fatalf("audit.go declares %d codes only", len(codes))
	}
	for _, m := range codes {
		code := Code(m[1])
		if code != Sequence && !slices.ContainsFunc(everyPlant(), func(p planted) bool { return p.want == code }) {
			t.Errorf("no violation of %s is planted", code)
		}
	}
}

func TestAGapInTheNumbersIsFound(t *testing.T) {
	s := goodStage(t, newWorld())
	r := s.record(t, len(s.events))
	for i := 100; i < len(r.entries); i++ {
		r.entries[i].seq++
	}
	findings := r.Audit(s.fleet, s.policy, s.plan, s.advisories)
	if len(findings) != 1 || findings[0].Code != Sequence || findings[0].Seq != 102 {
		t.Errorf("an entry is missing before 102, and found is %v", findings)
	}
}

func TestAJournalThatStopsBetweenTwoMomentsIsNoViolation(t *testing.T) {
	s := goodStage(t, newWorld())
	for n := 1; n < len(s.events); n++ {
		if s.events[n].At == s.events[n-1].At {
			continue
		}
		for _, f := range s.record(t, n).Audit(s.fleet, s.policy, s.plan, s.advisories) {
			t.Errorf("after %d events: %s", n, f)
		}
	}
}

func TestAnEventThatLacksWhatItsKindNeedsIsFound(t *testing.T) {
	for _, kind := range []string{campaignProposed, campaignApproved, campaignHalted, campaignFinished, hostGranted, hostDone, hostFreed, noticeQueued} {
		s := goodStage(t, newWorld())
		n := s.where(kind, "", 0)
		s.events[n] = event{Kind: kind, At: s.events[n].At, Host: s.events[n].Host}
		if !slices.ContainsFunc(s.audit(t), func(f Finding) bool { return f.Code == Kind && f.Seq == uint64(n+1) }) {
			t.Errorf("%s says nothing, and nobody noticed", kind)
		}
	}
}

func TestAGuestThatRunsAgainCountsNoMore(t *testing.T) {
	w := newWorld()
	pairUp(w)
	for _, f := range goodStage(t, w).audit(t) {
		t.Error(f)
	}
}

func TestAHaltForAClockThatJumpedIsHeldAgainstNoShare(t *testing.T) {
	s := goodStage(t, newWorld())
	s.put(402, event{Kind: campaignHalted, Halt: &halt{Code: "clock-jumped"}})
	s.put(403, event{Kind: campaignResumed})
	for _, f := range s.audit(t) {
		t.Error(f)
	}
}

func TestATenantWithoutContactsIsNotMissedButShutsItsRegion(t *testing.T) {
	w := newWorld()
	w.tenants[1].Contacts = nil
	s := goodStage(t, w)
	s.events = slices.DeleteFunc(s.events, func(e event) bool {
		return (e.Notice != nil && e.Notice.Tenant == "bolt") || strings.Contains(e.NoticeID, ".bolt.")
	})
	shut := false
	for _, f := range s.audit(t) {
		shut = shut || f.Code == NoticeGate
		if f.Code == NoticeMissing {
			t.Error(f)
		}
	}
	if !shut {
		t.Error("a region starts although one of its tenants cannot be told, and nobody noticed")
	}
}

// windowOf returns the window of a planned host, for a test to change.
func (w *world) windowOf(host string) *calendar.Span {
	for i := range w.plan.Outages {
		if w.plan.Outages[i].Host == host {
			return &w.plan.Outages[i].Window
		}
	}
	panic("the sample plan has no host " + host)
}
