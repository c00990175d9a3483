package cli

import (
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// statusJSON is what campaign status --json prints.
type statusJSON struct {
	Campaign  string            `json:"campaign"`
	Status    string            `json:"status"`
	At        calendar.Instant  `json:"at"` // of the last event of the journal
	Plan      string            `json:"plan"`
	Start     calendar.Instant  `json:"planned_start"`
	Finish    calendar.Instant  `json:"planned_finish"`
	Estimate  calendar.Instant  `json:"finish"`
	Deadline  *calendar.Instant `json:"deadline"`
	Conducted bool              `json:"conducted"` // a process is at work
	Process   *int              `json:"process"`   // which; null when none is, or it is not known
	Proposer  string            `json:"proposer"`
	Approvers []string          `json:"approvers"`
	Needed    int               `json:"approvals_needed"`
	Hosts     countsJSON        `json:"hosts"`
	Regions   []domainJSON      `json:"regions"`
	Zones     []domainJSON      `json:"zones"`
	Limits    []limitJSON       `json:"limits"`
	Notices   []noticesJSON     `json:"notices"`
	Holds     []holdJSON        `json:"holds"`
	InFlight  []hostStateJSON   `json:"in_flight"`
	Troubles  []hostStateJSON   `json:"troubles"`
	Stopped   []stoppedJSON     `json:"stopped_cohorts"`
	Halt      *haltJSON         `json:"halt"`
}

type countsJSON struct {
	Total    int `json:"total"`
	Pending  int `json:"pending"`
	InFlight int `json:"in_flight"`
	Done     int `json:"done"`
	Failed   int `json:"failed"`
	SetAside int `json:"set_aside"`
}

type domainJSON struct {
	Region string     `json:"region"`
	Zone   string     `json:"zone,omitempty"`
	Hosts  countsJSON `json:"hosts"`
	Down   int        `json:"down"`
	Holds  []holdJSON `json:"holds"`
}

type limitJSON struct {
	Scope   string `json:"scope"`
	Name    string `json:"name"`
	Down    int    `json:"down"`
	Allowed int    `json:"allowed"`
}

type noticesJSON struct {
	Kind     string `json:"kind"`
	Queued   int    `json:"queued"`
	Accepted int    `json:"accepted"`
	Failed   int    `json:"failed"`
}

// holdJSON is one reason for which something does not move.
type holdJSON struct {
	Code     string            `json:"code"`
	Sentence string            `json:"sentence"`
	Objects  []string          `json:"objects"`
	Until    *calendar.Instant `json:"until"`
	Lifter   string            `json:"lifter"` // time, operator, approver or nobody
	Lift     string            `json:"lift,omitempty"`
	Hosts    int               `json:"hosts,omitempty"` // that it holds, in a status
}

type hostStateJSON struct {
	Host     string            `json:"host"`
	Zone     string            `json:"zone"`
	Phase    string            `json:"phase"`
	Since    calendar.Instant  `json:"since"`
	Estimate *calendar.Instant `json:"estimate"` // null for a host that came to its end
	Late     bool              `json:"late"`
	Canary   bool              `json:"canary"`
	Down     bool              `json:"down"`
	Fault    string            `json:"fault,omitempty"`
	Reason   string            `json:"reason,omitempty"`
}

type stoppedJSON struct {
	Cohort string `json:"cohort"`
	Canary string `json:"canary"`
	Fault  string `json:"fault"`
	Hosts  int    `json:"hosts"`
}

type haltJSON struct {
	Code    string `json:"code"`
	Scope   string `json:"scope,omitempty"`
	Name    string `json:"name,omitempty"`
	Failed  int    `json:"failed"`
	Started int    `json:"started"`
	Limit   string `json:"limit,omitempty"`
	Reason  string `json:"reason"`
}

func describeStanding(now standing) statusJSON {
	o := now.overview
	out := statusJSON{
		Campaign: o.Campaign, Status: string(o.Status), At: o.At, Plan: string(now.proposal.Plan), Start: o.Start, Finish: o.Finish,
		Estimate: o.Estimate, Deadline: o.Deadline, Proposer: now.proposal.Proposer.Principal, Needed: now.proposal.Needed, Conducted: now.conductor != 0,
		Approvers: listOf(now.approvals, func(who campaign.Identity) string { return who.Principal }), Hosts: describeCounts(o.Counts),
		Regions: listOf(o.Regions, describeDomain), Zones: listOf(o.Zones, describeDomain),
		Limits: listOf(o.Limits, func(c guard.Check) limitJSON { return limitJSON{c.Scope, c.Name, c.Down, c.Allowed} }),
		Notices: listOf(o.Notices, func(n campaign.NoticeCount) noticesJSON {
			return noticesJSON{string(n.Kind), n.Queued, n.Accepted, n.Failed}
		}),
		Holds: listOf(o.Holds, func(h campaign.HoldCount) holdJSON {
			hold := describeHold(h.Hold)
			hold.Hosts = h.Hosts
			return hold
		}),
		InFlight: listOf(o.InFlight, describeHostState), Troubles: listOf(o.Troubles, describeHostState),
		Stopped: listOf(o.Stopped, func(c campaign.StoppedCohort) stoppedJSON { return stoppedJSON(c) }),
	}
	if now.conductor > 0 {
		out.Process = &now.conductor
	}
	if h := o.Halt; h != nil {
		out.Halt = &haltJSON{string(h.Code), h.Scope, h.Name, h.Failed, h.Started, h.Limit, problem.Printable(h.Reason)}
	}
	return out
}

// listOf turns every item of a list. It never returns nil: an empty list prints as [].
func listOf[T, U any](items []T, turn func(T) U) []U {
	out := make([]U, len(items))
	for i, item := range items {
		out[i] = turn(item)
	}
	return out
}

func describeCounts(c campaign.Counts) countsJSON {
	return countsJSON{Total: c.Total(), Pending: c.Pending, InFlight: c.InFlight, Done: c.Done, Failed: c.Failed, SetAside: c.SetAside}
}

func describeDomain(d campaign.DomainView) domainJSON {
	return domainJSON{Region: d.Region, Zone: d.Zone, Hosts: describeCounts(d.Counts), Down: d.Down, Holds: listOf(d.Holds, describeHold)}
}

func describeHold(h guard.Hold) holdJSON {
	return holdJSON{Code: string(h.Code), Sentence: problem.Printable(h.Sentence), Objects: append([]string{}, h.Objects...), Until: h.Until,
		Lifter: string(h.Lifter), Lift: h.Lift}
}

func describeHostState(h campaign.HostView) hostStateJSON {
	out := hostStateJSON{Host: h.Host, Zone: h.Zone, Phase: string(h.Phase), Since: h.Since, Late: h.Late, Canary: h.Canary, Down: h.Down,
		Fault: h.Fault, Reason: problem.Printable(h.Reason)}
	if h.Phase.InFlight() {
		out.Estimate = &h.Estimate
	}
	return out
}
