// Package ident holds the identifiers of the fleet: what a legal name is, and the dense typed handles
// that stand for names in memory.
//
// A handle is an index into one fleet's columns. Handles of different kinds are different types, so a
// zone can never be passed where a host is meant (law S10). Handles of one fleet are numbered in the
// byte order of their names: comparing handles compares names, and no result depends on the order in
// which a file listed its objects. Nothing here knows what the objects are.
package ident

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Region, Zone, Rack, Host, Tenant, Group and Guest are handles: dense indexes into the columns of one
// fleet. A handle of one fleet means nothing in another.
type (
	// Region is the handle of a region.
	Region uint32
	// Zone is the handle of a zone.
	Zone uint32
	// Rack is the handle of a rack, including the rack of its own that a host without one has.
	Rack uint32
	// Host is the handle of a host.
	Host uint32
	// Tenant is the handle of a tenant.
	Tenant uint32
	// Group is the handle of a redundancy group.
	Group uint32
	// Guest is the handle of a guest.
	Guest uint32
)

// None is the handle value that stands for no object.
const None = ^uint32(0)

// LengthMax is the longest legal name in bytes. It is generous for host names (RFC 1035: 253) and short
// enough that a name fits a line of a terminal.
const LengthMax = 253

// Check returns why name is not a legal identifier, or "" when it is one. A legal name is 1 to LengthMax
// bytes of valid UTF-8 without control characters, white space or quotation marks: anything that could
// break a line, a log or a shell out of the place where a name is printed.
func Check(name string) string {
	switch {
	case name == "":
		return "it is empty"
	case len(name) > LengthMax:
		return fmt.Sprintf("it has %d bytes, more than %d", len(name), LengthMax)
	case isPlain(name):
		return ""
	case !utf8.ValidString(name):
		return "it is not valid UTF-8"
	}
	for _, r := range name {
		if !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("\"'`\\", r) {
			return fmt.Sprintf("it contains %q", r)
		}
	}
	return ""
}

// isPlain reports whether name has only letters, digits and the usual joints of names. Nearly all names do,
// and a fleet of a million guests checks several millions of them.
func isPlain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c == '-', c == '.', c == '/', c == '_':
		default:
			return false
		}
	}
	return true
}
