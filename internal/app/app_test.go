package app

import (
	"strings"
	"testing"
)

func TestAProgramMadeByGoRunIsRecognized(t *testing.T) {
	digest := strings.Repeat("2b", 32)
	for path, want := range map[string]bool{
		"/tmp/go-build430526490/b001/exe/evenkeel":               true,
		"/home/ops/.cache/go-build/2b/" + digest + "-d/evenkeel": true,
		"/var/cache/builds/2b/" + digest + "-d/evenkeel":         true,
		"/usr/local/bin/evenkeel":                                false,
		"/srv/exe/evenkeel":                                      false,
		"/srv/go-builders/evenkeel":                              false,
		"/srv/2b/" + strings.Repeat("zz", 32) + "-d/evenkeel":    false,
		"/srv/evenkeel-d/evenkeel":                               false,
	} {
		if got := madeByGoRun(path); got != want {
			t.Errorf("madeByGoRun(%q) = %v", path, got)
		}
	}
}
