package picture_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// decoded is the data of a page as its script reads it.
type decoded struct {
	head struct {
		Start, Finish, Bound int64
		Deadline             *int64
		Hosts, Tail, Racks   int
		Words, Blocked       int
		Regions, Parts       []struct {
			Name                          string
			Region, From, To, Peak, Limit int
		}
		Bands []struct {
			Kind, Text string
			From, To   int64
			Runs       int
		}
		Loads []struct {
			Name, Kind    string
			Allowed, Peak int64
			Steps         int
		}
	}
	outages map[string]plan.Outage
	guests  map[string][3]int64 // down, moved, tenants
	why     map[string]string
	limit   map[string]int64
	zone    map[string]string
	racks   []string
	steps   [][]int64 // of a load: instant and use in turn
	blocked []string
	refused []string // why they are blocked
}

// columns reads varints and texts in turn.
type columns struct {
	t testing.TB
	*bytes.Reader
}

func (c columns) number() int64 {
	n, err := binary.ReadUvarint(c)
	if err != nil {
		c.t.Fatal(err)
	}
	return int64(n)
}

func (c columns) signed() int64 {
	n, err := binary.ReadVarint(c)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

func (c columns) texts() []string {
	b := make([]byte, c.number())
	if _, err := io.ReadFull(c, b); err != nil {
		c.t.Fatal(err)
	}
	return strings.Split(string(b), "\n")
}

func list(n int, read func() int64) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = read()
	}
	return out
}

// decode reads the data of a page.
func decode(t testing.TB, page []byte) *decoded {
	t.Helper()
	found := regexp.MustCompile(`<script id="data" type="application/octet-stream">([A-Za-z0-9+/=]*)</script>`).FindSubmatch(page)
	if found == nil {
		t.Fatal("the page has no data")
	}
	packed, err := base64.StdEncoding.DecodeString(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		t.Fatal(err)
	}
	c := columns{t, bytes.NewReader(all)}
	d := &decoded{}
	if err := json.Unmarshal([]byte(strings.Join(c.texts(), "\n")), &d.head); err != nil {
		t.Fatal(err)
	}
	d.readHosts(c)
	for _, band := range d.head.Bands {
		list(2*band.Runs, c.number)
	}
	for _, load := range d.head.Loads {
		d.steps = append(d.steps, list(2*load.Steps, c.signed))
	}
	d.blocked, d.refused = c.texts(), c.texts()
	if c.Len() != 0 {
		t.Errorf("%d bytes of data are left over", c.Len())
	}
	return d
}

func (d *decoded) readHosts(c columns) {
	n := d.head.Hosts
	from, length, windowFrom, windowTo := list(n, c.signed), list(n, c.signed), list(n, c.signed), list(n, c.signed)
	down, moved, tenants, canary := list(n, c.number), list(n, c.number), list(n, c.number), list(n, c.number)
	reasons, limits := list(n, c.number), list(n, c.number)
	ids := c.texts()
	list(d.head.Racks, c.number)
	d.racks = c.texts()
	words := c.texts()
	d.outages, d.guests, d.why, d.limit, d.zone = map[string]plan.Outage{}, map[string][3]int64{}, map[string]string{}, map[string]int64{}, map[string]string{}
	for i, id := range ids {
		if i > 0 {
			from[i] += from[i-1]
		}
		begin := calendar.Instant(d.head.Start + from[i])
		end := begin.Add(calendar.Seconds(length[i]))
		d.outages[id] = plan.Outage{Host: id, Start: begin, End: end, Canary: canary[i] == 1,
			Window: calendar.Span{From: begin.Add(calendar.Seconds(windowFrom[i])), To: end.Add(calendar.Seconds(windowTo[i]))}}
		d.guests[id] = [3]int64{down[i], moved[i], tenants[i]}
		d.limit[id] = limits[i]
		if reasons[i] > 0 {
			d.why[id] = words[reasons[i]-1]
		}
		for _, part := range d.head.Parts {
			if part.From <= i && i < part.To {
				d.zone[id] = part.Name
			}
		}
	}
}

func TestEveryOutageIsInTheDataOfThePage(t *testing.T) {
	for name, in := range map[string]picture.Input{"small": made(t, small), "uneven": made(t, shape{regions: 3, zones: 1, racks: 7, hosts: 3, together: 5})} {
		d := decode(t, page(t, in))
		if len(d.outages) != len(in.Plan.Outages) {
			t.Errorf("%s: %d hosts in the data, %d in the plan", name, len(d.outages), len(in.Plan.Outages))
		}
		for i, o := range in.Plan.Outages {
			if d.outages[o.Host] != o {
				t.Errorf("%s: the data has %+v, the plan %+v", name, d.outages[o.Host], o)
			}
			if d.why[o.Host] != in.Study.Reasons[i].Words {
				t.Errorf("%s: host %s waits for %q in the data, for %q in the study", name, o.Host, d.why[o.Host], in.Study.Reasons[i].Words)
			}
			if d.guests[o.Host] != [3]int64{1, 1, 1} {
				t.Errorf("%s: host %s has %v guests down, moved and tenants", name, o.Host, d.guests[o.Host])
			}
			h, _ := in.Fleet.FindHost(o.Host)
			if want := in.Fleet.ZoneID(in.Fleet.ZoneOf(h)); d.zone[o.Host] != want {
				t.Errorf("%s: host %s stands in %s, not %s", name, o.Host, want, d.zone[o.Host])
			}
		}
	}
}

func TestTheHeadOfTheDataHasTheLinesBandsAndBlockedHosts(t *testing.T) {
	in := made(t, small)
	d := decode(t, page(t, in))
	h := d.head
	if h.Start != int64(start) || h.Finish != int64(in.Plan.Makespan) || h.Bound != int64(in.Plan.Bound.Seconds) || h.Deadline == nil || *h.Deadline != int64(in.Plan.Deadline.Sub(start)) {
		t.Errorf("the head is %+v", h)
	}
	var kinds []string
	for _, band := range h.Bands {
		kinds = append(kinds, band.Kind+": "+band.Text)
	}
	want := "freeze: freeze: <b>payroll</b>|canary: canaries bake 30m|canary: canaries bake 30m|zone: zone bakes 15m|zone: zone bakes 15m|region: region bakes 30m"
	if got := strings.Join(kinds, "|"); got != want {
		t.Errorf("bands %s\nwant  %s", got, want)
	}
	if strings.Join(d.blocked, " ") != "blocked-1" {
		t.Errorf("blocked %v", d.blocked)
	}
	if len(h.Parts) != 4 || h.Parts[1].Limit != small.together || h.Parts[1].Peak != small.together || len(h.Regions) != 2 {
		t.Errorf("parts %+v of regions %+v", h.Parts, h.Regions)
	}
}

func TestLoadsThatAreLessFullAreLeftOutAndCounted(t *testing.T) {
	in := made(t, small)
	text := page(t, in)
	d := decode(t, text)
	if len(d.head.Loads) != 41 || d.head.Loads[0].Name != "fleet" || d.head.Loads[40].Name != "group acme/g39" {
		t.Errorf("%d loads, %+v", len(d.head.Loads), d.head.Loads)
	}
	if !bytes.Contains(text, []byte("; 20 less full ones are left out")) {
		t.Error("the page does not say that 20 loads are left out")
	}
	at, used, peak := int64(0), int64(0), int64(0)
	for i := 0; i < len(d.steps[0]); i += 2 {
		at, used = at+d.steps[0][i], used+d.steps[0][i+1]
		if step := in.Study.Loads[0].Steps[i/2]; int64(step.At) != at+int64(start) || step.Used != used {
			t.Fatalf("step %d is %d at %d, want %+v", i/2, used, at, step)
		}
		peak = max(peak, used)
	}
	if peak != d.head.Loads[0].Peak {
		t.Errorf("the peak is %d, the head says %d", peak, d.head.Loads[0].Peak)
	}
}

// TestAReasonNamesTheLoadOfItsLimit plants limits beyond those that are kept.
func TestAReasonNamesTheLoadOfItsLimit(t *testing.T) {
	in := made(t, small)
	in.Study.Reasons[0].Limit, in.Study.Reasons[1].Limit, in.Study.Reasons[2].Limit = 2, 60, -1
	d := decode(t, page(t, in))
	for i, want := range []int64{3, 0, 0} {
		if id := in.Plan.Outages[i].Host; d.limit[id] != want {
			t.Errorf("host %s: load %d, want %d", id, d.limit[id], want)
		}
	}
}

func TestANameThatIsNotPrintableIsEscapedInTheData(t *testing.T) {
	in := made(t, small)
	const hostile = "group a\u2028b\n</script><script>alert(1)</script>\x1b[31m"
	in.Study.Reasons[0].Words = hostile
	d := decode(t, page(t, in))
	if got := d.why[in.Plan.Outages[0].Host]; got != problem.Printable(hostile) || strings.Contains(got, "\n") {
		t.Errorf("the reason became %q", got)
	}
}
