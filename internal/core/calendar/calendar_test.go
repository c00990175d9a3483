package calendar_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

func TestInstantsOfAnyOffsetAreReadAndPrintedInUTC(t *testing.T) {
	for written, want := range map[string]string{
		"2014-10-01T12:00:00Z":      "2014-10-01T12:00:00Z",
		"2014-10-01T07:00:00-05:00": "2014-10-01T12:00:00Z",
		"2014-10-01T17:45:00+05:45": "2014-10-01T12:00:00Z",
		"2014-10-01T12:00:00.000Z":  "2014-10-01T12:00:00Z",
		"1970-01-01T00:00:00Z":      "1970-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z":      "9999-12-31T23:59:59Z",
		"1969-12-31T23:00:00-01:00": "1970-01-01T00:00:00Z",
		"2024-02-29T00:00:00+00:00": "2024-02-29T00:00:00Z",
	} {
		if got, err := calendar.ParseInstant(written); err != nil || got.String() != want {
			t.Errorf("%s is read as %s (%v), want %s", written, got, err, want)
		}
	}
}

func TestWhatIsNotAnInstantInWholeSecondsIsRefused(t *testing.T) {
	for _, written := range []string{"", "2014-10-01", "2014-10-01T12:00Z", "2014-10-01 12:00:00Z", "2014-10-01T12:00:00",
		"2014-10-01T12:00:00.5Z", "2014-10-01T12:00:00,0Z", "2014-10-01T9:00:00Z", "2014-13-01T12:00:00Z", "2023-02-29T00:00:00Z",
		"2014-10-01T24:00:00Z", "2014-10-01T12:00:60Z", "2014-10-01T12:00:00+24:00", "2014-10-01T12:00:00+05:60",
		"2014-10-01t12:00:00z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "10000-01-01T00:00:00Z",
		"9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00Z", "now", "1412164800", "2014-10-01T12:00:00Z "} {
		if got, err := calendar.ParseInstant(written); err == nil {
			t.Errorf("%q is read as %s", written, got)
		} else if !strings.Contains(err.Error(), `"`+written+`"`) {
			t.Errorf("%q: the message does not name it: %v", written, err)
		}
	}
}

func TestEveryInstantReadsBackAsItself(t *testing.T) {
	last := time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	rapid.Check(t, func(t *rapid.T) {
		want := calendar.Instant(rapid.Int64Range(0, last).Draw(t, "instant"))
		if got, err := calendar.ParseInstant(want.String()); err != nil || got != want {
			t.Fatalf("%s became %s (%v)", want, got, err)
		}
		offset := rapid.IntRange(-14*60, 14*60).Draw(t, "minutes east")
		elsewhere := want.Time().In(time.FixedZone("", offset*60))
		if elsewhere.Year() > 9999 || elsewhere.Year() < 0 {
			return
		}
		if got, err := calendar.ParseInstant(elsewhere.Format(time.RFC3339)); err != nil || got != want {
			t.Fatalf("%s became %s (%v)", elsewhere, got, err)
		}
	})
}

func TestDurationsAreReadInEveryForm(t *testing.T) {
	for written, want := range map[string]calendar.Seconds{
		"0": 0, "0s": 0, "0m": 0, "14m": 840, "1h30m": 5400, "1.5h": 5400, "90s": 90, "2d": 172800, "1d2h3m4s": 93784,
		"0.5m": 30, "10000d": 864000000, "007s": 7, "1.50m": 90, "90m": 5400,
	} {
		if got, err := calendar.ParseSeconds(written); err != nil || got != want {
			t.Errorf("%s is read as %d seconds (%v), want %d", written, got, err, want)
		}
	}
}

func TestWhatIsNotADurationIsRefused(t *testing.T) {
	for _, written := range []string{"", "5", "m", "1h30", "30m1h", "1h1h", "-5m", "+5m", "1 h", "1ms", "1w", "5M", "1e3s", "1/2h",
		"0.1s", "1.0001m", "1..5h", "1.h", ".5h", "10001d", "10000d1s", "99999999999999999999999999d", strings.Repeat("1", 40) + "s", "٣m"} {
		if got, err := calendar.ParseSeconds(written); err == nil {
			t.Errorf("%q is read as %s", written, got)
		} else if !strings.Contains(err.Error(), `"`+written+`"`) {
			t.Errorf("%q: the message does not name it: %v", written, err)
		}
	}
}

func TestEveryDurationReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := calendar.Seconds(rapid.Int64Range(0, int64(10000*calendar.Day)).Draw(t, "seconds"))
		if got, err := calendar.ParseSeconds(want.String()); err != nil || got != want {
			t.Fatalf("%s became %s (%v)", want, got, err)
		}
	})
}

func TestDurationsArePrintedLargestUnitFirst(t *testing.T) {
	for d, want := range map[calendar.Seconds]string{0: "0s", 59: "59s", 840: "14m", 5400: "1h30m", 86400: "1d", 90061: "1d1h1m1s", -90: "-1m30s"} {
		if got := d.String(); got != want {
			t.Errorf("%d seconds are printed %s, want %s", int64(d), got, want)
		}
	}
}

func TestAddingAndSubtractingAreEachOthersInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := calendar.Instant(rapid.Int64Range(0, math.MaxInt32).Draw(t, "at"))
		d := calendar.Seconds(rapid.Int64Range(math.MinInt32, math.MaxInt32).Draw(t, "d"))
		if at.Add(d).Sub(at) != d {
			t.Fatalf("%s and %s", at, d)
		}
	})
}

func TestSpansThatOnlyTouchDoNotOverlap(t *testing.T) {
	for _, example := range []struct {
		a, b calendar.Span
		want bool
	}{
		{calendar.Span{From: 0, To: 10}, calendar.Span{From: 10, To: 20}, false},
		{calendar.Span{From: 0, To: 11}, calendar.Span{From: 10, To: 20}, true},
		{calendar.Span{From: 0, To: 30}, calendar.Span{From: 10, To: 20}, true},
		{calendar.Span{From: 0, To: 30}, calendar.Span{From: 10, To: 10}, false},
		{calendar.Span{From: 5, To: 5}, calendar.Span{From: 5, To: 5}, false},
		{calendar.Span{From: 20, To: 10}, calendar.Span{From: 0, To: 30}, false},
	} {
		if example.a.Overlaps(example.b) != example.want || example.b.Overlaps(example.a) != example.want {
			t.Errorf("%v and %v overlap: want %v", example.a, example.b, example.want)
		}
	}
}

func TestOverlapMeansASharedInstant(t *testing.T) {
	at := rapid.Map(rapid.IntRange(0, 12), func(n int) calendar.Instant { return calendar.Instant(n) })
	rapid.Check(t, func(t *rapid.T) {
		a := calendar.Span{From: at.Draw(t, "a from"), To: at.Draw(t, "a to")}
		b := calendar.Span{From: at.Draw(t, "b from"), To: at.Draw(t, "b to")}
		shared := false
		for i := calendar.Instant(0); i < 12; i++ {
			shared = shared || a.From <= i && i < a.To && b.From <= i && i < b.To
		}
		if a.Overlaps(b) != shared {
			t.Fatalf("%v and %v overlap: want %v", a, b, shared)
		}
	})
}

func FuzzParseInstant(f *testing.F) {
	f.Add("2014-10-01T12:00:00Z")
	f.Add("2014-10-01T12:00:00.0+05:45")
	f.Fuzz(func(t *testing.T, s string) {
		at, err := calendar.ParseInstant(s)
		if err != nil {
			return
		}
		if back, err := calendar.ParseInstant(at.String()); err != nil || back != at {
			t.Errorf("%q is read as %s and then as %s (%v)", s, at, back, err)
		}
	})
}

func FuzzParseSeconds(f *testing.F) {
	f.Add("1h30m")
	f.Add("1.5d")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseSeconds(s)
		if err != nil {
			return
		}
		if back, err := calendar.ParseSeconds(d.String()); err != nil || back != d || d < 0 {
			t.Errorf("%q is read as %s and then as %s (%v)", s, d, back, err)
		}
	})
}
