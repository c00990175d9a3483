// Package fleetfile reads fleets from files and writes them. People write YAML, machines NDJSON; one decoder
// serves both, so both have the same keys, checks and messages. Names, references and shape are checked by
// the builder of package fleet; what is checked here is how values are written. It judges no fleet.
package fleetfile

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// StandardInput is the path that stands for standard input.
const StandardInput = "-"

// Progress is told from time to time how many bytes of a file are read, and how many it has, 0 when that is
// not known. It is called from one goroutine.
type Progress func(done, total int64)

// Read reads the fleet in a file, or on standard input when the path is "-". Files that end in .yaml or .yml
// are YAML, those that end in .ndjson or .jsonl are NDJSON; of any other the first character tells: NDJSON
// starts with a brace. It returns nil when the list has errors; progress may be nil.
func Read(path string, progress func(done, total int64)) (*fleet.Fleet, problem.List) {
	if path == StandardInput {
		return ReadFrom("standard input", os.Stdin, 0, progress)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, doc.Unreadable(path, "the fleet", err)
	}
	// The file is only read: closing it can lose nothing.
	defer func() { _ = file.Close() }()
	size := int64(0)
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return ReadFrom(path, file, size, progress)
}

// ReadFrom reads the fleet that a reader gives. The name stands in the places of faults and tells the format
// as in Read; size is what progress is told as the total.
func ReadFrom(name string, r io.Reader, size int64, progress Progress) (*fleet.Fleet, problem.List) {
	d := newDecoder(name)
	buffered := bufio.NewReaderSize(&meter{from: r, total: size, progress: progress}, sniffMax)
	if isYAML(name, buffered) {
		d.readYAML(buffered)
	} else {
		d.readLines(buffered)
	}
	if d.partial {
		// Building would call dangling what only was not read.
		return nil, *d.problems
	}
	return d.builder.Build()
}

// sniffMax is how many bytes are looked at for the first character that is not white space.
const sniffMax = 4096

func isYAML(name string, r *bufio.Reader) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		return true
	case ".ndjson", ".jsonl":
		return false
	}
	// An error comes back when the reader is read.
	start, _ := r.Peek(sniffMax)
	text := strings.TrimLeft(strings.TrimPrefix(string(start), "\uFEFF"), " \t\r\n")
	return text != "" && text[0] != '{'
}

// meter reports how much of a reader is read.
type meter struct {
	from        io.Reader
	done, total int64
	progress    Progress
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.done += int64(n)
	if m.progress != nil {
		m.progress(m.done, m.total)
	}
	return n, err
}

// yamlMax is how many bytes of YAML are read: one more than doc accepts.
const yamlMax = 64<<20 + 1

func (d *decoder) readYAML(r io.Reader) {
	data, err := io.ReadAll(io.LimitReader(r, yamlMax))
	if err != nil {
		d.problems.Merge(doc.Unreadable(d.file, "the fleet", err))
		d.partial = true
		return
	}
	node, problems := doc.ReadYAML(d.file, data)
	if problems.Failed() {
		d.problems.Merge(problems)
		d.partial = true
		return
	}
	root := node.Object("the fleet", d.problems)
	d.each(root, "regions", d.regionWithZones)
	d.each(root, "hosts", d.host)
	d.each(root, "tenants", d.tenant)
	d.each(root, "groups", d.group)
	d.each(root, "guests", d.guest)
	root.Done()
}

// each decodes the objects of a list.
func (d *decoder) each(parent *doc.Object, key string, decode func(*doc.Object)) {
	for _, item := range parent.List(key) {
		if d.enough(item.At) {
			return
		}
		decode(item.Object(strings.TrimSuffix(key, "s"), d.problems))
	}
}

// regionWithZones decodes a region of a YAML file, where zones stand under their region.
func (d *decoder) regionWithZones(o *doc.Object) {
	id := d.id(o)
	d.each(o, "zones", func(zone *doc.Object) {
		d.addZone(zone, d.id(zone), id)
	})
	d.addRegion(o, id)
}
