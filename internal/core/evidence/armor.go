package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----\n"
	armorEnd   = "-----END SSH SIGNATURE-----\n"
	armorWidth = 70 // columns of base64, as ssh-keygen writes it
)

// plainArmor refuses an armored signature that is written in another way than ssh-keygen writes it: a reader of
// armor forgives white space and more, and a file of evidence has one form only.
func plainArmor(text string) error {
	refused := errors.New("the signature is not in the form in which ssh-keygen writes it")
	body, begins := strings.CutPrefix(text, armorBegin)
	body, ends := strings.CutSuffix(body, armorEnd)
	if !begins || !ends {
		return refused
	}
	blob, err := base64.StdEncoding.Strict().DecodeString(strings.ReplaceAll(body, "\n", ""))
	if err != nil {
		return refused
	}
	var again strings.Builder
	for rest := base64.StdEncoding.EncodeToString(blob); rest != ""; {
		n := min(armorWidth, len(rest))
		again.WriteString(rest[:n] + "\n")
		rest = rest[n:]
	}
	if again.String() != body || !nothingReserved(blob) {
		return refused
	}
	return nil
}

// nothingReserved reports whether the field of an SSH signature that nobody uses is empty. It is the one part that
// the signature does not cover: whatever stood in it could be changed.
func nothingReserved(blob []byte) bool {
	const magic, version = "SSHSIG", 4
	rest, ok := bytes.CutPrefix(blob, []byte(magic))
	if !ok || len(rest) < version {
		return false
	}
	rest = rest[version:]
	var field []byte
	for range 3 { // the public key, the namespace, and what is reserved
		if len(rest) < 4 {
			return false
		}
		size := binary.BigEndian.Uint32(rest)
		if rest = rest[4:]; uint64(len(rest)) < uint64(size) {
			return false
		}
		field, rest = rest[:size], rest[size:]
	}
	return len(field) == 0
}

// PlainKey returns the type and the base64 of a public key file's line, without its comment.
func PlainKey(line string) string {
	fields := strings.Fields(line)
	return strings.Join(fields[:min(2, len(fields))], " ")
}
