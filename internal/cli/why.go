package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

type whyOptions struct {
	data, host string
	json       bool
}

func (s *session) whyCommand() *cobra.Command {
	var o whyOptions
	command := &cobra.Command{
		Use: "why HOST", Short: "Say why a host waits, or what became of it", Args: s.operands("HOST"),
		Example: examples("why c-17 --data campaign", "why c-17 --data campaign --json"),
		RunE: func(command *cobra.Command, args []string) error {
			o.host = args[0]
			if err := s.required(command, "data DIR"); err != nil {
				return err
			}
			return s.why(o)
		},
	}
	dataFlag(command, &o.data)
	command.Flags().BoolVar(&o.json, "json", false, "print the answer as JSON")
	return command
}

// story is what a campaign did with one host, and what holds it now.
type story struct {
	host   string
	at     calendar.Instant // of the last event of the journal
	phase  campaign.Phase   // empty for a host that the campaign does not concern
	outage *plan.Outage
	left   string // why the plan leaves the host out
	life   []campaign.Event
	holds  []guard.Hold
	end    campaign.HostView // of a host that was touched and did not come through
	ended  bool              // the campaign is over
}

// next says what a person does about a host that came to an end other than done; "" for any other.
func (w *story) next() string {
	switch {
	case w.phase != campaign.Failed && w.phase != campaign.SetAside:
		return ""
	case w.end.Host == "":
		return "it was never touched and runs what it ran: plan it again, in a campaign of its own"
	case w.end.Fault == campaign.FaultStuck:
		return "it is powered off: repair it, start it, and plan again; whatever runs the fix is left out"
	case w.end.Down && w.ended:
		return "it is not proven to be up with all its guests: look after it, and plan again; whatever runs the fix is left out"
	case w.end.Down:
		return "it counts as down against every limit until it is proven to be up with all its guests: look after it; the campaign sees by itself when it is"
	}
	return "it is up with all its guests: find out why it failed, and plan again; whatever runs the fix is left out"
}

func (s *session) why(o whyOptions) error {
	reader, err := s.desk.FollowCampaign(context.Background(), o.data)
	if err != nil {
		return err
	}
	defer reader.Close()
	out := story{host: o.host}
	done := s.working("reading the journal")
	err = reader.Follow(context.Background(), func(e campaign.Event) {
		out.at = e.At
		if e.Host == o.host {
			out.life = append(out.life, e)
		}
	})
	done()
	if err != nil {
		return err
	}
	world, state := reader.World(), reader.State()
	h, ok := world.Fleet.FindHost(o.host)
	if !ok {
		return problem.Problem{Code: "unknown-host", Sentence: fmt.Sprintf("there is no host %q in the fleet of campaign %s", o.host, world.Campaign),
			Fix: "correct the id"}
	}
	out.place(world.Plan, world.Fleet, h)
	if out.outage != nil {
		out.phase, out.holds = state.PhaseOf(world, h), campaign.Why(state, world, out.at, h)
		out.ending(campaign.Look(state, world, out.at))
	}
	if o.json {
		return s.printJSON(describeStory(out))
	}
	s.printStory(out)
	return nil
}

// ending finds what became of a host that did not come through.
func (w *story) ending(o campaign.Overview) {
	w.ended = o.Status.Ended()
	for _, h := range o.Troubles {
		if h.Host == w.host {
			w.end = h
		}
	}
}

// place finds the host in the plan: every host of the fleet is in one of its lists.
func (w *story) place(p *plan.Plan, f *fleet.Fleet, h ident.Host) {
	id := f.HostID(h)
	for i := range p.Outages {
		if p.Outages[i].Host == id {
			w.outage = &p.Outages[i]
			return
		}
	}
	for _, e := range p.Excluded {
		if e.Host == id {
			w.left = leftOutWords(e.Reason)
			return
		}
	}
	for _, b := range p.Blocked {
		if b.Host == id {
			w.left = "it is blocked: " + b.Reason
			return
		}
	}
}

func leftOutWords(r plan.Reason) string {
	switch r {
	case plan.Fixed:
		return "it runs the fix"
	case plan.NotAffected:
		return "no advisory concerns it"
	case plan.Protected:
		return "it is exposed, but the policy forbids automation to touch it"
	}
	return string(r)
}

func (s *session) printStory(w story) {
	if w.outage == nil {
		fmt.Fprint(s.Out, wrapped("", problem.Printable(fmt.Sprintf("Host %s has no outage in this campaign: %s", w.host, w.left))))
		return
	}
	fmt.Fprintf(s.Out, "Host %s: %s\n", problem.Printable(w.host), w.phase)
	s.field("as of", "%s, the last entry of the journal", moment(w.at, s.Zone))
	s.field("planned", "%s, %s long", moment(w.outage.Start, s.Zone), lasting(w.outage.End.Sub(w.outage.Start)))
	s.field("window", "%s to %s, as promised to the owners of its guests", moment(w.outage.Window.From, s.Zone), moment(w.outage.Window.To, s.Zone))
	if w.outage.Canary {
		s.field("canary", "it goes first in its cohort, and the others wait for it")
	}
	if next := w.next(); next != "" {
		s.field("next", "%s", next)
	}
	s.printHolds(w)
	if len(w.life) > 0 {
		fmt.Fprintln(s.Out, "\nWhat happened, UTC")
		for _, e := range w.life {
			fmt.Fprint(s.Out, wrapped("  "+e.At.Time().Format("_2 Jan 15:04:05")+"  ", sentence(e)))
		}
	}
}

// printHolds prints the chain of reasons, the one that stands in front first.
func (s *session) printHolds(w story) {
	if len(w.holds) == 0 {
		if w.phase == campaign.Pending {
			fmt.Fprintln(s.Out, "\nNothing holds it: it goes next.")
		}
		return
	}
	fmt.Fprintln(s.Out, "\nWhat holds it")
	for i, h := range w.holds {
		fmt.Fprint(s.Out, wrapped(fmt.Sprintf("  %d. ", i+1), problem.Printable(h.Sentence)+" ["+string(h.Code)+"]"))
		if len(h.Objects) > 0 {
			fmt.Fprint(s.Out, wrapped("     by: ", problem.Printable(named(h.Objects))))
		}
		fmt.Fprint(s.Out, wrapped("     lifted ", problem.Printable(s.lifting(h))))
	}
}

// objectsNamed is how many of the objects of a hold are named; the JSON has them all.
const objectsNamed = 8

func named(objects []string) string {
	if len(objects) <= objectsNamed {
		return listed(objects)
	}
	return fmt.Sprintf("%s and %s more", listed(objects[:objectsNamed]), grouped(len(objects)-objectsNamed))
}

// lifting says who can lift a hold, how, and when it ends by itself.
func (s *session) lifting(h guard.Hold) string {
	text := map[guard.Lifter]string{guard.Time: "by itself", guard.Operator: "by an operator", guard.Approver: "by an approver",
		guard.Nobody: "by nobody in this campaign"}[h.Lifter]
	if h.Until != nil {
		text += ", at " + moment(*h.Until, s.Zone)
	}
	if h.Lift != "" {
		text += ": " + h.Lift
	}
	return text
}

// storyJSON is what why --json prints.
type storyJSON struct {
	Host    string           `json:"host"`
	At      calendar.Instant `json:"at"`
	Phase   *string          `json:"phase"` // null for a host without outage
	LeftOut string           `json:"left_out,omitempty"`
	Outage  *outageJSON      `json:"outage"`
	Holds   []holdJSON       `json:"holds"`
	Life    []lifeJSON       `json:"life"`
}

type outageJSON struct {
	Start  calendar.Instant `json:"start"`
	End    calendar.Instant `json:"end"`
	From   calendar.Instant `json:"window_from"`
	To     calendar.Instant `json:"window_to"`
	Canary bool             `json:"canary"`
}

type lifeJSON struct {
	At       calendar.Instant `json:"at"`
	Kind     string           `json:"kind"`
	Sentence string           `json:"sentence"`
}

func describeStory(w story) storyJSON {
	out := storyJSON{Host: w.host, At: w.at, LeftOut: w.left, Holds: listOf(w.holds, describeHold),
		Life: listOf(w.life, func(e campaign.Event) lifeJSON { return lifeJSON{e.At, string(e.Kind), sentence(e)} })}
	if w.outage != nil {
		phase := string(w.phase)
		out.Phase = &phase
		planned := describeOutage(*w.outage)
		out.Outage = &planned
	}
	return out
}
