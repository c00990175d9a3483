package ident_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/ident"
)

func TestOrdinaryNamesAreLegal(t *testing.T) {
	for _, name := range []string{"c-17", "acme/web", "dfw-1.rack_4:b", "XSA-108", "東京", "zürich", "a=b", "[x]{y}", strings.Repeat("n", ident.LengthMax)} {
		if fault := ident.Check(name); fault != "" {
			t.Errorf("%q is refused: %s", name, fault)
		}
	}
}

func TestNamesThatCouldBreakALineALogOrAShellAreRefused(t *testing.T) {
	for name, reason := range map[string]string{
		"":                                     "it is empty",
		strings.Repeat("n", ident.LengthMax+1): "it has 254 bytes, more than 253",
		"a\xffb":                               "it is not valid UTF-8",
		"a b":                                  "it contains ' '",
		"a\tb":                                 `it contains '\t'`,
		"a\nb":                                 `it contains '\n'`,
		"a\x00":                                `it contains '\x00'`,
		"\x1b[31m":                             `it contains '\x1b'`,
		"a\u00a0b":                             `it contains '\u00a0'`,
		"a\u202eb":                             `it contains '\u202e'`,
		"a\u200bb":                             `it contains '\u200b'`,
		`a"b`:                                  `it contains '"'`,
		"a'b":                                  `it contains '\''`,
		"a`b":                                  "it contains '`'",
		`a\b`:                                  `it contains '\\'`,
	} {
		if got := ident.Check(name); got != reason {
			t.Errorf("%q: %q, want %q", name, got, reason)
		}
	}
}

func TestALegalNamePrintsAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if ident.Check(name) != "" {
			return
		}
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }) {
			t.Fatalf("%q is legal", name)
		}
	})
}
