package sshsig

import (
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func TestANewKeyIsOneThatSSHKeygenKnows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evidence.key")
	made, err := NewKey(path, "evidence of dfw")
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadKey(path)
	if err != nil || read.Fingerprint() != made.Fingerprint() {
		t.Fatalf("read again: %v", err)
	}
	public, err := os.ReadFile(path + ".pub")
	if err != nil || string(public) != made.PublicLine()+" evidence of dfw\n" {
		t.Errorf("the public half is %q, %v", public, err)
	}
	if derived, ok := sshKeygen(t, "", "-y", "-f", path); !ok || derived != string(public) {
		t.Errorf("ssh-keygen -y answers %q, want %q", derived, public)
	}
	if about, err := os.Stat(path); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("the private half has mode %v, %v", about.Mode(), err)
	}
	armored, err := Sign(made, "evenkeel-evidence", []byte(message))
	if err != nil {
		t.Fatal(err)
	}
	if fingerprint, err := VerifyKey(armored, "evenkeel-evidence", []byte(message), string(public)); err != nil || fingerprint != made.Fingerprint() {
		t.Errorf("%s, %v", fingerprint, err)
	}
}

func TestANewKeyOverwritesNothing(t *testing.T) {
	for _, name := range []string{"key", "key.pub"} {
		dir := t.TempDir()
		there := write(t, filepath.Join(dir, name), "precious")
		_, err := NewKey(filepath.Join(dir, "key"), "")
		if err == nil || codeOf(t, err) != "key-exists" {
			t.Errorf("%s: %v", name, err)
		}
		if data, err := os.ReadFile(there); err != nil || string(data) != "precious" {
			t.Errorf("%s holds %q, %v", name, data, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s: half a key was left behind: %v, %v", name, entries, err)
		}
	}
}

func TestANewKeyNeedsAPlaceAndACommentOfOneLine(t *testing.T) {
	dir := t.TempDir()
	if _, err := NewKey(filepath.Join(dir, "none", "key"), ""); err == nil {
		t.Error("a key was made where there is no directory")
	}
	if _, err := NewKey(filepath.Join(dir, "key"), "a\nssh-ed25519 AAAA"); err == nil || codeOf(t, err) != "key-unreadable" {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// securityKey returns the file that holds the handle of a security key, as ssh-keygen lays it out.
func securityKey() string {
	public := make([]byte, ed25519.PublicKeySize)
	section := ssh.Marshal(struct {
		Check1, Check2           uint32
		Type                     string
		Public                   []byte
		Application              string
		Flags                    byte
		Handle, Reserved, Remark string
		Padding                  []byte `ssh:"rest"`
	}{1, 1, ssh.KeyAlgoSKED25519, public, "ssh:", 1, "handle", "", "", []byte{1, 2}})
	wire := ssh.Marshal(struct {
		Type        string
		Public      []byte
		Application string
	}{ssh.KeyAlgoSKED25519, public, "ssh:"})
	return string(pem.EncodeToMemory(&pem.Block{Type: "OPENSSH PRIVATE KEY", Bytes: append([]byte("openssh-key-v1\x00"), ssh.Marshal(struct {
		Cipher, Derivation, Options string
		Count                       uint32
		Public, Private             []byte
	}{"none", "none", "", 1, wire, section})...)}))
}

func TestAKeyThatCannotSignHereIsRefusedByItsCode(t *testing.T) {
	dir := t.TempDir()
	file := func(name, data string) string { return write(t, filepath.Join(dir, name), data) }
	open := keyFile(t, "spare")
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	for path, code := range map[string]problem.Code{
		filepath.Join(dir, "none"):                   "key-unreadable",
		dir:                                          "key-unreadable",
		file("empty", ""):                            "key-unreadable",
		file("public", sample(t, "spare.pub")):       "key-unreadable",
		file("cut", sample(t, "spare")[:200]):        "key-unreadable",
		file("long", strings.Repeat("\n", 2*keyMax)): "key-unreadable",
		file("touch", securityKey()):                 "key-unsupported",
		open:                                         "key-open",
		keyFile(t, "locked"):                         "key-encrypted",
		keyFile(t, "rsa-1024"):                       "key-weak",
	} {
		_, err := ReadKey(path)
		if err == nil || codeOf(t, err) != code || err.(problem.Problem).Place.File != path {
			t.Errorf("%s: %v; want %s", filepath.Base(path), err, code)
		}
	}
}

func TestAKeyInAnOlderFormatIsReadToo(t *testing.T) {
	path := keyFile(t, "rsa-3072")
	if _, ok := sshKeygen(t, "", "-q", "-p", "-P", "", "-N", "", "-m", "PEM", "-f", path); !ok {
		t.Fatal("ssh-keygen does not convert the key")
	}
	if key, err := ReadKey(path); err != nil || !strings.HasPrefix(sample(t, "rsa-3072.pub"), key.PublicLine()+" ") {
		t.Error(err)
	}
}

func TestAnECDSAKeySignsOnItsOwnCurve(t *testing.T) {
	for kind, curve := range map[string]elliptic.Curve{"ecdsa-256": elliptic.P256(), "ecdsa-384": elliptic.P384(), "ecdsa-521": elliptic.P521()} {
		key, err := ReadKey(keyFile(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Replace(curve.Params().Name, "P-", "nistp", 1); !strings.HasSuffix(key.key.PublicKey().Type(), want) {
			t.Errorf("%s is of type %s", kind, key.key.PublicKey().Type())
		}
	}
}

func TestAKeyWithAPassphraseIsSentToSSHKeygenByACommandThatWorks(t *testing.T) {
	_, err := ReadKey(keyFile(t, "locked"))
	if fix := err.(problem.Problem).Fix; !strings.Contains(fix, "| ssh-keygen -Y sign -n NAMESPACE -f /") {
		t.Errorf("the fix is %q", fix)
	}
	path := filepath.Join(t.TempDir(), "it's a key; $HOME")
	write(t, path, sample(t, "ed25519"))
	armored, ok := agrees(t, exec.Command("sh", "-c", SignCommand(path, purpose, text)), "")
	if !ok || armored != sample(t, "ed25519.sig") {
		t.Errorf("%s\ngives %q", SignCommand(path, purpose, text), armored)
	}
}
