// Package couriertest says what every courier must keep to, as tests that are run on each. It knows couriers by
// their port alone; how one is opened, looked into and cut off, it is told by a Place.
package couriertest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/courier"
)

// Place is where a courier puts letters: what a directory or a mail server is to the processes of a machine.
type Place struct {
	// Open returns a courier as a new process finds it.
	Open func() (courier.Courier, error)
	// Kept returns the letters that have arrived for good, as their receiver reads them, Thread left out. A letter
	// that arrived twice is there twice.
	Kept func() ([]courier.Letter, error)
	// Crash lets a courier do so many steps more to its place, and none after them, as if its process had ended.
	Crash func(c courier.Courier, steps int)
}

// Run runs the suite. Fresh is called at the start of every test and returns a place without letters.
func Run(t *testing.T, fresh func(t *testing.T) Place) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Place)
	}{
		{"NoLettersGiveNoReceipts", nothing},
		{"ALetterArrivesAsItWasWritten", asWritten},
		{"ReceiptsAreInTheOrderOfTheLetters", receiptOrder},
		{"ALetterHandedOverAgainArrivesOnce", again},
		{"ALetterTwiceInOneBatchArrivesOnce", twice},
		{"ALetterToNobodyIsRefusedAloneAndAlways", toNobody},
		{"AfterACrashAtAnyStepEachLetterArrivesOnce", crashes},
		{"ACancelledDeliveryCanBeRepeated", cancelled},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sample returns n different letters.
func sample(n int) []courier.Letter {
	letters := make([]courier.Letter, n)
	for i := range letters {
		letters[i] = courier.Letter{ID: fmt.Sprintf("c-1.planned.t-%d", i), To: []string{fmt.Sprintf("ops@t-%d.example", i)},
			Subject: fmt.Sprintf("Letter %d", i), Date: calendar.Instant(1_411_765_320 + i), Text: fmt.Sprintf("To tenant %d.\n", i), Thread: "c-1"}
	}
	return letters
}

// deliver opens the place and hands letters over.
func deliver(t *testing.T, p Place, letters []courier.Letter) []courier.Receipt {
	t.Helper()
	c, err := p.Open()
	must(t, err)
	receipts, err := c.Deliver(t.Context(), letters)
	must(t, err)
	return receipts
}

// arrived checks that exactly these letters are there, each once.
func arrived(t *testing.T, p Place, what string, want []courier.Letter) {
	t.Helper()
	got, err := p.Kept()
	must(t, err)
	byID := func(a, b courier.Letter) int { return cmp.Compare(a.ID, b.ID) }
	got, want = slices.SortedFunc(slices.Values(got), byID), slices.SortedFunc(slices.Values(want), byID)
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if g.ID != w.ID || g.Subject != w.Subject || g.Date != w.Date || g.Text != w.Text || !slices.Equal(g.To, w.To) {
			t.Fatalf("%s: letter %d arrived as\n%+q\nand was written as\n%+q", what, i, g, w)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d letters arrived, want %d", what, len(got), len(want))
	}
}

func nothing(t *testing.T, p Place) {
	if receipts := deliver(t, p, nil); len(receipts) != 0 {
		t.Fatalf("no letters gave %d receipts", len(receipts))
	}
	arrived(t, p, "after no letters", nil)
}

func asWritten(t *testing.T, p Place) {
	letters := sample(1)
	for i, hostile := range []string{
		"", "\n\n", ".\n..\n.hidden\n", "From here on\nFrom: somebody@else.example\n\nbody\n", "a=20b =?utf-8?q?=41?=\n",
		"trailing blanks  \n\ttab\t\n", "Größe 漢字 😀 \u202e\n", strings.Repeat("long ", 5000) + "\n", "--\n-- \nsignature\n",
		strings.Repeat("漢", 3000) + "\n",
	} {
		letter := letters[0]
		letter.ID, letter.Text = fmt.Sprintf("c-1.hostile.%d", i), hostile
		letter.To = []string{"ops@acme.example", "second+tag@acme.example"}
		letters = append(letters, letter)
	}
	for i, hostile := range []string{"=?utf-8?q?=41?=", "=?x", "漢字 and =?utf-8?b?QQ==?= and more of it, so that it takes some words",
		strings.Repeat("word ", 100) + "end", "a: b", "Größe", strings.Repeat("x", 995)} {
		letter := letters[0]
		letter.ID, letter.Subject = fmt.Sprintf("c-1.subject.%d", i), hostile
		letters = append(letters, letter)
	}
	deliver(t, p, letters)
	arrived(t, p, "hostile letters", letters)
}

func receiptOrder(t *testing.T, p Place) {
	letters := sample(40)
	slices.Reverse(letters)
	receipts := deliver(t, p, letters)
	if len(receipts) != len(letters) {
		t.Fatalf("%d letters gave %d receipts", len(letters), len(receipts))
	}
	for i, r := range receipts {
		if r.ID != letters[i].ID || r.Refused != "" {
			t.Fatalf("receipt %d is %+v, want one of %s without a refusal", i, r, letters[i].ID)
		}
	}
	arrived(t, p, "after one delivery", letters)
}

func again(t *testing.T, p Place) {
	letters := sample(5)
	deliver(t, p, letters[:3])
	for range 2 {
		if receipts := deliver(t, p, letters); len(receipts) != 5 || receipts[0].Refused != "" {
			t.Fatalf("handed over again: %+v", receipts)
		}
		arrived(t, p, "handed over again", letters)
	}
}

func twice(t *testing.T, p Place) {
	letters := sample(2)
	receipts := deliver(t, p, []courier.Letter{letters[0], letters[1], letters[0]})
	if len(receipts) != 3 || receipts[2] != receipts[0] || receipts[2].Refused != "" {
		t.Fatalf("a letter twice in one batch: %+v", receipts)
	}
	arrived(t, p, "a letter twice in one batch", letters)
}

func toNobody(t *testing.T, p Place) {
	letters := sample(5)
	letters[1].To = nil
	letters[2].To = []string{"nobody"}
	letters[3].To = []string{"a@b.example\r\nBcc: c@d.example"}
	for range 2 {
		receipts := deliver(t, p, letters)
		for i, r := range receipts {
			if refused := i >= 1 && i <= 3; (r.Refused != "") != refused || strings.ContainsAny(r.Refused, "\r\n") {
				t.Fatalf("receipt %d to %q: %+q", i, letters[i].To, r)
			}
		}
		arrived(t, p, "beside letters to nobody", []courier.Letter{letters[0], letters[4]})
	}
}

func crashes(t *testing.T, p Place) {
	var all []courier.Letter
	for steps, survived := 0, false; !survived; steps++ {
		if steps > 1000 {
			t.Fatal("a delivery of three letters still crashes after 1000 steps")
		}
		letters := sample(3)
		for i := range letters {
			letters[i].ID += fmt.Sprintf(".round-%d", steps)
		}
		c, err := p.Open()
		must(t, err)
		p.Crash(c, steps)
		_, err = c.Deliver(t.Context(), letters)
		survived = err == nil
		all = append(all, letters...)
		for i, r := range deliver(t, p, letters) {
			if r.ID != letters[i].ID || r.Refused != "" {
				t.Fatalf("a crash after %d steps, then again: receipt %d is %+v", steps, i, r)
			}
		}
		arrived(t, p, fmt.Sprintf("a crash after %d steps, then again", steps), all)
	}
}

func cancelled(t *testing.T, p Place) {
	letters := sample(3)
	c, err := p.Open()
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Deliver(ctx, letters); err == nil {
		t.Fatal("a cancelled delivery gave receipts")
	}
	deliver(t, p, letters)
	arrived(t, p, "cancelled, then again", letters)
}
