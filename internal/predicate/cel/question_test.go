package cel_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
)

// subject has a text a, a list l, versions, numbers and three guests of which one lacks a label.
func subject() predicate.Subject {
	return predicate.Subject{
		Facts: label.NewSet(append(set("t", "yes", "f", "no", "v", "4.10", "deb", "1.0~rc1-1", "n", "16", "bad", "4.x", "a b", "spaced"),
			label.Pair{Key: "l", Value: label.TextList("XSA-1", "XSA-2")}, label.Pair{Key: "empty", Value: label.TextList()})),
		Guests: []label.Set{set("virt", "pv", "os", "a"), set("virt", "hvm", "os", "a"), set("os", "a")},
	}
}

// shown prints a result as the tables below write it.
func shown(r predicate.Result) string {
	parts := []string{r.Answer.String()}
	parts = append(parts, r.Missing...)
	if r.Fault != "" {
		parts = append(parts, "fault: "+r.Fault)
	}
	return strings.Join(parts, " ")
}

func check(t *testing.T, s predicate.Subject, table [][2]string) {
	t.Helper()
	for _, row := range table {
		if got := shown(compile(t, row[0]).Evaluate(s)); got != row[1] {
			t.Errorf("%s\n got %s\nwant %s", row[0], got, row[1])
		}
	}
}

func TestAMissingFactMakesTheAnswerUnknownUnlessTheRestDecides(t *testing.T) {
	const yes, no, unknown = `host.t == "yes"`, `host.t == "no"`, `host.u == "yes"`
	table := [][2]string{
		{yes, "yes"}, {no, "no"}, {unknown, "unknown host.u"},
		{"!(" + unknown + ")", "unknown host.u"},
		{`host.u != "yes"`, "unknown host.u"},
		{`host.u == host.w`, "unknown host.u host.w"},
		{`host["u v"] == "a"`, `unknown host["u v"]`},
		{`host.u in ["a"]`, "unknown host.u"}, {`"a" in host.u`, "unknown host.u"}, {`host.u in host.l`, "unknown host.u"},
		{`version(host.u) >= version("4.1")`, "unknown host.u"}, {`version("4.1") < version(host.u, "deb") || ` + yes, "yes"},
		{`host.u.startsWith("a")`, "unknown host.u"}, {`host.t.contains(host.u)`, "unknown host.u"}, {`host.u.matches("a")`, "unknown host.u"},
		{`int(host.u) > 1`, "unknown host.u"}, {`size(host.u) > 1`, "unknown host.u"}, {`host.u + "a" == "ba"`, "unknown host.u"},
		{`host.u[0] == "a"`, "unknown host.u"}, {`host.l[int(host.u)] == "a"`, "unknown host.u"}, {`[host.u] == ["a"]`, "unknown host.u"},
		{`host.u.exists(p, p == "a")`, "unknown host.u"}, {`host.u.all(p, p == "a")`, "unknown host.u"},
		{`(` + unknown + ` ? "a" : "a") == "a"`, "unknown host.u"},
		{`(` + yes + ` ? host.t : host.u) == "yes"`, "yes"}, {`(` + no + ` ? host.t : host.u) == "yes"`, "unknown host.u"},
		{unknown + " && host.w == \"a\"", "unknown host.u host.w"},
		{`.host.t == "yes"`, "yes"},
	}
	if _, problems := compiler.Compile(`version("4.1") < version(host.u, "deb")`, placeless); !problems.Failed() {
		t.Error("versions of two schemes were accepted")
	}
	table = slices.DeleteFunc(table, func(row [2]string) bool { return strings.Contains(row[0], `version(host.u, "deb")`) })
	for _, a := range []struct{ source, answer string }{{yes, "yes"}, {no, "no"}, {unknown, "unknown host.u"}} {
		table = append(table,
			[2]string{no + " && " + a.source, "no"}, [2]string{a.source + " && " + no, "no"},
			[2]string{yes + " || " + a.source, "yes"}, [2]string{a.source + " || " + yes, "yes"},
			[2]string{yes + " && " + a.source, a.answer}, [2]string{a.source + " && " + yes, a.answer},
			[2]string{no + " || " + a.source, a.answer}, [2]string{a.source + " || " + no, a.answer},
			[2]string{yes + " ? " + a.source + " : " + no, a.answer}, [2]string{no + " ? " + no + " : " + a.source, a.answer})
	}
	check(t, subject(), table)
}

func TestAMissingLabelOfOneGuestIsUnknownUnlessTheOthersDecide(t *testing.T) {
	check(t, subject(), [][2]string{
		{`guests.exists(g, g.virt == "hvm")`, "yes"},
		{`guests.exists(g, g.virt == "kvm")`, "unknown g.virt"},
		{`guests.exists(g, g["virt"] == "kvm")`, "unknown g.virt"},
		{`guests.all(g, g.virt != "kvm")`, "unknown g.virt"},
		{`guests.all(g, g.virt == "hvm")`, "no"},
		{`guests.all(g, g.os == "a")`, "yes"},
		{`guests.exists_one(g, g.virt == "hvm")`, "unknown g.virt"},
		{`guests.exists_one(g, g.os == "a")`, "no"},
		{`guests.filter(x, x.virt == "pv").size() == 1`, "unknown x.virt"},
		{`guests.filter(x, x.os == "a").exists(y, y.virt == "hvm")`, "yes"},
		{`size(guests.filter(g, g.os == "a")) == 3`, "yes"},
		{`"a" in guests.map(g, g.os) && !("b" in guests.map(g, g.os))`, "yes"},
		{`guests.map(g, g.os).filter(o, o == "a").size() == 3 && guests.map(g, g.os).all(o, o == "a")`, "yes"},
		{`"hvm" in guests.map(g, g.virt)`, "unknown g.virt"},
		{`guests.map(g, g.os == "a", g.virt).size() == 3`, "unknown g.virt"},
		{`size(guests) == 3 && guests.size() == 3`, "yes"},
		{`guests.exists(g, g.os == host.u)`, "unknown host.u"},
		{`host.u == "a" && guests.exists(g, g.virt == "kvm")`, "unknown g.virt host.u"},
		{`host.l.exists(p, guests.exists(g, g.os == p))`, "no"},
	})
	check(t, predicate.Subject{}, [][2]string{
		{`guests.exists(g, g.virt == "hvm")`, "no"},
		{`guests.all(g, g.virt == "hvm")`, "yes"},
		{`size(guests) == 0`, "yes"},
		{`true`, "yes"},
	})
}

func TestAQuestionThatFailsIsUnknownNeverNo(t *testing.T) {
	const notDotted = `fault: "4.x" is not a dotted version: it may hold digits and dots only`
	const unlike = "fault: a text is compared with a list"
	check(t, subject(), [][2]string{
		{`version(host.bad) >= version("4.1")`, "unknown " + notDotted},
		{`!(version(host.bad) >= version("4.1"))`, "unknown " + notDotted},
		{`version(host.bad) != version("4.1")`, "unknown " + notDotted},
		{`host.t == "yes" && version(host.bad) >= version("4.1")`, "unknown " + notDotted},
		{`host.t == "yes" || version(host.bad) >= version("4.1")`, "yes"},
		{`host.t == "no" && version(host.bad) >= version("4.1")`, "no"},
		{`version(host.l) >= version("4.1")`, "unknown fault: a version is read from a text, not from a list"},
		{`host.l.map(p, version(p)).size() == 2`, `unknown fault: "XSA-1" is not a dotted version: it may hold digits and dots only`},
		{`["1"].map(p, version(p)).exists(w, w == version("1", "deb"))`, "unknown fault: 1 is a dotted version and 1 a deb version; versions of different schemes cannot be compared"},
		{`["1"].map(p, version(p)).exists(w, w < version("1", "deb"))`, "unknown fault: 1 is a dotted version and 1 a deb version; versions of different schemes cannot be compared"},
		{`host.t == host.l`, "unknown " + unlike},
		{`host.t != host.l`, "unknown " + unlike},
		{`host.l == "XSA-1"`, "unknown fault: a list is compared with a text"},
		{`host.l != "XSA-1"`, "unknown fault: a list is compared with a text"},
		{`[host.t] == [host.l]`, "unknown " + unlike},
		{`[host.t, "a"] == [host.l, "b"]`, "no"},
		{`[host.t, "a"] == ["yes"]`, "no"},
		{`host.l in ["XSA-1"]`, "unknown fault: a list is compared with a text"},
		{`"yes" in host.t`, `unknown fault: "in" looks into a list, not into a text`},
		{`!("yes" in host.t)`, `unknown fault: "in" looks into a list, not into a text`},
		{`host.l.contains("XSA-1")`, "unknown fault: a value is not of the kind that is needed where it is used"},
		{`host.t.exists(p, p == "a")`, "unknown fault: a list is needed where the value is none"},
		{`host.l[2] == "a"`, "unknown fault: index out of bounds: 2"},
		{`host.t[0] == "y"`, "unknown fault: no such key: 0"},
		{`int(host.t) > 1`, `unknown fault: the text "yes" cannot be read as a number: write digits, with - before them or not, or 0x and up to 15 digits`},
		{`int(host.l) > 1`, "unknown fault: int() reads a text, not a list"},
		{`size(host.t) > 1`, "unknown fault: size() counts a list, not a text"},
		{`host.t.size() > 1`, "unknown fault: size() counts a list, not a text"},
		{`string(host.l) == "a"`, "unknown fault: a value is not of the kind that is needed where it is used"},
		{`int(host.n) / (int(host.n) - 16) > 1`, "unknown fault: division by zero"},
		{`int(host.n) * 9223372036854775807 > 1`, "unknown fault: integer overflow"},
	})
}

func TestVersionsAreOrderedByTheirScheme(t *testing.T) {
	check(t, subject(), [][2]string{
		{`version(host.v) > version("4.9")`, "yes"},
		{`version(host.v) == version("4.1")`, "no"},
		{`version(host.v) == version("4.10.0")`, "yes"},
		{`version(host.v) != version("4.010")`, "no"},
		{`version(host.v) >= version("4.1") && version(host.v) <= version("4.10") && version(host.v) < version("4.11")`, "yes"},
		{`version(host.v) in [version("4.9"), version("4.10.0")]`, "yes"},
		{`version(host.deb, "deb") < version("1.0-1", "deb")`, "yes"},
		{`version(host.v, "rpm") < version("1:0", "rpm")`, "yes"},
		{`version("1.2.3_rc1", "apk") < version("1.2.3", "apk")`, "yes"},
		{`version("1.0.0-rc.10", "semver") > version("1.0.0-rc.9", "semver")`, "yes"},
		{`version(host.v, "semver") > version("1.0.0", "semver")`, `unknown fault: "4.10" is not a semver version: write major.minor.patch[-pre.release][+build] without a leading v`},
	})
}

func TestTextsAndNumbersAreComparedAsWritten(t *testing.T) {
	check(t, subject(), [][2]string{
		{`host.v == "4.10"`, "yes"}, {`host.v == "4.1"`, "no"},
		{`int(host.n) >= 4 && string(16) == host.n`, "yes"},
		{`host.t.startsWith("y") && host.t.endsWith("s") && host.t.contains("e") && host.t.matches("^y.s$")`, "yes"},
		{`host["a b"] == "spaced" && host["t"] == host.t`, "yes"},
		{`"XSA-2" in host.l && !("XSA-3" in host.l) && host.l == ["XSA-1", "XSA-2"] && host.l[1] == "XSA-2" && size(host.l) == 2`, "yes"},
		{`host.empty == [] && "a" in host.empty == false && host.t in []`, "no"},
		{`host.l.exists(p, p.startsWith("XSA-")) && host.l.all(p, p.matches("^XSA-[0-9]+$"))`, "yes"},
		{`1 < 2 && 1u == 1u && int(1u) == int(1) && host.t == "yes"`, "yes"},
		{`(host.t == "yes") == (host.f == "no") && (host.t == "yes") in [true] && [1, 2] != [1, 3]`, "yes"},
	})
}

func TestASubjectOverTheLimitsIsUnknown(t *testing.T) {
	long := predicate.Subject{
		Facts: label.NewSet([]label.Pair{
			{Key: "text", Value: label.Text(strings.Repeat("a", cel.TextMax+1))},
			{Key: "list", Value: label.TextList(make([]string, cel.ListMax+1)...)},
			{Key: "item", Value: label.TextList(strings.Repeat("a", cel.TextMax+1))},
			{Key: "most", Value: label.TextList(make([]string, cel.ListMax)...)},
		}),
		Guests: slices.Repeat([]label.Set{set("a", "b")}, cel.GuestsMax),
	}
	check(t, long, [][2]string{
		{`host.text == "a"`, "unknown fault: a text has 4097 bytes; a predicate reads 4096 at most"},
		{`"a" in host.list`, "unknown fault: a list has 10001 texts; a predicate reads 10000 at most"},
		{`"a" in host.item`, "unknown fault: a text has 4097 bytes; a predicate reads 4096 at most"},
		{`guests.all(g, g.a == "b")`, "yes"},
		{`guests.all(g, host.most.all(p, p != g.a))`, "unknown fault: the question takes more than 1000000 steps on this host"},
	})
	long.Guests = append(long.Guests, nil)
	check(t, long, [][2]string{
		{`guests.exists(g, g.a == "b")`, "unknown fault: the host has 10001 guests; a predicate looks at 10000 at most"},
		{`"b" in host.most`, "no"},
		{`host.most.map(p, p + "a").size() == 10000 && host.most.all(p, p == "")`, "yes"},
	})
}

func TestOnlyWhatIsWrittenAsAWholeNumberIsOne(t *testing.T) {
	for text, want := range map[string]string{
		"16": "yes", "016": "yes", "0x10": "yes", "0x000000000000010": "yes", "-16": "no", "0xB000040": "no", "0xfffffffffffffff": "no",
		"": "unknown", "+16": "unknown", " 16": "unknown", "16\n": "unknown", "1_6": "unknown", "16.0": "unknown", "1e1": "unknown", "--16": "unknown",
		"inf": "unknown", "nan": "unknown", "0x": "unknown", "-0x10": "unknown", "0X10": "unknown", "0x1p10": "unknown", "0o20": "unknown",
		"0x0000000000000010": "unknown", "9223372036854775808": "unknown", "१६": "unknown",
	} {
		r := compile(t, `int(host.n) == 16`).Evaluate(predicate.Subject{Facts: set("n", text)})
		if r.Answer.String() != want || (r.Fault != "") != (want == "unknown") {
			t.Errorf("%q: got %s, want %s", text, shown(r), want)
		}
	}
	check(t, predicate.Subject{Facts: set("microcode", "0xb000040")}, [][2]string{
		{`int(host.microcode) >= int("0xb00003f") && int(host.microcode) < int("0xb000041")`, "yes"},
	})
}

func TestWorkOnFactsCountsTowardsTheLimit(t *testing.T) {
	texts := func(n int) label.Value {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprint("1.", i))
		}
		return label.TextList(list...)
	}
	s := predicate.Subject{Facts: label.NewSet([]label.Pair{
		{Key: "l", Value: texts(1000)}, {Key: "packages", Value: texts(1400)}, {Key: "most", Value: texts(cel.ListMax)},
		{Key: "long", Value: label.Text(strings.Repeat("a", cel.TextMax))},
	})}
	const tooMuch = "unknown fault: the question takes more than 1000000 steps on this host"
	check(t, s, [][2]string{
		{`host.l.exists(x, (x + "q") in host.l)`, tooMuch},
		{`host.l.exists(x, x + "q" == "1.1q" && x in host.packages)`, "yes"},
		{`host.l.exists(x, host.l + [x] == host.most)`, tooMuch},
		{`host.l.all(x, host.l + [x] != host.most)`, tooMuch},
		{`host.most.map(x, host.most) == host.most.map(x, host.most)`, tooMuch},
		{`host.most.all(x, version(x) >= version("1.0"))`, "yes"},
		{`host.most.exists(x, version(x) < version("1.0") || version(x) < version("1.0") || version(x + "") < version("1"))`, tooMuch},
		{`host.most.exists(x, (x + host.long) == "a")`, tooMuch},
		{`"1.1399" in host.packages && size(host.packages) == 1400`, "yes"},
	})
}

func TestAQuestionTellsWhatItReads(t *testing.T) {
	for source, want := range map[string]string{
		exampleAffected: "[arch hypervisor xen] [virt] true",
		exampleFixed:    "[patches] [] false",
		`host.b == host["a"] && host.l.exists(p, p == host.c)`: "[a b c l] [] false",
		`size(guests) > 0`: "[] [] true",
		`guests.filter(g, g.z == "1").exists(h, h["y"] == host.x && guests.map(g, g.w).size() > 0)`: "[x] [w y z] true",
		`true`: "[] [] false",
	} {
		p := compile(t, source)
		if got := fmt.Sprint(p.HostFacts(), p.GuestLabels(), p.ReadsGuests()); got != want || p.Source() != source {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestOneQuestionServesSeveralGoroutines(t *testing.T) {
	p := compile(t, exampleAffected+` || host.u == "a"`)
	subjects := []predicate.Subject{subject(), {}, {Facts: set("arch", "x86_64", "hypervisor", "xen", "xen", "4.2"), Guests: []label.Set{set("virt", "hvm")}}}
	want := make([]string, len(subjects))
	for i, s := range subjects {
		want[i] = shown(p.Evaluate(s))
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for n := range 300 {
				i := n % len(subjects)
				if got := shown(p.Evaluate(subjects[i])); got != want[i] {
					t.Errorf("got %s, want %s", got, want[i])
				}
			}
		})
	}
	group.Wait()
}
