package planfile

import (
	"math"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// readID returns a required identifier that stands in quotes. One without is refused: the digest of a plan is
// that of its text, in which 7 and "7" are not the same.
func readID(o *doc.Object, key string) string {
	if bare(o, key) {
		return ""
	}
	return o.RequiredID(key)
}

// readText returns a text that stands in quotes.
func readText(o *doc.Object, key string) string {
	o.Require(key)
	if bare(o, key) {
		return ""
	}
	text, _ := o.Text(key)
	return text
}

func bare(o *doc.Object, key string) bool {
	n, _ := o.Node(key)
	if n.Bare {
		o.Fault(key, "bad-type", "write it in quotes", "%.40q should be a text", n.Text)
	}
	return n.Bare
}

const digestPrefix = "sha256:"

func readDigest(o *doc.Object, key string) canon.Digest {
	text := o.RequiredText(key)
	digits, ok := strings.CutPrefix(text, digestPrefix)
	if text != "" && (!ok || len(digits) != 64 || strings.Trim(digits, "0123456789abcdef") != "") {
		o.Fault(key, "bad-value", "use the file as evenkeel wrote it", "%.80q is not a digest: sha256: and 64 hexadecimal digits in lower case", text)
	}
	return canon.Digest(text)
}

// gapMax bounds the gap: up to it every millionth has a double of its own.
const gapMax = 1e9

// readGap reads the gap as millionths. A number that is not a whole number of them is refused, so that the
// document that is read has the digest of the document that was written.
func readGap(o *doc.Object) int64 {
	text, ok := o.Text("gap")
	if !ok {
		return 0
	}
	const millionths = 1e6
	gap, err := strconv.ParseFloat(text, 64)
	rounded := math.Round(gap * millionths)
	if n, _ := o.Node("gap"); err != nil || !n.Bare || math.Abs(gap) > gapMax || rounded/millionths != gap {
		o.Fault("gap", "bad-value", "use the file as evenkeel wrote it", "%.40q is not a number with at most six decimals", text)
		return 0
	}
	return int64(rounded)
}
