package sshsig

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// mutation is a way to spoil a signature. One that is strict is refused by us alone: the bytes that it changes are
// not signed, ssh-keygen passes over them, and we let nothing unsigned through.
type mutation struct {
	name   string
	strict bool
	do     func(t *testing.T, r *rand.Rand, kind string) string
}

// ofText makes a mutation of the armoured text at a random place.
func ofText(f func(r *rand.Rand, text string, at int) string) func(*testing.T, *rand.Rand, string) string {
	return func(t *testing.T, r *rand.Rand, kind string) string {
		text := sample(t, kind+".sig")
		return f(r, text, r.IntN(len(text)-1)) // the newline at the very end may be missing
	}
}

// ofBytes makes a mutation of what the armour holds, at a random place.
func ofBytes(f func(r *rand.Rand, raw []byte, at int) []byte) func(*testing.T, *rand.Rand, string) string {
	return func(t *testing.T, r *rand.Rand, kind string) string {
		raw, err := dearmor(sample(t, kind+".sig"))
		if err != nil {
			t.Fatal(err)
		}
		return armor(f(r, raw, r.IntN(len(raw))))
	}
}

// ofFields makes a mutation of one field.
func ofFields(f func(r *rand.Rand, b *blob)) func(*testing.T, *rand.Rand, string) string {
	return func(t *testing.T, r *rand.Rand, kind string) string {
		return change(t, kind, func(b *blob) { f(r, b) })
	}
}

var mutations = []mutation{
	{name: "none", do: ofText(func(_ *rand.Rand, text string, _ int) string { return text })},
	{name: "a bit", do: ofBytes(func(r *rand.Rand, raw []byte, at int) []byte { raw[at] ^= 1 << r.IntN(8); return raw })},
	{name: "a byte less", do: ofBytes(func(_ *rand.Rand, raw []byte, at int) []byte { return append(raw[:at:at], raw[at+1:]...) })},
	{name: "a byte more", do: ofBytes(func(r *rand.Rand, raw []byte, at int) []byte {
		return append(append(raw[:at:at], byte(r.Uint32())), raw[at:]...)
	})},
	{name: "a cut tail", do: ofBytes(func(_ *rand.Rand, raw []byte, at int) []byte { return raw[:at] })},
	{name: "a byte at the end", do: ofBytes(func(r *rand.Rand, raw []byte, _ int) []byte { return append(raw, byte(r.Uint32())) })},
	{name: "a part twice", do: ofBytes(func(r *rand.Rand, raw []byte, at int) []byte {
		return append(raw[:len(raw):len(raw)], raw[at:at+r.IntN(len(raw)-at)]...)
	})},
	{name: "a letter", do: ofText(func(r *rand.Rand, text string, at int) string {
		return text[:at] + string(rune('A'+r.IntN(26))) + text[at+1:]
	})},
	{name: "a letter more", do: ofText(func(r *rand.Rand, text string, at int) string {
		return text[:at] + string(rune('a'+r.IntN(26))) + text[at:]
	})},
	{name: "a letter less", do: ofText(func(_ *rand.Rand, text string, at int) string { return text[:at] + text[at+1:] })},
	{name: "a cut text", do: ofText(func(_ *rand.Rand, text string, at int) string { return text[:at] })},
	{name: "a blank more", do: ofText(func(r *rand.Rand, text string, at int) string {
		return text[:at] + " \t\n\r\v\f"[r.IntN(6):][:1] + text[at:]
	})},
	{name: "more padding", do: ofText(func(_ *rand.Rand, text string, _ int) string { return strings.Replace(text, footer, "="+footer, 1) })},
	{name: "another hash", do: ofFields(func(r *rand.Rand, b *blob) { b.Hash = []string{"sha256", "sha1", "sha512,", "*", ""}[r.IntN(5)] })},
	{name: "another purpose", do: ofFields(func(_ *rand.Rand, b *blob) { b.Namespace = "evenkeel-proposal" })},
	{name: "something reserved", do: ofFields(func(_ *rand.Rand, b *blob) { b.Reserved = "something" })},
	{name: "version 2", do: ofFields(func(_ *rand.Rand, b *blob) { b.Version = 2 })},
	{name: "another key", do: func(t *testing.T, r *rand.Rand, kind string) string {
		other := allow(t, "x "+sample(t, kinds[r.IntN(len(kinds))]+".pub"), "x "+sample(t, "spare.pub")).lines[r.IntN(2)].key
		return change(t, kind, func(b *blob) { b.PublicKey = []byte(other) })
	}},
	{name: "another kind of proof", do: func(t *testing.T, r *rand.Rand, kind string) string {
		return change(t, kind, func(b *blob) {
			var s ssh.Signature
			if err := ssh.Unmarshal(b.Signature, &s); err != nil {
				t.Fatal(err)
			}
			s.Format = []string{"ssh-rsa", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256"}[r.IntN(4)]
			s.Rest = []byte{1, 0, 0, 0, 1}[:r.IntN(6)]
			b.Signature = ssh.Marshal(s)
		})
	}},
	{name: "version 0", strict: true, do: ofFields(func(_ *rand.Rand, b *blob) { b.Version = 0 })},
	{name: "text after the end", strict: true, do: ofText(func(_ *rand.Rand, text string, _ int) string { return text + "approved\n" })},
}

func TestWeAndSSHKeygenAgreeOnEverySpoiltSignature(t *testing.T) {
	dir := t.TempDir()
	var lines []string
	for _, kind := range kinds {
		lines = append(lines, "alice "+strings.TrimSpace(sample(t, kind+".pub")))
	}
	allowed := allow(t, lines...)
	signers := write(t, filepath.Join(dir, "signers"), strings.Join(lines, "\n")+"\n")
	accepted := 0
	for seed, m := range mutations {
		for _, kind := range kinds {
			armored := m.do(t, rand.New(rand.NewPCG(uint64(seed), uint64(len(kind)))), kind)
			path := write(t, filepath.Join(dir, "sig"), armored)
			_, ours := allowed.Verify(armored, purpose, []byte(message), noon)
			_, theirs := sshKeygen(t, message, "-Y", "verify", "-f", signers, "-I", "alice", "-n", purpose, "-s", path)
			if ours == nil {
				accepted++
			}
			if m.strict && (ours == nil || !theirs) || !m.strict && (ours == nil) != theirs {
				t.Errorf("seed %d, %s, %s: we say %v, ssh-keygen agrees: %v\n%s", seed, kind, m.name, ours, theirs, armored)
			}
		}
	}
	if least := 2 * len(kinds); accepted < least {
		t.Errorf("%d were accepted, want at least the %d whose signed bytes are untouched", accepted, least)
	}
}

// signersFile draws an allowed-signers file of a few lines that may make sense.
func signersFile(r *rand.Rand, keys []string) string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	var b strings.Builder
	for range 1 + r.IntN(4) {
		var options []string
		for range r.IntN(3) {
			options = append(options, pick(`namespaces="evenkeel-approval"`, `namespaces="evenkeel-*,!git"`, `NAMESPACES="*,!*-approval"`,
				`namespaces="git"`, `namespaces="a\"b,evenkeel-approval"`, `namespaces=""`, `valid-after="20140930Z"`, `valid-after="20141001120000Z"`,
				`valid-after="20141001120001"`, `valid-before="201410011200Z"`, `valid-before="20141001115959Z"`, `valid-before="20150101"`,
				`valid-before="2015"`, `namespaces=git`, `nothing`, `valid-after="20141001"x`))
		}
		line := pick("alice", "alice", "alice", "bob", "alice@acme.example", "alice,bob", "a*", "!alice", "alice,", `"alice"`) + pick(" ", "\t", "  ")
		if len(options) > 0 {
			line += strings.Join(options, pick(",", ",", ",", ", ")) + pick(" ", "\t ")
		}
		line += strings.Replace(keys[r.IntN(len(keys))], " ", pick(" ", " ", "  ", "\t"), 1)
		b.WriteString(pick("", "", " ", "# ") + line + pick("", " more", "\r") + pick("\n", "\n", "\n\n"))
	}
	return b.String()
}

func TestWeAndSSHKeygenAgreeOnWhoMaySign(t *testing.T) {
	dir := t.TempDir()
	keys := []string{strings.TrimSpace(sample(t, "ed25519.pub")), strings.TrimSpace(sample(t, "ed25519.pub")), strings.TrimSpace(sample(t, "spare.pub"))}
	signature := write(t, filepath.Join(dir, "sig"), sample(t, "ed25519.sig"))
	const at = "-Overify-time=20141001120000Z"
	accepted, compared := 0, 0
	for seed := range uint64(200) {
		file := signersFile(rand.New(rand.NewPCG(seed, 0)), keys)
		allowed, problems := ParseAllowed("signers", []byte(file))
		if problems.Failed() {
			continue // then nobody is allowed, which is never more than ssh-keygen allows
		}
		compared++
		path := write(t, filepath.Join(dir, "signers"), file)
		id, err := allowed.Verify(sample(t, "ed25519.sig"), purpose, []byte(message), noon)
		found, ok := sshKeygen(t, "", "-Y", "find-principals", at, "-s", signature, "-f", path)
		theirs := strings.TrimSuffix(found, "\n")
		if ok = ok && namesOne(theirs) && !strings.Contains(theirs, "\n"); ok {
			_, ok = sshKeygen(t, message, "-Y", "verify", at, "-f", path, "-I", theirs, "-n", purpose, "-s", signature)
		}
		if err == nil {
			accepted++
		}
		if (err == nil) != ok || err == nil && id.Principal != theirs {
			t.Errorf("seed %d: we say %q, %v; ssh-keygen says %q, %v\n%s", seed, id.Principal, err, found, ok, file)
		}
	}
	if accepted < 10 || compared < 50 {
		t.Errorf("of 200 files %d were compared and %d accepted: the draw proves little", compared, accepted)
	}
}
