package scalibr_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

const oracleSeed = 20141001

// TestDebianVersionsAreOrderedAsDpkgOrdersThem needs the dpkg program.
func TestDebianVersionsAreOrderedAsDpkgOrdersThem(t *testing.T) {
	pairs := corpus(version.Deb, 400, []string{"0", "1", "9", "10", "01", ".", "+", "~", "-", "a", "Z", "rc", "deb12u", ":"})
	var script strings.Builder
	for _, p := range pairs {
		relation := [...]string{"lt", "eq", "gt"}[compare(t, p[0], p[1])+1]
		fmt.Fprintf(&script, "dpkg --compare-versions '%s' %s '%s' || echo '%s is not %s %s'\n", p[0], relation, p[1], p[0], relation, p[1])
	}
	command := exec.Command("sh")
	command.Stdin = strings.NewReader(script.String())
	out, err := command.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("seed %d: dpkg does not agree: %v\n%s", oracleSeed, err, out)
	}
}

// TestRPMVersionsAreOrderedAsRPMOrdersThem needs the rpm program.
func TestRPMVersionsAreOrderedAsRPMOrdersThem(t *testing.T) {
	pairs := corpus(version.RPM, 1500, []string{"0", "1", "9", "10", "01", ".", "+", "~", "^", "-", "_", "a", "Z", "rc", "el", ":"})
	var script strings.Builder
	script.WriteString("%{lua:")
	for _, p := range pairs {
		fmt.Fprintf(&script, "print(rpm.vercmp('%s','%s')..' ')", p[0], p[1])
	}
	script.WriteString("}")
	var stderr bytes.Buffer
	command := exec.Command("rpm", "--eval", script.String())
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", oracleSeed, err, stderr.String())
	}
	answers := strings.Fields(string(out))
	if len(answers) != len(pairs) {
		t.Fatalf("seed %d: %d answers for %d pairs: %.200s", oracleSeed, len(answers), len(pairs), out)
	}
	for i, p := range pairs {
		if got := fmt.Sprint(compare(t, p[0], p[1])); got != answers[i] {
			t.Errorf("seed %d: %s against %s: got %s, rpm says %s", oracleSeed, p[0], p[1], got, answers[i])
		}
	}
}

// corpus returns pairs of versions made of the pieces. The second of a pair is often the first with one
// piece changed, so that the order is decided late in the text.
func corpus(scheme version.Scheme, n int, pieces []string) [][2]version.Version {
	random := rand.New(rand.NewPCG(oracleSeed, 0))
	var pairs [][2]version.Version
	for len(pairs) < n {
		first := []string{fmt.Sprint(random.IntN(3))}
		for range random.IntN(8) {
			first = append(first, pieces[random.IntN(len(pieces))])
		}
		second := append([]string(nil), first...)
		for range 1 + random.IntN(2) {
			second[random.IntN(len(second))] = pieces[random.IntN(len(pieces))]
		}
		if random.IntN(4) == 0 {
			second = append(second, pieces[random.IntN(len(pieces))])
		}
		a, errA := scalibr.Reader{}.Read(scheme, strings.Join(first, ""))
		b, errB := scalibr.Reader{}.Read(scheme, strings.Join(second, ""))
		if errA == nil && errB == nil && a.String() != b.String() {
			pairs = append(pairs, [2]version.Version{a, b})
		}
	}
	return pairs
}
