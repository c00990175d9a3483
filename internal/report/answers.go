package report

import (
	"fmt"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
)

// headline says in one line how the campaign ended.
func headline(v *evidence.Verdict) string {
	a := v.Account
	switch {
	case a.Started == 0:
		return "Not started"
	case a.Ended == 0:
		return "Not ended: the record stops while the campaign is " + string(a.Status)
	case a.Status == campaign.Aborted:
		return "Aborted on " + moment(a.Ended)
	case a.Summary.Failed+a.Summary.SetAside > 0:
		return fmt.Sprintf("Finished on %s, %s not done", moment(a.Ended), counted(a.Summary.Failed+a.Summary.SetAside, "host"))
	}
	return "Finished on " + moment(a.Ended) + ", every host done"
}

// answers answers what the reader asks first.
func answers(v *evidence.Verdict) []answer {
	return []answer{whatWasPatched(v.Account), inTime(v), rulesKept(v), whoApproved(v.Account), whatWentWrong(v.Account)}
}

func whatWasPatched(a *evidence.Account) answer {
	ids := make([]string, len(a.Opening.Advisories))
	for i, advisory := range a.Opening.Advisories {
		ids[i] = advisory.ID
	}
	done, planned := a.Summary.Done, len(a.Hosts)
	return answer{Question: "What was patched?", Good: done == planned,
		Short: fmt.Sprintf("%s of %s planned", grouped(done), counted(planned, "host")),
		Long:  fmt.Sprintf("Against %s. Each of them proved it: a boot that is new, the fix running, and all its guests back.", strings.Join(ids, ", "))}
}

func inTime(v *evidence.Verdict) answer {
	out := answer{Question: "In time?"}
	a, p := v.Account, v.Documents.Plan
	if p == nil || p.Deadline == nil {
		out.Good, out.Short, out.Long = true, "No deadline", "No advisory of this campaign has an embargo that ends."
		if a.Ended > 0 {
			out.Long += " It ended on " + moment(a.Ended) + "."
		}
		return out
	}
	deadline := *p.Deadline
	limits := "The deadline was " + moment(deadline) + embargoes(v) + "."
	switch {
	case a.Ended == 0:
		out.Short, out.Long = "Open", "The record stops on "+moment(a.To)+". "+limits
	case a.Ended <= deadline && a.Summary.Done < len(a.Hosts):
		out.Short = fmt.Sprintf("Only for %s of %s", grouped(a.Summary.Done), counted(len(a.Hosts), "host"))
		out.Long = "The campaign ended on " + moment(a.Ended) + ", " + lasting(deadline.Sub(a.Ended)) + " before the deadline, and the others are not done. " + limits
	case a.Ended <= deadline:
		out.Good, out.Short = true, "Yes, "+lasting(deadline.Sub(a.Ended))+" before the deadline"
		out.Long = "It ended on " + moment(a.Ended) + ". " + limits
	default:
		out.Short, out.Long = "No, "+lasting(a.Ended.Sub(deadline))+" late", "It ended on "+moment(a.Ended)+". "+limits
	}
	return out
}

// embargoes says when the embargoes lift.
func embargoes(v *evidence.Verdict) string {
	first := calendar.Instant(0)
	for _, a := range v.Documents.Advisories {
		if a.Embargo != nil && (first == 0 || a.Embargo.Until < first) {
			first = a.Embargo.Until
		}
	}
	if first == 0 {
		return ""
	}
	return ", the embargo lifts on " + moment(first)
}

func rulesKept(v *evidence.Verdict) answer {
	a := v.Account
	grants, checks := 0, 0
	for _, h := range a.Hosts {
		grants += h.Grants
		checks += h.Checks
	}
	if found := v.Findings.Errors(); found > 0 {
		return answer{Question: "Were all rules kept?", Short: "No: " + counted(found, "finding"),
			Long: "What the record itself shows to be against the rules is listed below."}
	}
	return answer{Question: "Were all rules kept?", Good: true, Short: "Yes, by the record",
		Long: fmt.Sprintf("%s held against the plan, its windows, the notices and %s with their numbers; no host was taken down twice.",
			counted(grants, "grant"), counted(checks, "limit"))}
}

func whoApproved(a *evidence.Account) answer {
	names := make([]string, len(a.Approvals))
	for i, approval := range a.Approvals {
		names[i] = approval.Principal
	}
	out := answer{Question: "Who approved?", Good: len(names) >= a.Proposal.Needed && a.Proposal.Needed > 0,
		Short: strings.Join(names, " and "), Long: "Proposed by " + a.Proposal.Proposer.Principal + " on " + moment(a.Proposed) + "."}
	if len(names) == 0 {
		out.Short = "Nobody"
	}
	return out
}

func whatWentWrong(a *evidence.Account) answer {
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, text)
		}
	}
	late, halts, pauses, cohorts := 0, 0, 0, 0
	for _, h := range a.Hosts {
		if h.Late {
			late++
		}
	}
	for _, stop := range a.Stops {
		switch stop.Kind {
		case campaign.CampaignHalted:
			halts++
		case campaign.CampaignPaused:
			pauses++
		case campaign.CohortStopped:
			cohorts++
		}
	}
	add(a.Summary.SetAside, counted(a.Summary.SetAside, "host")+" set aside")
	add(late, counted(late, "host")+" later than said")
	add(cohorts, counted(cohorts, "cohort")+" stopped by a canary")
	add(halts, "stopped by failures "+times(halts))
	add(pauses, "paused "+times(pauses))
	add(a.Summary.Down, counted(a.Summary.Down, "failed host")+" not yet proven up")
	out := answer{Question: "What went wrong?", Short: counted(a.Summary.Failed, "host") + " failed", Good: a.Summary.Failed+len(parts) == 0}
	if out.Good {
		out.Short = "Nothing on record"
	}
	if len(parts) > 0 {
		out.Long = "Also: " + strings.Join(parts, ", ") + "."
	}
	return out
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return grouped(n) + " times"
}
