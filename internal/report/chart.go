package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
)

// The drawing of one region, in units of its own; the page scales it.
const (
	chartLeft   = 46
	chartWidth  = 860
	chartHeight = 90
	chartTop    = 14
	chartColumn = 2 // width of the narrowest step that is drawn
)

// chartFrame is the time that all drawings share.
type chartFrame struct {
	from, to calendar.Instant
	deadline calendar.Instant // 0 when there is none or it is too far off to draw
	Note     string           // where the deadline is when it is not drawn
}

// tick is a mark on the axis of time.
type tick struct {
	X    int
	Text string
}

// regionView is one region with its drawing and its hosts.
type regionView struct {
	ID, Started, Completed, NoticedBy, Lead string
	Hosts, Done, Failed, SetAside, Pending  int
	MostDown, Guests                        int
	Longest                                 string
	Area, Label                             string
	Top                                     string // the number at the top of the drawing
	DeadlineX                               int    // 0 when not drawn
	Rows                                    []hostRow
}

// frame chooses the time to draw: the campaign, and the deadline when that leaves the campaign a third of the width.
func frame(v *evidence.Verdict) chartFrame {
	f := chartFrame{}
	for _, h := range v.Account.Hosts {
		for _, span := range h.Down {
			if f.from == 0 || span.From < f.from {
				f.from = span.From
			}
			f.to = max(f.to, span.From, span.To)
		}
	}
	if f.from == 0 {
		return f
	}
	f.to = max(f.to, v.Account.Ended, f.from+1)
	p := v.Documents.Plan
	if p == nil || p.Deadline == nil {
		return f
	}
	const share = 3
	if deadline := *p.Deadline; deadline.Sub(f.from) <= share*f.to.Sub(f.from) {
		f.deadline = deadline
		f.to = max(f.to, deadline+1)
	} else {
		f.Note = "The deadline, " + moment(deadline) + ", lies " + lasting(deadline.Sub(f.to)) + " to the right of what is drawn."
	}
	return f
}

// Drawn reports whether there is anything to draw.
func (f chartFrame) Drawn() bool { return f.from > 0 }

func (f chartFrame) x(t calendar.Instant) int {
	return chartLeft + int(int64(t.Sub(f.from))*chartWidth/int64(f.to.Sub(f.from)))
}

// tickSteps are the distances that marks on the axis may have.
var tickSteps = []calendar.Seconds{5 * calendar.Minute, 15 * calendar.Minute, 30 * calendar.Minute, calendar.Hour, 3 * calendar.Hour,
	6 * calendar.Hour, 12 * calendar.Hour, calendar.Day, 2 * calendar.Day, 7 * calendar.Day, 30 * calendar.Day, 365 * calendar.Day}

func (f chartFrame) ticks() []tick {
	if !f.Drawn() {
		return nil
	}
	const most = 8
	step := tickSteps[len(tickSteps)-1]
	for _, s := range tickSteps {
		if f.to.Sub(f.from)/s <= most {
			step = s
			break
		}
	}
	format := "15:04"
	if f.to.Sub(f.from) > calendar.Day {
		format = "2 Jan 15:04"
	}
	var marks []tick
	first := (f.from + calendar.Instant(step) - 1) / calendar.Instant(step) * calendar.Instant(step)
	for t := first; t <= f.to; t = t.Add(step) {
		marks = append(marks, tick{X: f.x(t), Text: t.Time().Format(format)})
	}
	return marks
}

func describeRegion(a *evidence.Account, r *evidence.Region, f chartFrame) regionView {
	out := regionView{ID: r.ID, Started: shorter(r.Started), Completed: shorter(r.Completed), NoticedBy: shorter(r.NoticedBy), Hosts: r.Hosts,
		Done: r.Done, Failed: r.Failed, SetAside: r.SetAside, Pending: r.Hosts - r.Done - r.Failed - r.SetAside, MostDown: r.MostDown, Guests: r.Guests}
	if r.LongestOutage > 0 {
		out.Longest = lasting(calendar.Seconds(r.LongestOutage))
	}
	if r.Started > 0 && r.NoticedBy > 0 {
		out.Lead = lasting(r.Started.Sub(r.NoticedBy))
	}
	var spans []calendar.Span
	for _, h := range a.Hosts {
		if h.Region == r.ID {
			out.Rows = append(out.Rows, describeHost(h))
			spans = append(spans, h.Down...)
		}
	}
	if f.Drawn() && r.MostDown > 0 {
		out.draw(spans, r, f)
	}
	return out
}

// draw makes the area under the number of hosts down.
func (v *regionView) draw(spans []calendar.Span, r *evidence.Region, f chartFrame) {
	heights := columns(spans, f)
	top := max(1, slices.Max(heights))
	v.Top = grouped(top)
	var path strings.Builder
	base := chartTop + chartHeight
	fmt.Fprintf(&path, "M%d %d", chartLeft, base)
	last := 0
	for i, n := range heights {
		if n != last {
			fmt.Fprintf(&path, "H%dV%d", chartLeft+i*chartColumn, base-n*chartHeight/top)
			last = n
		}
	}
	fmt.Fprintf(&path, "H%dV%dZ", chartLeft+chartWidth, base)
	v.Area = path.String()
	v.Label = fmt.Sprintf("Hosts of region %s down over time: at most %d at once, on %s.", r.ID, r.MostDown, moment(r.MostDownAt))
	if f.deadline > 0 {
		v.DeadlineX = f.x(f.deadline)
	}
}

// columns returns for each column of the drawing the most hosts that were down in its time: a short peak must not
// vanish in a wide one.
func columns(spans []calendar.Span, f chartFrame) []int {
	type change struct {
		at calendar.Instant
		by int
	}
	changes := make([]change, 0, 2*len(spans))
	for _, s := range spans {
		changes = append(changes, change{s.From, 1})
		if s.To > 0 {
			changes = append(changes, change{s.To, -1})
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return a.by - b.by // a span that ends when another begins does not meet it
	})
	heights := make([]int, chartWidth/chartColumn)
	down, next := 0, 0
	for i := range heights {
		end := f.from.Add(calendar.Seconds(int64(i+1) * int64(f.to.Sub(f.from)) / int64(len(heights))))
		heights[i] = down
		for ; next < len(changes) && changes[next].at < end; next++ {
			down += changes[next].by
			heights[i] = max(heights[i], down)
		}
	}
	return heights
}
