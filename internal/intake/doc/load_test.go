package doc

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsLoadedWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(path, []byte("start: now\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, problems := Load(path, "the policy")
	if problems.Failed() || string(data) != "start: now\n" {
		t.Errorf("%q, %v", data, problems.Err())
	}
}

func TestAFileThatNoReaderWouldAcceptIsNotReadToItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.json")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	const tenGigabytes = 10 << 30 // a hole: it takes no room on the disk
	if err := file.Truncate(tenGigabytes); err != nil {
		t.Fatal(err)
	}
	if data, problems := Load(path, "the plan"); data != nil || problems.Errors() != 1 || problems.Items()[0].Code != "too-large" {
		t.Errorf("%d bytes, %v", len(data), problems.Err())
	}
}
