package sshsig

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// The signatures in testdata were made by ssh-keygen over this message for this purpose; the keys beside them were
// made for these tests and open nothing.
const (
	purpose = "evenkeel-approval"
	text    = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	message = text + "\n"
)

// noon is an instant at which every key without limits is valid: 2014-10-01T12:00:00Z.
const noon calendar.Instant = 1412164800

// kinds are the keys of testdata that count.
var kinds = []string{"ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072"}

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// keyFile copies a private key of testdata to where only its owner may read it.
func keyFile(t testing.TB, kind string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), kind)
	write(t, path, sample(t, kind))
	return path
}

func write(t testing.TB, path, data string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sshKeygen runs the real ssh-keygen in UTC and returns what it prints, and whether it agrees.
func sshKeygen(t testing.TB, stdin string, args ...string) (string, bool) {
	t.Helper()
	return agrees(t, exec.Command("ssh-keygen", args...), stdin)
}

func agrees(t testing.TB, command *exec.Cmd, stdin string) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	command.Stdin, command.Stdout = strings.NewReader(stdin), &out
	command.Env = append(os.Environ(), "TZ=UTC")
	err := command.Run()
	var refused *exec.ExitError
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%v; the tests need the Debian package openssh-client", err)
	}
	return out.String(), err == nil
}

// allow reads an allowed-signers file that must be good.
func allow(t testing.TB, lines ...string) *Allowed {
	t.Helper()
	a, problems := ParseAllowed("signers", []byte(strings.Join(lines, "\n")))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return a
}

// codeOf returns the code of a refusal; anything but a problem is a fault of the program.
func codeOf(t testing.TB, err error) problem.Code {
	t.Helper()
	var p problem.Problem
	if !errors.As(err, &p) {
		t.Fatalf("%v is not a problem", err)
	}
	if p.Sentence == "" || p.Fix == "" || strings.HasSuffix(p.Sentence, ".") {
		t.Errorf("%v does not say what is wrong and what to do", err)
	}
	return p.Code
}

func TestWhatWeSignIsVerifiedBySSHKeygen(t *testing.T) {
	for _, kind := range kinds {
		key, err := ReadKey(keyFile(t, kind))
		if err != nil {
			t.Fatal(kind, err)
		}
		armored, err := Sign(key, purpose, []byte(message))
		if err != nil {
			t.Fatal(kind, err)
		}
		dir := t.TempDir()
		signature := write(t, filepath.Join(dir, "sig"), armored)
		signers := write(t, filepath.Join(dir, "signers"), "alice@acme.example "+sample(t, kind+".pub"))
		if name, ok := sshKeygen(t, "", "-Y", "find-principals", "-s", signature, "-f", signers); !ok || name != "alice@acme.example\n" {
			t.Errorf("%s: find-principals answers %q", kind, name)
		}
		if _, ok := sshKeygen(t, message, "-Y", "check-novalidate", "-n", purpose, "-s", signature); !ok {
			t.Errorf("%s: check-novalidate refuses", kind)
		}
		if _, ok := sshKeygen(t, message, "-Y", "verify", "-f", signers, "-I", "alice@acme.example", "-n", purpose, "-s", signature); !ok {
			t.Errorf("%s: verify refuses", kind)
		}
		id, err := allow(t, "alice@acme.example "+sample(t, kind+".pub")).Verify(armored, purpose, []byte(message), noon)
		if err != nil || id.Principal != "alice@acme.example" || id.Fingerprint != key.Fingerprint() {
			t.Errorf("%s: we take it for %+v, %v", kind, id, err)
		}
	}
}

func TestWhatSSHKeygenSignsIsVerifiedByUs(t *testing.T) {
	for _, kind := range kinds {
		path := keyFile(t, kind)
		for _, hash := range []string{"sha256", "sha512"} {
			armored, ok := sshKeygen(t, message, "-q", "-Y", "sign", "-O", "hashalg="+hash, "-n", purpose, "-f", path)
			if !ok {
				t.Fatal(kind, "ssh-keygen does not sign")
			}
			printed, _ := sshKeygen(t, "", "-l", "-f", path)
			id, err := allow(t, "bob "+sample(t, kind+".pub")).Verify(armored, purpose, []byte(message), noon)
			if err != nil || id.Principal != "bob" || !strings.Contains(printed, " "+id.Fingerprint+" ") {
				t.Errorf("%s with %s: we take it for %+v, %v; ssh-keygen -l prints %s", kind, hash, id, err, printed)
			}
			if fingerprint, err := VerifyKey(armored, purpose, []byte(message), sample(t, kind+".pub")); err != nil || fingerprint != id.Fingerprint {
				t.Errorf("%s with %s: alone we take it for %q, %v", kind, hash, fingerprint, err)
			}
		}
	}
}

func TestOurArmourIsTheTextThatSSHKeygenWrites(t *testing.T) {
	for _, kind := range []string{"ed25519", "rsa-3072"} { // these two sign the same message alike each time
		key, err := ReadKey(keyFile(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Sign(key, purpose, []byte(message)); err != nil || got != sample(t, kind+".sig") {
			t.Errorf("%s: got\n%s%v, want\n%s", kind, got, err, sample(t, kind+".sig"))
		}
	}
	for _, kind := range kinds {
		if raw, err := dearmor(sample(t, kind+".sig")); err != nil || armor(raw) != sample(t, kind+".sig") {
			t.Errorf("%s: armoured again it is\n%s%v", kind, armor(raw), err)
		}
	}
}

func TestASignatureNeedsAPurpose(t *testing.T) {
	key, err := ReadKey(keyFile(t, "ed25519"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Sign(key, "", []byte(message)); codeOf(t, err) != "signature-namespace" {
		t.Error(err)
	}
}

// change takes the signature of a key of testdata apart, lets f change it and puts it together.
func change(t testing.TB, kind string, f func(*blob)) string {
	t.Helper()
	raw, err := dearmor(sample(t, kind+".sig"))
	if err != nil {
		t.Fatal(err)
	}
	var b blob
	if err := ssh.Unmarshal(raw[len(magic):], &b); err != nil {
		t.Fatal(err)
	}
	f(&b)
	return armor(append([]byte(magic), ssh.Marshal(b)...))
}
