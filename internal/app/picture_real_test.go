//go:build real

package app

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/exposure"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
	"github.com/evenkeel-project/evenkeel/internal/intake/synth"
	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// browser is a headless Chromium that is spoken to over its debugging pipe: JSON objects, each ended by a zero byte.
type browser struct {
	t          *testing.T
	out        io.Writer
	in         *bufio.Reader
	session    string
	last       int
	complaints []string
}

// reply is an answer or an event.
type reply struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Result json.RawMessage `json:"result"`
	Params json.RawMessage `json:"params"`
	Error  *struct{ Message string }
}

func openBrowser(t *testing.T) *browser {
	theirsIn, oursOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	oursIn, theirsOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	command.ExtraFiles = []*os.File{theirsIn, theirsOut}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, out: oursOut, in: bufio.NewReaderSize(oursIn, 1<<20)}
	t.Cleanup(func() {
		b.session = ""
		b.ask("Browser.close", nil, nil)
		if err := command.Wait(); err != nil {
			t.Log(err)
		}
	})
	var target struct{ TargetID string }
	b.ask("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.ask("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.ask(domain+".enable", nil, nil)
	}
	return b
}

// ask sends a command and reads on until its answer, keeping what the page complains of.
func (b *browser) ask(method string, params, into any) {
	b.t.Helper()
	b.last++
	message := map[string]any{"id": b.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		r := b.next()
		if r.ID != b.last {
			continue
		}
		if r.Error != nil {
			b.t.Fatalf("%s: %s", method, r.Error.Message)
		}
		if into != nil {
			if err := json.Unmarshal(r.Result, into); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
}

func (b *browser) next() reply {
	b.t.Helper()
	text, err := b.in.ReadBytes(0)
	if err != nil {
		b.t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal(text[:len(text)-1], &r); err != nil {
		b.t.Fatal(err)
	}
	switch r.Method {
	case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
		b.complaints = append(b.complaints, string(r.Params))
	}
	return r
}

// run evaluates an expression in the page, waits for what it promises, and reads its value.
func (b *browser) run(expression string, into any) {
	b.t.Helper()
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.ask("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails.Exception.Description)
	}
	if into != nil {
		if err := json.Unmarshal(r.Result.Value, into); err != nil {
			b.t.Fatalf("%s: %v in %s", expression, err, r.Result.Value)
		}
	}
}

// visit opens a file and waits until the page has drawn itself.
func (b *browser) visit(file string) {
	b.ask("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	b.ask("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for state := ""; state == ""; {
		b.run(`new Promise((done) => setTimeout(() => { const page = document.documentElement?.dataset; done(page?.ready || page?.failed || ""); }, 20))`, &state)
	}
}

// shoot keeps what is seen.
func (b *browser) shoot(path string) {
	var shot struct{ Data string }
	b.ask("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Logf("screenshot %s", path)
}

func (b *browser) window(width, height int, ratio float64) {
	b.ask("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": width < 500}, nil)
}

func (b *browser) media(medium string, features ...string) {
	list := []map[string]string{}
	for _, f := range features {
		name, value, _ := strings.Cut(f, "=")
		list = append(list, map[string]string{"name": name, "value": value})
	}
	b.ask("Emulation.setEmulatedMedia", map[string]any{"media": medium, "features": list}, nil)
	b.run(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))`, nil)
}

// largePage writes the page of a plan for 100,000 hosts.
func largePage(t *testing.T) []byte {
	f, err := synth.Fleet(synth.Shape{Hosts: 100_000, Guests: 1_000_000, Tenants: 50_000, Regions: 5, ZonesPerRegion: 3, HostsPerRack: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	desk, err := newDesk()
	if err != nil {
		t.Fatal(err)
	}
	question, list := desk.ReadAdvisory("testdata/sample/XSA-108.yaml")
	rules, more := desk.ReadPolicy("testdata/bench/policy.yaml")
	if list.Merge(more); list.Failed() {
		t.Fatal(list.Err())
	}
	in := planner.Input{Fleet: f, Exposure: exposure.Judge(f, []*advisory.Advisory{question}), Policy: rules, Seed: 1}
	p, list := planner.Make(in)
	if list.Failed() {
		t.Fatal(list.Err())
	}
	var page bytes.Buffer
	if err := picture.Page(&page, picture.Input{Plan: p, Fleet: f, Policy: rules, Study: study.Of(in, p), Version: "(test)"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("the page of %d outages has %d bytes", len(p.Outages), page.Len())
	return page.Bytes()
}

// timing is what a browser measured, in milliseconds.
type timing struct {
	Paint, Drawn, Ready float64
	Frames              []float64 // the script of each frame while zooming
	Elements            float64
}

// zooming turns the wheel over the timeline and times the script of every frame.
const zooming = `(async () => {
  const canvas = document.getElementById("timeline"), box = canvas.getBoundingClientRect(), frames = [];
  const rest = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let i = 0; i < 60; i++) {
    window.framesTook.length = 0;
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: i < 30 ? -60 : 60, clientX: box.x + box.width * 0.6, clientY: box.y + box.height * 0.5, cancelable: true }));
    await rest();
    frames.push(Math.max(0, ...window.framesTook));
  }
  const paint = performance.getEntriesByName("first-contentful-paint")[0], drawn = performance.getEntriesByName("evenkeel:drawn")[0];
  return { paint: paint ? paint.startTime : -1, drawn: drawn.startTime, ready: performance.now(), frames, elements: document.querySelectorAll("*").length };
})()`

// handling presses every key, pinches with two fingers, drags and clicks, and tells which host is kept in the end.
const handling = `(async () => {
  const canvas = document.getElementById("timeline"), box = canvas.getBoundingClientRect();
  const rest = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const finger = (type, id, x, y) => canvas.dispatchEvent(new PointerEvent(type, { pointerId: id, clientX: box.x + x, clientY: box.y + y, pointerType: "touch", bubbles: true }));
  canvas.setPointerCapture = () => {};
  for (const key of ["+", "=", "-", "_", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "n", "n", "p", "Enter", "Escape", "0", "n", "n", "Enter"]) {
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    await rest();
  }
  const kept = document.querySelector("#chosen h3").textContent;
  finger("pointerdown", 1, 500, 200); finger("pointerdown", 2, 600, 300);
  for (let i = 0; i < 10; i++) { finger("pointermove", 1, 500 - 5 * i, 200 - 5 * i); finger("pointermove", 2, 600 + 5 * i, 300 + 5 * i); await rest(); }
  finger("pointerup", 1, 450, 150); finger("pointermove", 2, 500, 250); finger("pointerup", 2, 500, 250);
  await rest();
  return kept;
})()`

// TestThePageOfALargePlanStaysFluid prints how long a browser takes to the first paint and to a frame while
// zooming, and keeps screenshots in EVENKEEL_SHOTS, or in a directory that goes away.
func TestThePageOfALargePlanStaysFluid(t *testing.T) {
	dir := os.Getenv("EVENKEEL_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	file := filepath.Join(dir, "plan.html")
	if err := os.WriteFile(file, largePage(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	b.ask("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": `window.framesTook = [];
	const ask = window.requestAnimationFrame.bind(window);
	window.requestAnimationFrame = (act) => ask((now) => { const began = performance.now(); act(now); window.framesTook.push(performance.now() - began); });`}, nil)
	b.window(1280, 1000, 1)
	for run := range 5 {
		b.visit(file)
		var took timing
		b.run(zooming, &took)
		total, worst := 0.0, 0.0
		for _, frame := range took.Frames {
			total, worst = total+frame, max(worst, frame)
		}
		t.Logf("run %d: first paint %.0f ms, timeline drawn %.0f ms, a frame while zooming %.1f ms (worst %.1f), %.0f elements", run, took.Paint, took.Drawn, total/float64(len(took.Frames)), worst, took.Elements)
	}
	var kept string
	if b.run(handling, &kept); !strings.Contains(kept, "-r") {
		t.Errorf("after all keys the page keeps %q", kept)
	}
	b.tour(file, dir)
	if len(b.complaints) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(b.complaints, "\n"))
	}
}

// tour keeps a screenshot of every face of the page.
func (b *browser) tour(file, dir string) {
	shot := func(name string) { b.shoot(filepath.Join(dir, name+".png")) }
	b.visit(file)
	shot("light")
	b.media("", "prefers-color-scheme=dark")
	shot("dark")
	b.media("", "forced-colors=active", "prefers-color-scheme=dark")
	shot("forced")
	b.media("print")
	shot("print")
	b.media("")
	b.run(`(() => { const order = document.getElementById("order"); order.value = "start"; order.dispatchEvent(new Event("change")); document.getElementById("drawing").scrollIntoView(); return 1; })()`, nil)
	b.ask("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": 520, "y": 400}, nil)
	b.media("")
	shot("by-start")
	var id string
	b.run(`document.querySelector("#rows tr:nth-child(20) button").textContent`, &id)
	b.run(fmt.Sprintf(`(() => { location.hash = "host=" + encodeURIComponent(%q); return 1; })()`, id), nil)
	b.media("")
	shot("host")
	b.window(390, 844, 2)
	b.visit(file)
	shot("phone")
	b.window(1280, 1000, 1)
	b.ask("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.ask("Page.navigate", map[string]any{"url": "file://" + file}, nil)
	for b.next().Method != "Page.loadEventFired" {
		continue
	}
	shot("no-script")
}
