// Package version is the port through which judgement compares versions. A scheme names the rules of
// order; the dotted scheme is implemented here because it is this project's own, the schemes of package
// managers live in an adapter outside the core. Nothing here knows what the versions belong to.
//
// One rule binds every scheme: a text that the scheme does not read for certain is an error, never a guess.
package version

import (
	"errors"
	"fmt"
)

// Scheme names the rules by which versions are read and ordered.
type Scheme string

// The schemes.
const (
	Dotted Scheme = "dotted" // numbers separated by dots, as in 4.10.2
	Deb    Scheme = "deb"    // Debian packages
	RPM    Scheme = "rpm"    // RPM packages
	APK    Scheme = "apk"    // Alpine packages
	SemVer Scheme = "semver" // Semantic Versioning 2.0.0
)

// LengthMax is the longest text that is read as a version, in bytes.
const LengthMax = 256

// ErrSchemes is returned when two versions of different schemes are compared.
var ErrSchemes = errors.New("versions of different schemes cannot be compared")

// Version is one version, read by a scheme. It is immutable and safe for use by several goroutines.
type Version interface {
	// Scheme returns the scheme that read it.
	Scheme() Scheme
	// String returns the text as it was written.
	String() string
	// Compare returns a negative number, zero or a positive number when the version is older than, equal
	// to or newer than the other one, or ErrSchemes.
	Compare(other Version) (int, error)
}

// Reader reads versions. A Reader is safe for use by several goroutines.
type Reader interface {
	// Read reads text by the scheme. The error is one sentence that names the text and what is wrong.
	Read(scheme Scheme, text string) (Version, error)
}

// Unreadable returns the error for a text that a scheme cannot read.
func Unreadable(scheme Scheme, text, reason string) error {
	const shown = 60
	if len(text) > shown {
		text = text[:shown] + "..."
	}
	return fmt.Errorf("%q is not a %s version: %s", text, scheme, reason)
}
