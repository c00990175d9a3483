package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
)

// spectator shows a running campaign to whoever started or watches it: a terminal sees a picture that is redrawn,
// anything else gets a line for what is worth one and a line of progress every few seconds. It is used by one
// goroutine.
type spectator struct {
	out    io.Writer
	screen *screen // nil when out is no terminal
	zone   *time.Location
	watch  clock.Stopwatch
	told   time.Duration // when the picture was drawn or progress was told
	stale  bool          // something happened since
	latest []string
	scene  scene
}

// Bounds of what is shown to people.
const (
	pictureTime = 100 * time.Millisecond // between two pictures
	latestMax   = 200                    // events that are kept to be shown
)

// spectate begins to show a campaign. end must be called, also when nothing was shown.
func (s *session) spectate() *spectator {
	v := &spectator{out: s.Err, zone: s.Zone, watch: clock.Start()}
	if s.ErrIsTerminal {
		v.screen = &screen{out: s.Err, size: s.Size, painter: painter{colour: s.Colour}}
	}
	return v
}

// see takes in what happened. A picture that would come too soon after the last one is left to a later call, and
// at the latest to pause.
func (v *spectator) see(turn Turn, look Look) {
	v.stale = true
	if v.screen == nil {
		for _, line := range plainLines(turn) {
			fmt.Fprintln(v.out, line)
		}
		v.progress(look)
		return
	}
	v.scene.trouble = turn.Trouble
	v.latest = append(v.latest, pictureLines(turn)...)
	v.latest = v.latest[max(0, len(v.latest)-latestMax):]
	if v.watch.Elapsed()-v.told >= pictureTime {
		v.draw(look)
	}
}

// pause brings the picture up to date before a wait that a reader would notice.
func (v *spectator) pause(atMost time.Duration, look Look) {
	if v.screen != nil && v.stale && (atMost >= pictureTime/2 || v.watch.Elapsed()-v.told >= pictureTime) {
		v.draw(look)
	}
}

func (v *spectator) draw(look Look) {
	if o, ok := look(); ok {
		v.scene.overview = o
	}
	v.scene.latest, v.scene.zone = v.latest, v.zone
	v.screen.draw(v.scene)
	v.told, v.stale = v.watch.Elapsed(), false
}

// progress tells every few seconds how far the campaign has come.
func (v *spectator) progress(look Look) {
	if v.watch.Elapsed()-v.told < plainLineTime {
		return
	}
	if o, ok := look(); ok {
		fmt.Fprintln(v.out, campaignProgress(o, v.zone))
		v.told, v.stale = v.watch.Elapsed(), false
	}
}

// end gives the terminal back as it was.
func (v *spectator) end() {
	if v.screen != nil {
		v.screen.close()
	}
}

// shownLive reports whether an event is worth a line of a picture that is redrawn: not the small steps of every
// host and notice.
func shownLive(kind campaign.Kind) bool {
	switch kind {
	case campaign.NoticeQueued, campaign.NoticeAccepted, campaign.HostGranted, campaign.HostCordoned, campaign.HostDrained,
		campaign.HostActing, campaign.HostVerifying, campaign.HostReturning:
		return false
	}
	return true
}

// screen is a terminal that a picture is drawn on. The reader's own screen is put aside for the time, so that what
// stood there stands there again.
type screen struct {
	out     io.Writer
	size    func() (width, height int) // nil or 0 when it is not known
	painter painter
	open    bool
}

// The control sequences used (ECMA-48, and the private modes of xterm that every terminal since has).
const (
	screenOpen  = "\x1b[?1049h\x1b[?25l" // another screen; no cursor
	screenClose = "\x1b[?25h\x1b[?1049l"
	cursorHome  = "\x1b[H"
	clearLine   = "\x1b[K"
	clearBelow  = "\x1b[J"
)

// usualHeight is the lines of a terminal that does not tell its size.
const usualHeight = 24

func (c *screen) draw(v scene) {
	v.width, v.height = lineWidth, usualHeight
	if c.size != nil {
		if width, height := c.size(); width > 0 && height > 0 {
			v.width, v.height = width, height
		}
	}
	v.width = max(20, v.width-1) // a line that fills the last column makes some terminals scroll
	var b strings.Builder
	if !c.open {
		b.WriteString(screenOpen)
		c.open = true
	}
	b.WriteString(cursorHome)
	for i, line := range c.painter.renderOverview(v) {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(line + clearLine)
	}
	b.WriteString(clearBelow)
	fmt.Fprint(c.out, b.String()) // in one piece, so that nobody sees half a picture
}

func (c *screen) close() {
	if c.open {
		fmt.Fprint(c.out, screenClose)
		c.open = false
	}
}
