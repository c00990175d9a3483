package evidence

import (
	"maps"
	"slices"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/guard"
	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// Account is what a record tells of its campaign. Instants are 0 for what did not happen.
type Account struct {
	Opening   Opening
	Head      Head
	Records   int // events that could be read
	Kinds     []KindCount
	From, To  calendar.Instant // of the first and the last record
	Proposal  campaign.Proposal
	Proposed  calendar.Instant
	Approvals []Approval
	Started   calendar.Instant
	StartedBy string
	Status    campaign.Status // at the end of the record
	Ended     calendar.Instant
	Summary   campaign.Summary // as counted here, not as the record says
	Regions   []*Region        // in the order of the opening
	Hosts     []*Host          // every planned host, in the order of the opening
	Notices   []*Tally         // by kind in the order of sending, then by region
	Stops     []Stop           // everything that stopped or changed the course, in order

	hosts   map[string]*Host
	regions map[string]*Region
	kinds   map[campaign.Kind]int
	tallies map[tallyKey]*Tally
	notices map[string]campaign.NoticeRef
}

// KindCount is how many events of a kind the record has.
type KindCount struct {
	Kind  campaign.Kind `json:"kind"`
	Count int           `json:"count"`
}

// Approval is one approval with its time.
type Approval struct {
	campaign.Identity
	At calendar.Instant
}

// Stop is one event that stopped the campaign, let it go on, or took a part of it out.
type Stop struct {
	Kind   campaign.Kind
	At     calendar.Instant
	By     string // who, where a person did it
	Reason string
	Cohort string // of a cohort that was stopped
	Host   string // its canary
}

// Region is how one region went.
type Region struct {
	ID                              string
	Hosts, Done, Failed, SetAside   int
	Started, Completed              calendar.Instant
	NoticesAccepted                 int              // courtesy notices accepted before the region started
	NoticedBy                       calendar.Instant // when the latest of these was accepted
	LongestOutage, Guests, MostDown int              // seconds; guests taken down in all; hosts down at once
	MostDownAt                      calendar.Instant
	down                            int
}

// Host is how one planned host went.
type Host struct {
	ID, Zone, Region string
	Cohort           string
	Canary           bool
	Grants           int
	Granted          calendar.Instant // for the last time
	Estimate         calendar.Instant // when it should be over, by that grant
	Checks           int              // limits that were looked at for that grant
	Tightest         guard.Check      // the one that left the least room
	Guests           int              // that went down with it
	Acted            calendar.Instant
	Before, After    string // boots
	Late, Stuck      bool
	Retries          int
	Phase            campaign.Phase
	Ended            calendar.Instant
	Fault, Reason    string
	Proof            *campaign.Proof
	Missing          []string        // guests that did not come back, or stay down
	Down             []calendar.Span // when it counted as down; To is 0 while it does
}

// Tally counts the notices of one kind, and of one region where the kind has one.
type Tally struct {
	Kind                        notice.Kind
	Region                      string
	Queued, Accepted, Failed    int
	FirstAccepted, LastAccepted calendar.Instant
}

type tallyKey struct {
	kind   notice.Kind
	region string
}

func newAccount() *Account {
	return &Account{hosts: map[string]*Host{}, regions: map[string]*Region{}, kinds: map[campaign.Kind]int{},
		tallies: map[tallyKey]*Tally{}, notices: map[string]campaign.NoticeRef{}}
}

// open takes the planned hosts from the opening: a host that nothing was recorded of is in the account too.
func (a *Account) open(o Opening) {
	a.Opening = o
	for _, place := range o.Places {
		for _, id := range place.Hosts {
			if a.hosts[id] == nil {
				a.addHost(&Host{ID: id, Zone: place.Zone, Region: place.Region, Phase: campaign.Pending})
			}
		}
	}
}

func (a *Account) addHost(h *Host) {
	a.hosts[h.ID] = h
	a.Hosts = append(a.Hosts, h)
	a.region(h.Region).Hosts++
}

func (a *Account) region(id string) *Region {
	r := a.regions[id]
	if r == nil {
		r = &Region{ID: id}
		a.regions[id] = r
		a.Regions = append(a.Regions, r)
	}
	return r
}

// host returns the account of a host. One that the opening does not name is added: the audit speaks of it.
func (a *Account) host(id string) *Host {
	h := a.hosts[id]
	if h == nil {
		h = &Host{ID: id, Phase: campaign.Pending}
		a.addHost(h)
	}
	return h
}

// see adds one event.
func (a *Account) see(e campaign.Event) {
	if a.Records == 0 {
		a.From = e.At
	}
	a.Records, a.To = a.Records+1, e.At
	a.kinds[e.Kind]++
	if e.Host != "" && e.Kind != campaign.CohortStopped {
		a.seeHost(a.host(e.Host), e)
		return
	}
	a.seeCampaign(e)
}

func (a *Account) seeCampaign(e campaign.Event) {
	switch e.Kind {
	case campaign.CampaignProposed:
		a.Proposed, a.Status = e.At, campaign.Proposed
		a.Proposal = *e.Proposal
	case campaign.CampaignApproved:
		a.Approvals = append(a.Approvals, Approval{*e.Approval, e.At})
		if len(a.Approvals) >= a.Proposal.Needed {
			a.Status = campaign.Approved
		}
	case campaign.CampaignStarted:
		a.Started, a.StartedBy, a.Status = e.At, e.By, campaign.Running
	case campaign.CampaignFinished:
		a.Ended, a.Status = e.At, campaign.Finished
	case campaign.CampaignAborted:
		a.Ended, a.Status = e.At, campaign.Aborted
	case campaign.RegionStarted:
		a.region(e.Region).Started = e.At
	case campaign.RegionCompleted:
		a.region(e.Region).Completed = e.At
	case campaign.NoticeQueued, campaign.NoticeAccepted, campaign.NoticeFailed:
		a.seeNotice(e)
	case campaign.CampaignPaused, campaign.CampaignResumed, campaign.CampaignHalted, campaign.CampaignAborting,
		campaign.CohortStopped, campaign.ConductorTook, campaign.RequestRefused:
		a.seeStop(e)
	}
}

func (a *Account) seeStop(e campaign.Event) {
	stop := Stop{Kind: e.Kind, At: e.At, By: e.By, Reason: e.Reason, Cohort: e.Cohort, Host: e.Host}
	switch e.Kind {
	case campaign.CampaignPaused:
		a.Status = campaign.Paused
	case campaign.CampaignResumed:
		a.Status = campaign.Running
	case campaign.CampaignAborting:
		a.Status = campaign.Aborting
	case campaign.CampaignHalted:
		a.Status = campaign.Halted
		stop.Reason = e.Halt.Reason
	case campaign.RequestRefused:
		if e.Hold != nil {
			stop.Reason = e.Hold.Sentence
		}
	}
	a.Stops = append(a.Stops, stop)
}

func (a *Account) seeNotice(e campaign.Event) {
	if e.Kind == campaign.NoticeQueued {
		a.notices[e.Notice.ID] = *e.Notice
		a.tally(*e.Notice).Queued++
		return
	}
	ref, ok := a.notices[e.NoticeID]
	if !ok {
		return
	}
	tally := a.tally(ref)
	if e.Kind == campaign.NoticeFailed {
		tally.Failed++
		return
	}
	if tally.Accepted == 0 {
		tally.FirstAccepted = e.At
	}
	tally.Accepted, tally.LastAccepted = tally.Accepted+1, e.At
	if region := a.regions[ref.Region]; region != nil && region.Started == 0 && tally.Kind == notice.Courtesy {
		region.NoticesAccepted, region.NoticedBy = region.NoticesAccepted+1, e.At
	}
}

func (a *Account) tally(ref campaign.NoticeRef) *Tally {
	key := tallyKey{notice.Kind(ref.Kind), ref.Region}
	if a.tallies[key] == nil {
		a.tallies[key] = &Tally{Kind: key.kind, Region: key.region}
	}
	return a.tallies[key]
}

// close brings the counts into their order.
func (a *Account) close() {
	for _, kind := range slices.Sorted(maps.Keys(a.kinds)) {
		a.Kinds = append(a.Kinds, KindCount{kind, a.kinds[kind]})
	}
	regions := []string{""}
	for _, r := range a.Regions {
		if r.ID != "" {
			regions = append(regions, r.ID)
		}
	}
	order := []notice.Kind{notice.Planned, notice.Courtesy, notice.Started, notice.Late, notice.Ended}
	for _, kind := range order {
		for _, region := range regions {
			if tally := a.tallies[tallyKey{kind, region}]; tally != nil {
				a.Notices = append(a.Notices, tally)
			}
		}
	}
	for _, h := range a.Hosts {
		region := a.region(h.Region)
		switch h.Phase {
		case campaign.Done:
			region.Done++
			a.Summary.Done++
		case campaign.Failed:
			region.Failed++
			a.Summary.Failed++
		case campaign.SetAside:
			region.SetAside++
			a.Summary.SetAside++
		}
		if h.IsDown() {
			a.Summary.Down++
		}
	}
}
