package simfleet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/limit"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// FaultKind is what goes wrong with a host.
type FaultKind string

// The faults.
const (
	Slow          FaultKind = "slow"           // acting takes Factor times as long
	Dead          FaultKind = "dead"           // goes down and never comes back; it can be fenced
	PatchFails    FaultKind = "patch-fails"    // acting ends as failed, with the boot it had and its guests stopped
	Unpatched     FaultKind = "unpatched"      // reboots, and runs what it ran before
	GuestsMissing FaultKind = "guests-missing" // says that it returned, and some of its guests do not run
	Lies          FaultKind = "lies"           // says at once that it acted and claims the fix, and did nothing
	CordonFails   FaultKind = "cordon-fails"
	DrainFails    FaultKind = "drain-fails"
)

// defaultSpread is the spread of a scenario that does not say one, in percent.
const defaultSpread = 25

// Scenario is what is drawn and what goes wrong in a simulated fleet.
type Scenario struct {
	Seed   uint64
	Spread int // percent, from 0 to 90, by which a host's real outage may be shorter than the planned one
	Patch  label.Set
	Faults []Fault
	Clock  []Jump
}

// Fault makes hosts go wrong: those of the list Hosts, those that meet every term of Where, or all; of these only a Share
// or a Count, drawn, when one of the two is set. A fault that says none of the four is refused.
type Fault struct {
	Kind   FaultKind
	Hosts  []string
	Where  []policy.Term
	Share  limit.Limit
	Count  int
	Factor int64 // of Slow
	Times  int   // how often it strikes a host; 0 is always
	Place  problem.Place
}

// Jump sets the clock forward by By, or back when By is negative. At is by a clock that was never set.
type Jump struct {
	At calendar.Instant
	By calendar.Seconds
}

// ReadScenario reads a scenario. It is nil when the list has errors.
func ReadScenario(path string) (*Scenario, problem.List) {
	data, problems := doc.Load(path, "the scenario")
	if problems.Failed() {
		return nil, problems
	}
	return ParseScenario(path, data)
}

// ParseScenario reads a scenario from the content of the named file. It is nil when the list has errors.
func ParseScenario(file string, data []byte) (*Scenario, problem.List) {
	node, problems := doc.ReadYAML(file, data)
	if problems.Failed() {
		return nil, problems
	}
	const percentMax, seedMax = 90, 1<<63 - 1
	s := &Scenario{Spread: defaultSpread}
	top := node.Object("the scenario", &problems)
	seed, _ := top.Int("seed", 0, seedMax)
	s.Seed = uint64(seed)
	if spread, ok := top.Int("spread", 0, percentMax); ok {
		s.Spread = int(spread)
	}
	s.Patch = top.Pairs("patch")
	for i, item := range top.List("faults") {
		s.Faults = append(s.Faults, readFault(item.Object(fmt.Sprintf("faults[%d]", i), &problems)))
	}
	for i, item := range top.List("clock") {
		s.Clock = append(s.Clock, readJump(item.Object(fmt.Sprintf("clock[%d]", i), &problems)))
	}
	top.Done()
	if problems.Failed() {
		return nil, problems
	}
	return s, problems
}

func readFault(o *doc.Object) Fault {
	const factorMax, timesMax, countMax = 1000, 1000, 10_000_000
	o.Require("fault")
	kind, ok := o.Word("fault", string(Slow), string(Dead), string(PatchFails), string(Unpatched), string(GuestsMissing),
		string(Lies), string(CordonFails), string(DrainFails))
	f := Fault{Kind: FaultKind(kind), Hosts: o.Names("hosts", "the id of a host"), Where: readWhere(o), Place: o.At()}
	f.Share, _ = o.Limit("share")
	count, _ := o.Int("count", 1, countMax)
	times, _ := o.Int("times", 1, timesMax)
	f.Count, f.Times = int(count), int(times)
	if f.Kind == Slow {
		o.Require("factor")
	}
	f.Factor, _ = o.Int("factor", 2, factorMax)
	if ok && f.Kind != Slow && o.Has("factor") {
		o.Fault("factor", "bad-value", "take it out", "only the fault slow has a factor")
	}
	if o.Has("hosts") && (o.Has("where") || o.Has("share") || o.Has("count")) {
		o.Fault("hosts", "bad-value", "use one of the two ways", "hosts that are named cannot be picked by where, share or count as well")
	}
	if o.Has("share") && o.Has("count") {
		o.Fault("count", "bad-value", "take one of the two out", "it stands beside share")
	}
	if f.Share.Set() && !strings.HasSuffix(f.Share.String(), "%") {
		o.Fault("share", "bad-value", "write a percentage, or use count", "%s is not a share", f.Share)
	}
	o.Done()
	if !o.Has("hosts") && !o.Has("where") && !o.Has("share") && !o.Has("count") {
		o.Fault("fault", "bad-value", "add hosts, where, share or count", "it strikes no host, for empty never means all")
	}
	return f
}

func readWhere(o *doc.Object) []policy.Term {
	var terms []policy.Term
	for _, p := range o.Pairs("where") {
		if p.Value.IsList {
			o.Fault("where", "bad-value", "write one value", "the value of %s is a list", problem.Printable(p.Key))
		}
		terms = append(terms, policy.Term{Key: p.Key, Value: p.Value.Text})
	}
	if o.Has("where") && len(terms) == 0 {
		o.Fault("where", "bad-value", "name a label with its value", "it is empty, and empty never means all")
	}
	return terms
}

func readJump(o *doc.Object) Jump {
	const longest = 30 * calendar.Day
	j := Jump{At: o.RequiredInstant("at")}
	text := o.RequiredText("by")
	o.Done()
	by, err := calendar.ParseSeconds(strings.TrimPrefix(text, "-"))
	switch {
	case text == "":
		return j
	case err != nil:
		o.Fault("by", "bad-value", "correct it", "%s", err)
	case by == 0 || by > longest:
		o.Fault("by", "bad-value", "write a duration of up to "+longest.String(), "the clock cannot be set by %s", by)
	}
	j.By = by
	if strings.HasPrefix(text, "-") {
		j.By = -by
	}
	return j
}

// digest names the scenario by its content, wherever it was written.
func (s *Scenario) digest() string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%d %d %q\n", s.Seed, s.Spread, s.Patch)
	for _, f := range s.Faults {
		fmt.Fprintf(hash, "%s %q %q %s %d %d %d\n", f.Kind, f.Hosts, f.Where, f.Share, f.Count, f.Factor, f.Times)
	}
	for _, j := range s.Clock {
		fmt.Fprintf(hash, "%d %d\n", j.At, j.By)
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil))
}
