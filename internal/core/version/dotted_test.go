package version_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

func TestDottedVersionsAreOrderedNumberByNumber(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"4.10", "4.9", 1},
		{"4.10", "4.1", 1},
		{"4.1", "4.1.0", 0},
		{"4.1", "4.1.0.0.1", -1},
		{"4.01", "4.1", 0},
		{"0", "0.0", 0},
		{"00", "0", 0},
		{"10", "9", 1},
		{"99999999999999999999999", "99999999999999999999998", 1},
		{"4.1.99999999999999999999", "4.2", -1},
	} {
		a, b := read(t, test.a), read(t, test.b)
		for _, side := range []struct {
			a, b version.Version
			want int
		}{{a, b, test.want}, {b, a, -test.want}} {
			if got, err := side.a.Compare(side.b); err != nil || got != side.want {
				t.Errorf("%s against %s: got %d, %v, want %d", side.a, side.b, got, err, side.want)
			}
		}
	}
}

func TestADottedVersionThatIsNotNumbersAndDotsIsRefused(t *testing.T) {
	long := strings.Repeat("1.", version.LengthMax)
	for _, text := range []string{"", ".", "4.", ".4", "4..1", "4.1-rc1", "v4.1", " 4.1", "4.1 ", "4,1", "-1", "+1", "٤.١", "4.1a", long} {
		if v, err := version.ReadDotted(text); err == nil {
			t.Errorf("%q was read as %v", text, v)
		} else if !strings.Contains(err.Error(), "is not a dotted version") {
			t.Errorf("%q: the error does not say what is wrong: %v", text, err)
		}
	}
}

func TestVersionsOfTwoSchemesAreNotCompared(t *testing.T) {
	if _, err := read(t, "4.1").Compare(foreign{}); !errors.Is(err, version.ErrSchemes) {
		t.Errorf("got %v", err)
	}
}

func TestDottedOrderAgreesWithWholeNumbers(t *testing.T) {
	component := rapid.StringMatching(`[0-9]{1,25}`)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(component, 1, 4).Draw(t, "a")
		b := rapid.SliceOfN(component, 1, 4).Draw(t, "b")
		got, err := read(t, strings.Join(a, ".")).Compare(read(t, strings.Join(b, ".")))
		if want := compareNumbers(a, b); err != nil || got != want {
			t.Fatalf("%v against %v: got %d, %v, want %d", a, b, got, err, want)
		}
	})
}

// compareNumbers is the order written a second way: with big integers and explicit zeros.
func compareNumbers(a, b []string) int {
	for i := range max(len(a), len(b)) {
		var x, y big.Int
		if i < len(a) {
			x.SetString(a[i], 10)
		}
		if i < len(b) {
			y.SetString(b[i], 10)
		}
		if c := x.Cmp(&y); c != 0 {
			return c
		}
	}
	return 0
}

type failer interface{ Fatalf(string, ...any) }

func read(t failer, text string) version.Version {
	v, err := version.ReadDotted(text)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if v.Scheme() != version.Dotted || v.String() != text {
		t.Fatalf("%q became %s %q", text, v.Scheme(), v)
	}
	return v
}

type foreign struct{}

func (foreign) Scheme() version.Scheme               { return version.Deb }
func (foreign) String() string                       { return "1" }
func (foreign) Compare(version.Version) (int, error) { return 0, version.ErrSchemes }
