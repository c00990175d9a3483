package cli

import (
	"fmt"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// stamped is the sentence of an event after its time.
func stamped(e campaign.Event) string {
	return e.At.Time().Format("_2 Jan 15:04:05") + "  " + sentence(e)
}

// notable reports whether an event is worth a line to a reader who is not shown a picture.
func notable(e campaign.Event) bool {
	switch e.Kind {
	case campaign.CampaignProposed, campaign.CampaignApproved, campaign.CampaignStarted, campaign.ConductorTook, campaign.CampaignPaused,
		campaign.CampaignResumed, campaign.CampaignHalted, campaign.CampaignAborting, campaign.CampaignAborted, campaign.CampaignFinished,
		campaign.RequestRefused, campaign.RegionStarted, campaign.RegionCompleted, campaign.CohortStopped, campaign.NoticeFailed,
		campaign.HostFailed, campaign.HostLate, campaign.HostStuck, campaign.HostFenced, campaign.HostSetAside, campaign.HostUndoing,
		campaign.HostRetried, campaign.HostFreed:
		return true
	}
	return false
}

// untouchedFault returns why a host was set aside without ever being touched, "" for everything else. Such
// events come by the hundred.
func untouchedFault(e campaign.Event) string {
	if e.Kind != campaign.HostSetAside {
		return ""
	}
	switch e.Fault {
	case campaign.FaultCanary, campaign.FaultWindow, campaign.FaultAborted:
		return e.Fault
	}
	return ""
}

// plainLines tells a turn in lines, and the trouble of the conductor.
func plainLines(turn Turn) []string {
	lines := told(turn, "_2 Jan 15:04:05  ", notable)
	if turn.Trouble != "" {
		lines = append(lines, turn.At.Time().Format("_2 Jan 15:04:05  ")+"TROUBLE: "+problem.Printable(turn.Trouble))
	}
	return lines
}

// pictureLines tells a turn to a reader of the picture, which has the day above.
func pictureLines(turn Turn) []string {
	return told(turn, "15:04:05 ", func(e campaign.Event) bool { return shownLive(e.Kind) })
}

// told gives a line to every event that is worth one, after its time. Hosts that were set aside untouched are counted by the
// reason, behind the others: they come by the hundred, and would push all else out of sight.
func told(turn Turn, layout string, worth func(campaign.Event) bool) []string {
	var lines, faults []string
	stamp := func(e campaign.Event) string { return e.At.Time().Format(layout) + sentence(e) }
	untouched := map[string][]campaign.Event{}
	for _, e := range turn.Events {
		switch fault := untouchedFault(e); {
		case fault != "":
			if untouched[fault] == nil {
				faults = append(faults, fault)
			}
			untouched[fault] = append(untouched[fault], e)
		case worth(e):
			lines = append(lines, stamp(e))
		}
	}
	for _, fault := range faults {
		if list := untouched[fault]; len(list) == 1 {
			lines = append(lines, stamp(list[0]))
		} else {
			lines = append(lines, fmt.Sprintf("%s%s set aside untouched (%s)", turn.At.Time().Format(layout), counted(len(list), "host"), problem.Printable(fault)))
		}
	}
	return lines
}

// campaignProgress is the line that tells how far a campaign has come.
func campaignProgress(o campaign.Overview, zone *time.Location) string {
	return fmt.Sprintf("%s  %s; finish %s", o.At.Time().Format("_2 Jan 15:04:05"), countsText(o.Counts), finishText(o, zone))
}
