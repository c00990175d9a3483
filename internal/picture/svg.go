package picture

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// place says where a drawing stands: alone in a file, or in the page, which has its style.
type place bool

const (
	standing place = true
	inPage   place = false
)

// The drawing, in units of its own.
const (
	svgWidth   = 1000
	svgLeft    = 150
	svgRight   = 110
	svgTop     = 96
	laneHeight = 40
	laneGap    = 10
	svgColumn  = 2 // width of the narrowest step that is drawn
	svgPlot    = svgWidth - svgLeft - svgRight
	lanesMax   = 60 // more would be a drawing that nobody reads, and a file over 300 kB
)

// sheet is one drawing in the making.
type sheet struct {
	strings.Builder
	scene    *scene
	lanes    []section
	folded   int // lanes that are not drawn
	from, to calendar.Instant
}

// svg draws one lane for each zone; with too many zones, for each region.
func (s *scene) svg(where place) []byte {
	d := &sheet{scene: s, lanes: s.parts, from: s.from, to: max(s.Plan.Finish, s.from+1)}
	if len(d.lanes) > lanesMax {
		d.lanes = s.regions
	}
	if len(d.lanes) > lanesMax {
		d.folded = len(d.lanes) - lanesMax
		d.lanes = d.lanes[:lanesMax]
	}
	if deadline := s.Plan.Deadline; deadline != nil && s.near(*deadline) {
		d.to = max(d.to, *deadline+1)
	}
	d.open(where)
	for i, lane := range d.lanes {
		d.lane(i, lane)
	}
	d.axis()
	d.lines()
	if d.folded > 0 {
		d.text(svgLeft, d.base()+46, "note", fmt.Sprintf("%s more are not drawn.", counted(d.folded, "region")))
	}
	d.WriteString("</svg>\n")
	return []byte(d.String())
}

// near reports whether an instant can be drawn without pressing the plan into less than three quarters of the width.
func (s *scene) near(t calendar.Instant) bool {
	return 3*int64(t.Sub(s.from)) <= 4*int64(s.Plan.Finish.Sub(s.from))
}

func (d *sheet) x(t calendar.Instant) int {
	return svgLeft + int(int64(t.Sub(d.from))*svgPlot/int64(d.to.Sub(d.from)))
}

func (d *sheet) laneTop(i int) int { return svgTop + i*(laneHeight+laneGap) }

// base is where the axis stands.
func (d *sheet) base() int { return d.laneTop(len(d.lanes)) }

func (d *sheet) text(x, y int, class, text string) {
	fmt.Fprintf(d, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, y, escaped(text))
}

// escaped makes a name harmless in markup of either kind.
func escaped(text string) string { return template.HTMLEscapeString(problem.Printable(text)) }

// shortened cuts a name to what a lane's label can hold.
func shortened(text string, most int) string {
	runes := []rune(problem.Printable(text))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func (d *sheet) open(where place) {
	s := d.scene
	height := d.base() + 56
	if where == standing {
		fmt.Fprintf(d, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plan\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"plan-title plan-desc\">\n",
			svgWidth, height, svgWidth, height)
	} else {
		fmt.Fprintf(d, "<svg class=\"plan\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"plan-title plan-desc\">\n", svgWidth, height)
	}
	verdict, _ := s.verdict()
	fmt.Fprintf(d, "<title id=\"plan-title\">%s: %s</title>\n<desc id=\"plan-desc\">%s</desc>\n", escaped(s.title()), escaped(verdict), escaped(d.described()))
	if where == standing {
		fmt.Fprintf(d, "<style>%s</style>\n<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", drawingStyle, svgWidth, height)
		d.text(16, 28, "title", shortened(verdict+": "+s.title(), 100))
	} else {
		d.text(16, 28, "title", "Hosts down at once, by zone")
	}
	d.WriteString("<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"stroke\" width=\"2\" height=\"7\"/></pattern>" +
		"<pattern id=\"dots\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><circle class=\"stroke\" cx=\"2\" cy=\"2\" r=\".9\"/></pattern></defs>\n")
	d.legend()
}

// described says the drawing in words.
func (d *sheet) described() string {
	var parts []string
	for _, r := range d.scene.regions {
		parts = append(parts, fmt.Sprintf("%s: %s from %s to %s, at most %s down at once", r.name, counted(r.hosts(), "host"), short(r.first), short(r.last), grouped(r.peak)))
		if len(parts) == lanesMax {
			break
		}
	}
	return "Hosts down at once over time. " + strings.Join(parts, "; ") + ". All times are UTC."
}

func (d *sheet) legend() {
	x := 16
	item := func(sample, words string, width int) {
		fmt.Fprintf(d, "<g transform=\"translate(%d 44)\">%s</g>\n", x, sample)
		d.text(x+28, 54, "key", words)
		x += width
	}
	item(`<path class="area" d="M0 12V5H8V1H22V12Z"/>`, "hosts down at once", 160)
	item(`<path class="limit" d="M0 6H22"/>`, "limit", 80)
	item(`<path class="canary" d="M11 0l6 6-6 6-6-6z"/>`, "canary starts", 120)
	item(`<rect class="bake" width="22" height="12"/>`, "bake", 80)
	item(`<rect class="freeze" width="22" height="12"/>`, "freeze", 85)
	item(`<path class="bound" d="M11 0V12"/>`, "bound", 85)
	if d.scene.Plan.Deadline != nil {
		item(`<path class="deadline" d="M11 0V12"/>`, "deadline", 90)
	}
}

// lane draws one zone or region.
func (d *sheet) lane(i int, x section) {
	top := d.laneTop(i)
	bottom := top + laneHeight
	fmt.Fprintf(d, "<rect class=\"lane\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", svgLeft, top, svgPlot, laneHeight)
	if len(d.lanes) == len(d.scene.regions) && len(d.scene.parts) > lanesMax {
		d.text(16, top+16, "region", shortened(x.name, 20))
	} else {
		if i == 0 || d.lanes[i-1].region != x.region {
			d.text(16, top+16, "region", shortened(d.scene.regions[x.region].name, 20))
		}
		d.text(16, top+32, "zone", shortened(x.name, 22))
	}
	for _, b := range d.scene.bands {
		d.bandIn(b, x, top)
	}
	scale := max(1, x.peak)
	if x.limit > 0 && x.limit <= 4*scale {
		scale = max(scale, x.limit)
	}
	d.area(x, scale, bottom)
	if x.limit > 0 && x.limit <= scale {
		y := bottom - x.limit*(laneHeight-6)/scale
		fmt.Fprintf(d, "<path class=\"limit\" d=\"M%d %dH%d\"/>\n", svgLeft, y, svgLeft+svgPlot)
	}
	words := "peak " + grouped(x.peak)
	if x.limit > 0 {
		words += " of " + grouped(x.limit)
	}
	d.text(svgLeft+svgPlot+8, top+16, "peak", words)
	d.text(svgLeft+svgPlot+8, top+32, "peak", counted(x.hosts(), "host"))
	d.canaries(x, top)
}

// bandIn draws a band in a lane: over its whole height when the band covers all of its rows, else over the lower
// third.
func (d *sheet) bandIn(b band, x section, top int) {
	covered := 0
	for _, r := range b.runs {
		covered += max(0, min(r.to, x.to)-max(r.from, x.from))
	}
	from, to := max(b.span.From, d.from), min(b.span.To, d.to)
	if covered == 0 || from >= to {
		return
	}
	y, height := top, laneHeight
	if covered < x.hosts() {
		y, height = top+2*laneHeight/3, laneHeight/3
	}
	class := "bake"
	if b.kind == freezeBand {
		class = "freeze"
	}
	fmt.Fprintf(d, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%s</title></rect>\n",
		class, d.x(from), y, max(1, d.x(to)-d.x(from)), height, escaped(b.text))
}

// area draws the hosts that are down: of each column the most, so that a short peak does not vanish.
func (d *sheet) area(x section, scale, bottom int) {
	var path strings.Builder
	fmt.Fprintf(&path, "M%d %d", svgLeft, bottom)
	list, next, down, last := changes(d.scene.rows[x.from:x.to]), 0, 0, 0
	columns := svgPlot / svgColumn
	for i := range columns {
		end := d.from.Add(calendar.Seconds(int64(i+1) * int64(d.to.Sub(d.from)) / int64(columns)))
		most := down
		for ; next < len(list) && list[next].at < end; next++ {
			down += list[next].by
			most = max(most, down)
		}
		height := most * (laneHeight - 6) / scale
		if most > 0 {
			height = max(height, 1)
		}
		if height != last {
			fmt.Fprintf(&path, "H%dV%d", svgLeft+i*svgColumn, bottom-height)
			last = height
		}
	}
	fmt.Fprintf(&path, "H%dV%dZ", svgLeft+svgPlot, bottom)
	fmt.Fprintf(d, "<path class=\"area\" d=\"%s\"/>\n", path.String())
}

func (d *sheet) canaries(x section, top int) {
	drawn := map[int]bool{} // by place: canaries that start together are one mark
	var path strings.Builder
	for _, r := range d.scene.rows[x.from:x.to] {
		if at := d.x(r.outage.Start) / 4 * 4; r.outage.Canary && !drawn[at] {
			drawn[at] = true
			fmt.Fprintf(&path, "M%d %dl5 5-5 5-5-5z", at+1, top+1)
		}
	}
	if path.Len() > 0 {
		fmt.Fprintf(d, "<path class=\"canary\" d=\"%s\"/>\n", path.String())
	}
}

// tickSteps are the distances that marks on the axis may have.
var tickSteps = []calendar.Seconds{calendar.Minute, 5 * calendar.Minute, 15 * calendar.Minute, 30 * calendar.Minute, calendar.Hour, 3 * calendar.Hour,
	6 * calendar.Hour, 12 * calendar.Hour, calendar.Day, 2 * calendar.Day, 7 * calendar.Day, 30 * calendar.Day, 365 * calendar.Day, 3650 * calendar.Day}

func (d *sheet) axis() {
	const most = 9
	step := tickSteps[len(tickSteps)-1]
	for _, candidate := range tickSteps {
		if d.to.Sub(d.from)/candidate <= most {
			step = candidate
			break
		}
	}
	first := (d.from + calendar.Instant(step) - 1) / calendar.Instant(step) * calendar.Instant(step)
	day := ""
	for t, marks := first, 0; t <= d.to && marks <= 2*most; t, marks = t.Add(step), marks+1 {
		x := d.x(t)
		fmt.Fprintf(d, "<path class=\"axis\" d=\"M%d %dV%d\"/>\n", x, svgTop, d.base()+4)
		d.text(x, d.base()+18, "tick", t.Time().Format("15:04"))
		if today := t.Time().Format("Mon 2 Jan"); today != day {
			d.text(x, d.base()+32, "tick", today)
			day = today
		}
	}
	d.text(16, d.base()+18, "zone", "UTC")
}

// lines draws the instants that all lanes share.
func (d *sheet) lines() {
	s := d.scene
	line := func(t calendar.Instant, class, words string, y int) {
		x, anchor, shift := d.x(t), " start", 5
		if x > svgLeft+svgPlot/2 {
			anchor, shift = " end", -5
		}
		fmt.Fprintf(d, "<path class=\"%s\" d=\"M%d %dV%d\"/>\n", class, x, y-9, d.base())
		d.text(x+shift, y, class+"-text"+anchor, words)
	}
	if len(s.rows) > 0 {
		line(s.bound, "bound", "bound: no plan is done before "+short(s.bound), svgTop-6)
	}
	deadline := s.Plan.Deadline
	if deadline == nil {
		return
	}
	if s.near(*deadline) {
		line(*deadline, "deadline", "deadline "+short(*deadline), svgTop-19)
		return
	}
	d.text(svgLeft+svgPlot, svgTop-19, "deadline-text end", "deadline "+short(*deadline)+", "+lasting(deadline.Sub(s.Plan.Finish))+" after the finish →")
}
