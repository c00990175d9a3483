package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
)

type hostRow struct {
	Host, Zone, End, Why, Reason string
	Acted, Ended, DownFor        string
	Boots, Guests, Limit, Now    string
	Missing                      string // guests that were not back when the host came to its end
	Canary, Late, Bad            bool
}

// untouched counts the hosts that were set aside for one reason and never touched.
type untouched struct {
	Why   string
	Hosts int
}

type stopRow struct{ At, What, By, Reason string }

type noticeRow struct {
	Kind, Region, First, Last string
	Queued, Accepted, Failed  int
}

type personRow struct{ Did, Who, Key, At string }

type documentRow struct{ Name, Digest string }

// guestsShown is how many guests that did not come back are named; the record has them all.
const guestsShown = 20

// bootShown is how many characters of a boot's id are shown: enough to tell two apart; the record has it whole.
const bootShown = 8

func describeHost(h *evidence.Host) hostRow {
	row := hostRow{Host: h.ID, Zone: h.Zone, End: string(h.Phase), Reason: h.Reason, Acted: short(h.Acted), Ended: short(h.Ended),
		Canary: h.Canary, Late: h.Late, Now: nowOf(h), Bad: h.Phase != campaign.Done}
	if h.Fault != "" {
		row.Why = why(h.Fault)
	}
	if h.Acted > 0 && h.Ended > h.Acted {
		row.DownFor = lasting(h.Ended.Sub(h.Acted))
	}
	if h.Before != "" && h.Acted > 0 {
		row.Boots = clipped(h.Before) + " → " + clipped(h.After)
	}
	if h.Proof != nil {
		row.Guests = fmt.Sprintf("%d of %d", h.Proof.Guests, h.Proof.Expected)
	}
	if n := len(h.Missing); n > 0 && (h.Proof == nil || h.Proof.Guests < h.Proof.Expected) {
		if h.Proof == nil {
			row.Guests = "all but " + grouped(n)
		}
		row.Missing = strings.Join(h.Missing[:min(guestsShown, n)], " ")
		if n > guestsShown {
			row.Missing += fmt.Sprintf(" and %s more", grouped(n-guestsShown))
		}
	}
	if c := h.Tightest; h.Checks > 0 {
		row.Limit = c.Scope
		if c.Name != "" {
			row.Limit += " " + c.Name
		}
		row.Limit += fmt.Sprintf(" %d+%d of %d", c.Down, c.More, c.Allowed)
	}
	return row
}

func clipped(boot string) string {
	if boot == "" {
		return "none"
	}
	letters := []rune(boot)
	return string(letters[:min(bootShown, len(letters))])
}

// nowOf says how a host stands at the end of the record.
func nowOf(h *evidence.Host) string {
	switch {
	case h.IsDown():
		return "not proven up"
	case h.Phase == campaign.SetAside:
		return "proven off"
	}
	return "proven up"
}

// troubles returns the touched hosts that are not done, and the untouched ones counted by reason.
func troubles(a *evidence.Account) ([]hostRow, []untouched) {
	var rows []hostRow
	var counts []untouched
	for _, h := range a.Hosts {
		switch {
		case h.Phase == campaign.Done, h.Phase == campaign.Pending:
		case h.Touched():
			rows = append(rows, describeHost(h))
		default:
			i := slices.IndexFunc(counts, func(u untouched) bool { return u.Why == why(h.Fault) })
			if i < 0 {
				i, counts = len(counts), append(counts, untouched{Why: why(h.Fault)})
			}
			counts[i].Hosts++
		}
	}
	return rows, counts
}

// whats say what stopped or changed the course.
var whats = map[campaign.Kind]string{
	campaign.CampaignPaused: "paused", campaign.CampaignResumed: "resumed", campaign.CampaignHalted: "stopped by failures",
	campaign.CampaignAborting: "abort asked for", campaign.CohortStopped: "cohort stopped", campaign.ConductorTook: "a process took over",
	campaign.RequestRefused: "a request was refused",
}

func stops(a *evidence.Account) []stopRow {
	var rows []stopRow
	for _, stop := range a.Stops {
		row := stopRow{At: short(stop.At), What: whats[stop.Kind], By: stop.By, Reason: stop.Reason}
		if stop.Kind == campaign.CohortStopped {
			row.Reason = fmt.Sprintf("%s: canary %s, %s", stop.Cohort, stop.Host, stop.Reason)
		}
		rows = append(rows, row)
	}
	return rows
}

func notices(a *evidence.Account) []noticeRow {
	var rows []noticeRow
	for _, n := range a.Notices {
		rows = append(rows, noticeRow{Kind: string(n.Kind), Region: n.Region, First: short(n.FirstAccepted), Last: short(n.LastAccepted),
			Queued: n.Queued, Accepted: n.Accepted, Failed: n.Failed})
	}
	return rows
}

func people(a *evidence.Account) []personRow {
	var rows []personRow
	if a.Proposed > 0 {
		rows = append(rows, personRow{"proposed", a.Proposal.Proposer.Principal, a.Proposal.Proposer.Key, short(a.Proposed)})
	}
	for _, approval := range a.Approvals {
		rows = append(rows, personRow{"approved", approval.Principal, approval.Key, short(approval.At)})
	}
	if a.Started > 0 {
		rows = append(rows, personRow{"started", a.StartedBy, "", short(a.Started)})
	}
	return rows
}

func documents(a *evidence.Account) []documentRow {
	o := a.Opening
	rows := []documentRow{{"plan", string(o.Plan.Digest)}, {"fleet", string(o.Fleet)}, {"policy", string(o.Policy.Digest)}}
	for _, advisory := range o.Advisories {
		rows = append(rows, documentRow{"advisory " + advisory.ID, string(advisory.Digest)})
	}
	return rows
}

// commands are what a reader runs to check the record: with evenkeel, and its signature with ssh-keygen alone.
func commands(v *evidence.Verdict, source Source) []string {
	file := quoted(source.File)
	return []string{
		"evenkeel evidence verify " + file + " --key " + quoted(source.Key),
		`tail -n 1 ` + file + ` | sed 's/.*"signature":"//; s/"}$//; s/\\n/\n/g' > head.sig`,
		`{ printf 'evenkeel '; cat ` + quoted(source.Key) + `; } > signers`,
		`tail -n 1 ` + file + ` | sed 's/,"signature":"[^"]*"}$/}/' | ssh-keygen -Y verify -f signers -I evenkeel -n ` +
			evidence.Namespace + ` -s head.sig`,
	}
}

// quoted sets a file name in single quotes for a shell.
func quoted(name string) string {
	text := strconv.Quote(name)
	if text == `"`+name+`"` && !slices.ContainsFunc([]rune(name), func(r rune) bool { return r == '\'' }) {
		return "'" + name + "'"
	}
	return "FILE"
}
