package sshsig

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// badSignatures returns signatures that must be refused whoever is allowed, by the reason.
func badSignatures(t *testing.T) map[string]struct {
	armored string
	code    problem.Code
} {
	good := sample(t, "ed25519.sig")
	raw, err := dearmor(good)
	if err != nil {
		t.Fatal(err)
	}
	proof := func(name string) func(*blob) {
		return func(b *blob) {
			var s ssh.Signature
			if err := ssh.Unmarshal(b.Signature, &s); err != nil {
				t.Fatal(err)
			}
			s.Format = name
			b.Signature = ssh.Marshal(s)
		}
	}
	return map[string]struct {
		armored string
		code    problem.Code
	}{
		"nothing":               {"", "signature-unreadable"},
		"text before":           {"x\n" + good, "signature-unreadable"},
		"text after":            {good + "approved for everything\n", "signature-unreadable"},
		"a second signature":    {good + good, "signature-unreadable"},
		"Windows line ends":     {strings.ReplaceAll(good, "\n", "\r\n"), "signature-unreadable"},
		"cut off":               {good[:len(good)-10], "signature-unreadable"},
		"cut in the middle":     {good[:150] + footer, "signature-unreadable"},
		"no base64":             {header + "*" + good[len(header)+1:], "signature-unreadable"},
		"spare bits of base64":  {strings.Replace(good, good[strings.Index(good, "=")-1:], string(good[strings.Index(good, "=")-1]+1)+good[strings.Index(good, "="):], 1), "signature-unreadable"},
		"too long":              {header + strings.Repeat("\n", armorMax) + good[len(header):], "signature-unreadable"},
		"another magic":         {armor(append([]byte("SSHSIX"), raw[6:]...)), "signature-unreadable"},
		"a byte too many":       {armor(append(raw[:len(raw):len(raw)], 0)), "signature-unreadable"},
		"a byte too few":        {armor(raw[:len(raw)-1]), "signature-unreadable"},
		"a byte more inside":    {change(t, "ed25519", func(b *blob) { b.Signature = append(b.Signature, 0) }), "signature-unreadable"},
		"no key":                {change(t, "ed25519", func(b *blob) { b.PublicKey = nil }), "signature-unreadable"},
		"half a key":            {change(t, "ed25519", func(b *blob) { b.PublicKey = b.PublicKey[:30] }), "signature-unreadable"},
		"a key and more":        {change(t, "ed25519", func(b *blob) { b.PublicKey = append(b.PublicKey, 1) }), "signature-unreadable"},
		"no purpose":            {change(t, "ed25519", func(b *blob) { b.Namespace = "" }), "signature-unreadable"},
		"version 0":             {change(t, "ed25519", func(b *blob) { b.Version = 0 }), "signature-version"},
		"version 2":             {change(t, "ed25519", func(b *blob) { b.Version = 2 }), "signature-version"},
		"another purpose":       {change(t, "ed25519", func(b *blob) { b.Namespace = "git" }), "signature-namespace"},
		"MD5":                   {change(t, "ed25519", func(b *blob) { b.Hash = "md5" }), "signature-algorithm"},
		"no hash":               {change(t, "ed25519", func(b *blob) { b.Hash = "" }), "signature-algorithm"},
		"a certificate":         {change(t, "ed25519", func(b *blob) { b.PublicKey = ssh.Marshal(struct{ Type string }{ssh.CertAlgoED25519v01}) }), "signature-algorithm"},
		"a DSA key":             {change(t, "ed25519", func(b *blob) { b.PublicKey = ssh.Marshal(struct{ Type string }{ssh.InsecureKeyAlgoDSA}) }), "signature-algorithm"},
		"SHA-1 with RSA":        {rsaSHA1(t), "signature-algorithm"},
		"a short RSA key":       {sample(t, "rsa-1024.sig"), "signature-weak"},
		"another hash":          {change(t, "ed25519", func(b *blob) { b.Hash = "sha256" }), "signature-forged"},
		"another key":           {change(t, "ed25519", func(b *blob) { b.PublicKey = []byte(allow(t, "x "+sample(t, "spare.pub")).lines[0].key) }), "signature-forged"},
		"another bit":           {change(t, "ed25519", func(b *blob) { b.Signature[40] ^= 1 }), "signature-forged"},
		"another kind of proof": {change(t, "ed25519", proof(ssh.KeyAlgoECDSA256)), "signature-forged"},
		"another RSA hash":      {change(t, "rsa-3072", proof(ssh.KeyAlgoRSASHA256)), "signature-forged"},
	}
}

// rsaSHA1 returns a signature that would be good if SHA-1 were.
func rsaSHA1(t *testing.T) string {
	key, err := ReadKey(keyFile(t, "rsa-3072"))
	if err != nil {
		t.Fatal(err)
	}
	return change(t, "rsa-3072", func(b *blob) {
		data, _ := signedBytes(purpose, b.Hash, []byte(message))
		proof, err := key.key.SignWithAlgorithm(nil, data, ssh.KeyAlgoRSA)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.key.PublicKey().Verify(data, proof); err != nil {
			t.Fatal("the sample proves nothing:", err)
		}
		b.Signature = ssh.Marshal(proof)
	})
}

func TestEverySignatureThatProvesNothingIsRefusedByItsCode(t *testing.T) {
	var lines []string
	for _, kind := range append(kinds, "spare") {
		lines = append(lines, kind+" "+strings.TrimSpace(sample(t, kind+".pub")))
	}
	allowed := allow(t, lines...)
	for reason, c := range badSignatures(t) {
		id, err := allowed.Verify(c.armored, purpose, []byte(message), noon)
		if err == nil || codeOf(t, err) != c.code || id != (Identity{}) {
			t.Errorf("%s: %+v, %v; want %s", reason, id, err, c.code)
		}
		if _, err := VerifyKey(c.armored, purpose, []byte(message), sample(t, "ed25519.pub")); err == nil || codeOf(t, err) != c.code {
			t.Errorf("%s, against one key: %v; want %s", reason, err, c.code)
		}
	}
}

func TestASignatureIsWorthNothingForAnotherMessageOrPurpose(t *testing.T) {
	for _, kind := range kinds {
		allowed := allow(t, "alice "+sample(t, kind+".pub"))
		if _, err := allowed.Verify(sample(t, kind+".sig"), purpose, []byte(text), noon); codeOf(t, err) != "signature-forged" {
			t.Errorf("%s without the newline: %v", kind, err)
		}
		if _, err := allowed.Verify(sample(t, kind+".sig"), "evenkeel-proposal", []byte(message), noon); codeOf(t, err) != "signature-namespace" {
			t.Errorf("%s for a proposal: %v", kind, err)
		}
		moved := change(t, kind, func(b *blob) { b.Namespace = "evenkeel-proposal" })
		if _, err := allowed.Verify(moved, "evenkeel-proposal", []byte(message), noon); codeOf(t, err) != "signature-forged" {
			t.Errorf("%s relabelled as a proposal: %v", kind, err)
		}
	}
}

func TestASignerIsRefusedForTheReasonThatHolds(t *testing.T) {
	key, spare := strings.TrimSpace(sample(t, "ed25519.pub")), strings.TrimSpace(sample(t, "spare.pub"))
	for _, c := range []struct {
		lines []string
		code  problem.Code // empty: accepted
		who   string
		line  int
	}{
		{[]string{"alice " + key}, "", "alice", 0},
		{[]string{"bob " + spare, "", "# alice", "alice " + key + " a comment"}, "", "alice", 0},
		{[]string{"alice " + key, "bob " + key}, "", "alice", 0},
		{[]string{"alice NameSpaces=\"git,evenkeel-*\" " + key}, "", "alice", 0},
		{[]string{`alice namespaces="git" ` + key, `alice namespaces="evenkeel-approval" ` + key}, "", "alice", 0},
		{[]string{`alice namespaces="git" ` + key, `a* namespaces="evenkeel-approval" ` + key}, "", "alice", 0},
		{[]string{`alice valid-before="20130101Z" ` + key, "bob " + key}, "", "bob", 0},
		{[]string{`alice valid-after="20141001120000Z" ` + key}, "", "alice", 0},
		{[]string{`alice valid-before="201410011200Z" ` + key}, "", "alice", 0},
		{[]string{`alice valid-before="201410011200" ` + key}, "", "alice", 0},
		{nil, "signer-unknown", "", 0},
		{[]string{"bob " + spare}, "signer-unknown", "", 0},
		{[]string{"bob " + spare, `alice valid-after="20141001120001Z" ` + key}, "signer-early", "", 2},
		{[]string{`alice valid-before="20141001115959Z" ` + key}, "signer-expired", "", 1},
		{[]string{"", `alice namespaces="git,!evenkeel-*,*" ` + key}, "signer-namespace", "", 2},
		{[]string{`alice namespaces="" ` + key}, "signer-namespace", "", 1},
		{[]string{`alice namespaces="git" ` + key, `bob namespaces="evenkeel-approval" ` + key}, "signer-namespace", "", 1},
		{[]string{`alice namespaces="git" ` + key, `!alice,a* namespaces="evenkeel-approval" ` + key}, "signer-namespace", "", 1},
		{[]string{`alice namespaces="git" ` + key, `alice valid-before="20130101Z" ` + key}, "signer-namespace", "", 1},
		{[]string{"alice,bob " + key}, "signer-ambiguous", "", 1},
		{[]string{"*@acme.example " + key, "alice@acme.example " + key}, "signer-ambiguous", "", 1},
		{[]string{"alic? " + key}, "signer-ambiguous", "", 1},
		{[]string{"!alice " + key}, "signer-ambiguous", "", 1},
	} {
		id, err := allow(t, c.lines...).Verify(sample(t, "ed25519.sig"), purpose, []byte(message), noon)
		switch {
		case c.code == "" && (err != nil || id.Principal != c.who):
			t.Errorf("%q: %+v, %v; want %s", c.lines, id, err, c.who)
		case c.code != "" && (err == nil || codeOf(t, err) != c.code || id != (Identity{})):
			t.Errorf("%q: %+v, %v; want %s", c.lines, id, err, c.code)
		case c.code != "" && err.(problem.Problem).Place != (problem.Place{File: "signers", Line: c.line}):
			t.Errorf("%q: %v does not name line %d", c.lines, err, c.line)
		}
	}
}

func TestOneKnownKeyIsAllThatEvidenceNeeds(t *testing.T) {
	for line, code := range map[string]problem.Code{
		sample(t, "spare.pub"):              "signer-unknown",
		sample(t, "rsa-1024.pub"):           "key-unreadable",
		"":                                  "key-unreadable",
		"ssh-ed25519":                       "key-unreadable",
		"alice " + sample(t, "ed25519.pub"): "key-unreadable",
		sample(t, "spare.pub") + sample(t, "spare.pub"):   "key-unreadable",
		sample(t, "spare.pub") + strings.Repeat("x", 1e5): "key-unreadable",
	} {
		if _, err := VerifyKey(sample(t, "ed25519.sig"), purpose, []byte(message), line); err == nil || codeOf(t, err) != code {
			t.Errorf("%.40q: %v; want %s", line, err, code)
		}
	}
}

// touch returns a public line and a signature of a security key that this test plays, with the given flags.
func touch(flags byte) (publicLine, armored string) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	const kind, application = ssh.KeyAlgoSKED25519, "ssh:"
	wire := ssh.Marshal(struct {
		Type        string
		Key         []byte
		Application string
	}{kind, private.Public().(ed25519.PublicKey), application})
	key, err := ssh.ParsePublicKey(wire)
	if err != nil {
		panic(err)
	}
	data, _ := signedBytes(purpose, "sha512", []byte(message))
	app, sum, counter := sha256.Sum256([]byte(application)), sha256.Sum256(data), []byte{0, 0, 0, 7}
	inner := append(append(append(app[:], flags), counter...), sum[:]...)
	proof := ssh.Marshal(ssh.Signature{Format: kind, Blob: ed25519.Sign(private, inner), Rest: append([]byte{flags}, counter...)})
	b := blob{Version: 1, PublicKey: wire, Namespace: purpose, Hash: "sha512", Signature: proof}
	return string(ssh.MarshalAuthorizedKey(key)), armor(append([]byte(magic), ssh.Marshal(b)...))
}

func TestASecurityKeyCountsOnlyWhenItWasTouched(t *testing.T) {
	line, armored := touch(1)
	if id, err := allow(t, "alice "+line).Verify(armored, purpose, []byte(message), noon); err != nil || id.Principal != "alice" {
		t.Errorf("%+v, %v", id, err)
	}
	dir := t.TempDir()
	signers, signature := write(t, filepath.Join(dir, "signers"), "alice "+line), write(t, filepath.Join(dir, "sig"), armored)
	if _, ok := sshKeygen(t, message, "-Y", "verify", "-f", signers, "-I", "alice", "-n", purpose, "-s", signature); !ok {
		t.Error("ssh-keygen refuses what we accept")
	}
	_, untouched := touch(0)
	if _, err := allow(t, "alice "+line).Verify(untouched, purpose, []byte(message), noon); err == nil || codeOf(t, err) != "signature-forged" {
		t.Error(err)
	}
}

func TestTheBytesThatAreSignedAreThoseOfTheFormat(t *testing.T) {
	sum := sha512.Sum512([]byte(message))
	want := "SSHSIG" + "\x00\x00\x00\x03git" + "\x00\x00\x00\x00" + "\x00\x00\x00\x06sha512" + "\x00\x00\x00\x40" + string(sum[:])
	if got, ok := signedBytes("git", "sha512", []byte(message)); !ok || string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, hash := range []string{"sha1", "SHA512", "sha384", "sha512 ", ""} {
		if got, ok := signedBytes("git", hash, []byte(message)); ok {
			t.Errorf("%q gives %q", hash, got)
		}
	}
}
