package sshsig

import (
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// keyMax bounds a file with a private key, in bytes.
const keyMax = 64 << 10

// Signer is a private key that can sign. ReadKey and NewKey make one; its zero value is of no use.
type Signer struct {
	key ssh.AlgorithmSigner
}

// Fingerprint returns the fingerprint of the key, as Identity holds it.
func (s Signer) Fingerprint() string { return ssh.FingerprintSHA256(s.key.PublicKey()) }

// PublicLine returns the public key as type and base64, without comment and newline: what VerifyKey reads.
func (s Signer) PublicLine() string {
	return strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(s.key.PublicKey())), "\n")
}

// SignCommand returns the line for a shell that signs, with the key in the file path, the message that is text and a
// newline, and writes the armoured signature to standard output. It asks for a passphrase where the key has one.
func SignCommand(path, namespace, text string) string {
	return "printf '%s\\n' " + quote(text) + " | ssh-keygen -Y sign -n " + quote(namespace) + " -f " + quote(path)
}

// quote writes one word for a shell.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+="
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// ReadKey reads a private key from its file, in OpenSSH's format or an older one that ssh-keygen reads. A key with a
// passphrase (key-encrypted), one that others may read (key-open, as ssh-keygen refuses it too), one in a security
// key or an agent (key-unsupported) and an RSA key below 2048 bits (key-weak) are refused.
func ReadKey(path string) (Signer, error) {
	refused := func(code problem.Code, fix, format string, args ...any) (Signer, error) {
		return Signer{}, problem.Problem{Code: code, Place: problem.Place{File: path}, Fix: fix, Sentence: fmt.Sprintf(format, args...)}
	}
	data, open, err := readPrivate(path)
	if err != nil {
		return refused("key-unreadable", "name the file of a private key that you may read", "the key cannot be read: %v", err)
	}
	if open {
		return refused("key-open", "chmod 600 "+quote(path), "the private key can be read by others")
	}
	elsewhere := "sign with ssh-keygen instead: " + SignCommand(path, "NAMESPACE", "MESSAGE")
	parsed, err := ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	switch block, _ := pem.Decode(data); {
	case errors.As(err, &locked):
		return refused("key-encrypted", elsewhere, "the key is protected by a passphrase, and none is asked for here")
	case err != nil && block == nil:
		return refused("key-unreadable", "name the private key's file, not the .pub file", "the file holds no private key")
	case err != nil:
		return refused("key-unsupported", elsewhere, "the private key is not one that can be used from its file")
	}
	key, ok := parsed.(ssh.AlgorithmSigner)
	if !ok || !slices.Contains(keyTypes, key.PublicKey().Type()) {
		return refused("key-unsupported", "use an ed25519, ECDSA or RSA key", "a key of kind %s does not count here", parsed.PublicKey().Type())
	}
	if weak(key.PublicKey()) {
		return refused("key-weak", "use an ed25519 key, or an RSA key of 3072 bits", "the RSA key has %d bits, and fewer than %d prove nothing",
			rsaBits(key.PublicKey()), rsaBitsMin)
	}
	return Signer{key}, nil
}

// readPrivate returns the content of a key's file, and whether others than its owner may open it.
func readPrivate(path string) (data []byte, open bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = file.Close() }() // it was only read
	about, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	const others = 0o077
	data, err = io.ReadAll(io.LimitReader(file, keyMax))
	return data, about.Mode().Perm()&others != 0, err
}

// NewKey makes an ed25519 key without a passphrase: the private half in the file path, which only its owner may
// read, the public half in path.pub with the comment. Both are on the disk when it returns. Where one of the two files
// is there already, nothing is written (key-exists): a key that signed must not be lost.
func NewKey(path, comment string) (Signer, error) {
	if strings.ContainsFunc(comment, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return Signer{}, refuse("key-unreadable", "use visible characters", "the comment %q of the new key is not one line of text", comment)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Signer{}, fmt.Errorf("make a key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return Signer{}, fmt.Errorf("make a key: %w", err)
	}
	parsed, err := ssh.NewSignerFromKey(private)
	if err != nil {
		return Signer{}, fmt.Errorf("make a key: %w", err)
	}
	signer := Signer{parsed.(ssh.AlgorithmSigner)}
	public := strings.TrimRight(signer.PublicLine()+" "+comment, " ") + "\n"
	if err := create(path, 0o600, pem.EncodeToMemory(block)); err != nil {
		return Signer{}, err
	}
	if err := create(path+".pub", 0o644, []byte(public)); err != nil {
		return Signer{}, errors.Join(err, os.Remove(path))
	}
	return signer, syncDirectory(filepath.Dir(path))
}

// create writes a file that must not exist yet, down to the disk; after an error there is no such file by us.
func create(path string, mode os.FileMode, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return problem.Problem{Code: "key-exists", Place: problem.Place{File: path},
			Sentence: "the file is there already, and a key is never overwritten", Fix: "use the key that is there, or choose another name"}
	}
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("make a key: %w", err), os.Remove(path))
	}
	return nil
}

// syncDirectory makes the names of new files last through a power cut.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
