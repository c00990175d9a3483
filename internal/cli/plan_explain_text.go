package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
)

// printExplanation shows what each rule costs, the dearest first, and what would have to give for a deadline that is
// missed.
func (s *session) printExplanation(e explanation) {
	p := e.plan
	if len(p.Outages) == 0 {
		fmt.Fprintln(s.Out, "Nothing is planned, so no rule costs anything.")
		s.printBlocked(p)
		return
	}
	fmt.Fprint(s.Out, wrapped("", fmt.Sprintf("What each rule costs: %s planned without that rule, all others kept", counted(len(p.Outages), "host"))))
	t := newTable("rule left out", ">plan", ">saves", ">bound", ">margin")
	t.add("(none: the plan itself)", hours(p.Makespan), "", hours(p.Bound.Seconds), marginText(p.Margin))
	for _, price := range dearest(e.prices) {
		if price.Refused != "" {
			t.add(ruleText(price, e), "cannot be planned", "", "", "")
			continue
		}
		t.add(ruleText(price, e), hours(price.Makespan), savesText(price), hours(price.Bound), marginText(price.Margin))
	}
	t.print(s.Out, rulesMax)
	if !e.complete() {
		fmt.Fprintf(s.Out, "  %s not priced: the command was stopped\n", counted(e.asked-len(e.prices), "rule"))
	}
	fmt.Fprint(s.Out, "\n", wrapped("  ", "Hours and minutes. No plan without the rule can be shorter than its bound. Under saves, none: proven, "+
		"no plan without the rule is shorter; 0: no shorter one was found."))
	if missed(p) {
		s.printRelief(e)
	}
	fmt.Fprint(s.Out, "\n", wrapped("", "Nothing was loosened: these plans were measured and thrown away. To give a rule up, "+
		"a person changes the policy, or a tenant its max_down, and the new plan is approved anew."))
}

// rulesMax bounds the table; there are no more rules than that to ask about.
const rulesMax = 64

// dearest returns the prices, the greatest saving first; of equal ones those that are not proven to save nothing.
func dearest(prices []whatif.Price) []whatif.Price {
	out := slices.Clone(prices)
	rank := func(p whatif.Price) int {
		switch {
		case p.Refused != "":
			return 2
		case p.SavesNothing():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b whatif.Price) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Saves, a.Saves))
	})
	return out
}

// ruleText names the rule, and the hosts that its loss lets in.
func ruleText(p whatif.Price, e explanation) string {
	text := problem.Printable(p.Rule)
	if more := p.Outages - len(e.plan.Outages); more > 0 && p.Refused == "" {
		text = fmt.Sprintf("+%s: %s", counted(more, "host"), text)
	}
	return text
}

func savesText(p whatif.Price) string {
	switch {
	case p.SavesNothing() && p.Saves == 0:
		return "none"
	case p.Saves == 0:
		return "0"
	}
	return hours(p.Saves)
}

func marginText(margin *calendar.Seconds) string {
	if margin == nil {
		return "none"
	}
	return hours(*margin)
}

// hours prints a duration for a column: hours and minutes from an hour on, else minutes and seconds.
func hours(d calendar.Seconds) string {
	if d < 0 {
		return "-" + hours(-d)
	}
	high, low, words := d/calendar.Hour, d%calendar.Hour/calendar.Minute, "hm"
	if high == 0 {
		high, low, words = d/calendar.Minute, d%calendar.Minute, "ms"
	}
	text := fmt.Sprintf("%d%c", high, words[0])
	if low == 0 {
		return text
	}
	return text + fmt.Sprintf(" %d%c", low, words[1])
}

// hopelessShown bounds the rules that are named because their loss helps nothing; the table has them all.
const hopelessShown = 6

// printRelief says what would meet the deadline: single rules, looser limits, an earlier start.
func (s *session) printRelief(e explanation) {
	p := e.plan
	fmt.Fprintln(s.Out, "\nWhat would have to give")
	say := func(format string, args ...any) { fmt.Fprint(s.Out, wrapped("  ", fmt.Sprintf(format, args...))) }
	item := func(text string) { fmt.Fprint(s.Out, wrapped("    - ", problem.Printable(text))) }
	state := "No plan under this policy meets it, that is proven."
	if whatif.Judge(p) != whatif.Hopeless {
		state = "That is not proven of every plan under this policy: a longer search may find one in time."
	}
	say("The plan misses its deadline by %s. %s", lasting(-*p.Margin), state)
	if enough := whatif.Enough(e.prices); len(enough) > 0 {
		say("Any one of these alone would meet it, the least change first:")
		for _, price := range enough {
			item(reliefText(price, e.looser))
		}
	} else if len(e.prices) > 0 {
		s.printNoRelief(e)
	}
	if hopeless := namesOf(e.prices, whatif.Hopeless); len(hopeless) > 0 {
		shown, more := hopeless[:min(len(hopeless), hopelessShown)], ""
		if n := len(hopeless) - len(shown); n > 0 {
			more = "; and " + grouped(n) + " more"
		}
		say("Proven not to be enough alone: %s%s.", problem.Printable(strings.Join(shown, "; ")), more)
	}
	earlier := p.Start.Sub(*p.LatestSafeStart)
	say("Or start earlier: this plan meets the deadline when it starts %s earlier, at %s or before.", lasting(earlier), moment(*p.LatestSafeStart, e.options.zone))
}

// printNoRelief says that no single rule is enough, and how near the nearest comes.
func (s *session) printNoRelief(e explanation) {
	best := e.prices[0]
	for _, p := range e.prices {
		if p.Margin != nil && (best.Margin == nil || *p.Margin > *best.Margin) {
			best = p
		}
	}
	text := "No single rule is enough."
	if !e.complete() {
		text = "None of the rules priced so far is enough."
	}
	if best.Margin != nil {
		text += fmt.Sprintf(" The nearest is %s: without it the plan still misses by %s, and no plan is shorter than %s.",
			best.Rule, lasting(-*best.Margin), lasting(best.Bound))
	}
	fmt.Fprint(s.Out, wrapped("  ", problem.Printable(text)))
}

// reliefText says what dropping a rule gives, and for a limit which looser one is enough.
func reliefText(p whatif.Price, looser []whatif.Price) string {
	text := fmt.Sprintf("%s: without it a margin of %s", p.Rule, lasting(*p.Margin))
	for _, l := range looser {
		if l.Code == p.Code {
			text += fmt.Sprintf("; %s in its place is enough, with a margin of %s", l.To, lasting(*l.Margin))
		}
	}
	return text
}

// namesOf returns the rules without which the deadline is as the verdict says.
func namesOf(prices []whatif.Price, verdict whatif.Verdict) []string {
	var out []string
	for _, p := range prices {
		if p.Refused == "" && p.Deadline == verdict {
			out = append(out, p.Rule)
		}
	}
	return out
}
