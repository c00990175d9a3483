package cli

import (
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
)

func TestNumbersCarryAGroupingComma(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {-1234, "-1,234"}, {1234567, "1,234,567"}} {
		if got := grouped(c.n); got != c.want {
			t.Errorf("grouped(%d) = %q, want %q", c.n, got, c.want)
		}
	}
}

func TestANounAgreesWithItsNumber(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{{1, "host", "1 host"}, {0, "host", "0 hosts"}, {2000, "canary", "2,000 canaries"}} {
		if got := counted(c.n, c.noun); got != c.want {
			t.Errorf("counted(%d, %q) = %q, want %q", c.n, c.noun, got, c.want)
		}
	}
}

func TestAPercentageNeverHidesAPartNorARest(t *testing.T) {
	for _, c := range []struct {
		part, whole int
		want        string
	}{{0, 10, "0%"}, {10, 10, "100%"}, {1, 100000, "0.1%"}, {99999, 100000, "99.9%"}, {1, 3, "33.3%"}, {2, 3, "66.7%"}, {0, 0, "0%"}} {
		if got := percent(c.part, c.whole); got != c.want {
			t.Errorf("percent(%d, %d) = %q, want %q", c.part, c.whole, got, c.want)
		}
	}
}

func TestADurationIsToldUnitByUnit(t *testing.T) {
	for _, c := range []struct {
		d    calendar.Seconds
		want string
	}{{0, "0s"}, {60, "1m"}, {108000, "1d 6h"}, {5445, "1h 30m 45s"}, {-90, "-1m 30s"}} {
		if got := lasting(c.d); got != c.want {
			t.Errorf("lasting(%d) = %q, want %q", c.d, got, c.want)
		}
	}
}

func TestWrappedTextKeepsItsWordsAndFitsTheTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé(),.]{1,20}`), 1, 60).Draw(t, "words")
		text := strings.Join(words, " ")
		got := wrapped("  name: ", text)
		if rest := strings.TrimPrefix(got, "  name: "); strings.Join(strings.Fields(rest), " ") != text {
			t.Fatalf("the words changed: %q", got)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
				t.Fatalf("a line has %d columns: %q", n, line)
			}
		}
	})
}

func TestAShellReadsAQuotedWordAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ -~é]{0,30}`).Draw(t, "word")
		out, err := exec.Command("sh", "-c", "set -- "+quoted(word)+`; printf '%d:%s' $# "$1"`).Output()
		if err != nil || string(out) != "1:"+word {
			t.Fatalf("the shell read %q as %q (%v), printed as %s", word, out, err, quoted(word))
		}
	})
}

func TestAWordThatActsOnATerminalIsPastedAsItsBytes(t *testing.T) {
	for word, want := range map[string]string{
		"d\x1b[31m":          `$'d\033[31m'`,
		"a\n1":               `$'a\0121'`,
		"it's\t\\":           `$'it\'s\011\\'`,
		"\u202egnp":          `$'\342\200\256gnp'`,
		"bad\xff":            `$'bad\377'`,
		"é \u009b":           `$'é \302\233'`,
		"plain é":            "'plain é'",
		"the mark \uFFFD is": "'the mark \uFFFD is'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%q is pasted as %s, want %s", word, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.SliceOfN(rapid.ByteRange(1, 255), 0, 20).Draw(t, "octets")
		word := string(octets) + rapid.StringMatching(`[\\'0-9a-fé\x1b]{0,9}`).Draw(t, "end")
		command := exec.Command("bash", "-c", "set -- "+quoted(word)+`; printf '%d:%s' $# "$1"`)
		command.Env = []string{"LC_ALL=C"}
		out, err := command.Output()
		if err != nil || string(out) != "1:"+word {
			t.Fatalf("the shell read %q as %q (%v), printed as %s", word, out, err, quoted(word))
		}
	})
}
