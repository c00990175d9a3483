// Package evidence holds the record of a campaign as a file that can be checked by a stranger: how its lines are
// written and chained, what is signed, what the file tells of the campaign, and whether what it tells keeps the rules.
// It opens no file, holds no key and calls no program: bytes come in as values, signatures are checked by functions
// that the caller hands in.
//
// The file is NDJSON, one object a line, every line in one form only:
//
//	{"n":0,"kind":"opening","opening":{...},"chain":ROOT}
//	{"n":1,"at":TIME,"version":1,"kind":KIND,"event":{...},"chain":CHAIN}
//	...
//	{"n":N+1,"kind":"head","campaign":ID,"opening":DIGEST,"records":N,"chain":LAST,"key":KEY,"signature":ARMOR}
//
// ROOT is the digest of "evenkeel-evidence 1 ID". The CHAIN of a record is the SHA-256 of the chain before it, a
// newline, and the line without its chain: {"n":1,...,"event":{...}}. DIGEST is the SHA-256 of the opening line
// without its newline. Signed is the head line without its signature, {"n":N+1,...,"key":KEY}, and a newline.
package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// Format and Version name the form of the file.
const (
	Format  = "evenkeel-evidence"
	Version = 1
)

// Namespace is the SSH signature namespace of the head.
const Namespace = "evenkeel-evidence"

// The SSH signature namespaces of what people sign about a plan.
const (
	ProposalNamespace = "evenkeel-proposal"
	ApprovalNamespace = "evenkeel-approval"
)

// Record is one entry of a campaign's journal.
type Record struct {
	Seq     uint64 // from 1, without gaps
	At      calendar.Instant
	Version int // of the form of Body
	Kind    string
	Body    []byte // the event as one line of JSON
	Chain   string // Chain of the record before it and this one
}

// Root returns the chain value before the first record of a campaign.
func Root(campaign string) string {
	return string(canon.Of([]byte(Format + " " + strconv.Itoa(Version) + " " + campaign)))
}

// Chain returns the chain value of a record after one whose value is previous. r.Chain is not looked at.
func Chain(previous string, r Record) string {
	sum := sha256.New()
	sum.Write([]byte(previous + "\n"))
	sum.Write(appendRecord(nil, r))
	sum.Write([]byte{'}'})
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// ApprovalMessage returns what the proposer and the approvers of a plan sign.
func ApprovalMessage(plan canon.Digest) []byte { return []byte(string(plan) + "\n") }

// appendRecord appends the line of a record up to and without its chain. Two records that differ in anything have
// different lines: everything before the body ends where JSON says so, and the body is the rest.
func appendRecord(b []byte, r Record) []byte {
	b = strconv.AppendUint(append(b, `{"n":`...), r.Seq, 10)
	b = canon.AppendString(append(b, `,"at":`...), r.At.String())
	b = strconv.AppendInt(append(b, `,"version":`...), int64(r.Version), 10)
	b = canon.AppendString(append(b, `,"kind":`...), r.Kind)
	return append(append(b, `,"event":`...), r.Body...)
}
