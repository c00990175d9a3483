package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
	"github.com/evenkeel-project/evenkeel/internal/datadir"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
	"github.com/evenkeel-project/evenkeel/internal/intake/fleetfile"
	"github.com/evenkeel-project/evenkeel/internal/oracle/journal"
	"github.com/evenkeel-project/evenkeel/internal/sshsig"
	"github.com/evenkeel-project/evenkeel/internal/store"
	"github.com/evenkeel-project/evenkeel/internal/store/sqlite"
)

// stage is a campaign that is approved and waits to be started, as often as a test wants: every start has a data
// directory of its own.
type stage struct {
	testing.TB
	desk        *desk
	dir         string
	proposal    []string // the command, without the data directory
	approved    string   // the data directory that is copied
	scenario    string
	directories int
}

const advisorySample = "testdata/sample/XSA-108.yaml"

// newStage plans the fleet, and has the plan proposed and approved.
func newStage(tb testing.TB, fleet, policy, scenario string) *stage {
	tb.Helper()
	desk, err := newDesk()
	if err != nil {
		tb.Fatal(err)
	}
	s := &stage{TB: tb, desk: desk, dir: tb.TempDir(), scenario: scenario}
	var signers []byte
	for _, name := range []string{"proposer", "first", "second"} {
		key, err := sshsig.NewKey(s.path(name), name)
		if err != nil {
			tb.Fatal(err)
		}
		signers = fmt.Appendf(signers, "%s@ops.example %s\n", name, key.PublicLine())
	}
	if err := os.WriteFile(s.path("allowed_signers"), signers, 0o600); err != nil {
		tb.Fatal(err)
	}
	files := []string{"--fleet", fleet, "--advisory", advisorySample, "--policy", policy}
	commandLine(tb, append([]string{"plan", "-o", s.path("plan.json")}, files...)...)
	s.proposal = append([]string{"campaign", "propose", s.path("plan.json"),
		"--allowed-signers", s.path("allowed_signers"), "--key", s.path("proposer")}, files...)
	s.approved = s.path("approved")
	for _, paper := range s.papers(s.approved) {
		commandLine(tb, paper...)
	}
	return s
}

// papers are the commands that propose the plan in a data directory and approve it.
func (s *stage) papers(data string) [][]string {
	return [][]string{append(slices.Clone(s.proposal), "--data", data),
		{"campaign", "approve", "--data", data, "--key", s.path("first")},
		{"campaign", "approve", "--data", data, "--key", s.path("second")}}
}

// carrying is the command that carries the campaign out, and goes on with it.
func (s *stage) carrying(data string) []string {
	return []string{"campaign", "start", "--data", data, "--driver", "simfleet", "--scenario", s.scenario, "--by", "ops"}
}

// synthetic makes up a fleet and returns its file.
func synthetic(tb testing.TB, shape cli.Shape) string {
	tb.Helper()
	f, err := new(desk).Synthesise(shape)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "fleet.ndjson")
	out, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := errors.Join(fleetfile.Write(out, f), out.Close()); err != nil {
		tb.Fatal(err)
	}
	return path
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// commandLine runs a command in this process.
func commandLine(tb testing.TB, args ...string) {
	tb.Helper()
	desk, err := newDesk()
	if err != nil {
		tb.Fatal(err)
	}
	var out, faults bytes.Buffer
	streams := cli.Streams{Out: &out, Err: &faults, Program: []string{"evenkeel"}, Zone: time.UTC, Operator: "ops"}
	if code := cli.Run(args, desk, streams); code != 0 {
		tb.Fatalf("evenkeel %s: exit code %d\n%s%s", strings.Join(args, " "), code, out.String(), faults.String())
	}
}

// fresh returns the path of a data directory that is not there yet.
func (s *stage) fresh() string {
	s.directories++
	return s.path(fmt.Sprintf("data-%d", s.directories))
}

// data returns a fresh copy of the approved data directory.
func (s *stage) data() string { return s.copied(s.approved) }

// copied returns a fresh copy of a data directory.
func (s *stage) copied(from string) string {
	s.Helper()
	data := s.fresh()
	if err := os.CopyFS(data, os.DirFS(from)); err != nil {
		s.Fatal(err)
	}
	if err := os.Chmod(datadir.At(data).EvidenceKey(), 0o600); err != nil { // copies are made for everybody to read
		s.Fatal(err)
	}
	return data
}

// outcome is how a campaign went, in a form that two campaigns can be compared by.
type outcome struct {
	ended   string            // the campaign
	hosts   map[string]string // by host: what became of it
	times   map[string]string // by host: when
	letters map[string]string // by file name
	records int
}

// judged holds a campaign that is over to account, by its evidence, by a second reading of its journal, by its letters
// and by the memory of the simulated fleet. Which campaign it was is told in why.
func (s *stage) judged(data, why string) outcome {
	s.Helper()
	account := s.verified(data, why)
	out := outcome{hosts: map[string]string{}, times: map[string]string{}, letters: s.letters(data), records: account.Records}
	out.ended = fmt.Sprintf("%s, %+v", account.Status, account.Summary)
	for _, h := range account.Hosts {
		out.hosts[h.ID] = fmt.Sprintf("%s %s, boots %s and %s, missing %v", h.Phase, h.Fault, h.Before, h.After, h.Missing)
		out.times[h.ID] = fmt.Sprintf("granted %s, acted %s, ended %s, late %v, stuck %v", h.Granted, h.Acted, h.Ended, h.Late, h.Stuck)
	}
	events := s.events(data)
	s.lettersMatch(out.letters, events, why)
	s.witnessed(data, events, account, why)
	return out
}

// verified exports the evidence of a campaign, has it verified, and audits what it tells by the oracle.
func (s *stage) verified(data, why string) *evidence.Account {
	s.Helper()
	var record bytes.Buffer
	exported, err := s.desk.ExportEvidence(data, "test", &record)
	if err != nil {
		s.Fatalf("%s: %v", why, err)
	}
	file := data + ".ndjson"
	if err := os.WriteFile(file, record.Bytes(), 0o600); err != nil {
		s.Fatal(err)
	}
	verified, list := s.desk.VerifyEvidence(cli.EvidenceSource{File: file, Key: exported.Public}, nil)
	if list.Failed() {
		s.Fatalf("%s: %v", why, list.Err())
	}
	if !verified.Kept() {
		s.Fatalf("%s: the evidence has faults %v and findings %v", why, verified.Faults.Err(), verified.Findings.Err())
	}
	read, err := journal.Read(&record)
	if err != nil {
		s.Fatalf("%s: %v", why, err)
	}
	world, err := s.desk.openWorld(datadir.At(data))
	if err != nil {
		s.Fatalf("%s: %v", why, err)
	}
	question, list := s.desk.ReadAdvisory(advisorySample)
	if list.Failed() {
		s.Fatal(list.Err())
	}
	for i, finding := range read.Audit(world.Fleet, world.Policy, world.Plan, []*advisory.Advisory{question}) {
		s.Errorf("%s: %s", why, finding)
		if i == 20 {
			s.FailNow()
		}
	}
	return verified.Account
}

// letters returns what is in the outbox, and refuses what is no letter.
func (s *stage) letters(data string) map[string]string {
	s.Helper()
	letters := map[string]string{}
	dir := datadir.At(data).Outbox()
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			s.Fatal(err)
		}
		if !strings.HasSuffix(entry.Name(), ".eml") || len(content) == 0 {
			s.Errorf("%s is no letter", filepath.Join(dir, entry.Name()))
		}
		letters[entry.Name()] = string(content)
	}
	return letters
}

// events returns the journal.
func (s *stage) events(data string) []campaign.Event {
	s.Helper()
	reader, err := sqlite.OpenReader(s.Context(), datadir.At(data).Database())
	if err != nil {
		s.Fatal(err)
	}
	defer reader.Close()
	var events []campaign.Event
	ids, err := reader.Campaigns(s.Context())
	if err != nil || len(ids) != 1 {
		s.Fatalf("campaigns %v: %v", ids, err)
	}
	err = reader.Journal(s.Context(), ids[0], 0, func(r store.Record) error {
		event, err := campaign.Decode(r.Version, r.Body)
		events = append(events, event)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return events
}

// lettersMatch makes sure that every notice was queued and accepted once, and that the outbox holds exactly their
// letters.
func (s *stage) lettersMatch(letters map[string]string, events []campaign.Event, why string) {
	s.Helper()
	queued, accepted := map[string]int{}, map[string]int{}
	for i := range events {
		switch e := &events[i]; e.Kind {
		case campaign.NoticeQueued:
			queued[e.Notice.ID]++
		case campaign.NoticeAccepted:
			accepted[e.NoticeID]++
		}
	}
	for id, n := range queued {
		if n != 1 || accepted[id] != 1 {
			s.Errorf("%s: notice %s was queued %d times and accepted %d times", why, id, n, accepted[id])
		}
		if letters[id+".eml"] == "" {
			s.Errorf("%s: notice %s was accepted, and its letter is not there", why, id)
		}
	}
	if len(letters) != len(queued) || len(accepted) != len(queued) {
		s.Errorf("%s: %d letters and %d accepted notices of %d queued", why, len(letters), len(accepted), len(queued))
	}
}

// witnessed asks the simulated fleet, which remembers by itself, what was really done to each host.
func (s *stage) witnessed(data string, events []campaign.Event, account *evidence.Account, why string) {
	s.Helper()
	intent := map[string]calendar.Instant{}
	for i := range events {
		if e := &events[i]; e.Kind == campaign.HostActing {
			intent[e.Host] = e.At
		}
	}
	down := map[string]int{}
	for _, boot := range s.world(data).Witness() {
		down[boot.Host]++
		if at, ok := intent[boot.Host]; !ok || at > boot.At {
			s.Errorf("%s: host %s was taken down at %s, and the journal had not said so", why, boot.Host, boot.At)
		}
		if down[boot.Host] > 1 {
			s.Errorf("%s: host %s was taken down %d times, again at %s by %s", why, boot.Host, down[boot.Host], boot.At, boot.Order)
		}
	}
	for _, h := range account.Hosts {
		if h.Phase == campaign.Done && down[h.ID] != 1 {
			s.Errorf("%s: host %s is done, and was taken down %d times", why, h.ID, down[h.ID])
		}
		if h.Acted == 0 && down[h.ID] != 0 {
			s.Errorf("%s: host %s never acted, and was taken down", why, h.ID)
		}
	}
	s.oneOrder(data, why)
}

// world opens the simulated fleet as it was left.
func (s *stage) world(data string) *simfleet.Fleet {
	s.Helper()
	dir := datadir.At(data)
	reader, err := sqlite.OpenReader(s.Context(), dir.Database())
	if err != nil {
		s.Fatal(err)
	}
	defer reader.Close()
	world, err := s.desk.openWorld(dir)
	if err != nil {
		s.Fatal(err)
	}
	hosts, err := openSimulated(s.Context(), dir, reader, world, cli.Conducting{Scenario: s.scenario})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { hosts.Close() })
	return hosts
}

// oneOrder makes sure, by the bare lines of the world's log, that no host was ever given two different orders to act:
// one that is handed over again is the same.
func (s *stage) oneOrder(data, why string) {
	s.Helper()
	log, err := os.Open(datadir.At(data).World())
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	type act struct {
		Attempt int    `json:"attempt"`
		Boot    string `json:"boot"`
	}
	orders := map[string]act{}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct {
			Order *struct {
				Host, Step string
				act
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			s.Fatalf("%s: %v", why, err)
		}
		o := line.Order
		if o == nil || o.Step != string(dispatch.Act) {
			continue
		}
		if earlier, ok := orders[o.Host]; ok && earlier != o.act {
			s.Errorf("%s: host %s was told to act by %+v and by %+v", why, o.Host, earlier, o.act)
		}
		orders[o.Host] = o.act
	}
	if err := lines.Err(); err != nil {
		s.Fatal(err)
	}
}

// differences returns what is not the same in two outcomes, in words. Letters must be the same to the byte when
// everything happened at the same times: they tell of nothing else.
func (o outcome) differences(other outcome) []string {
	var out []string
	if o.ended != other.ended {
		out = append(out, fmt.Sprintf("the campaign ended as %s and as %s", o.ended, other.ended))
	}
	out = append(out, apart("host", o.hosts, other.hosts, true)...)
	return append(out, apart("letter", o.letters, other.letters, maps.Equal(o.times, other.times))...)
}

// apart compares the names in two tables, and what stands under them.
func apart(what string, one, other map[string]string, whole bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(one)) {
		if again, ok := other[name]; !ok {
			out = append(out, fmt.Sprintf("%s %s is missing", what, name))
		} else if whole && one[name] != again {
			out = append(out, fmt.Sprintf("%s %s is\n%s\nand\n%s", what, name, one[name], again))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(other)) {
		if _, ok := one[name]; !ok {
			out = append(out, fmt.Sprintf("%s %s is there too", what, name))
		}
	}
	return out
}
