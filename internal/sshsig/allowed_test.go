package sshsig

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

func TestEveryLineThatMakesNoSenseIsReportedWithItsNumber(t *testing.T) {
	key := strings.TrimSpace(sample(t, "ed25519.pub"))
	kind, encoded := cutBlank(key)
	encoded, _ = cutBlank(encoded)
	rsa := strings.TrimSpace(sample(t, "rsa-3072.pub"))
	for _, c := range []struct {
		line string
		code problem.Code
	}{
		{"alice", "signers-line"},
		{key, "signers-option"}, // the name is missing, so that the type stands for it
		{"alice,,bob " + key, "signers-line"},
		{"! " + key, "signers-line"},
		{`"alice" ` + key, "signers-line"},
		{"al\u200bice " + key, "signers-line"},
		{"\ufeffalice " + key, "signers-line"},
		{"al\xffice " + key, "signers-line"},
		{"alice\x00 " + key, "signers-line"},
		{"alice " + key + "\x00", "signers-line"},
		{"alice\r" + key, "signers-line"},
		{strings.Repeat("a", patternsMax+1) + " " + key, "signers-line"},
		{"alice " + key + strings.Repeat(" ", signersLine) + "x", "signers-line"},
		{"alice ssh-ed25519", "signers-key"},
		{"alice ssh-ed25519 AAAA", "signers-key"},
		{"alice ssh-ed25519 *", "signers-key"},
		{"alice ssh-rsa " + encoded, "signers-key"},
		{"alice ssh-dss " + encoded, "signers-key"},
		{"alice " + sample(t, "dsa-1024.pub"), "signers-key"},
		{"alice ssh-ed448 " + encoded, "signers-key"},
		{"alice " + kind + " " + encoded[:len(encoded)-4], "signers-key"},
		{"alice " + kind + " " + encoded + "AAAA", "signers-key"},
		{"alice " + sample(t, "rsa-1024.pub"), "signers-key"},
		{"alice " + ssh.CertAlgoED25519v01 + " " + encoded, "signers-certificate"},
		{"*@acme.example cert-authority " + key, "signers-certificate"},
		{"*@acme.example Cert-Authority,namespaces=\"git\" " + key, "signers-certificate"},
		{"alice namespaces=git " + key, "signers-option"},
		{"alice namespaces " + key, "signers-option"},
		{`alice namespaces"git" ` + key, "signers-option"},
		{`alice namespaces="git` + " " + key, "signers-option"},
		{`alice namespaces="git",namespaces="x" ` + key, "signers-option"},
		{`alice namespaces="git", valid-before="20140101Z" ` + key, "signers-option"},
		{`alice namespaces="git"valid-before="20140101Z" ` + key, "signers-option"},
		{`alice namespaces="` + strings.Repeat("a", patternsMax+1) + `" ` + key, "signers-option"},
		{"alice no-touch-required " + key, "signers-option"},
		{`alice valid-after="2014-10-01" ` + key, "signers-option"},
		{`alice valid-after="20141301Z" ` + key, "signers-option"},
		{`alice valid-after="20140931Z" ` + key, "signers-option"},
		{`alice valid-after="2014100112Z" ` + key, "signers-option"},
		{`alice valid-after="20141001 100Z" ` + key, "signers-option"},
		{`alice valid-after="201410010060" ` + key, "signers-option"},
		{`alice valid-after="19700101Z" ` + key, "signers-option"},
		{`alice valid-after="19691231Z" ` + key, "signers-option"},
		{`alice valid-after="Z" ` + key, "signers-option"},
		{`alice valid-after="20141001Z",valid-before="20141001Z" ` + key, "signers-option"},
	} {
		file := "# people\n\nbob " + rsa + "\n" + c.line + "\n"
		a, problems := ParseAllowed("signers", []byte(file))
		items := problems.Items()
		errors := slices.DeleteFunc(slices.Clone(items), func(p problem.Problem) bool { return p.Warning })
		if len(errors) == 0 || !slices.ContainsFunc(errors, func(p problem.Problem) bool { return p.Code == c.code }) {
			t.Errorf("%.80q: %v; want %s", c.line, problems.Err(), c.code)
		}
		for _, p := range items {
			if codeOf(t, p) == "" || p.Place != (problem.Place{File: "signers", Line: 4}) {
				t.Errorf("%.80q: %v does not stand on line 4", c.line, p)
			}
		}
		if _, err := a.Verify(sample(t, "rsa-3072.sig"), purpose, []byte(message), noon); err == nil || codeOf(t, err) != "signer-unknown" {
			t.Errorf("%.80q: the good line beside it still counts: %v", c.line, err)
		}
	}
}

func TestAllFaultsOfAnAllowedSignersFileAreReportedAtOnce(t *testing.T) {
	_, problems := ParseAllowed("signers", []byte("a\n\n#\nb ssh-ed25519 AAAA\r\n,c cert-authority,valid-after=\"x\" ssh-dss AAAA\n"))
	var got []string
	for _, p := range problems.Items() {
		got = append(got, p.Place.String()+" "+string(p.Code))
	}
	want := []string{"signers:1 signers-line", "signers:4 signers-key", "signers:5 signers-line", "signers:5 signers-certificate",
		"signers:5 signers-option", "signers:5 signers-key"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestATimeWithoutAZoneIsReadAsUTCAndSaidSo(t *testing.T) {
	a, problems := ParseAllowed("signers", []byte(`alice valid-after="20141001",valid-before="20141002Z" `+sample(t, "ed25519.pub")))
	items := problems.Items()
	if problems.Failed() || len(items) != 1 || !items[0].Warning || items[0].Code != "signers-time-zone" || items[0].Place.Line != 1 {
		t.Fatalf("got %v", items)
	}
	if got := a.lines[0].after.String() + " " + a.lines[0].before.String(); got != "2014-10-01T00:00:00Z 2014-10-02T00:00:00Z" {
		t.Error(got)
	}
}

func TestAnAllowedSignersFileIsReadFromDiskWithinBounds(t *testing.T) {
	dir := t.TempDir()
	good := write(t, filepath.Join(dir, "good"), "\talice  "+strings.TrimSpace(sample(t, "ed25519.pub"))+"\r\n")
	a, problems := ReadAllowed(good)
	if problems.Failed() {
		t.Fatal(problems.Err())
	}
	if id, err := a.Verify(sample(t, "ed25519.sig"), purpose, []byte(message), noon); err != nil || id.Principal != "alice" {
		t.Errorf("%+v, %v", id, err)
	}
	for name, path := range map[string]string{
		"a file that is not there": filepath.Join(dir, "none"),
		"a directory":              dir,
		"too long":                 write(t, filepath.Join(dir, "long"), strings.Repeat("# a comment\n", signersMax/12+1)),
	} {
		a, problems := ReadAllowed(path)
		if items := problems.Items(); !problems.Failed() || codeOf(t, items[0]) != "signers-unreadable" || items[0].Place.File != path {
			t.Errorf("%s: %v", name, problems.Err())
		}
		if _, err := a.Verify(sample(t, "ed25519.sig"), purpose, []byte(message), noon); err == nil || codeOf(t, err) != "signer-unknown" {
			t.Errorf("%s: somebody is allowed: %v", name, err)
		}
	}
}

func TestAHostileNameInTheFileCannotForgeALineOfOutput(t *testing.T) {
	_, problems := ParseAllowed("signers", []byte("al\x1b[31mice\u202e ssh-ed25519 AAAA\n"))
	if message := problems.Err().Error(); strings.ContainsAny(message, "\x1b\u202e") {
		t.Errorf("%q", message)
	}
}

func TestPatternsMatchAsOfOldInSSH(t *testing.T) {
	for _, c := range []struct {
		name, list string
		want       bool
	}{
		{"alice", "alice", true}, {"alice", "Alice", false}, {"alice", "", false}, {"", "", true}, {"", "*", true},
		{"alice", "bob,alice", true}, {"alice", "*", true}, {"alice", "a*e", true}, {"alice", "a*c", false}, {"alice", "?????", true},
		{"alice", "??????", false}, {"alice", "?*?", true}, {"alice", "!alice", false}, {"bob", "!alice", false}, {"bob", "!alice,*", true},
		{"alice", "*,!a*", false}, {"aab", "a*ab", true}, {"abcabc", "*abc", true}, {"abcabx", "*abc", false}, {"alice", "alice**", true},
		{"a,b", "a,b", false}, {"alice", " alice", false}, {"!git", "!git", false},
	} {
		if got := matchList(c.name, c.list); got != c.want {
			t.Errorf("%q in %q: %v", c.name, c.list, got)
		}
	}
	if match(strings.Repeat("a", 1000), strings.Repeat("*a", 400)+"b") { // more than can be tried one by one
		t.Error("a name without b matches a pattern with it")
	}
}
