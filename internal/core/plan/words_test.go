package plan_test

import (
	"slices"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/plan"
)

func TestAGapIsNeverRoundedDown(t *testing.T) {
	for _, c := range []struct {
		millionths int64
		want       string
	}{{0, "0.00%"}, {1, "0.01%"}, {4400, "0.44%"}, {4401, "0.45%"}, {1_250_000, "125.00%"}} {
		if got := plan.GapText(c.millionths); got != c.want {
			t.Errorf("GapText(%d) = %q, want %q", c.millionths, got, c.want)
		}
	}
}

func TestWhatBindsIsTakenApartAtItsBrackets(t *testing.T) {
	outline, parts := plan.Outlined("regions one after another: syd 6h [zones: a [b] c]; dfw 5h [group g]; bakes 30m")
	if want := "regions one after another: syd 6h; dfw 5h; bakes 30m"; outline != want {
		t.Errorf("outline %q, want %q", outline, want)
	}
	if want := []string{"zones: a b c", "group g"}; !slices.Equal(parts, want) {
		t.Errorf("parts %q, want %q", parts, want)
	}
	if outline, parts := plan.Outlined("a ] stray [ one"); outline != "a ] stray " || parts != nil {
		t.Errorf("an open bracket: outline %q, parts %q", outline, parts)
	}
}
