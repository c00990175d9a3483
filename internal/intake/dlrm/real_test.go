//go:build real

package dlrm_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/ident"
	"github.com/evenkeel-project/evenkeel/internal/intake/dlrm"
)

// readPublished reads the published trace, which lies under dlrm2025/ of the folder that EVENKEEL_DATA names.
func readPublished(tb testing.TB) *fleet.Fleet {
	folder := os.Getenv("EVENKEEL_DATA")
	if folder == "" {
		tb.Fatal("set EVENKEEL_DATA to the folder that holds dlrm2025/")
	}
	file, err := os.Open(filepath.Join(folder, "dlrm2025", "disaggregated_DLRM_trace.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	f, problems := dlrm.Read(dlrm.Source{Name: file.Name(), Bytes: file}, options())
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestThePublishedTraceIsRead(t *testing.T) {
	f := readPublished(t)
	largest := 0
	for n := range f.Groups() {
		largest = max(largest, f.GroupSize(ident.Group(n)))
	}
	// All but the hosts were counted from the file by another program.
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"guests", f.Guests(), 7280}, {"tenants", f.Tenants(), 122}, {"groups", f.Groups(), 241},
		{"members of the largest group", largest, 801}, {"hosts", f.Hosts(), 1989},
	} {
		if c.got != c.want {
			t.Errorf("%d %s, want %d", c.got, c.what, c.want)
		}
	}
}

func BenchmarkReadTheTrace(b *testing.B) {
	for b.Loop() {
		readPublished(b)
	}
}
