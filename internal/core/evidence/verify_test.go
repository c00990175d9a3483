package evidence_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evenkeel-project/evenkeel/internal/core/campaign"
	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
)

func mustBeIntact(t testing.TB, v *evidence.Verdict) {
	t.Helper()
	if !v.Intact() || !v.Kept() {
		t.Fatalf("an untouched file is refused:\n%v\n%v", v.Faults.Err(), v.Findings.Err())
	}
}

func TestAnUntouchedFileIsAccepted(t *testing.T) {
	for hosts := range 4 {
		s := newSample(hosts)
		mustBeIntact(t, s.verify(join(s.lines())))
	}
}

func TestAFlippedByteAnywhereIsFound(t *testing.T) {
	s := newSmall()
	file := join(s.lines())
	for i := range file {
		altered := bytes.Clone(file)
		altered[i] ^= 1
		if s.verify(altered).Intact() {
			t.Fatalf("byte %d, %q, became %q and nobody saw: ...%s...", i, file[i], altered[i], altered[max(0, i-40):min(len(altered), i+40)])
		}
	}
}

func TestACutTailIsFoundAtEveryByte(t *testing.T) {
	s := newSmall()
	file := join(s.lines())
	for n := range file {
		if s.verify(file[:n]).Intact() {
			t.Fatalf("the first %d of %d bytes are accepted", n, len(file))
		}
	}
}

func TestADroppedLineIsFound(t *testing.T) {
	s := newSample(2)
	lines := s.lines()
	for i := range lines {
		if v := s.verify(join(slices.Delete(slices.Clone(lines), i, i+1))); v.Intact() {
			t.Errorf("without line %d the file is accepted", i+1)
		}
	}
}

func TestADoubledLineIsFound(t *testing.T) {
	s := newSample(1)
	lines := s.lines()
	for i := range lines {
		for at := range len(lines) + 1 {
			if v := s.verify(join(slices.Insert(slices.Clone(lines), at, lines[i]))); v.Intact() {
				t.Errorf("with line %d once more before line %d the file is accepted", i+1, at+1)
			}
		}
	}
}

func TestTwoSwappedLinesAreFound(t *testing.T) {
	s := newSample(1)
	lines := s.lines()
	for i := range lines {
		for j := range i {
			swapped := slices.Clone(lines)
			swapped[i], swapped[j] = lines[j], lines[i]
			if s.verify(join(swapped)).Intact() {
				t.Errorf("with lines %d and %d swapped the file is accepted", j+1, i+1)
			}
		}
	}
}

func TestAnAddedByteAnywhereIsFound(t *testing.T) {
	s := newSmall()
	file := join(s.lines())
	for i := range len(file) + 1 {
		added := " \n0\\"[i%4]
		if s.verify(slices.Insert(bytes.Clone(file), i, added)).Intact() {
			t.Fatalf("with %q added at byte %d the file is accepted", added, i)
		}
	}
}

func TestAnyChangeOfALargerFileIsFound(t *testing.T) {
	s := newSample(12)
	file := join(s.lines())
	mustBeIntact(t, s.verify(file))
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.IntRange(0, len(file)).Draw(rt, "from")
		to := rapid.IntRange(from, len(file)).Draw(rt, "to")
		put := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(rt, "put")
		changed := slices.Concat(file[:from], put, file[to:])
		if rapid.Bool().Draw(rt, "case") && from < to { // another letter case is the change that lenient readers forgive
			changed = slices.Concat(file[:from], swapCase(file[from:to]), file[to:])
		}
		if !bytes.Equal(changed, file) && s.verify(changed).Intact() {
			rt.Fatalf("bytes %d to %d became %q and nobody saw", from, to, put)
		}
	})
}

func swapCase(text []byte) []byte {
	out := bytes.Clone(text)
	for i, c := range out {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			out[i] ^= 0x20
		}
	}
	return out
}

func TestAFileIsJudgedAlikeInWhateverPiecesItComes(t *testing.T) {
	s := newSample(2)
	file := join(s.lines())
	rapid.Check(t, func(rt *rapid.T) {
		altered := bytes.Clone(file)
		if rapid.Bool().Draw(rt, "altered") {
			altered[rapid.IntRange(0, len(file)-1).Draw(rt, "at")] ^= 1
		}
		v := evidence.NewVerifier("evidence.ndjson", s.checks())
		for rest := altered; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "piece")
			if written, err := v.Write(rest[:n]); written != n || err != nil {
				rt.Fatalf("wrote %d, %v", written, err)
			}
			rest = rest[n:]
		}
		pieces, whole := v.Finish(), s.verify(altered)
		if pieces.Intact() != whole.Intact() || !slices.Equal(codes(pieces.Faults), codes(whole.Faults)) {
			rt.Fatalf("in pieces %v, whole %v", codes(pieces.Faults), codes(whole.Faults))
		}
	})
}

// oneFault is what a file with one thing wrong is told, and where.
func mustFault(t *testing.T, v *evidence.Verdict, line int, code, sentence string) {
	t.Helper()
	for _, p := range v.Faults.Items() {
		if string(p.Code) == code && p.Place.Line == line && strings.Contains(p.Sentence, sentence) {
			if p.Fix == "" {
				t.Errorf("[%s] does not say what to do", code)
			}
			return
		}
	}
	t.Errorf("no [%s] %q at line %d in:\n%v", code, sentence, line, v.Faults.Err())
}

func TestEachFaultIsNamedWithItsLine(t *testing.T) {
	s := newSample(1)
	lines := s.lines()
	last := len(lines)
	change := func(edit func([][]byte) [][]byte) *evidence.Verdict { return s.verify(join(edit(slices.Clone(lines)))) }
	put := func(line int, old, now string) *evidence.Verdict {
		return change(func(l [][]byte) [][]byte {
			l[line-1] = bytes.Replace(l[line-1], []byte(old), []byte(now), 1)
			return l
		})
	}
	mustFault(t, put(7, `"courtesy"`, `"imposture"`), 7, "evidence-chain", "record 6 does not fit")
	mustFault(t, put(7, `"n":6`, `"n":9`), 7, "evidence-order", "there is record 9 where 6 must stand")
	mustFault(t, put(7, `{"n":6,`, `{ "n":6,`), 7, "evidence-form", "record 6")
	mustFault(t, put(7, `{`, `[`), 7, "evidence-unreadable", "not the JSON")
	mustFault(t, put(7, `"at":"20`, `"at":"3`), 7, "evidence-unreadable", "the time of the record")
	mustFault(t, put(7, `"kind":"n`, `"kind":"N`), 7, "evidence-event", "another kind or time")
	mustFault(t, put(7, `"version":1`, `"version":2`), 7, "evidence-newer", "version 2")
	mustFault(t, put(7, "courtesy", "\xff"), 7, "evidence-unreadable", "not UTF-8")
	mustFault(t, put(1, `"format":"evenkeel-evidence"`, `"format":"x"`), 1, "evidence-foreign", "not the opening")
	mustFault(t, put(1, `"version":1`, `"version":2`), 1, "evidence-newer", "version 2")
	mustFault(t, put(1, `"n":0`, `"n":1`), 1, "evidence-form", "the opening")
	mustFault(t, put(last, `"records":`, `"records":1`), last, "evidence-head", "the number of records")
	mustFault(t, put(last, `"chain":"sha256:`, `"chain":"sha256:0`), last, "evidence-head", "the chain of the last record")
	mustFault(t, put(last, `"opening":"`, `"opening":"0`), last, "evidence-head", "the digest of the opening")
	mustFault(t, put(last, `"campaign":"c-0`, `"campaign":"c-1`), last, "evidence-head", "the campaign")
	mustFault(t, put(last, `ssh-ed25519 `, `ssh-ed25519  `), last, "evidence-form", "the head")
	mustFault(t, put(last, `SIGNATURE-----\n`, `SIGNATURE-----\n\n`), last, "evidence-form", "ssh-keygen writes it")
	mustFault(t, put(last, `"records":`, `"records":1`), last, "evidence-signature", "does not stand")
	mustFault(t, put(last, `ssh-ed25519 AAAA`, `ssh-ed25519 AAAB`), last, "evidence-signature", "names another key")
	mustFault(t, put(last, `"kind":"head"`, `"kind":"head","kind":"head"`), last, "evidence-form", "the head")
	mustFault(t, change(func(l [][]byte) [][]byte { return append(l, []byte("\n")) }), last+1, "evidence-tail", "after its head")
	mustFault(t, change(func(l [][]byte) [][]byte { return slices.Insert(l, 3, l[0]) }), 4, "evidence-order", "a second opening")
	mustFault(t, change(func(l [][]byte) [][]byte { return l[:last-1] }), last-1, "evidence-cut", "without a signed head")
	mustFault(t, s.verify([]byte("x")), 1, "evidence-cut", "the last line has no end")
	mustFault(t, s.verify(nil), 0, "evidence-cut", "the file is empty")
	long := append(bytes.Repeat([]byte{'x'}, 17<<20), '\n')
	mustFault(t, change(func(l [][]byte) [][]byte { return slices.Insert(l, 2, long) }), 3, "evidence-unreadable", "longer than any line")
}

func TestOneAlteredLineIsTheOnlyOneBlamed(t *testing.T) {
	s := newSample(2)
	lines := s.lines()
	for i := 1; i < len(lines)-2; i++ {
		altered := slices.Clone(lines)
		altered[i] = bytes.Replace(lines[i], []byte(`"event":{`), []byte(`"event":{"x":1,`), 1)
		for _, p := range s.verify(join(altered)).Faults.Items() {
			if p.Place.Line != i+1 {
				t.Errorf("line %d was altered, and line %d is blamed: %v", i+1, p.Place.Line, p)
			}
		}
	}
}

func TestAnEventInAnotherSpellingIsFoundThoughItIsChainedAndSigned(t *testing.T) {
	s := newSample(1)
	lines := s.lines()
	e := s.events[0]
	r := evidence.Record{Seq: 1, At: e.At, Version: campaign.EventVersion, Kind: string(e.Kind),
		Body: bytes.Replace(campaign.Encode(e), []byte(`"at":`), []byte(`"host":"", "at":`), 1)}
	r.Chain = evidence.Chain(evidence.Root(s.opening.Campaign), r)
	file := join([][]byte{lines[0], evidence.RecordLine(r), headLine(s.opening.Campaign, lines[0], 1, r.Chain)})
	mustFault(t, s.verify(file), 2, "evidence-event", "one form")
}

func TestASignatureWithSomethingInItsUnusedFieldIsRefused(t *testing.T) {
	s := newSample(1)
	checks := s.checks()
	checks.Head = func([]byte, string) error { return nil } // as a reader of SSH signatures that passes over the field
	lines := s.lines()
	h := evidence.Head{Campaign: s.opening.Campaign, Opening: evidence.OpeningDigest(lines[0]), Chain: evidence.Root(s.opening.Campaign), Key: "ssh-ed25519 AAAA"}
	for blob, want := range map[string]bool{
		"SSHSIG\x00\x00\x00\x01\x00\x00\x00\x01k\x00\x00\x00\x01n\x00\x00\x00\x00rest":  true,
		"SSHSIG\x00\x00\x00\x01\x00\x00\x00\x01k\x00\x00\x00\x01n\x00\x00\x00\x01xrest": false,
		"SSHSIG\x00\x00\x00\x01\x00\x00\x00\x01k\x00\x00\x00\x01n":                      false,
		"SSHSIG\x00\x00\x00\x01\xff\xff\xff\xffk":                                       false,
		"SSHSIG\x00": false, "": false,
	} {
		h.Signature = armored([]byte(blob))
		v := evidence.Verify("f", join([][]byte{lines[0], evidence.HeadLine(h)}), checks)
		if v.Intact() != want {
			t.Errorf("%q is accepted: %v\n%v", blob, v.Intact(), v.Faults.Err())
		}
	}
}

func TestTwoRecordsThatDifferHaveDifferentChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		one := evidence.Record{Seq: rapid.Uint64().Draw(rt, "n"), Version: rapid.Int().Draw(rt, "version"),
			Kind: rapid.StringMatching(`[a-z-]{0,3}`).Draw(rt, "kind"), Body: []byte(rapid.StringMatching(`[{}":,a]{0,6}`).Draw(rt, "body"))}
		two := one
		switch rapid.IntRange(0, 4).Draw(rt, "what") {
		case 0:
			two.Seq++
		case 1:
			two.Version++
		case 2:
			two.Kind += rapid.StringMatching(`[",}a]{1,9}`).Draw(rt, "more")
		case 3:
			two.Body = append(slices.Clone(one.Body), rapid.StringMatching(`[{}"\n]{1,9}`).Draw(rt, "more")...)
		case 4:
			two.At++
		}
		if evidence.Chain("x", one) == evidence.Chain("x", two) || evidence.Chain("x", one) == evidence.Chain("y", one) {
			rt.Fatalf("%+v and %+v have the same chain", one, two)
		}
	})
}

func FuzzVerify(f *testing.F) {
	s := newSample(1)
	good := join(s.lines())
	f.Add(good)
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"n":0,"kind":"opening","opening":{"format":"evenkeel-evidence","version":1},"chain":""}` + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if v := s.verify(file); v.Intact() && !bytes.Equal(file, good) {
			t.Errorf("a file that nobody signed is accepted: %q", file)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	s := newSample(1000)
	file := join(s.lines())
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		mustBeIntact(b, s.verify(file))
	}
}
