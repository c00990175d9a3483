package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// EventVersion is the version of the form of events that Encode writes. An older form is brought up to this one
// by Decode; a newer one is refused, for it may say what this program does not know.
const EventVersion = 1

// Encode writes an event as one line of JSON without the line's end; the same event always gives the same bytes.
func Encode(e Event) []byte {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(e); err != nil {
		panic(fmt.Sprintf("campaign: an event cannot be written: %v", err)) // it has no channels, functions or floats
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Decode reads an event of that version. It refuses unknown keys: what is not understood must not be passed by.
func Decode(version int, body []byte) (Event, error) {
	if version != EventVersion {
		return Event{}, fmt.Errorf("its form is version %d; this program knows version %d", version, EventVersion)
	}
	var e Event
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	if err := in.Decode(&e); err != nil {
		return Event{}, fmt.Errorf("it cannot be read: %w", err)
	}
	if in.More() {
		return Event{}, fmt.Errorf("something stands behind it")
	}
	return e, e.whole()
}

// campaignKinds are the events that are of no host.
var campaignKinds = map[Kind]bool{CampaignProposed: true, CampaignApproved: true, CampaignStarted: true, ConductorTook: true, CampaignPaused: true,
	CampaignResumed: true, CampaignHalted: true, CampaignAborting: true, CampaignAborted: true, CampaignFinished: true, RequestRefused: true,
	RegionStarted: true, RegionCompleted: true, CohortStopped: true, NoticeQueued: true, NoticeAccepted: true, NoticeFailed: true}

// whole refuses an event that lacks what its kind needs.
func (e Event) whole() error {
	_, ofHost := follows[e.Kind]
	missing := ""
	switch {
	case !ofHost && !campaignKinds[e.Kind]:
		return fmt.Errorf("nobody knows the event %q", e.Kind)
	case ofHost && e.Host == "", e.Kind == CohortStopped && e.Host == "":
		missing = "host"
	case e.Kind == CampaignProposed && e.Proposal == nil:
		missing = "proposal"
	case e.Kind == CampaignApproved && e.Approval == nil:
		missing = "approval"
	case e.Kind == CampaignHalted && e.Halt == nil:
		missing = "halt"
	case e.Kind == HostGranted && e.Grant == nil:
		missing = "grant"
	case e.Kind == HostDone && e.Proof == nil:
		missing = "proof"
	case e.Kind == NoticeQueued && e.Notice == nil:
		missing = "to_tell"
	case (e.Kind == NoticeAccepted || e.Kind == NoticeFailed) && e.NoticeID == "":
		missing = "notice"
	case (e.Kind == RegionStarted || e.Kind == RegionCompleted) && e.Region == "":
		missing = "region"
	}
	if missing != "" {
		return fmt.Errorf("the event %s lacks its %s", e.Kind, missing)
	}
	return nil
}
