// Package sshsig makes and checks SSH signatures: the format of PROTOCOL.sshsig that `ssh-keygen -Y sign` and
// `-Y verify` speak, with allowed-signers files as ssh-keygen(1) describes them. What it accepts, ssh-keygen accepts.
// It asks for no passphrase, no agent and no clock, and does not know what a signature is for.
//
// Every refusal is a problem.Problem. Of a signature: signature-unreadable (not an armoured signature, cut off, or
// with something after it), signature-version, signature-namespace, signature-algorithm (a hash other than SHA-256
// and SHA-512, SHA-1 with RSA, a kind of key that is not known), signature-weak (RSA below 2048 bits) and
// signature-forged (not made by this key over this message). Of its signer: signer-unknown, signer-early,
// signer-expired, signer-namespace (no line of the key allows the purpose) and signer-ambiguous (the line does not
// name exactly one person). Of an allowed-signers file: signers-unreadable and signers-line, signers-key,
// signers-option, signers-certificate, each with its line, and the warning signers-time-zone. Of a key file:
// key-unreadable, key-open (others may read it), key-encrypted, key-unsupported, key-weak and key-exists.
package sshsig

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// magic opens both the signature and the bytes that are signed.
const magic = "SSHSIG"

// versionSupported is the one version of the format there is.
const versionSupported = 1

// rsaBitsMin is the shortest modulus of an RSA key that still proves who signed.
const rsaBitsMin = 2048

// blob is what the armour holds after magic, in the encoding of SSH. Reserved is not signed by any known program;
// the format says to pass over it.
type blob struct {
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// signed is what the key signs after magic: the purpose is part of it, so that a signature made for one purpose is
// worth nothing for another.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Digest    []byte
}

// signedBytes returns the bytes to sign for a message, false when the hash is not one of the two allowed.
func signedBytes(namespace, hash string, message []byte) ([]byte, bool) {
	var digest []byte
	switch hash {
	case "sha256":
		sum := sha256.Sum256(message)
		digest = sum[:]
	case "sha512":
		sum := sha512.Sum512(message)
		digest = sum[:]
	default:
		return nil, false
	}
	return append([]byte(magic), ssh.Marshal(signed{Namespace: namespace, Hash: hash, Digest: digest})...), true
}

// Sign signs a message for one purpose and returns the armoured signature, as `ssh-keygen -Y sign -n NAMESPACE`
// writes it: over SHA-512, and with rsa-sha2-512 for an RSA key. An empty namespace is refused.
func Sign(key Signer, namespace string, message []byte) (armored string, err error) {
	if namespace == "" {
		return "", refuse("signature-namespace", "give the namespace that says what the signature is for", "a signature needs a namespace")
	}
	const hash = "sha512"
	data, _ := signedBytes(namespace, hash, message)
	algorithm := key.key.PublicKey().Type()
	if algorithm == ssh.KeyAlgoRSA {
		algorithm = ssh.KeyAlgoRSASHA512
	}
	signature, err := key.key.SignWithAlgorithm(rand.Reader, data, algorithm)
	if err != nil {
		return "", fmt.Errorf("sign with %s: %w", key.Fingerprint(), err)
	}
	return armor(append([]byte(magic), ssh.Marshal(blob{
		Version:   versionSupported,
		PublicKey: key.key.PublicKey().Marshal(),
		Namespace: namespace,
		Hash:      hash,
		Signature: ssh.Marshal(signature),
	})...)), nil
}

// keyTypes are the kinds of keys whose signatures count; sk- ones live in a security key and say that it was
// touched. Certificates, DSA and what comes later are refused by not standing here.
var keyTypes = []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSA,
	ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256}

// rsaBits returns the length of an RSA key's modulus, and 0 for other keys.
func rsaBits(key ssh.PublicKey) int {
	if outer, ok := key.(ssh.CryptoPublicKey); ok {
		if inner, ok := outer.CryptoPublicKey().(*rsa.PublicKey); ok {
			return inner.N.BitLen()
		}
	}
	return 0
}

// weak reports whether a key is an RSA key that is too short to prove anything.
func weak(key ssh.PublicKey) bool { return key.Type() == ssh.KeyAlgoRSA && rsaBits(key) < rsaBitsMin }

// refuse returns a refusal.
func refuse(code problem.Code, fix, format string, args ...any) error {
	return problem.Problem{Code: code, Fix: fix, Sentence: fmt.Sprintf(format, args...)}
}
