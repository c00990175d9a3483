//go:build real

package roadef_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/intake/roadef"
)

// dataFolder is the folder with the published instances under roadef2012/.
func dataFolder(tb testing.TB) string {
	folder := os.Getenv("EVENKEEL_DATA")
	if folder == "" {
		tb.Fatal("set EVENKEEL_DATA to the folder that holds roadef2012/")
	}
	return filepath.Join(folder, "roadef2012")
}

func readInstance(tb testing.TB, name string) *fleet.Fleet {
	open := func(kind string) roadef.Source {
		file, err := os.Open(filepath.Join(dataFolder(tb), kind+"_"+name+".txt"))
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { file.Close() })
		return roadef.Source{Name: file.Name(), Bytes: file}
	}
	f, problems := roadef.Read(open("model"), open("assignment"), options("10%"))
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestThePublishedInstancesAreRead(t *testing.T) {
	// Counted from the files by another program.
	for _, c := range []struct {
		name                                  string
		hosts, guests, services, zones, racks int
	}{
		{"a1_1", 4, 100, 79, 1, 4}, {"a1_2", 100, 1000, 980, 2, 4}, {"a1_3", 100, 1000, 216, 5, 25},
		{"a1_4", 50, 1000, 142, 50, 50}, {"a1_5", 12, 1000, 981, 2, 4}, {"a2_1", 100, 1000, 1000, 1, 1},
		{"a2_2", 100, 1000, 170, 5, 25}, {"a2_3", 100, 1000, 129, 5, 25}, {"a2_4", 50, 1000, 180, 5, 25},
		{"a2_5", 50, 1000, 153, 5, 25}, {"b_1", 100, 5000, 2512, 5, 49}, {"b_4", 500, 20000, 1732, 5, 221},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := readInstance(t, c.name)
			for _, count := range []struct {
				what      string
				got, want int
			}{
				{"hosts", f.Hosts(), c.hosts}, {"guests", f.Guests(), c.guests}, {"tenants", f.Tenants(), c.services},
				{"groups", f.Groups(), c.services}, {"zones", f.Zones(), c.zones}, {"racks", f.Racks(), c.racks},
			} {
				if count.got != count.want {
					t.Errorf("%d %s, want %d", count.got, count.what, count.want)
				}
			}
		})
	}
}

func BenchmarkReadTheLargestInstance(b *testing.B) {
	for b.Loop() {
		readInstance(b, "b_4")
	}
}
