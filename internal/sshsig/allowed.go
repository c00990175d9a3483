package sshsig

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Bounds on an allowed-signers file, in bytes: the longest RSA key takes about 3000 bytes of a line.
const (
	signersMax  = 1 << 20
	signersLine = 16 << 10
	patternsMax = 1000 // of one list of patterns; ssh-keygen lets no pattern of 1023 match
)

// Allowed is an allowed-signers file that was read without a fault. Its zero value allows nobody.
type Allowed struct {
	name  string
	lines []line
}

// line is one key with what it may be used for.
type line struct {
	number     int
	principals string
	key        string // in the encoding of SSH, as parsed and written again: equal keys are equal here
	limited    bool   // whether namespaces says what the key may sign
	namespaces string
	after      calendar.Instant // valid from this second on; 0: since ever
	before     calendar.Instant // valid up to and with this second; 0: for ever
}

func (a *Allowed) place(number int) problem.Place { return problem.Place{File: a.name, Line: number} }

// ReadAllowed reads an allowed-signers file; ParseAllowed says what of it counts.
func ReadAllowed(path string) (*Allowed, problem.List) {
	var problems problem.List
	data, err := readBounded(path, signersMax+1)
	if err != nil {
		problems.Add(problem.Problem{Code: "signers-unreadable", Place: problem.Place{File: path},
			Sentence: "the allowed-signers file cannot be read: " + err.Error(), Fix: "name a file that can be read"})
		return &Allowed{}, problems
	}
	return ParseAllowed(path, data)
}

// readBounded returns at most limit bytes of a file.
func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(file, limit))
}

// ParseAllowed reads the text of an allowed-signers file that is called name in messages. All faults are reported at
// once, each with its line; with a fault among them the result allows nobody, for half a list of people would be a
// list that nobody wrote. Times without a Z are read as UTC, with a warning, so that the answer is the same on every
// machine; ssh-keygen reads them in the time zone that it runs in.
func ParseAllowed(name string, data []byte) (*Allowed, problem.List) {
	var problems problem.List
	a := &Allowed{name: name}
	if len(data) > signersMax {
		problems.Addf("signers-unreadable", problem.Place{File: name}, "keep only the people concerned", "the allowed-signers file is longer than %d bytes", signersMax)
		return &Allowed{}, problems
	}
	number := 0
	for text := range strings.SplitSeq(string(data), "\n") {
		number++
		text = strings.Trim(text, " \t\r")
		if text == "" || text[0] == '#' {
			continue
		}
		l, faults := parseLine(text)
		l.number = number
		for _, fault := range faults {
			fault.Place = a.place(number)
			problems.Add(fault)
		}
		a.lines = append(a.lines, l)
	}
	if problems.Failed() {
		return &Allowed{}, problems
	}
	return a, problems
}

// fault returns a problem of a line; the place is filled in by the caller.
func fault(code problem.Code, fix, format string, args ...any) problem.Problem {
	return problem.Problem{Code: code, Fix: fix, Sentence: fmt.Sprintf(format, args...)}
}

// shape is how a line of an allowed-signers file is written.
const shape = `write: name [namespaces="...",valid-before="..."] type key`

// parseLine reads principals, options and key of one line that is neither blank nor a comment.
func parseLine(text string) (line, []problem.Problem) {
	if len(text) > signersLine {
		return line{}, []problem.Problem{fault("signers-line", "write one key a line", "the line is longer than %d bytes", signersLine)}
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }); i >= 0 {
		return line{}, []problem.Problem{fault("signers-line", shape, "byte %d of the line is a control character", i+1)}
	}
	principals, rest := cutBlank(text)
	l := line{principals: principals}
	faults := checkPrincipals(principals)
	if rest == "" {
		return l, append(faults, fault("signers-line", shape, "the line has no key"))
	}
	if kind, _ := cutBlank(rest); !looksLikeKey(kind) {
		end := optionsEnd(rest)
		faults = append(faults, l.readOptions(rest[:end])...)
		rest = strings.TrimLeft(rest[end:], " \t")
	}
	kind, encoded := cutBlank(rest)
	encoded, _ = cutBlank(encoded)
	key, wrong := readPublic(kind, encoded)
	if wrong.Code != "" {
		return l, append(faults, wrong)
	}
	l.key = string(key.Marshal())
	return l, faults
}

// cutBlank splits text at its first run of spaces and tabs.
func cutBlank(text string) (before, after string) {
	i := strings.IndexAny(text, " \t")
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimLeft(text[i:], " \t")
}

// checkPrincipals finds what is wrong with the names of a line. Names are compared byte for byte, so that every byte
// must be one that people can see.
func checkPrincipals(principals string) []problem.Problem {
	const fix = "write a name without blanks, quotes and invisible characters, or several with commas between them"
	hidden := func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }
	switch {
	case len(principals) > patternsMax:
		return []problem.Problem{fault("signers-line", fix, "the names take more than %d bytes", patternsMax)}
	case !utf8.ValidString(principals), strings.ContainsFunc(principals, hidden):
		return []problem.Problem{fault("signers-line", fix, "the names %s hold a character that names must not have", principals)}
	}
	for name := range strings.SplitSeq(principals, ",") {
		if strings.TrimPrefix(name, "!") == "" {
			return []problem.Problem{fault("signers-line", fix, "one of the names %s is empty", principals)}
		}
	}
	return nil
}

// looksLikeKey reports whether a word is the type of a key, known or not, and not an option.
func looksLikeKey(word string) bool {
	return slices.Contains(keyTypes, word) || strings.HasPrefix(word, "ssh-") || strings.HasPrefix(word, "ecdsa-") || strings.HasPrefix(word, "sk-")
}

// readPublic reads a public key from its type and its base64; the code of the problem is empty when it is good.
func readPublic(kind, encoded string) (ssh.PublicKey, problem.Problem) {
	const fix = "copy the line of the .pub file of an ed25519, ECDSA or RSA key"
	if strings.Contains(kind, "-cert-") {
		return nil, fault("signers-certificate", fix, "certificates are not supported, and this is one: %s", kind)
	}
	if !slices.Contains(keyTypes, kind) {
		return nil, fault("signers-key", fix, "%q is not the type of a key that counts here", kind)
	}
	wire, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, fault("signers-key", fix, "the %s key is not written in base64", kind)
	}
	key, err := ssh.ParsePublicKey(wire)
	if err != nil || key.Type() != kind {
		return nil, fault("signers-key", fix, "the text after %s is not such a key", kind)
	}
	if weak(key) {
		return nil, fault("signers-key", "use an ed25519 key, or an RSA key of 3072 bits", "the RSA key has %d bits, and fewer than %d prove nothing", rsaBits(key), rsaBitsMin)
	}
	return key, problem.Problem{}
}

// parsePublicLine reads the one line of a .pub file: type, key, and a comment that does not count.
func parsePublicLine(text string) (ssh.PublicKey, error) {
	text = strings.Trim(text, " \t\r\n")
	const fix = "use the .pub file as it was made"
	if len(text) > signersLine || strings.Contains(text, "\n") {
		return nil, refuse("key-unreadable", fix, "the public key is not one line of at most %d bytes", signersLine)
	}
	kind, encoded := cutBlank(text)
	encoded, _ = cutBlank(encoded)
	key, wrong := readPublic(kind, encoded)
	if wrong.Code != "" {
		return nil, refuse("key-unreadable", fix, "the public key cannot be used: %s", wrong.Sentence)
	}
	return key, nil
}
