package cel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/version"
	"github.com/evenkeel-project/evenkeel/internal/predicate/cel"
	"github.com/evenkeel-project/evenkeel/internal/version/scalibr"
)

// placeless is the place of an expression that is in no file.
var placeless problem.Place

// compiler is shared by the tests of this package: it is immutable.
var compiler = func() *cel.Compiler {
	c, err := cel.NewCompiler(scalibr.Reader{})
	if err != nil {
		panic(err)
	}
	return c
}()

// compile compiles an expression that has to be accepted.
func compile(t testing.TB, source string) predicate.Predicate {
	t.Helper()
	p, problems := compiler.Compile(source, problem.Place{File: "a.yaml", Line: 1})
	if err := problems.Err(); err != nil {
		t.Fatalf("%s\n%v", source, err)
	}
	return p
}

// set returns a label set of texts: key, value, key, value.
func set(pairs ...string) label.Set {
	var out []label.Pair
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, label.Pair{Key: pairs[i], Value: label.Text(pairs[i+1])})
	}
	return label.NewSet(out)
}

// problems returns what Compile says of an expression at line 7, column 11 of a file, one problem a line.
func problems(source string) string {
	_, list := compiler.Compile(source, problem.Place{File: "a.yaml", Line: 7, Column: 11})
	var lines []string
	for _, p := range list.Items() {
		lines = append(lines, fmt.Sprintf("%d:%d %s", p.Place.Line, p.Place.Column, p.Code))
	}
	return strings.Join(lines, ", ")
}

func TestEveryWayToSeeAnAbsenceIsRefused(t *testing.T) {
	for source, want := range map[string]string{
		`has(host.xen)`:                                 "7:14 absence-test",
		`!has(host.xen) || host.xen == "a"`:             "7:15 absence-test",
		`guests.exists(g, has(g.virt))`:                 "7:31 absence-test",
		`has(host)`:                                     "7:15 absence-test",
		`"xen" in host`:                                 "7:20 absence-test",
		`!("xen" in host)`:                              "7:22 absence-test",
		`size(host) > 1`:                                "7:16 absence-test",
		`host.size() > 1`:                               "7:11 absence-test",
		`host == host`:                                  "7:11 absence-test, 7:19 absence-test",
		`host == {}`:                                    "7:11 absence-test, 7:19 not-in-language",
		`host.all(k, k == "a")`:                         "7:11 absence-test",
		`host.exists(k, k == "xen")`:                    "7:11 absence-test",
		`[host].size() > 0`:                             "7:12 absence-test",
		`(true ? host : host).xen == "a"`:               "7:19 absence-test, 7:26 absence-test",
		`host[host.name] == "a"`:                        "7:20 absence-test",
		`host["x" + "en"] == "a"`:                       "7:20 absence-test",
		`host.?xen == "a"`:                              "7:15 bad-expression",
		`host[?"xen"] == "a"`:                           "7:15 bad-expression",
		`guests.exists(g, "virt" in g)`:                 "7:38 absence-test",
		`guests.exists(g, size(g) > 1)`:                 "7:33 absence-test",
		`guests.exists(g, g == g)`:                      "7:28 absence-test, 7:33 absence-test",
		`guests.map(g, g).size() == 0`:                  "7:25 absence-test",
		`guests.map(g, [g]).size() == 0`:                "7:26 absence-test",
		`guests.exists(g, g.all(k, k == "virt"))`:       "7:28 absence-test",
		`guests.exists(g, g[g.k] == "a")`:               "7:31 absence-test",
		`guests[0].virt == "hvm"`:                       "7:11 absence-test",
		`guests == guests`:                              "7:11 absence-test, 7:21 absence-test",
		`guests.filter(g, g.a == "b")[0].virt == "hvm"`: "7:24 absence-test",
		`guests.filter(g, true) == []`:                  "7:24 absence-test",
		`size(guests + guests) > 0`:                     "7:16 absence-test, 7:25 absence-test",
	} {
		if got := problems(source); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

// faulty are expressions with the place and code of each of their faults.
var faulty = map[string]string{
	// what is not an expression
	``:                             "7:11 bad-expression",
	`host.x ==`:                    "7:20 bad-expression",
	`host.x == "a" &&& b`:          "7:27 bad-expression",
	`host.x == "a`:                 "7:21 bad-expression, 7:23 bad-expression",
	`@result == 1`:                 "7:11 bad-expression",
	`host.x = "a"`:                 "7:18 bad-expression",
	`host.x = "a" && host.y = "b"`: "7:18 bad-expression, 7:34 bad-expression",
	// names
	`zork == "a"`:                            "7:11 bad-expression",
	`foo(host.x)`:                            "7:14 bad-expression",
	`host.x.foo()`:                           "7:21 bad-expression",
	`dyn(host.x) == 1`:                       "7:14 bad-expression",
	`type(host.x) == string`:                 "7:15 bad-expression",
	`timestamp(host.x) == timestamp("2014")`: "7:20 bad-expression, 7:41 bad-expression",
	`int == int`:                             "7:11 unknown-name, 7:18 unknown-name",
	`guests.exists(host, host.x == "a")`:     "7:25 reserved-name",
	`host.l.exists(guests, guests == "a")`:   "7:25 reserved-name",
	`host.x.y == "a"`:                        "7:17 no-fields",
	`guests.exists(g, g.x.y == "a")`:         "7:31 no-fields",
	`host.l.exists(p, p.x == "a")`:           "7:29 no-fields",
	`{"a": "b"}["a"] == "b"`:                 "7:11 not-in-language",
	`b"a" == b"a"`:                           "7:11 not-in-language, 7:19 not-in-language",
	`host.x == null`:                         "7:18 not-text, 7:21 not-in-language",
	// the answer
	`host.flag`:                              "7:15 not-a-question",
	`!host.flag`:                             "7:16 not-a-question",
	`host.x == "a" && host.flag`:             "7:32 not-a-question",
	`host.flag ? true : false`:               "7:15 not-a-question",
	`guests.exists(g, g.flag)`:               "7:29 not-a-question",
	`guests.map(g, g.flag, g.x).size() == 1`: "7:26 not-a-question",
	`1 + 2`:                                  "7:13 not-a-question",
	`"a"`:                                    "7:11 not-a-question",
	`size(guests)`:                           "7:15 not-a-question",
	`version("4.1")`:                         "7:18 not-a-question",
	// facts are texts
	`host.x == 1`:                          "7:18 not-text",
	`1 != host.x`:                          "7:13 not-text",
	`host["x"] == 1u`:                      "7:21 not-text",
	`host.x == 1.5`:                        "7:18 not-text, 7:21 not-in-language",
	`host.x != true`:                       "7:18 not-text",
	`host.x < 3`:                           "7:18 not-text",
	`host.x == [1]`:                        "7:18 not-text",
	`[host.x] == [1]`:                      "7:20 not-text",
	`host.x in [1, 2]`:                     "7:18 not-text",
	`1 in host.x`:                          "7:13 not-text",
	`host.x + 1 == "a1"`:                   "7:18 not-text, 7:22 bad-expression",
	`host.x * 2 == 4`:                      "7:18 not-text",
	`-host.x == 4`:                         "7:11 not-text, 7:19 not-text",
	`(host.x == "a" ? host.y : 1) == "b"`:  "7:26 not-text",
	`host.l["a"] == "b"`:                   "7:17 not-text",
	`guests.exists(g, g.x == 1)`:           "7:32 not-text",
	`host.l.exists(p, p == 1)`:             "7:30 not-text",
	`guests.map(g, g.x).exists(x, x == 1)`: "7:42 not-text",
	`host.x in ["a", 1]`:                   "7:27 not-text",
	`[host.x, 1] == [host.x, 1]`:           "7:20 not-text, 7:35 not-text",
	`[1, host.x].exists(p, p == "a")`:      "7:19 not-text",
	`int(host.x) in [1, 2.0]`:              "7:23 not-text, 7:30 not-in-language, 7:30 not-text",
	// the order of guests
	`guests.map(g, g.x) == ["a"]`:                                             "7:21 guest-order",
	`guests.map(g, g.x)[0] == "a"`:                                            "7:21 guest-order",
	`guests.map(g, g.x).map(x, x + "a") == ["a"]`:                             "7:33 guest-order",
	`(guests.map(g, g.x) + ["a"]).size() == 1`:                                "7:22 guest-order",
	`guests.filter(g, g.x == "a").map(g, g.x).filter(x, x != "b") in [["a"]]`: "7:58 guest-order",
	// versions
	`host.x == version("1")`:                          "7:18 not-text",
	`version(host.x) >= "1"`:                          "7:27 bad-expression",
	`version(host.x) >= 1`:                            "7:27 bad-expression",
	`version(host.x) == version("1", "deb")`:          "7:27 bad-version",
	`version("1", "rpm") < version("1", "deb")`:       "7:31 bad-version",
	`version("abc") == version("1")`:                  "7:19 bad-version",
	`version("") == version("1")`:                     "7:19 bad-version",
	`version(4.1) == version(host.x)`:                 "7:19 not-in-language, 7:19 bad-version",
	`version(size(guests)) == version("1")`:           "7:23 bad-version",
	`version([host.x]) == version("1")`:               "7:19 bad-version",
	`version(host.x, host.y) == version("1")`:         "7:31 bad-version",
	`version(host.x, "maven") == version("1")`:        "7:27 bad-version",
	`version("a b", "deb") == version(host.x, "deb")`: "7:19 bad-version",
	`version() == version("1")`:                       "7:18 bad-expression",
	// patterns
	`host.x.matches("(")`:    "7:26 bad-expression",
	`host.x.matches(host.y)`: "7:30 bad-pattern",
	`host.x.matches()`:       "7:25 bad-expression",
	`matches()`:              "7:18 bad-expression",
	`matches("a")`:           "7:18 bad-expression",
	// numbers and sizes
	`int("abc") == 3`:        "7:11 bad-expression",
	`int("+5") == 5`:         "7:11 bad-expression",
	`double(host.x) == 1`:    "7:17 bad-expression",
	`1.0 < 2.0`:              "7:11 not-in-language, 7:17 not-in-language",
	`size("abc") == 3`:       "7:15 not-a-list",
	`string(1).size() == 3`:  "7:25 not-a-list",
	`size(host.x + "a") > 3`: "7:15 not-a-list",
	// several at once, over several lines
	"host.x == 1 ||\n  has(host.y) ||\n zork": "7:18 not-text, 8:6 absence-test, 9:2 bad-expression",
	"host.x ==\n  1 && host.y":                "7:18 not-text, 8:12 not-a-question",
}

func TestEveryFaultOfAnExpressionIsReportedAtItsPlace(t *testing.T) {
	for source, want := range faulty {
		if got := problems(source); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestASingleEqualSignIsToldOfTheDoubleOne(t *testing.T) {
	for _, source := range []string{`host.x = "a"`, `host.x = = "a"`, `host.x === "a"`, `guests.exists(g, g.x = 'a')`, `host.x =`} {
		_, list := compiler.Compile(source, problem.Place{})
		for _, found := range list.Items() {
			if found.Fix != "write == to compare" {
				t.Errorf("%s: %v", source, found)
			}
		}
		if !list.Failed() {
			t.Errorf("%s is accepted", source)
		}
	}
}

func TestOrderingTextsIsRefused(t *testing.T) {
	for source, want := range map[string]string{
		`host.xen >= "4.1"`:                        "7:20 text-order",
		`"4.1" < host.xen && host.a <= host.b`:     "7:17 text-order, 7:38 text-order",
		`version(host.xen) >= version("4.1")`:      "",
		`int(host.cores) >= 4`:                     "",
		`guests.exists(g, g.a > g.b)`:              "7:32 text-order",
		`guests.map(g, g.a).exists(x, x < "b")`:    "7:42 text-order",
		`"a" < "b"`:                                "7:15 text-order",
		`int(host.microcode) >= int("0xb000040")`:  "",
		`host.xen == "4.1" || host.xen in ["4.2"]`: "",
	} {
		if got := problems(source); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

// broken is a reader that panics.
type broken struct{}

func (broken) Read(version.Scheme, string) (version.Version, error) { panic("out of order") }

func TestAnExpressionThatBreaksTheCompilerIsRefused(t *testing.T) {
	c, err := cel.NewCompiler(broken{})
	if err != nil {
		t.Fatal(err)
	}
	at := problem.Place{File: "a.yaml", Line: 7, Column: 11}
	p, list := c.Compile(`version("4.1") == version(host.x)`, at)
	if items := list.Items(); p != nil || len(items) != 1 || items[0].Code != "bad-expression" || items[0].Place != at {
		t.Errorf("got %v and %v", p, items)
	}
}

func TestAPlaceWithoutColumnOrLineStillCountsTheLines(t *testing.T) {
	for _, test := range []struct {
		at   problem.Place
		want string
	}{
		{problem.Place{File: "a.yaml", Line: 3}, "a.yaml:3:3, a.yaml:4:3"},
		{problem.Place{File: "a.yaml", Line: 3, Column: 5}, "a.yaml:3:7, a.yaml:4:3"},
		{problem.Place{File: "a.yaml"}, "a.yaml:1:3, a.yaml:2:3"},
	} {
		_, list := compiler.Compile("  aa ||\n  bb", test.at)
		if items := list.Items(); len(items) != 2 || items[0].Place.String()+", "+items[1].Place.String() != test.want {
			t.Errorf("got %v, want %s", items, test.want)
		}
	}
}

func TestACostlyOrEndlessExpressionIsRefused(t *testing.T) {
	for source, code := range map[string]problem.Code{
		`guests.exists(g, guests.exists(h, h.a == g.a))`:                                             "too-costly",
		`guests.exists(g, guests.exists(h, guests.exists(i, h.a == g.a && i.a == h.a)))`:             "too-costly",
		`guests.map(g, g.a).exists(a, guests.map(g, g.b).exists(b, guests.exists(g, g.a == a + b)))`: "too-costly",
		`"a" == "` + strings.Repeat("b", cel.SourceMax) + `"`:                                        "expression-too-long",
		strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000):                               "bad-expression",
		strings.Repeat("[", 5000):                  "bad-expression",
		"1" + strings.Repeat("+1", 5000) + " == 2": "bad-expression",
		"host" + strings.Repeat(".a", 5000):        "bad-expression",
		`host.x.matches("(a{100}){10}")`:           "bad-expression",
	} {
		p, list := compiler.Compile(source, problem.Place{})
		if p != nil || !list.Failed() || list.Items()[0].Code != code {
			t.Errorf("%.60s: got %v, want %s", source, list.Items(), code)
		}
	}
	for _, source := range []string{
		exampleAffected, exampleFixed, `guests.exists(g, g.kernel in host.bad)`, `guests.exists(g, host.bad.exists(b, b == g.kernel))`,
		"true" + strings.Repeat(" || true", 1500), strings.Repeat("!", 5000) + "true",
	} {
		compile(t, source)
	}
}
