package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// mustBeXML reads a drawing as strictly as XML is.
func mustBeXML(t *testing.T, svg []byte) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheDrawingIsXMLAndTellsWhatItShows(t *testing.T) {
	in := made(t, small)
	svg := drawing(t, in)
	mustBeXML(t, svg)
	text := string(svg)
	for _, wanted := range []string{"<title id=\"plan-title\">Plan for XSA-108: Meets the deadline with 3h to spare</title>", "<desc id=\"plan-desc\">Hosts down at once over time. r1: 24 hosts from Sun 28 Sep 11:00",
		"role=\"img\"", "deadline Sun 28 Sep", "bound: no plan is done before", "<title>freeze: &lt;b&gt;payroll&lt;/b&gt;</title>", "zone bakes 15m", "canary starts", ">r2-z2</text>", "peak 2 of 2"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the drawing lacks %q", wanted)
		}
	}
	if lanes := strings.Count(text, `class="lane"`); lanes != 4 {
		t.Errorf("%d lanes for 4 zones", lanes)
	}
}

func TestHostileNamesLeaveTheDrawingValid(t *testing.T) { mustBeXML(t, drawing(t, hostileNames(t))) }

// TestManyZonesAreFoldedSoThatADrawingStaysSmall draws more zones, then more regions, than fit a drawing.
func TestManyZonesAreFoldedSoThatADrawingStaysSmall(t *testing.T) {
	for _, many := range []struct {
		shape
		lanes int
		says  string
	}{{shape{regions: 20, zones: 4, racks: 1, hosts: 2, together: 1}, 20, ">r20</text>"}, {shape{regions: 80, zones: 1, racks: 1, hosts: 2, together: 1}, 60, "20 regions more are not drawn."}} {
		svg := drawing(t, made(t, many.shape))
		mustBeXML(t, svg)
		if lanes := bytes.Count(svg, []byte(`class="lane"`)); lanes != many.lanes || !bytes.Contains(svg, []byte(many.says)) {
			t.Errorf("%d regions of %d zones: %d lanes, want %d and %q", many.regions, many.zones, lanes, many.lanes, many.says)
		}
	}
}

// sizes that a report and a mail can carry.
const (
	svgMost  = 300_000
	pageMost = 8_000_000
)

func TestPicturesOfAHundredThousandHostsCanBeMailed(t *testing.T) {
	in := made(t, hundredThousand)
	for _, c := range []struct {
		name  string
		bytes int
		most  int
	}{{"page", len(page(t, in)), pageMost}, {"drawing", len(drawing(t, in)), svgMost}} {
		if c.bytes > c.most {
			t.Errorf("the %s of %d hosts has %d bytes, more than %d", c.name, len(in.Plan.Outages), c.bytes, c.most)
		}
		t.Logf("the %s of %d hosts has %d bytes", c.name, len(in.Plan.Outages), c.bytes)
	}
}

// BenchmarkPageOfAHundredThousandHosts prints the time to write the page and its bytes.
func BenchmarkPageOfAHundredThousandHosts(b *testing.B) {
	in := made(b, hundredThousand)
	b.ReportAllocs()
	size := &counter{}
	for b.Loop() {
		size.n = 0
		if err := picture.Page(size, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size.n)/1e6, "MB")
}

// BenchmarkDrawingOfAHundredThousandHosts prints the time to write the SVG and its bytes.
func BenchmarkDrawingOfAHundredThousandHosts(b *testing.B) {
	in := made(b, hundredThousand)
	size := &counter{}
	for b.Loop() {
		size.n = 0
		if err := picture.SVG(size, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size.n)/1e3, "kB")
}

// counter counts what is written.
type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }
