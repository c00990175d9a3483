package app

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/clock"
	"github.com/evenkeel-project/evenkeel/internal/core/chance"
)

var (
	kills    = flag.Int("kills", 20, "how many times TestAKilledCampaignGoesOnAsIfNothingHadHappened kills the process")
	killSeed = flag.Uint64("kill.seed", 1, "the first seed of its fleets and instants")
)

// killsPerSeed is how many kills are spent on one fleet before the next seed makes another.
const killsPerSeed = 10

// TestAKilledCampaignGoesOnAsIfNothingHadHappened proposes, approves and carries out campaigns by processes that are
// killed at random instants, from the first millisecond to the last, and followed by the same command. In the end
// no host was taken down twice, every letter is there once, and every host is where it is without the kills.
func TestAKilledCampaignGoesOnAsIfNothingHadHappened(t *testing.T) {
	left := *kills
	for seed := *killSeed; left > 0; seed++ {
		fleet := synthetic(t, cli.Shape{Hosts: 60, Guests: 300, Tenants: 20, Regions: 2, Zones: 2, Seed: seed})
		s := newStage(t, fleet, "testdata/crash/policy.yaml", "testdata/crash/scenario.yaml")
		k := &killer{stage: s, seed: seed, lot: chance.New(seed).Child("kill", 0)}
		want := s.judged(k.carriedOut(), fmt.Sprintf("seed %d, undisturbed", seed))
		for round, budget := 0, min(killsPerSeed, left); budget > 0; round++ {
			why := fmt.Sprintf("seed %d, round %d", seed, round)
			k.left = budget
			got := s.judged(k.carriedOut(), why)
			for _, difference := range want.differences(got) {
				t.Errorf("%s: without and with %d kills, %s", why, budget-k.left, difference)
			}
			t.Logf("%s: %d kills, the same times: %v, %d records instead of %d, %s", why, budget-k.left,
				maps.Equal(got.times, want.times), got.records, want.records, got.ended)
			left, budget = left-(budget-k.left), k.left
		}
	}
}

// killer carries campaigns out in processes that it kills.
type killer struct {
	*stage
	seed  uint64
	lot   *chance.Source
	left  int             // kills
	lives []time.Duration // how long each command takes when it is not killed; nil before the first campaign
}

// carriedOut takes a campaign from its proposal to its end, each command again and again until it comes through, and
// returns the data directory.
func (k *killer) carriedOut() string {
	k.Helper()
	data := k.fresh()
	first := k.lives == nil
	for i, command := range append(k.papers(data), k.carrying(data)) {
		if first {
			began := clock.Start()
			k.attempt(command, 0)
			k.lives = append(k.lives, began.Elapsed())
			continue
		}
		paper := i < len(k.lives)-1
		for killed := true; killed; {
			patience := time.Duration(0)
			if k.left > 0 && (!paper || k.lot.Chance(1, 4)) {
				// Near the start, where a process reads what the one before has left, the instants lie closest.
				patience = 1 + time.Duration(k.lot.Below(uint64(k.lives[i]>>k.lot.Below(4))))
			}
			killed = k.attempt(command, patience)
		}
	}
	return data
}

// attempt runs a command and kills it after a while, 0 being never. It reports whether that came before the end.
func (k *killer) attempt(words []string, patience time.Duration) (killed bool) {
	k.Helper()
	var out bytes.Buffer
	command := exec.Command("evenkeel", words...)
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		k.Fatal(err)
	}
	if patience > 0 {
		if err := clock.Pause(k.Context(), patience); err != nil {
			k.Fatal(err)
		}
		_ = command.Process.Kill() // it may have ended by itself
	}
	err := command.Wait()
	var ended *exec.ExitError
	switch {
	case err == nil, approvedBefore(out.String()):
		return false
	case patience > 0 && errors.As(err, &ended) && ended.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
		k.left--
		return true
	}
	k.Fatalf("seed %d, evenkeel %s with %d kills left: %v\n%s", k.seed, strings.Join(words, " "), k.left, err, out.String())
	return false
}

// approvedBefore reports whether an approval was refused because the one that was killed had been kept.
func approvedBefore(out string) bool {
	return strings.Contains(out, "[approved-twice]") || strings.Contains(out, "[already-approved]")
}
