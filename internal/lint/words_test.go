package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// phrase is text that must not stand in any file, found as whole words and without regard to case. Phrases
// are put together from parts here, so that this file passes its own test.
type phrase struct {
	text, why, instead string
	pattern            *regexp.Regexp
}

var phrases = func() []phrase {
	var all []phrase
	add := func(why, instead string, texts ...[2]string) {
		for _, parts := range texts {
			text := parts[0] + parts[1]
			all = append(all, phrase{text, why, instead, regexp.MustCompile(`(?i)` + regexp.QuoteMeta(text) + `([^a-z]|$)`)})
		}
	}
	add("paths of one machine mean nothing on another", "name the file from the root of the repository, or an environment variable",
		[2]string{"/wo", "rk"}, [2]string{"/tmp/", "brief"},
		[2]string{"/tmp/", "bash_jobs"}, [2]string{"/root/", "go"})
	add("where packages come from is the reader's choice", "name the package, not the registry",
		[2]string{"proxy.", "golang.org"}, [2]string{"sum.", "golang.org"}, [2]string{"registry.", "npmjs.org"},
		[2]string{"deb.", "debian.org"}, [2]string{"files.", "pythonhosted.org"}, [2]string{"index.", "crates.io"})
	add("the text is for operators and engineers, not about how it came to be", "say it about the product, or leave it out",
		[2]string{"helper ", "session"}, [2]string{"in this ", "session"}, [2]string{"system ", "prompt"}, [2]string{"the ", "prompt:"},
		[2]string{"the brief ", "says"}, [2]string{"language ", "model"}, [2]string{"as an ", "AI"}, [2]string{"the ", "architect"},
		[2]string{"co-authored", "-by"}, [2]string{"chat", "gpt"}, [2]string{"clau", "de"})
	add("the page is not part of this repository", "link docs/reference/formats.md or ARCHITECTURE.md",
		[2]string{"DESIGN", ".md"}, [2]string{"DESIGN", " section"}, [2]string{"(DESIGN", ": "}, [2]string{"COMMON", ".md"})
	return all
}()

// lateWord matches a note that something is still to be done; a note that names an issue is let through.
var lateWord = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b( ?\(?#[0-9]+\)?)?`)

// address matches what looks like a mail address.
var address = regexp.MustCompile(`[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b`)

// reserved matches mail addresses that can belong to nobody (RFC 2606 and RFC 6761).
var reserved = regexp.MustCompile(`[@.](example|example\.(com|net|org)|invalid|localhost|test)$`)

// isText reports whether a file is text: no zero byte at its start.
func isText(b []byte) bool { return !bytes.Contains(b[:min(len(b), 8192)], []byte{0}) }

// strayWords finds phrases, late notes and real mail addresses in the text files of a tree.
func strayWords(t *tree) []fault {
	var faults []fault
	for _, name := range t.paths() {
		if !isText(t.files[name]) {
			continue
		}
		text := string(t.files[name])
		found := func(at int, f fault) {
			f.place = fmt.Sprintf("%s:%d", name, 1+strings.Count(text[:at], "\n"))
			faults = append(faults, f)
		}
		strayPhrases(text, found)
		strayAddresses(text, found)
		if !strings.Contains("/"+name, "/testdata/") {
			lateNotes(text, found)
		}
	}
	return faults
}

func strayPhrases(text string, found func(at int, f fault)) {
	lower := strings.ToLower(text)
	for _, p := range phrases {
		if !strings.Contains(lower, strings.ToLower(p.text)) {
			continue // searching is much faster than matching
		}
		for _, m := range p.pattern.FindAllStringIndex(text, -1) {
			found(m[0], fault{wrong: fmt.Sprintf("the text says %q", p.text), why: p.why, instead: p.instead})
		}
	}
}

func strayAddresses(text string, found func(at int, f fault)) {
	for _, m := range address.FindAllStringIndex(text, -1) {
		if !reserved.MatchString(text[m[0]:m[1]]) {
			found(m[0], fault{wrong: "there is a mail address " + text[m[0]:m[1]], why: "a sample must not reach a real person",
				instead: "use a domain such as acme.example"})
		}
	}
}

func lateNotes(text string, found func(at int, f fault)) {
	for _, m := range lateWord.FindAllStringSubmatchIndex(text, -1) {
		if word := text[m[2]:m[3]]; m[4] < 0 {
			found(m[0], fault{wrong: "a note says " + word, why: "a promise in a comment is kept by nobody",
				instead: "do it now, or open an issue and name it: " + word + " (#12)"})
		}
	}
}

func TestNoFileSpeaksOfTheWorkshop(t *testing.T) { mustKeep(t, strayWords(repository(t))) }

func TestAStrayWordIsSeen(t *testing.T) {
	for _, p := range phrases {
		mustSee(t, strayWords(planted(t, "README.md", "Line\nsee "+strings.ToUpper(p.text)+" there")), "README.md:2: the text says")
	}
	late := "TO" + "DO"
	mustSee(t, strayWords(planted(t, "a.md", late+" later")), "a note says "+late)
	mustSee(t, strayWords(planted(t, "a.md", "mail ops@acme"+".io today")), "a mail address ops@")
	mustKeep(t, strayWords(planted(t, "a.md", late+" (#12), ops@acme.example, web@a.example.org, v@v1.2.3, CVE-2014-XXXX, the arch"+"itecture", "a.bin", "\x00"+late,
		"testdata/x.txt", late+" of another")))
}
