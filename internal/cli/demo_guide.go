package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/request"
)

// guide stands beside a running campaign, says what is worth a word when it happens, and asks for a pause in the
// middle as another process would.
type guide struct {
	*demonstration
	show  *spectator
	told  map[campaign.Kind]bool
	stage pauseStage
	done  int // hosts, since the region of the pause started
}

// pauseStage is how far the pause of the demo has come.
type pauseStage uint8

const (
	calm    pauseStage = iota
	awaited            // the region of the pause has started
	pauseAsked
	pausedNow
	resumeAsked
)

// readingTime is how long the campaign stands still on a terminal while there is something to read.
const readingTime = 1500 * time.Millisecond

// listenTime is longer than the conductor takes to look for requests, so that the moment of the campaign at which
// one is taken does not hang on the machine.
const listenTime = 300 * time.Millisecond

// startBeside returns what is to be called with every turn of a campaign that show shows.
func (g *guide) startBeside(show *spectator) func(Turn, Look) {
	g.show, g.told = show, map[campaign.Kind]bool{}
	return func(turn Turn, look Look) {
		show.see(turn, look)
		for _, e := range turn.Events {
			if text := g.remark(e); text != "" && !g.told[e.Kind] {
				g.told[e.Kind] = true
				g.tell(text, look)
			}
		}
		g.pausing(turn, look)
	}
}

// remark says what an event means, "" when it needs no word.
func (g *guide) remark(e campaign.Event) string {
	switch e.Kind {
	case campaign.RegionStarted:
		return "The owners of all guests in region " + e.Region + " got a letter an hour ago at the latest. One host of each generation goes " +
			"first, the canary; the others wait to see how it does."
	case campaign.HostLate:
		return "Host " + e.Host + " takes longer than planned. The owners of its guests are told, and it counts as down until it is proven to be up."
	case campaign.CohortStopped:
		return "Canary " + e.Host + " came back and still runs what it ran before. What counts is proof, not an exit code: its whole cohort stays up, " +
			"instead of rebooting for nothing."
	case campaign.HostStuck:
		return "Host " + e.Host + " never came back. It must be proven off first, for its guests must not run twice; then they are started elsewhere."
	case campaign.HostSetAside:
		if e.Fault != campaign.FaultStuck {
			return ""
		}
		return "Host " + e.Host + " is set aside for people to look at. The campaign goes on around it."
	}
	return ""
}

// tell shows a text, on a terminal long enough to read it.
func (g *guide) tell(text string, look Look) {
	if g.show.screen == nil {
		const column = 17 // under the text of a line, beyond its time
		fmt.Fprint(g.Err, wrapped(strings.Repeat(" ", column), text))
		return
	}
	g.show.scene.caption = text
	g.show.draw(look)
	_ = clock.Pause(context.Background(), readingTime)
	g.show.scene.caption = ""
}

// The pause comes in the first region after the calm ones, once some hosts of it are done.
const calmRegions, doneBefore = 2, 30

// pausing brings the pause on by one stage when it is time for that.
func (g *guide) pausing(turn Turn, look Look) {
	switch g.stage {
	case calm:
		if g.regionBegan(turn, look) {
			g.stage = awaited
		}
	case awaited:
		if g.done += count(turn, campaign.HostDone); g.done >= doneBefore {
			g.stage = pauseAsked
			g.tell("An operator asks for a pause: hosts that are down come back, no other goes down.", look)
			g.ask(request.Pause)
		}
	case pauseAsked:
		if count(turn, campaign.CampaignPaused) > 0 {
			g.stage = pausedNow
		}
	case pausedNow:
		if o, ok := look(); ok && o.Counts.InFlight == 0 {
			g.stage = resumeAsked
			g.tell("All hosts that were down are back, and nothing moves. The operator lets the campaign go on.", look)
			g.ask(request.Resume)
		}
	}
}

// count counts the events of a kind.
func count(turn Turn, kind campaign.Kind) int {
	n := 0
	for _, e := range turn.Events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// regionBegan reports whether a region that comes after the calm ones has just started.
func (g *guide) regionBegan(turn Turn, look Look) bool {
	for _, e := range turn.Events {
		if e.Kind != campaign.RegionStarted {
			continue
		}
		o, ok := look()
		for i, region := range o.Regions {
			if ok && i >= calmRegions && region.Region == e.Region {
				return true
			}
		}
	}
	return false
}

// ask leaves a request where another process would, and gives the conductor the time to hear of it. One that cannot be
// left is not made up for: the campaign then goes on without the pause.
func (g *guide) ask(what request.Verb) {
	_, _ = g.desk.AskCampaign(context.Background(), g.files.data, request.Request{Verb: what, By: demoFirst, Reason: demoReasons[what]}, 0)
	for range 2 {
		_ = clock.Pause(context.Background(), listenTime)
	}
}

// demoReasons are what the operator of the demo says.
var demoReasons = map[request.Verb]string{request.Pause: "power work in the next zone", request.Resume: "the power work is done"}

// words is the command by which people ask for what the guide asks for.
func (g *guide) words(what request.Verb) []string {
	return []string{"campaign", string(what), "--data", g.files.data, "--by", demoFirst, "--reason", demoReasons[what]}
}

// caption shows what a guide says, for as long as it does.
func (p *painter) caption(v scene) []string {
	var lines []string
	for word := range strings.FieldsSeq(v.caption) {
		if last := len(lines) - 1; last >= 0 && columns(lines[last])+1+columns(word) <= v.width-labelWidth {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	for i, line := range lines {
		lines[i] = padded([]string{"demo", ""}[min(i, 1)], labelWidth) + p.coloured("1", fitted(line, v.width-labelWidth))
	}
	return lines
}
