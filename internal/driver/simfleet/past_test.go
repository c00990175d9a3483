package simfleet_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/dispatch"
	"github.com/evenkeel-project/evenkeel/internal/driver/simfleet"
)

// mustRefuse fails the test unless the error says the code.
func mustRefuse(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "["+code+"]") {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestAWorldThatLivedIsNotBegunAgainWithoutItsMemory(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Path, o.Begun = filepath.Join(t.TempDir(), "world.log"), true
	_, err := simfleet.Open(o)
	mustRefuse(t, err, "world-missing")
	if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a memory was made: %v", err)
	}
	for _, rest := range []string{"", `{"world":1,"fle`} {
		if err := os.WriteFile(o.Path, []byte(rest), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := simfleet.Open(o)
		mustRefuse(t, err, "world-missing")
	}
}

func TestOneProcessAtATimeHasAWorld(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Path = filepath.Join(t.TempDir(), "world.log")
	world := open(t, o)
	_, err := simfleet.Open(o)
	mustRefuse(t, err, "world-busy")
	mustRefuse(t, simfleet.Forget(o.Path), "world-busy")
	begin(t, world, orderTo(o.Fleet, "h-0001", dispatch.Cordon, 1))
	reopen(t, world, o)
}

func TestAWorldIsForgottenOnlyWhileItWasToldNothing(t *testing.T) {
	o := options(newFleet(t, 3), nil)
	o.Path = filepath.Join(t.TempDir(), "world.log")
	if err := simfleet.Forget(o.Path); err != nil {
		t.Fatalf("a world that is not there: %v", err)
	}
	world := open(t, o)
	if err := errors.Join(world.Close(), simfleet.Forget(o.Path)); err != nil {
		t.Fatalf("a world that was told nothing: %v", err)
	}
	world = open(t, o)
	begin(t, world, orderTo(o.Fleet, "h-0001", dispatch.Cordon, 1))
	if err := world.Close(); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, simfleet.Forget(o.Path), "journal-older")
	open(t, o)
}

func TestAWorldRemembersWhatItTookAndHowLateItWas(t *testing.T) {
	scenario := parse(t, "clock: [{at: 2014-09-28T11:10:00Z, by: -2m}]")
	o := options(newFleet(t, 3), scenario)
	o.Path = filepath.Join(t.TempDir(), "world.log")
	world := open(t, o)
	wait(t, world, start.Add(9*calendar.Minute))
	order := orderTo(o.Fleet, "h-0001", dispatch.Cordon, 2)
	order.Fence = 7
	begin(t, world, order)
	late := orderTo(o.Fleet, "h-0002", dispatch.Cordon, 1)
	late.Fence = 6
	begin(t, world, late)
	for world.Now() >= start.Add(9*calendar.Minute) {
		wait(t, world, world.Now().Add(calendar.Minute))
	}
	again := reopen(t, world, o)
	memory := again.Memory(order.Campaign)
	if memory.Fence != 7 || len(memory.Taken) != 1 || memory.Taken[0].Key() != order.Key() {
		t.Errorf("it remembers %+v", memory)
	}
	if memory.Latest <= again.Now() || memory.Latest < start.Add(9*calendar.Minute) {
		t.Errorf("it was %s at the latest, and is %s", memory.Latest, again.Now())
	}
	if other := again.Memory("c-other"); other.Fence != 0 || len(other.Taken) != 0 {
		t.Errorf("of another campaign it remembers %+v", other)
	}
}
