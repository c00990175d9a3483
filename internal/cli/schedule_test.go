package cli

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

func TestThePeakIsTheMostOutagesThatShareAnInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) calendar.Span {
			from := calendar.Instant(rapid.IntRange(0, 30).Draw(t, "from"))
			return calendar.Span{From: from, To: from.Add(calendar.Seconds(rapid.IntRange(1, 10).Draw(t, "length")))}
		}), 1, 20).Draw(t, "spans")
		want := 0
		for at := calendar.Instant(0); at < 41; at++ {
			down := 0
			for _, span := range spans {
				if span.From <= at && at < span.To {
					down++
				}
			}
			want = max(want, down)
		}
		if got := peak(spans); got != want {
			t.Fatalf("peak = %d, want %d", got, want)
		}
	})
}
