package app

import (
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
	"github.com/evenkeel-project/evenkeel/internal/courier"
)

// composer has the letters of a campaign written.
type composer struct {
	desk  *notice.Desk
	world *campaign.World
}

func newComposer(w *campaign.World) *composer {
	return &composer{world: w, desk: notice.New(notice.Brief{Campaign: w.Campaign, Fleet: w.Fleet, Plan: w.Plan, Policy: w.Policy,
		Advisories: w.Exposure.Advisories(), Zones: zones()})}
}

// zones returns what looks time zones up, in the data base in the program or on the machine, each name once: a zone is
// parsed at every look, and every letter asks for one.
func zones() func(name string) *time.Location {
	known := map[string]*time.Location{"": nil, "Local": nil}
	return func(name string) *time.Location {
		zone, asked := known[name]
		if !asked {
			zone, _ = time.LoadLocation(name) // nil with the error
			known[name] = zone
		}
		return zone
	}
}

func (c *composer) compose(n campaign.NoticeRef, s *campaign.State, queued calendar.Instant) courier.Letter {
	return courier.Letter(c.desk.Compose(campaign.Queued{NoticeRef: n, At: queued}.Occasion(s, c.world)))
}
