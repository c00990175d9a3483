package cel_test

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

const (
	exampleAffected = `host.arch == "x86_64" && host.hypervisor == "xen" && version(host.xen) >= version("4.1") && guests.exists(g, g.virt == "hvm")`
	exampleFixed    = `"XSA-108" in host.patches`
)

func BenchmarkEvaluate(b *testing.B) {
	facts := set("arch", "x86_64", "hypervisor", "xen", "xen", "4.3.2", "generation", "performance-2")
	listed := append(facts, label.Pair{Key: "patches", Value: label.TextList("XSA-100", "XSA-101", "XSA-107")})
	guests := []label.Set{set("virt", "pv"), set("virt", "pv"), set("virt", "hvm")}
	for _, bench := range []struct {
		name, source string
		subject      predicate.Subject
	}{
		{"affected", exampleAffected, predicate.Subject{Facts: facts, Guests: guests}},
		{"affected-unknown", exampleAffected, predicate.Subject{Facts: facts, Guests: []label.Set{nil, nil, nil}}},
		{"fixed", exampleFixed, predicate.Subject{Facts: label.NewSet(listed)}},
		{"fixed-unknown", exampleFixed, predicate.Subject{Facts: facts}},
	} {
		p := compile(b, bench.source)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Evaluate(bench.subject)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	compiler, err := cel.NewCompiler(scalibr.Reader{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		compiler.Compile(exampleAffected, problem.Place{})
	}
}
