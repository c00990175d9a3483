package doc

import (
	"bytes"
	"unicode/utf8"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// byteOrderMark is what some editors put before UTF-8 text. It says nothing and is passed over.
const byteOrderMark = "\uFEFF"

// CheckText reports data that is not text: compressed, binary, with NUL bytes or not UTF-8. The bytes are
// those of the lines of file from line on. It reports whether the data can be read.
func CheckText(file string, line int, data []byte, problems *problem.List) bool {
	if line == 1 && bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		problems.Addf("bad-text", problem.Place{File: file}, "unpack it first, for example with gunzip", "the file is compressed with gzip")
		return false
	}
	const fix = "write the file as text in UTF-8"
	nul := bytes.IndexByte(data, 0)
	if nul < 0 && utf8.Valid(data) {
		return true
	}
	at, sentence := nul, "the file holds a NUL byte, so it is not text"
	if invalid := invalidUTF8(data); invalid >= 0 && (nul < 0 || invalid < nul) {
		at, sentence = invalid, "the file holds bytes that are not UTF-8, so it is not text"
	}
	before := data[:at]
	place := problem.Place{File: file, Line: line + bytes.Count(before, []byte("\n")), Column: at - bytes.LastIndexByte(before, '\n')}
	problems.Addf("bad-text", place, fix, "%s", sentence)
	return false
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// clip shortens a text from a file for a message.
func clip(s string) string {
	const shown = 60
	if len(s) <= shown {
		return s
	}
	end := shown
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "..."
}
