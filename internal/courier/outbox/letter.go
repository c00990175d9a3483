package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/mail"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/courier"
)

// idMax is the longest ID of a letter in bytes: with what is put around it, it fits a file name everywhere.
const idMax = 200

// addressMax is the longest mail address in bytes (RFC 5321 section 4.5.3.1.3).
const addressMax = 254

// refusal returns why a letter cannot be kept, "" when it can.
func refusal(letter courier.Letter) string {
	switch {
	case !isFileName(letter.ID):
		return fmt.Sprintf("the letter's id %q is no file name", problem.Printable(letter.ID))
	case len(letter.To) == 0:
		return "there is no contact"
	case len(recipients(letter)) == 0:
		return fmt.Sprintf("no mail can be sent to %q", problem.Printable(strings.Join(letter.To, ", ")))
	}
	return ""
}

// isFileName reports whether an ID is a part of a file name that means the same everywhere.
func isFileName(id string) bool {
	strange := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}
	return id != "" && len(id) <= idMax && id[0] != '.' && !strings.ContainsFunc(id, strange)
}

// recipients returns those addresses of a letter to which mail can be sent, each once.
func recipients(letter courier.Letter) []*mail.Address {
	var to []*mail.Address
	for _, text := range letter.To {
		address, ok := mailbox(text)
		if ok && !slices.ContainsFunc(to, func(a *mail.Address) bool { return a.Address == address.Address }) {
			to = append(to, address)
		}
	}
	return to
}

// mailbox reads a bare mail address. One with other than ASCII is refused: mail servers without SMTPUTF8 take none.
func mailbox(text string) (*mail.Address, bool) {
	strange := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(text) > addressMax || strings.ContainsFunc(text, strange) {
		return nil, false
	}
	address, err := netmail.ParseAddress("<" + text + ">")
	return address, err == nil && address.Address == text && address.Name == ""
}

// compose returns a letter as RFC 5322 has it. The same letter always gives the same bytes.
func (o *Outbox) compose(letter courier.Letter) ([]byte, error) {
	var h mail.Header
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	h.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	h.Set("X-Auto-Response-Suppress", "All")
	h.Set("Auto-Submitted", "auto-generated")
	if letter.Thread != "" {
		root := []string{o.messageID("thread " + letter.Thread)}
		h.SetMsgIDList("References", root)
		h.SetMsgIDList("In-Reply-To", root)
	}
	h.SetMessageID(o.messageID("letter " + letter.ID))
	h.Set("Subject", headerText(letter.Subject))
	h.SetDate(letter.Date.Time())
	h.SetAddressList("To", recipients(letter))
	h.SetAddressList("From", []*mail.Address{&o.from})
	var b bytes.Buffer
	body, err := mail.CreateSingleInlineWriter(&b, h)
	if err != nil {
		return nil, err
	}
	if _, err := body.Write([]byte(strings.ToValidUTF8(letter.Text, "\uFFFD"))); err != nil {
		return nil, err
	}
	if err := body.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// messageID names a letter or a thread to the world: the same name every time it is sent, so that the receiver
// keeps one of several, and one that tells nothing.
func (o *Outbox) messageID(name string) string {
	sum := sha256.Sum256([]byte(name))
	domain := o.from.Address[strings.LastIndex(o.from.Address, "@")+1:]
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

// wordBytes is how much of a text fits one encoded word of RFC 2047, which has at most 75 characters.
const wordBytes = 45

// bareMax is the longest text, in bytes, that a header has as it stands: a line of mail has at most 998.
const bareMax = 900

// headerText writes a text so that every reader shows the very same text, on one line: a text that looks like
// an encoded word is encoded, for it would be shown as what it stands for.
func headerText(text string) string {
	text = problem.Printable(text)
	if len(text) <= bareMax && !strings.Contains(text, "=?") {
		return mime.QEncoding.Encode("utf-8", text)
	}
	var words []string
	for text != "" {
		n := min(len(text), wordBytes)
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, " ")
}
