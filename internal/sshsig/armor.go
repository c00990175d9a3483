package sshsig

import (
	"encoding/base64"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

const (
	header = "-----BEGIN SSH SIGNATURE-----\n"
	footer = "\n-----END SSH SIGNATURE-----"
)

// armorMax bounds an armoured signature, in bytes: one by the longest RSA key there is needs a fifth of it.
const armorMax = 32 << 10

// armorWidth is the length of a line of base64, as ssh-keygen writes it.
const armorWidth = 70

// again is what to do about a signature that cannot be read.
const again = "make the signature again with ssh-keygen -Y sign and hand in the file as it is"

// armor returns a signature as text.
func armor(raw []byte) string {
	var b strings.Builder
	b.WriteString(header[:len(header)-1])
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(raw)), armorWidth) {
		b.WriteString("\n" + string(line))
	}
	b.WriteString(footer + "\n")
	return b.String()
}

// dearmor returns the bytes of an armoured signature. The text must begin with the header and end with the footer;
// only white space may follow, so that nothing unsigned can be handed on in a signature's file.
func dearmor(armored string) ([]byte, error) {
	if len(armored) > armorMax {
		return nil, refuse("signature-unreadable", again, "the signature is longer than %d bytes", armorMax)
	}
	body, ok := strings.CutPrefix(armored, header)
	if !ok {
		return nil, refuse("signature-unreadable", again, "the signature does not begin with the line %s", header[:len(header)-1])
	}
	body, rest, ok := strings.Cut(body, footer)
	if !ok {
		return nil, refuse("signature-unreadable", again, "the signature is cut off: the line %s is missing", footer[1:])
	}
	if strings.Trim(rest, " \t\r\n") != "" {
		return nil, refuse("signature-unreadable", again, "there is something after the end of the signature")
	}
	body = strings.NewReplacer(" ", "", "\t", "", "\v", "", "\f", "").Replace(body)
	raw, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil {
		return nil, refuse("signature-unreadable", again, "the signature is not written in base64")
	}
	return raw, nil
}

// signature is a signature taken apart; nothing of it is proven yet.
type signature struct {
	key       ssh.PublicKey
	namespace string
	hash      string
	proof     *ssh.Signature
}

// parse takes an armoured signature apart and refuses what no key could make good: another version, another kind of
// key or of signature, bytes left over.
func parse(armored string) (signature, error) {
	raw, err := dearmor(armored)
	if err != nil {
		return signature{}, err
	}
	unreadable := func(what string) (signature, error) {
		return signature{}, refuse("signature-unreadable", again, "%s", what)
	}
	rest, ok := strings.CutPrefix(string(raw), magic)
	if !ok {
		return unreadable("the signature is not an SSH signature: it does not begin with " + magic)
	}
	var b blob
	if err := ssh.Unmarshal([]byte(rest), &b); err != nil {
		return unreadable("the signature is cut off, or has bytes left over")
	}
	if b.Version != versionSupported {
		return signature{}, refuse("signature-version", "sign with the ssh-keygen of a release that writes version 1",
			"the signature has version %d of the format, and only version %d is known", b.Version, versionSupported)
	}
	if b.Namespace == "" {
		return unreadable("the signature does not say what it is for: its namespace is empty")
	}
	key, err := parseKey(b.PublicKey)
	if err != nil {
		return signature{}, err
	}
	var proof ssh.Signature
	if err := ssh.Unmarshal(b.Signature, &proof); err != nil || (len(proof.Rest) > 0 && !strings.HasPrefix(key.Type(), "sk-")) {
		return unreadable("the inner part of the signature is cut off, or has bytes left over")
	}
	return signature{key: key, namespace: b.Namespace, hash: b.Hash, proof: &proof}, nil
}

// parseKey reads the key that a signature carries.
func parseKey(wire []byte) (ssh.PublicKey, error) {
	var name struct {
		Type string
		Rest []byte `ssh:"rest"`
	}
	if err := ssh.Unmarshal(wire, &name); err != nil {
		return nil, refuse("signature-unreadable", again, "the signature carries no key that can be read")
	}
	if !slices.Contains(keyTypes, name.Type) {
		return nil, refuse("signature-algorithm", "sign with a plain ed25519, ECDSA or RSA key, not a certificate",
			"the signature was made by a key of kind %q, which does not count here", name.Type)
	}
	key, err := ssh.ParsePublicKey(wire)
	if err != nil {
		return nil, refuse("signature-unreadable", again, "the signature carries no key that can be read")
	}
	return key, nil
}
