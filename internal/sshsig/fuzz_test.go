package sshsig

import (
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func FuzzASignatureIsTakenApartOrRefused(f *testing.F) {
	for _, kind := range append(kinds, "rsa-1024") {
		f.Add(sample(f, kind+".sig"))
	}
	_, touched := touch(1)
	f.Add(touched)
	f.Add(header + footer)
	f.Add(header + "U1NIU0lH" + footer)
	allowed := allow(f, "alice "+sample(f, "ed25519.pub"))
	f.Fuzz(func(t *testing.T, armored string) {
		s, err := parse(armored)
		if err != nil {
			codeOf(t, err)
			return
		}
		b := blob{Version: 1, PublicKey: s.key.Marshal(), Namespace: s.namespace, Hash: s.hash, Signature: ssh.Marshal(s.proof)}
		again, err := parse(armor(append([]byte(magic), ssh.Marshal(b)...)))
		if err != nil || again.namespace != s.namespace || again.hash != s.hash || string(again.key.Marshal()) != string(s.key.Marshal()) {
			t.Errorf("written again it is another signature: %v", err)
		}
		if id, err := allowed.Verify(armored, purpose, []byte("another message"), noon); err == nil {
			t.Errorf("%+v signed what nobody signed", id)
		}
	})
}

func FuzzAnAllowedSignersFileIsReadOrRefused(f *testing.F) {
	key := strings.TrimSpace(sample(f, "ed25519.pub"))
	f.Add("alice " + key + "\n# x\n\nbob,!c* namespaces=\"a,b\",valid-after=\"20140101Z\" " + key)
	f.Add(`a cert-authority ` + key)
	f.Add(`a valid-before="20140101",namespaces="\"" ` + key + "\r\n")
	f.Add("a ssh-rsa AAAA")
	f.Fuzz(func(t *testing.T, file string) {
		allowed, problems := ParseAllowed("signers", []byte(file))
		if problems.Failed() && len(allowed.lines) > 0 {
			t.Error("a file with a fault allows somebody")
		}
		for _, p := range problems.Items() {
			codeOf(t, p)
			if p.Place.File != "signers" {
				t.Errorf("%v has no place", p)
			}
		}
		id, err := allowed.Verify(sample(t, "ed25519.sig"), purpose, []byte(message), noon)
		if err != nil {
			codeOf(t, err)
		} else if !namesOne(id.Principal) || id.Principal == "" {
			t.Errorf("%q is not one person", id.Principal)
		}
	})
}
