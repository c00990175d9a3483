package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOfManyWhoWantAFreeNameOneGetsIt(t *testing.T) {
	dir := t.TempDir()
	const rounds, writers = 200, 4
	for round := range rounds {
		path := filepath.Join(dir, fmt.Sprint(round))
		begin, results := make(chan struct{}), make(chan error, writers)
		for writer := range writers {
			temporary := fmt.Sprintf("%s.%d.part", path, writer)
			if err := os.WriteFile(temporary, []byte(temporary), 0o600); err != nil {
				t.Fatal(err)
			}
			go func() {
				<-begin
				results <- nameOnce(temporary, path)
			}()
		}
		close(begin)
		won := 0
		for range writers {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, fs.ErrExist) {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d writers were told that the name is theirs", round, won)
		}
	}
}
