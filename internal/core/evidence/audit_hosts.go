package evidence

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
)

// seeGrant holds a grant against the plan, its own numbers and the notices.
func (u *auditor) seeGrant(e campaign.Event) {
	if u.account.Status != campaign.Running {
		u.found("grant-not-running", e.Host, "host %s was granted while the campaign was %s", e.Host, orNone(u.account.Status))
	}
	if h := u.account.hosts[e.Host]; h != nil && h.Phase != campaign.Pending {
		u.found("grant-twice", e.Host, "host %s was granted while it was %s", e.Host, h.Phase)
	}
	if u.acted[e.Host] {
		u.found("acted-twice", e.Host, "host %s was granted again after its one outage", e.Host)
	}
	g := e.Grant
	u.checkLimits(e.Host, g.Checks)
	u.checkWindow(e, g)
	u.checkGate(e, g)
	if h := u.account.hosts[e.Host]; h != nil && (h.Region != g.Region || h.Zone != g.Zone) {
		u.found("grant-outside-plan", e.Host, "host %s was granted in zone %s of region %s, and it stands in %s of %s", e.Host, g.Zone, g.Region, h.Zone, h.Region)
	}
}

func orNone(s campaign.Status) string {
	if s == campaign.None {
		return "not proposed"
	}
	return string(s)
}

// checkWindow holds a grant against the plan's outage of the host.
func (u *auditor) checkWindow(e campaign.Event, g *campaign.Grant) {
	if u.documents.Plan == nil {
		return
	}
	outage, ok := u.outages[e.Host]
	switch {
	case !ok:
		u.found("grant-outside-plan", e.Host, "host %s was granted, and the plan has no outage for it", e.Host)
	case calendar.Span(g.Window) != outage.Window:
		u.found("grant-outside-window", e.Host, "host %s was granted by a window that is not the plan's", e.Host)
	case e.At < outage.Window.From || g.Estimate > outage.Window.To:
		u.found("grant-outside-window", e.Host, "host %s was granted from %s to %s, outside its window of %s to %s",
			e.Host, e.At, g.Estimate, outage.Window.From, outage.Window.To)
	}
}

// checkLimits adds up the numbers that the guard wrote down, and misses the limits that the policy sets.
func (u *auditor) checkLimits(host string, checks []guard.Check) {
	looked := map[string]bool{}
	for _, c := range checks {
		looked[c.Scope] = true
		if c.Down < 0 || c.More < 0 || c.Down+c.More > c.Allowed {
			u.found("grant-over-limit", host, "host %s: %d down and %d more in %s %s, where %d are allowed", host, c.Down, c.More, c.Scope, c.Name, c.Allowed)
		}
	}
	p := u.documents.Policy
	if p == nil {
		return
	}
	for _, rule := range []struct {
		scope string
		set   bool
	}{
		{"fleet", p.Limits.Fleet.Set()}, {"region", p.Limits.Region.Set()}, {"zone", p.Limits.Zone.Set()},
		{"rack", p.Limits.Rack.Set()}, {"cohort", p.Limits.Cohort.Set()},
	} {
		if rule.set && !looked[rule.scope] {
			u.found("grant-unchecked", host, "host %s was let go without a look at the limit of its %s", host, rule.scope)
		}
	}
}

// seeAct holds an outage against all that must come before it.
func (u *auditor) seeAct(e campaign.Event) {
	if u.acted[e.Host] {
		u.found("acted-twice", e.Host, "host %s was taken down twice", e.Host)
	}
	u.acted[e.Host] = true
	if u.account.Status != campaign.Running {
		u.found("grant-not-running", e.Host, "host %s was taken down while the campaign was %s", e.Host, orNone(u.account.Status))
	}
	h := u.account.hosts[e.Host]
	if h == nil || h.Phase != campaign.Drained {
		u.found("acted-ungranted", e.Host, "host %s was taken down without a grant, a cordon and a drain before", e.Host)
	} else if e.Boot == "" || h.Before != e.Boot {
		u.found("proof-missing", e.Host, "host %s was taken down at boot %q, and it was cordoned at boot %q", e.Host, e.Boot, h.Before)
	}
	u.checkLimits(e.Host, e.Checks)
}

// seeDone holds the proof of a host against what a proof must show.
func (u *auditor) seeDone(e campaign.Event) {
	h, p := u.account.hosts[e.Host], e.Proof
	if h == nil || !u.acted[e.Host] {
		u.found("acted-ungranted", e.Host, "host %s is done, and was never taken down", e.Host)
		return
	}
	if p.Before == "" || p.After == "" || p.Before == p.After || p.Before != h.Before {
		u.found("proof-missing", e.Host, "host %s is done without proof of a new boot: %q before, %q after", e.Host, p.Before, p.After)
	}
	if len(p.Missing) > 0 || p.Guests != p.Expected {
		u.found("proof-missing", e.Host, "host %s is done with %d of %d guests back", e.Host, p.Guests, p.Expected)
	}
	u.checkVerdicts(e.Host, p.Fixed)
}

// checkVerdicts asks for one verdict of every advisory, and that none finds the host exposed.
func (u *auditor) checkVerdicts(host string, verdicts []campaign.Verdict) {
	if len(verdicts) == 0 {
		u.found("proof-missing", host, "host %s is done, and no advisory was asked about it", host)
	}
	for _, v := range verdicts {
		if v.State != exposure.Fixed.String() && v.State != exposure.NotAffected.String() {
			u.found("proof-missing", host, "host %s is done, and by advisory %s it is %s", host, v.Advisory, v.State)
		}
	}
}

// seeEnd asks of a finished campaign that every planned host came to an end, and counts the ends again.
func (u *auditor) seeEnd(e campaign.Event) {
	var counted campaign.Summary
	for _, h := range u.account.Hosts {
		switch h.Phase {
		case campaign.Done:
			counted.Done++
		case campaign.Failed:
			counted.Failed++
		case campaign.SetAside:
			counted.SetAside++
		default:
			u.found("end-missing", h.ID, "the campaign ended, and host %s is %s", h.ID, h.Phase)
		}
	}
	for _, id := range u.unplaced() {
		u.found("end-missing", id, "the campaign ended, and nothing is said of the planned host %s", id)
	}
	if s := e.Summary; s == nil || s.Done != counted.Done || s.Failed != counted.Failed || s.SetAside != counted.SetAside {
		u.found("summary-wrong", "", "the summary is not what the record adds up to: %d done, %d failed, %d set aside",
			counted.Done, counted.Failed, counted.SetAside)
	}
}

// unplaced returns the hosts of the plan that the account does not know.
func (u *auditor) unplaced() []string {
	if u.documents.Plan == nil {
		return nil
	}
	var ids []string
	for _, outage := range u.documents.Plan.Outages {
		if u.account.hosts[outage.Host] == nil {
			ids = append(ids, outage.Host)
		}
	}
	return ids
}
