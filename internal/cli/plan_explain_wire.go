package cli

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/whatif"
)

// explanationJSON is what plan --explain --json prints.
type explanationJSON struct {
	Plan     planFiguresJSON `json:"plan"`
	Deadline whatif.Verdict  `json:"deadline"`
	Complete bool            `json:"complete"`
	Rules    []priceJSON     `json:"rules"`
	Relief   *reliefJSON     `json:"relief"` // null unless the deadline is missed
}

type priceJSON struct {
	Code         string            `json:"code"`
	Object       string            `json:"object,omitempty"`
	Rule         string            `json:"rule"`
	Limit        string            `json:"limit,omitempty"` // the looser one, where the rule is not dropped
	Refused      string            `json:"refused,omitempty"`
	Makespan     calendar.Seconds  `json:"makespan_seconds"`
	Saves        calendar.Seconds  `json:"saves_seconds"`
	SavesNothing bool              `json:"proven_to_save_nothing"`
	Finish       calendar.Instant  `json:"finish"`
	Margin       *calendar.Seconds `json:"margin_seconds"`
	Bound        calendar.Seconds  `json:"bound_seconds"`
	Outages      int               `json:"outages"`
	Blocked      int               `json:"blocked"`
	Deadline     whatif.Verdict    `json:"deadline"`
}

// reliefJSON says what would meet the deadline.
type reliefJSON struct {
	Alone           []priceJSON      `json:"alone"`  // rules whose loss alone is enough, the least change first
	Looser          []priceJSON      `json:"looser"` // of limits among them the least loosening that is enough
	StartEarlier    calendar.Seconds `json:"start_earlier_seconds"`
	LatestSafeStart calendar.Instant `json:"latest_safe_start"`
}

func describeExplanation(e explanation) explanationJSON {
	out := explanationJSON{Plan: describeFigures(e.plan), Deadline: whatif.Judge(e.plan), Complete: e.complete(), Rules: describePrices(e.prices)}
	if missed(e.plan) {
		out.Relief = &reliefJSON{Alone: describePrices(whatif.Enough(e.prices)), Looser: describePrices(e.looser),
			StartEarlier: e.plan.Start.Sub(*e.plan.LatestSafeStart), LatestSafeStart: *e.plan.LatestSafeStart}
	}
	return out
}

func describePrices(prices []whatif.Price) []priceJSON {
	out := []priceJSON{}
	for _, p := range prices {
		out = append(out, priceJSON{Code: p.Code, Object: p.Object, Rule: p.Rule, Limit: p.To, Refused: p.Refused, Makespan: p.Makespan,
			Saves: p.Saves, SavesNothing: p.SavesNothing(), Finish: p.Finish, Margin: p.Margin, Bound: p.Bound,
			Outages: p.Outages, Blocked: p.Blocked, Deadline: p.Deadline})
	}
	return out
}
