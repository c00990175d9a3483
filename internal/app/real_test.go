//go:build real

package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evenkeel-project/evenkeel/internal/cli"
)

// TestPlansOfPublishedPlacementsAreAccepted imports every ROADEF/EURO 2012 instance and the trace of recommendation
// models below EVENKEEL_DATA with several allowances, plans them, and has the plans checked.
func TestPlansOfPublishedPlacementsAreAccepted(t *testing.T) {
	models, err := filepath.Glob(filepath.Join(os.Getenv("EVENKEEL_DATA"), "roadef2012", "model_*.txt"))
	if err != nil || len(models) == 0 {
		t.Fatalf("no instances below EVENKEEL_DATA: %v", err)
	}
	desk, err := newDesk()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		var out, faults bytes.Buffer
		if code := cli.Run(args, desk, cli.Streams{Out: &out, Err: &faults, Program: []string{"evenkeel"}, Zone: time.UTC}); code != 0 {
			t.Fatalf("%v: exit code %d\n%s%s", args, code, out.String(), faults.String())
		}
		return out.String()
	}
	accept := func(name string, source ...string) {
		dir := t.TempDir()
		fleet, kept := filepath.Join(dir, "fleet.ndjson"), filepath.Join(dir, "plan.json")
		run(append(append([]string{"fleet", "import"}, source...), "-o", fleet,
			"--fact", "arch=x86_64", "--fact", "hypervisor=xen", "--fact", "xen=4.3.2", "--fact", "patches=[]", "--guest-label", "virt=hvm")...)
		files := []string{"--fleet", fleet, "--advisory", "testdata/sample/XSA-108.yaml", "--policy", "testdata/real/policy.yaml"}
		text := run(append([]string{"plan", "-o", kept}, files...)...)
		verdict := run(append([]string{"inspect", kept}, files...)...)
		if !strings.HasPrefix(verdict, "Accepted") {
			t.Errorf("%s: %s", name, verdict)
		}
		t.Logf("%s\n%s", name, text)
	}
	for _, model := range models {
		assignment := strings.Replace(model, "model_", "assignment_", 1)
		for _, allowance := range []string{"10%", "34%"} {
			accept(filepath.Base(model)+" at "+allowance, "--format", "roadef", model, assignment, "--max-down", allowance)
		}
	}
	trace := filepath.Join(os.Getenv("EVENKEEL_DATA"), "dlrm2025", "disaggregated_DLRM_trace.csv")
	for _, allowance := range []string{"5%", "10%", "25%"} {
		accept("the trace at "+allowance, "--format", "dlrm", trace, "--max-down", allowance, "--zones", "3", "--racks", "20")
	}
}
