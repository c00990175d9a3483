package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/canon"
)

// Document is one of the documents of the campaign, whole.
type Document struct {
	ID     string       `json:"id,omitempty"` // of an advisory
	Digest canon.Digest `json:"digest"`       // of its content, as the plan names it
	Text   string       `json:"text"`         // the file, byte for byte
}

// Place lists the planned hosts of one zone. The fleet itself stays out of the file, for it names the tenants and
// how to reach them.
type Place struct {
	Region string   `json:"region"`
	Zone   string   `json:"zone"`
	Hosts  []string `json:"hosts"` // in byte order
}

// Opening is what a reader needs to understand the records.
type Opening struct {
	Format     string       `json:"format"`
	Version    int          `json:"version"`
	Campaign   string       `json:"campaign"`
	Program    string       `json:"program"` // the evenkeel that wrote the file
	Plan       Document     `json:"plan"`
	Policy     Document     `json:"policy"`
	Advisories []Document   `json:"advisories"` // by id
	Fleet      canon.Digest `json:"fleet"`
	Places     []Place      `json:"places"`  // in the order in which the plan comes to them
	Signers    string       `json:"signers"` // the allowed-signers file that approvals were checked by
}

// Head closes the file: what it says, and all before it, is signed.
type Head struct {
	Campaign  string       `json:"campaign"`
	Opening   canon.Digest `json:"opening"`   // of the opening line, without its newline
	Records   uint64       `json:"records"`   // lines between opening and head
	Chain     string       `json:"chain"`     // of the last record; Root when there is none
	Key       string       `json:"key"`       // the public key that signs: type and base64, without a comment
	Signature string       `json:"signature"` // armored
}

type openingLine struct {
	N       uint64  `json:"n"`
	Kind    string  `json:"kind"`
	Opening Opening `json:"opening"`
	Chain   string  `json:"chain"`
}

type headLine struct {
	N    uint64 `json:"n"`
	Kind string `json:"kind"`
	Head
}

type recordLine struct {
	N       uint64          `json:"n"`
	At      json.RawMessage `json:"at"`
	Version int             `json:"version"`
	Kind    string          `json:"kind"`
	Event   json.RawMessage `json:"event"`
	Chain   string          `json:"chain"`
}

const (
	openingKind = "opening"
	headKind    = "head"
)

// OpeningLine returns the first line of the file with its newline. Format and Version are set.
func OpeningLine(o Opening) []byte {
	o.Format, o.Version = Format, Version
	return encoded(openingLine{Kind: openingKind, Opening: o, Chain: Root(o.Campaign)})
}

// OpeningDigest returns the digest of an opening line, with its newline or without.
func OpeningDigest(line []byte) canon.Digest { return canon.Of(bytes.TrimSuffix(line, []byte("\n"))) }

// RecordLine returns the line of a record with its newline.
func RecordLine(r Record) []byte {
	b := append(appendRecord(nil, r), `,"chain":`...)
	return append(canon.AppendString(b, r.Chain), "}\n"...)
}

// HeadMessage returns what is signed: the head's line without its signature, and a newline.
func HeadMessage(h Head) []byte {
	b := strconv.AppendUint([]byte(`{"n":`), h.Records+1, 10)
	for _, pair := range [][2]string{{"kind", headKind}, {"campaign", h.Campaign}, {"opening", string(h.Opening)}} {
		b = member(b, pair[0], pair[1])
	}
	b = strconv.AppendUint(append(b, `,"records":`...), h.Records, 10)
	return append(member(member(b, "chain", h.Chain), "key", h.Key), "}\n"...)
}

// HeadLine returns the last line of the file with its newline.
func HeadLine(h Head) []byte {
	b := bytes.TrimSuffix(HeadMessage(h), []byte("}\n"))
	return append(member(b, "signature", h.Signature), "}\n"...)
}

func member(b []byte, key, value string) []byte {
	return canon.AppendString(append(canon.AppendString(append(b, ','), key), ':'), value)
}

// encoded returns a value of this package as one line of JSON with its newline.
func encoded(v any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("a line of evidence cannot be written: %v", err))
	}
	return b.Bytes()
}

// decoded reads a line into a value of this package. It is lenient: that the line is the one way to write the
// value is for the caller to see, by writing it again.
func decoded(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("it is not the JSON that is expected here: %w", shortened(err))
	}
	return nil
}

// shortened takes the names of Go types out of a message of encoding/json.
func shortened(err error) error {
	if detail, ok := err.(*json.UnmarshalTypeError); ok {
		return fmt.Errorf("%s cannot be a %s", orLine(detail.Field), strings.TrimSpace(detail.Value))
	}
	return err
}

func orLine(field string) string {
	if field == "" {
		return "the line"
	}
	return field
}
