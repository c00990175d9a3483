package outbox_test

import (
	"net/mail"
	"os"
	"path/filepath"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/calendar"
	"github.com/evenkeel-project/evenkeel/internal/courier"
	"github.com/evenkeel-project/evenkeel/internal/courier/outbox"
)

func TestWhatIsNoFileIsNotTakenForALetter(t *testing.T) {
	for name, plant := range map[string]func(path string) error{
		"a directory":         func(path string) error { return os.Mkdir(path, 0o700) },
		"a link to nothing":   func(path string) error { return os.Symlink("nothing", path) },
		"a link to something": func(path string) error { return os.Symlink(os.DevNull, path) },
	} {
		dir := t.TempDir()
		o, err := outbox.Open(dir, mail.Address{Address: "ops@acme.example"})
		if err != nil {
			t.Fatal(err)
		}
		if err := plant(filepath.Join(dir, "c-1.courtesy.eml")); err != nil {
			t.Fatal(err)
		}
		letters := []courier.Letter{{ID: "c-1.courtesy", To: []string{"ops@zenith.example"}, Subject: "s", Text: "t", Date: calendar.Instant(1411902000)}}
		if receipts, err := o.Deliver(t.Context(), letters); err == nil {
			t.Errorf("%s: the letter is said to be kept: %v", name, receipts)
		}
	}
}
