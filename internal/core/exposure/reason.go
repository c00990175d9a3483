package exposure

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Reason says in one sentence why the host is in its overall state: by which advisory, on which facts with
// their values, and which facts are missing. It is made on demand; values are escaped and shortened.
func (r *Report) Reason(h ident.Host) string {
	overall := r.Overall(h)
	deciding, others := -1, []string(nil)
	for i, a := range r.advisories {
		switch {
		case deciding < 0 && r.Of(i, h) == overall:
			deciding = i
		case overall.needsOutage() && r.Touches(i, h):
			others = append(others, a.ID)
		}
	}
	if deciding < 0 {
		return "no advisory was judged"
	}
	sentence := r.ReasonFor(deciding, h)
	if len(others) > 0 {
		sentence += "; exposed, or not known to be safe, for " + strings.Join(others, ", ") + " too"
	}
	return sentence
}

// ReasonFor says in one sentence why the advisory of that index judges the host as it does.
func (r *Report) ReasonFor(index int, h ident.Host) string {
	a := r.advisories[index]
	guests := make([]label.Set, 0, len(r.fleet.GuestsOn(h)))
	for _, g := range r.fleet.GuestsOn(h) {
		guests = append(guests, r.fleet.GuestLabels(ident.Guest(g)))
	}
	now, later := running(r.fleet, h, guests), installed(r.fleet, h, guests)
	switch r.Of(index, h) {
	case Fixed:
		return fmt.Sprintf("fixed for %s: %s", a.ID, grounds(a.Fixed, now))
	case NotAffected:
		return fmt.Sprintf("not affected by %s: %s", a.ID, grounds(a.Affected, now))
	case Unknown:
		return fmt.Sprintf("unknown for %s: %s", a.ID, doubt(a, now))
	case FixedNotRunning:
		proof := a.Fixed
		if proof.Evaluate(later).Answer != predicate.Yes {
			proof = a.Affected
		}
		return fmt.Sprintf("affected by %s: %s; fixed is installed (%s) but not running: %s is due",
			a.ID, grounds(a.Affected, now), grounds(proof, later), due(a.Action))
	}
	return fmt.Sprintf("affected by %s: %s; %s does not show the fix", a.ID, grounds(a.Affected, now), grounds(a.Fixed, now))
}

// due names what makes an installed fix run.
func due(action advisory.Action) string {
	switch action {
	case advisory.Reboot:
		return "a reboot"
	case advisory.StopStart:
		return "a stop and start"
	}
	return "a restart"
}

// grounds lists what a predicate looked at: facts with their values, then guests.
func grounds(p predicate.Predicate, s predicate.Subject) string {
	var parts []string
	for _, fact := range p.HostFacts() {
		if v, ok := s.Facts.Get(fact); ok {
			parts = append(parts, shown(fact)+" "+shown(v.String()))
		} else {
			parts = append(parts, "no fact "+shown(fact))
		}
	}
	if p.ReadsGuests() {
		parts = append(parts, guestGrounds(p.GuestLabels(), s.Guests)...)
	}
	if len(parts) == 0 {
		return "every host"
	}
	return strings.Join(parts, ", ")
}

// guestKindsShown bounds how many kinds of guests one sentence names.
const guestKindsShown = 3

// guestGrounds describes the guests of a host by the labels looked at.
func guestGrounds(keys []string, guests []label.Set) []string {
	if len(guests) == 0 {
		return []string{"no guests"}
	}
	kinds := make([]string, len(guests))
	for i, set := range guests {
		kinds[i] = guestKind(keys, set)
	}
	slices.Sort(kinds)
	var parts []string
	for start := 0; start < len(kinds); {
		end := start
		for end < len(kinds) && kinds[end] == kinds[start] {
			end++
		}
		if len(parts) == guestKindsShown {
			return append(parts, plural(len(kinds)-start, "another guest", "other guests"))
		}
		parts = append(parts, plural(end-start, "a guest", "guests")+kinds[start])
		start = end
	}
	return parts
}

func guestKind(keys []string, set label.Set) string {
	var words []string
	for _, key := range keys {
		if v, ok := set.Get(key); ok {
			words = append(words, "with "+shown(key)+" "+shown(v.String()))
		} else {
			words = append(words, "without "+shown(key))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " and ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// doubt says what is missing or failed when an advisory cannot be judged.
func doubt(a *advisory.Advisory, s predicate.Subject) string {
	var missing, faults []string
	for _, p := range []predicate.Predicate{a.Affected, a.Fixed} {
		if result := p.Evaluate(s); result.Answer == predicate.Unknown {
			missing = append(missing, result.Missing...)
			if result.Fault != "" {
				faults = append(faults, "a question failed: "+shown(result.Fault))
			}
		}
	}
	slices.Sort(missing)
	slices.Sort(faults)
	var parts []string
	for _, name := range slices.Compact(missing) {
		parts = append(parts, lack(name)+" is missing")
	}
	return strings.Join(append(parts, slices.Compact(faults)...), ", ")
}

// lack turns a name as predicates write it into words.
func lack(name string) string {
	if fact, ok := strings.CutPrefix(name, "host."); ok {
		return `the fact "` + shown(fact) + `"`
	}
	if fact, ok := strings.CutPrefix(name, "host["); ok {
		return "the fact " + shown(strings.TrimSuffix(fact, "]"))
	}
	return "the guest label " + shown(name)
}

// shown bounds and escapes what came from the input.
func shown(s string) string {
	const length = 80
	if len(s) > length {
		s = s[:length] + "..."
	}
	return problem.Printable(s)
}
