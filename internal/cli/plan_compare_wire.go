package cli

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

// comparisonJSON is what plan --compare --json prints.
type comparisonJSON struct {
	Same           bool                 `json:"same"`
	Old            planFiguresJSON      `json:"old"`
	New            planFiguresJSON      `json:"new"`
	FleetChanged   bool                 `json:"fleet_changed"`
	PolicyChanged  bool                 `json:"policy_changed"`
	Advisories     []advisoryChangeJSON `json:"advisories"`
	Hosts          []transferJSON       `json:"hosts"`
	StartsEarlier  spreadJSON           `json:"starts_earlier"`
	StartsLater    spreadJSON           `json:"starts_later"`
	LengthsChanged int                  `json:"lengths_changed"`
	Windows        windowChangesJSON    `json:"windows"`
	Canaries       canaryChangesJSON    `json:"canaries"`
	Moves          moveChangesJSON      `json:"moves"`
	Outages        []outageChangeJSON   `json:"outages"`
}

// planFiguresJSON is a plan without its lists.
type planFiguresJSON struct {
	Digest          canon.Digest      `json:"digest"`
	Start           calendar.Instant  `json:"start"`
	Finish          calendar.Instant  `json:"finish"`
	Deadline        *calendar.Instant `json:"deadline"`
	Margin          *calendar.Seconds `json:"margin_seconds"`
	LatestSafeStart *calendar.Instant `json:"latest_safe_start"`
	Makespan        calendar.Seconds  `json:"makespan_seconds"`
	Bound           calendar.Seconds  `json:"bound_seconds"`
	Gap             float64           `json:"gap"`
	Seed            uint64            `json:"seed"`
	Outages         int               `json:"outages"`
	Excluded        int               `json:"excluded"`
	Blocked         int               `json:"blocked"`
}

type advisoryChangeJSON struct {
	ID  string  `json:"id"`
	Old *string `json:"old"` // digests; null when the plan does not answer it
	New *string `json:"new"`
}

type transferJSON struct {
	Host string    `json:"host"`
	Old  placeJSON `json:"old"`
	New  placeJSON `json:"new"`
}

type placeJSON struct {
	Standing plan.Standing `json:"standing"`
	Group    string        `json:"group,omitempty"`
}

type spreadJSON struct {
	Count    int              `json:"outages"`
	Least    calendar.Seconds `json:"least_seconds"`
	Median   calendar.Seconds `json:"median_seconds"`
	Greatest calendar.Seconds `json:"greatest_seconds"`
}

type windowChangesJSON struct {
	Earlier int `json:"earlier"`
	Later   int `json:"later"`
	Within  int `json:"within"`
}

type canaryChangesJSON struct {
	Became []string `json:"became"`
	Ceased []string `json:"ceased"`
}

type moveChangesJSON struct {
	Added   int `json:"added"`
	Dropped int `json:"dropped"`
}

type outageChangeJSON struct {
	Host string           `json:"host"`
	By   calendar.Seconds `json:"by_seconds"`
	Old  outageJSON       `json:"old"`
	New  outageJSON       `json:"new"`
}

func describeComparison(c plan.Comparison) comparisonJSON {
	out := comparisonJSON{Same: c.Same, Old: describeFigures(c.Old), New: describeFigures(c.New), FleetChanged: c.Fleet, PolicyChanged: c.Policy,
		Advisories: []advisoryChangeJSON{}, Hosts: []transferJSON{}, Outages: []outageChangeJSON{},
		StartsEarlier: spreadJSON(c.Earlier), StartsLater: spreadJSON(c.Later), LengthsChanged: c.Lengths,
		Windows: windowChangesJSON(c.Windows), Moves: moveChangesJSON(c.Moves),
		Canaries: canaryChangesJSON{Became: append([]string{}, c.Canaries.Became...), Ceased: append([]string{}, c.Canaries.Ceased...)}}
	for _, a := range c.Advisories {
		out.Advisories = append(out.Advisories, advisoryChangeJSON{ID: a.ID, Old: unlessEmpty(a.Old), New: unlessEmpty(a.New)})
	}
	for _, x := range c.Transfers {
		out.Hosts = append(out.Hosts, transferJSON{x.Host, placeJSON(x.Old), placeJSON(x.New)})
	}
	for _, x := range c.Changes {
		out.Outages = append(out.Outages, outageChangeJSON{Host: x.Host, By: x.By(), Old: describeOutage(x.Old), New: describeOutage(x.New)})
	}
	return out
}

func describeFigures(p *plan.Plan) planFiguresJSON {
	return planFiguresJSON{Digest: p.Digest, Start: p.Start, Finish: p.Finish, Deadline: p.Deadline, Margin: p.Margin,
		LatestSafeStart: p.LatestSafeStart, Makespan: p.Makespan, Bound: p.Bound.Seconds, Gap: float64(p.GapMillionths) / 1e6,
		Seed: p.Seed, Outages: len(p.Outages), Excluded: len(p.Excluded), Blocked: len(p.Blocked)}
}

func describeOutage(o plan.Outage) outageJSON {
	return outageJSON{o.Start, o.End, o.Window.From, o.Window.To, o.Canary}
}

// unlessEmpty returns nil for no text, which prints as null.
func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
