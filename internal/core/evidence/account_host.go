package evidence

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
)

// IsDown reports whether the host still counts as down at the end of the record.
func (h *Host) IsDown() bool { return len(h.Down) > 0 && h.Down[len(h.Down)-1].To == 0 }

// Touched reports whether the host was ever granted.
func (h *Host) Touched() bool { return h.Grants > 0 }

// phaseAfter returns what an event makes of its host.
func phaseAfter(kind campaign.Kind) (campaign.Phase, bool) {
	switch kind {
	case campaign.HostGranted:
		return campaign.Granted, true
	case campaign.HostCordoned:
		return campaign.Cordoned, true
	case campaign.HostDrained:
		return campaign.Drained, true
	case campaign.HostActing:
		return campaign.Acting, true
	case campaign.HostVerifying:
		return campaign.Verifying, true
	case campaign.HostReturning:
		return campaign.Returning, true
	case campaign.HostStuck:
		return campaign.Fencing, true
	case campaign.HostFenced:
		return campaign.Rehoming, true
	case campaign.HostUndoing:
		return campaign.Undoing, true
	case campaign.HostUndone:
		return campaign.Pending, true
	case campaign.HostDone:
		return campaign.Done, true
	case campaign.HostFailed:
		return campaign.Failed, true
	case campaign.HostSetAside:
		return campaign.SetAside, true
	}
	return "", false
}

// seeHost adds one event of a host.
func (a *Account) seeHost(h *Host, e campaign.Event) {
	if phase, ok := phaseAfter(e.Kind); ok {
		h.Phase = phase
	}
	switch e.Kind {
	case campaign.HostGranted:
		a.seeGrant(h, e)
	case campaign.HostCordoned:
		h.Before = e.Boot
	case campaign.HostActing:
		h.Acted = e.At
		a.region(h.Region).Guests += h.Guests
	case campaign.HostVerifying:
		h.After = e.Boot
	case campaign.HostLate:
		h.Late = true
	case campaign.HostStuck:
		h.Stuck = true
	case campaign.HostRetried:
		h.Retries++
	case campaign.HostUndone:
		a.up(h, e.At)
	case campaign.HostFreed:
		a.up(h, e.At)
		if e.Proof != nil {
			h.Proof = e.Proof
		}
	case campaign.HostDone, campaign.HostFailed, campaign.HostSetAside:
		a.seeEnd(h, e)
	}
}

func (a *Account) seeGrant(h *Host, e campaign.Event) {
	h.Grants++
	h.Granted, h.Acted, h.Late = e.At, 0, false
	if !h.IsDown() {
		h.Down = append(h.Down, calendar.Span{From: e.At})
		region := a.region(h.Region)
		if region.down++; region.down > region.MostDown {
			region.MostDown, region.MostDownAt = region.down, e.At
		}
	}
	g := e.Grant
	h.Cohort, h.Canary, h.Estimate, h.Guests = g.Cohort, g.Canary, g.Estimate, g.Guests
	h.Checks, h.Tightest = len(g.Checks), tightest(g.Checks)
}

// tightest returns the check that left the least room after the grant; the zero value when there is none.
func tightest(checks []guard.Check) guard.Check {
	var least guard.Check
	for i, c := range checks {
		if i == 0 || c.Allowed-c.Down-c.More < least.Allowed-least.Down-least.More {
			least = c
		}
	}
	return least
}

func (a *Account) seeEnd(h *Host, e campaign.Event) {
	h.Ended, h.Fault, h.Reason, h.Missing = e.At, e.Fault, e.Reason, e.Guests
	if e.Proof != nil {
		h.Proof = e.Proof
	}
	if e.Kind != campaign.HostFailed {
		a.up(h, e.At) // one that is set aside is proven off: guests that stay down count by themselves
	}
	if region := a.region(h.Region); h.Acted > 0 {
		region.LongestOutage = max(region.LongestOutage, int(e.At.Sub(h.Acted)))
	}
}

// up ends the time in which the host counts as down.
func (a *Account) up(h *Host, at calendar.Instant) {
	if !h.IsDown() {
		return
	}
	h.Down[len(h.Down)-1].To = at
	a.region(h.Region).down--
}
