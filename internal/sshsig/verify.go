package sshsig

import (
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// Identity says who signed.
type Identity struct {
	Principal   string // the one name on the key's line in the allowed-signers file
	Fingerprint string // of the key: SHA256: and 43 characters of base64; the same key has only one
}

// rsaProofs are the signatures that an RSA key may make; the third, ssh-rsa, uses SHA-1.
var rsaProofs = []string{ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512}

// prove takes a signature apart and checks it against purpose and message with the key that it carries. Whose key
// that is, is not asked here.
func prove(armored, namespace string, message []byte) (ssh.PublicKey, error) {
	s, err := parse(armored)
	if err != nil {
		return nil, err
	}
	if s.namespace != namespace {
		return nil, refuse("signature-namespace", "sign with ssh-keygen -Y sign -n "+namespace,
			"the signature was made for %q, not for %q", s.namespace, namespace)
	}
	data, ok := signedBytes(namespace, s.hash, message)
	if !ok {
		return nil, refuse("signature-algorithm", "sign with sha512 or sha256", "the signature uses the hash %q, which does not count here", s.hash)
	}
	if s.key.Type() == ssh.KeyAlgoRSA && !slices.Contains(rsaProofs, s.proof.Format) {
		return nil, refuse("signature-algorithm", "sign with ssh-keygen -Y sign, which uses rsa-sha2-512",
			"the RSA signature is of kind %q, which does not count here", s.proof.Format)
	}
	if weak(s.key) {
		return nil, refuse("signature-weak", "sign with an ed25519 key, or an RSA key of 3072 bits",
			"the signature was made by an RSA key of %d bits, and fewer than %d prove nothing", rsaBits(s.key), rsaBitsMin)
	}
	if err := s.key.Verify(data, s.proof); err != nil {
		return nil, refuse("signature-forged", "sign the message that is asked for, byte for byte, and hand in the new signature",
			"the signature does not fit: key %s did not sign this message", ssh.FingerprintSHA256(s.key))
	}
	return s.key, nil
}

// VerifyKey checks a signature against one known key, written as in a .pub file, and returns the key's fingerprint.
// It needs no allowed-signers file and knows no validity.
func VerifyKey(armored, namespace string, message []byte, publicKeyLine string) (fingerprint string, err error) {
	known, err := parsePublicLine(publicKeyLine)
	if err != nil {
		return "", err
	}
	key, err := prove(armored, namespace, message)
	if err != nil {
		return "", err
	}
	if string(key.Marshal()) != string(known.Marshal()) {
		return "", refuse("signer-unknown", "use the public key that belongs to this installation",
			"the signature was made by key %s, not by %s", ssh.FingerprintSHA256(key), ssh.FingerprintSHA256(known))
	}
	return ssh.FingerprintSHA256(key), nil
}

// Verify checks a signature over a message and returns who made it. The signer is the principal of the first line of
// that key which is valid at the given instant, as `ssh-keygen -Y find-principals` answers; then some line of that
// principal with that key must allow the namespace, as `-Y verify` asks. A line that names several people, or a
// pattern of them, identifies nobody.
func (a *Allowed) Verify(armored, namespace string, message []byte, at calendar.Instant) (Identity, error) {
	key, err := prove(armored, namespace, message)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{Fingerprint: ssh.FingerprintSHA256(key)}
	lines, err := a.linesOf(key, at)
	if err != nil {
		return Identity{}, err
	}
	id.Principal = lines[0].principals
	if !namesOne(id.Principal) {
		return Identity{}, problem.Problem{Code: "signer-ambiguous", Place: a.place(lines[0].number),
			Sentence: "key " + id.Fingerprint + " belongs to " + id.Principal + ", which is not exactly one name",
			Fix:      "give each person's key a line of its own with one name, without commas, * and ?"}
	}
	for _, l := range lines {
		if matchList(id.Principal, l.principals) && (!l.limited || matchList(namespace, l.namespaces)) {
			return id, nil
		}
	}
	return Identity{}, problem.Problem{Code: "signer-namespace", Place: a.place(lines[0].number),
		Sentence: "key " + id.Fingerprint + " of " + id.Principal + " may not sign for " + namespace,
		Fix:      "add " + namespace + " to the namespaces of the line, or sign with another key"}
}

// linesOf returns the lines of a key that are valid at an instant, in the order of the file; at least one.
func (a *Allowed) linesOf(key ssh.PublicKey, at calendar.Instant) ([]line, error) {
	var valid []line
	var shut error
	wire := string(key.Marshal())
	for _, l := range a.lines {
		if l.key != wire {
			continue
		}
		refused := problem.Problem{Place: a.place(l.number), Fix: "sign with a key that is valid, or correct the line"}
		switch fingerprint := ssh.FingerprintSHA256(key); {
		case l.after != 0 && at < l.after:
			refused.Code = "signer-early"
			refused.Sentence = "key " + fingerprint + " of " + l.principals + " is valid only from " + l.after.String() + ", and it is " + at.String()
			shut = refused
		case l.before != 0 && at > l.before:
			refused.Code = "signer-expired"
			refused.Sentence = "key " + fingerprint + " of " + l.principals + " was valid until " + l.before.String() + ", and it is " + at.String()
			shut = refused
		default:
			valid = append(valid, l)
		}
	}
	switch {
	case len(valid) > 0:
		return valid, nil
	case shut != nil:
		return nil, shut
	}
	return nil, problem.Problem{Code: "signer-unknown", Place: problem.Place{File: a.name},
		Sentence: "key " + ssh.FingerprintSHA256(key) + " is not in the allowed-signers file",
		Fix:      "sign with a key of that file, or have the file extended before the proposal is made"}
}

// namesOne reports whether a principals field is one name: no list, no pattern, no negation.
func namesOne(principals string) bool { return !strings.ContainsAny(principals, ",*?!") }
