package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	message "github.com/emersion/go-message"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/courier/couriertest"
)

var sender = mail.Address{Name: "Größe Hosting", Address: "maintenance@provider.example"}

// mortal is a disk under a process that ends: after some steps nothing more is done.
type mortal struct {
	machine
	left  int
	guard *sync.Mutex
}

var errEnded = errors.New("the process has ended")

func (m *mortal) step() bool {
	m.guard.Lock()
	defer m.guard.Unlock()
	m.left--
	return m.left >= 0
}

func (m *mortal) create(path string) (file, error) {
	if !m.step() {
		return nil, errEnded
	}
	f, err := m.machine.create(path)
	return mortalFile{f, m}, err
}

// mortalFile is a file under a process that ends. A write at the end leaves half of it.
type mortalFile struct {
	file
	disk *mortal
}

func (f mortalFile) Write(content []byte) (int, error) {
	if f.disk.step() {
		return f.file.Write(content)
	}
	n, err := f.file.Write(content[:len(content)/2])
	return n, errors.Join(errEnded, err)
}

func (f mortalFile) Sync() error {
	if !f.disk.step() {
		return errEnded
	}
	return f.file.Sync()
}

func (m *mortal) rename(from, to string) error {
	if !m.step() {
		return errEnded
	}
	return m.machine.rename(from, to)
}

func (m *mortal) remove(path string) error {
	if !m.step() {
		return errEnded
	}
	return m.machine.remove(path)
}

func (m *mortal) sync(dir string) error {
	if !m.step() {
		return errEnded
	}
	return m.machine.sync(dir)
}

func open(t testing.TB, dir string) *Outbox {
	t.Helper()
	o, err := Open(dir, sender)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestTheOutboxIsACourier(t *testing.T) {
	couriertest.Run(t, func(t *testing.T) couriertest.Place {
		dir := filepath.Join(t.TempDir(), "data", "outbox")
		return couriertest.Place{
			Open:  func() (courier.Courier, error) { return Open(dir, sender) },
			Kept:  func() ([]courier.Letter, error) { return readAll(dir) },
			Crash: func(c courier.Courier, steps int) { c.(*Outbox).disk = &mortal{left: steps, guard: &sync.Mutex{}} },
		}
	})
}

// readAll reads every letter in a directory as a mail program does. What is no letter is an error.
func readAll(dir string) ([]courier.Letter, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var letters []courier.Letter
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		id, ok := strings.CutSuffix(entry.Name(), ".eml")
		if !ok {
			return nil, fmt.Errorf("there is a file %q", entry.Name())
		}
		letter, err := readLetter(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		letter.ID = id
		letters = append(letters, letter)
	}
	return letters, nil
}

// readLetter reads a letter with net/mail, and compares what go-message reads.
func readLetter(content []byte) (courier.Letter, error) {
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return courier.Letter{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return courier.Letter{}, err
	}
	date, err := m.Header.Date()
	if err != nil {
		return courier.Letter{}, err
	}
	letter := courier.Letter{Subject: subject, Date: calendar.Instant(date.Unix())}
	to, err := m.Header.AddressList("To")
	if err != nil {
		return courier.Letter{}, err
	}
	for _, address := range to {
		letter.To = append(letter.To, address.Address)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		return courier.Letter{}, err
	}
	letter.Text = strings.ReplaceAll(string(body), "\r\n", "\n")
	entity, err := message.Read(bytes.NewReader(content))
	if err != nil {
		return courier.Letter{}, err
	}
	second, err := io.ReadAll(entity.Body)
	if err != nil || !bytes.Equal(second, body) {
		return courier.Letter{}, fmt.Errorf("two readers disagree about the text: %v", err)
	}
	return letter, nil
}
