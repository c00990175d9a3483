package scalibr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/version"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

func TestPackageVersionsAreOrderedAsTheirPackageManagersDo(t *testing.T) {
	for _, test := range []struct {
		scheme version.Scheme
		a, b   string
		want   int
	}{
		{version.Dotted, "4.10", "4.9", 1},
		{version.Deb, "4.17.5+72-g1-1", "4.17.7+13-g2-1", -1},
		{version.Deb, "1.0~rc1", "1.0", -1},
		{version.Deb, "1:0.1", "9", 1},
		{version.Deb, "1.0-1", "1.0-1+deb12u1", -1},
		{version.Deb, "1.0", "1.0-0", 0},
		{version.RPM, "4.4.3-14.el6", "4.4.3-9.el6", 1},
		{version.RPM, "1.0^git1", "1.0", 1},
		{version.RPM, "0:1.0-1", "1.0-1", 0},
		{version.APK, "1.2.3_rc1", "1.2.3", -1},
		{version.APK, "1.2.3-r9", "1.2.3-r10", -1},
		{version.APK, "1.2", "1.2.0", -1},
		{version.APK, "1.2a", "1.2.0", -1},
		{version.APK, "1.3", "1.2.0", 1},
		{version.APK, "1.0.10", "1.0.9", 1},
		{version.SemVer, "1.0.0-rc.10", "1.0.0-rc.9", 1},
		{version.SemVer, "1.0.0-rc.1", "1.0.0", -1},
		{version.SemVer, "1.0.0+b1", "1.0.0+b2", 0},
		{version.SemVer, "1.0.0-alpha", "1.0.0-1", 1},
	} {
		a, b := read(t, test.scheme, test.a), read(t, test.scheme, test.b)
		if got := compare(t, a, b); got != test.want {
			t.Errorf("%s: %s against %s: got %d, want %d", test.scheme, a, b, got, test.want)
		}
		if got := compare(t, b, a); got != -test.want {
			t.Errorf("%s: %s against %s: got %d, want %d", test.scheme, b, a, got, -test.want)
		}
	}
}

func TestATextThatIsNoVersionOfTheSchemeIsRefused(t *testing.T) {
	for scheme, texts := range map[version.Scheme][]string{
		version.Dotted:     {"", "4.x"},
		version.Deb:        {"", " 1", "1 ", "a1", "1.0-", "x:1", "1:", ":1", "1:2-3:4", "1_0", "1\n0", "١"},
		version.RPM:        {"", "1-", "-1", "1-2-3", "x:1", "1.0 ", "1:", "1%", "é"},
		version.APK:        {"", "v1", "1.", ".1", "1..2", "1_blah", "1-1", "1A", "1ab", "1~abc", "1-r", "1-rx"},
		version.SemVer:     {"", "v1.0.0", "1.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0-a..b", "1.0.0--1", "1.0.0+"},
		version.Scheme(""): {"1"},
		"maven":            {"1"},
	} {
		for _, text := range append(texts, strings.Repeat("1", version.LengthMax+1)) {
			v, err := scalibr.Reader{}.Read(scheme, text)
			if err == nil {
				t.Errorf("%s: %q was read as %v", scheme, text, v)
			} else if !strings.Contains(err.Error(), "is not a "+string(scheme)+" version: ") {
				t.Errorf("%s: %q: the error does not say what is wrong: %v", scheme, text, err)
			}
		}
	}
}

func TestVersionsOfTwoSchemesAreNotCompared(t *testing.T) {
	schemes := []version.Scheme{version.Dotted, version.Deb, version.RPM, version.APK, version.SemVer}
	for _, a := range schemes {
		for _, b := range schemes {
			_, err := read(t, a, "1.2.3").Compare(read(t, b, "1.2.3"))
			if (a == b) != (err == nil) || (err != nil && !errors.Is(err, version.ErrSchemes)) {
				t.Errorf("%s against %s: %v", a, b, err)
			}
		}
	}
}

func read(t *testing.T, scheme version.Scheme, text string) version.Version {
	t.Helper()
	v, err := scalibr.Reader{}.Read(scheme, text)
	if err != nil {
		t.Fatal(err)
	}
	if v.Scheme() != scheme || v.String() != text {
		t.Fatalf("%s %q became %s %q", scheme, text, v.Scheme(), v)
	}
	return v
}

// compare returns the order as -1, 0 or 1.
func compare(t *testing.T, a, b version.Version) int {
	t.Helper()
	c, err := a.Compare(b)
	if err != nil {
		t.Fatal(err)
	}
	return max(-1, min(1, c))
}
