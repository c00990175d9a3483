// Package scalibr reads the versions of package managers by google/osv-scalibr's comparators. It decides
// which texts are versions of a scheme at all: the comparators order any text, and an order of things that
// are no versions is a guess.
package scalibr

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/osv-scalibr/semantic"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
)

// Reader reads versions of every scheme of package version. Its zero value is ready to use.
type Reader struct{}

// Read reads text by the scheme. White space around the text is not forgiven.
func (Reader) Read(scheme version.Scheme, text string) (version.Version, error) {
	if scheme == version.Dotted {
		return version.ReadDotted(text)
	}
	form, ok := forms[scheme]
	if !ok {
		return nil, version.Unreadable(scheme, text, "there is no such scheme")
	}
	if len(text) > version.LengthMax {
		return nil, version.Unreadable(scheme, text, fmt.Sprintf("it has %d bytes, more than %d", len(text), version.LengthMax))
	}
	if !form.pattern.MatchString(text) {
		return nil, version.Unreadable(scheme, text, form.rule)
	}
	parsed, err := semantic.Parse(text, form.ecosystem)
	if err != nil {
		return nil, version.Unreadable(scheme, text, err.Error())
	}
	return &packaged{scheme: scheme, text: text, parsed: parsed, numbers: numbers(scheme, text)}, nil
}

// form is what a scheme's versions look like. The patterns are those of the package managers, with the
// texts left out whose order the comparators do not know.
type form struct {
	ecosystem string
	pattern   *regexp.Regexp
	rule      string
}

const (
	semverNumber     = `(0|[1-9][0-9]*)`
	semverIdentifier = `(0|[1-9][0-9]*|[0-9]*[A-Za-z][0-9A-Za-z-]*|[0-9]+-[0-9A-Za-z-]*)`
)

var forms = map[version.Scheme]form{
	version.Deb: {"Debian", regexp.MustCompile(`^([0-9]{1,9}:[0-9]([A-Za-z0-9.+~:]*|[A-Za-z0-9.+~:-]*-[A-Za-z0-9.+~]+)|` +
		`[0-9]([A-Za-z0-9.+~]*|[A-Za-z0-9.+~-]*-[A-Za-z0-9.+~]+))$`), "write [epoch:]upstream[-revision], beginning with a digit"},
	version.RPM: {"Red Hat", regexp.MustCompile(`^([0-9]{1,9}:)?[A-Za-z0-9._+~^]+(-[A-Za-z0-9._+~^]+)?$`),
		"write [epoch:]version[-release]"},
	version.APK: {"Alpine", regexp.MustCompile(`^[0-9]+(\.[0-9]+)*[a-z]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*(-r[0-9]+)?$`),
		"write numbers separated by dots, then a letter, _suffixes and -rN as Alpine does; a commit hash has no order"},
	version.SemVer: {"npm", regexp.MustCompile(`^` + semverNumber + `\.` + semverNumber + `\.` + semverNumber +
		`(-` + semverIdentifier + `(\.` + semverIdentifier + `)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`),
		"write major.minor.patch[-pre.release][+build] without a leading v"},
}

// packaged is a version of a package manager.
type packaged struct {
	scheme  version.Scheme
	text    string
	parsed  semantic.Version
	numbers []string
}

// Scheme returns the scheme that read it.
func (p *packaged) Scheme() version.Scheme { return p.scheme }

// String returns the text as it was written.
func (p *packaged) String() string { return p.text }

// Compare orders two versions of one scheme.
func (p *packaged) Compare(other version.Version) (int, error) {
	o, ok := other.(*packaged)
	if !ok || o.scheme != p.scheme {
		return 0, version.ErrSchemes
	}
	if len(p.numbers) != len(o.numbers) {
		return p.compareNumbers(o)
	}
	return p.parsed.Compare(o.parsed)
}

// numbers returns the numbers that an Alpine version begins with, nil for other schemes.
func numbers(scheme version.Scheme, text string) []string {
	if scheme != version.APK {
		return nil
	}
	end := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end < 0 {
		end = len(text)
	}
	return strings.Split(text[:end], ".")
}

// compareNumbers orders two Alpine versions with unlike counts of numbers. The comparator takes a missing
// number for a zero; Alpine does not: 1.2 is older than 1.2.0, whatever follows the numbers.
func (p *packaged) compareNumbers(o *packaged) (int, error) {
	common := min(len(p.numbers), len(o.numbers))
	a, err := semantic.Parse(strings.Join(p.numbers[:common], "."), "Alpine")
	if err != nil {
		return 0, err
	}
	c, err := a.CompareStr(strings.Join(o.numbers[:common], "."))
	if err != nil || c != 0 {
		return c, err
	}
	return len(p.numbers) - len(o.numbers), nil
}
