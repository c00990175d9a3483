package picture

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
)

// The page's data is one deflated block of bytes in base64: no name in it can ever be taken for markup. In it stand
// the length of a JSON head, the head, and columns of numbers as varints (LEB128; zigzag where they can be
// negative), in the order of writeColumns. Instants count seconds from the head's start. Texts stand joined by
// newlines, which no printable text holds.

// head is the part of the data that is not per host.
type head struct {
	Start    int64      `json:"start"` // seconds since 1970, what all other instants count from
	Finish   int64      `json:"finish"`
	Bound    int64      `json:"bound"`
	Deadline *int64     `json:"deadline"`
	Hosts    int        `json:"hosts"`
	Tail     int        `json:"tail"` // hosts that end after the bound
	Regions  []headPart `json:"regions"`
	Parts    []headPart `json:"parts"`
	Racks    int        `json:"racks"`
	Bands    []headBand `json:"bands"`
	Loads    []headLoad `json:"loads"`
	Words    int        `json:"words"`   // sentences that give reasons
	Blocked  int        `json:"blocked"` // hosts without an outage, by a group
}

type headPart struct {
	Name   string `json:"name"`
	Region int    `json:"region"`
	From   int    `json:"from"`
	To     int    `json:"to"`
	Peak   int    `json:"peak"`
	Limit  int    `json:"limit"`
}

type headBand struct {
	Kind bandKind `json:"kind"`
	From int64    `json:"from"`
	To   int64    `json:"to"`
	Text string   `json:"text"`
	Runs int      `json:"runs"`
}

type headLoad struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Allowed int64  `json:"allowed"`
	Peak    int64  `json:"peak"`
	Steps   int    `json:"steps"`
}

// loadsKept bounds the loads of racks, cohorts, tenants and groups on the page: there can be hundreds of thousands.
// The study lists the fullest first.
const loadsKept = 40

// wide reports whether a load is of a scope that every page shows: there are few of them.
func wide(load study.Load) bool {
	switch load.Kind {
	case "fleet", "region", "zone", "last":
		return true
	}
	return false
}

// keptLoads returns the loads that go on the page, the wide ones first; the place of each of the study's loads in
// them, -1 for those left out; and how many were left out.
func keptLoads(all []study.Load) (kept []study.Load, places []int, hidden int) {
	places = make([]int, len(all))
	for i, load := range all {
		if places[i] = -1; wide(load) {
			places[i] = len(kept)
			kept = append(kept, load)
		}
	}
	most := len(kept) + loadsKept
	for i, load := range all {
		switch {
		case wide(load):
		case len(kept) < most:
			places[i] = len(kept)
			kept = append(kept, load)
		default:
			hidden++
		}
	}
	return kept, places, hidden
}

// dictionary numbers texts in order of first use; most hosts of a zone give one of few reasons.
type dictionary struct {
	texts []string
	known map[string]int
}

func (d *dictionary) number(text string) int {
	n, ok := d.known[text]
	if !ok {
		n = len(d.texts)
		d.known[text] = n
		d.texts = append(d.texts, text)
	}
	return n
}

// dataWriter appends numbers and texts.
type dataWriter struct{ b []byte }

func (w *dataWriter) number(n int64) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *dataWriter) signed(n int64) { w.b = binary.AppendVarint(w.b, n) }

// texts writes the length in bytes and the texts, each made printable.
func (w *dataWriter) texts(n int, at func(int) string) {
	list := make([]string, n)
	for i := range list {
		list[i] = problem.Printable(at(i))
	}
	joined := strings.Join(list, "\n")
	w.number(int64(len(joined)))
	w.b = append(w.b, joined...)
}

// data returns all that the page's script draws from.
func (s *scene) data() []byte {
	var loads []study.Load
	var places []int
	if s.Study != nil {
		loads, places, _ = keptLoads(s.Study.Loads)
	}
	words := &dictionary{known: map[string]int{}}
	reasons := make([]int, len(s.rows)) // number+1 of the words
	limits := make([]int, len(s.rows))  // place+1 of the load
	for i, r := range s.rows {
		if s.Study == nil || r.reason >= len(s.Study.Reasons) {
			continue
		}
		reason := s.Study.Reasons[r.reason]
		reasons[i] = words.number(reason.Words) + 1
		if reason.Limit >= 0 && reason.Limit < len(places) {
			limits[i] = places[reason.Limit] + 1
		}
	}
	top, err := json.Marshal(s.head(loads, len(words.texts)))
	if err != nil {
		panic("picture: the head of the data: " + err.Error()) // it holds numbers and texts only
	}
	w := &dataWriter{}
	w.number(int64(len(top)))
	w.b = append(w.b, top...)
	s.writeColumns(w, reasons, limits)
	s.writeLists(w, words.texts, loads)
	return w.b
}

// writeColumns writes one column after the other for the hosts in order of rows.
func (s *scene) writeColumns(w *dataWriter, reasons, limits []int) {
	column := func(number func(i int) int64, write func(int64)) {
		for i := range s.rows {
			write(number(i))
		}
	}
	before := int64(0)
	column(func(i int) int64 {
		at := int64(s.rows[i].outage.Start.Sub(s.from))
		step := at - before
		before = at
		return step
	}, w.signed)
	column(func(i int) int64 { return int64(s.rows[i].outage.End.Sub(s.rows[i].outage.Start)) }, w.signed)
	column(func(i int) int64 { return int64(s.rows[i].outage.Window.From.Sub(s.rows[i].outage.Start)) }, w.signed)
	column(func(i int) int64 { return int64(s.rows[i].outage.Window.To.Sub(s.rows[i].outage.End)) }, w.signed)
	column(func(i int) int64 { return int64(s.rows[i].down) }, w.number)
	column(func(i int) int64 { return int64(s.rows[i].moved) }, w.number)
	column(func(i int) int64 { return int64(s.rows[i].tenants) }, w.number)
	column(func(i int) int64 {
		if s.rows[i].outage.Canary {
			return 1
		}
		return 0
	}, w.number)
	column(func(i int) int64 { return int64(reasons[i]) }, w.number)
	column(func(i int) int64 { return int64(limits[i]) }, w.number)
}

// writeLists writes what is not per host.
func (s *scene) writeLists(w *dataWriter, words []string, loads []study.Load) {
	w.texts(len(s.rows), func(i int) string { return s.rows[i].outage.Host })
	for _, r := range s.racks {
		w.number(int64(r.hosts()))
	}
	w.texts(len(s.racks), func(i int) string { return s.racks[i].name })
	w.texts(len(words), func(i int) string { return words[i] })
	for _, b := range s.bands {
		at := 0
		for _, r := range b.runs {
			w.number(int64(r.from - at))
			w.number(int64(r.to - r.from))
			at = r.to
		}
	}
	for _, load := range loads {
		at, used := s.from, int64(0)
		for _, step := range load.Steps {
			w.signed(int64(step.At.Sub(at)))
			w.signed(step.Used - used)
			at, used = step.At, step.Used
		}
	}
	blocked := s.Plan.Blocked
	w.texts(len(blocked), func(i int) string { return blocked[i].Host })
	w.texts(len(blocked), func(i int) string { return whyBlocked(blocked[i]) })
}

func (s *scene) head(loads []study.Load, words int) head {
	out := head{Start: int64(s.from), Finish: int64(s.Plan.Finish.Sub(s.from)), Bound: int64(s.bound.Sub(s.from)), Hosts: len(s.rows),
		Tail: len(s.tail()), Racks: len(s.racks), Words: words, Blocked: len(s.Plan.Blocked),
		Regions: headParts(s.regions), Parts: headParts(s.parts), Bands: []headBand{}, Loads: []headLoad{}}
	if s.Plan.Deadline != nil {
		deadline := int64(s.Plan.Deadline.Sub(s.from))
		out.Deadline = &deadline
	}
	for _, b := range s.bands {
		out.Bands = append(out.Bands, headBand{Kind: b.kind, From: int64(b.span.From.Sub(s.from)), To: int64(b.span.To.Sub(s.from)),
			Text: problem.Printable(b.text), Runs: len(b.runs)})
	}
	for _, load := range loads {
		one := headLoad{Name: problem.Printable(load.Name), Kind: load.Kind, Allowed: load.Allowed, Steps: len(load.Steps)}
		for _, step := range load.Steps {
			one.Peak = max(one.Peak, step.Used)
		}
		out.Loads = append(out.Loads, one)
	}
	return out
}

func headParts(list []section) []headPart {
	out := make([]headPart, len(list))
	for i, x := range list {
		out[i] = headPart{Name: problem.Printable(x.name), Region: x.region, From: x.from, To: x.to, Peak: x.peak, Limit: x.limit}
	}
	return out
}

// writePacked writes data deflated and in base64.
func writePacked(out io.Writer, data []byte) error {
	var packed bytes.Buffer
	deflate, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		panic("picture: " + err.Error()) // the level is one of the package's own
	}
	if _, err := deflate.Write(data); err != nil {
		return err
	}
	if err := deflate.Close(); err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, out)
	if _, err := encoder.Write(packed.Bytes()); err != nil {
		return err
	}
	return encoder.Close()
}
