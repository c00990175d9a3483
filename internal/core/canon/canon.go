// Package canon writes canonical JSON (RFC 8785) and takes its SHA-256. Two documents that say the same
// thing have the same digest, whatever the order of their keys or the spacing of their file.
package canon

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Digest names a document by its content: "sha256:" and 64 lower-case hexadecimal digits.
type Digest string

// AppendString appends s as a canonical JSON string. Invalid UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20 && c < utf8.RuneSelf:
			b = append(b, c)
		case c < 0x20:
			if k := slices.Index([]byte("\b\t\n\f\r"), c); k >= 0 {
				b = append(b, '\\', "btnfr"[k])
				break
			}
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		i++
	}
	return append(b, '"')
}

// CompareKeys orders object keys as RFC 8785 section 3.2.3 asks: by UTF-16 code units.
func CompareKeys(a, b string) int {
	if isASCII(a) && isASCII(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Hasher takes the digest of canonical JSON that is written to it piece by piece.
type Hasher struct {
	sum hash.Hash
}

// NewHasher returns an empty hasher.
func NewHasher() *Hasher { return &Hasher{sum: sha256.New()} }

// Write adds a piece of canonical JSON. It never fails.
func (h *Hasher) Write(p []byte) (int, error) { return h.sum.Write(p) }

// Digest returns the digest of all that was written.
func (h *Hasher) Digest() Digest {
	return Digest("sha256:" + hex.EncodeToString(h.sum.Sum(nil)))
}

// Of returns the digest of one canonical document.
func Of(document []byte) Digest {
	h := NewHasher()
	h.sum.Write(document)
	return h.Digest()
}
