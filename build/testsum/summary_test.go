package main

import (
	"strings"
	"testing"
)

// The streams below are what the go command prints, with times and elapsed seconds taken out.
const (
	passing = `{"Action":"start","Package":"x/a"}
{"Action":"run","Package":"x/a","Test":"TestOne"}
{"Action":"output","Package":"x/a","Test":"TestOne","Output":"quiet\n"}
{"Action":"run","Package":"x/a","Test":"TestOne/part"}
{"Action":"pass","Package":"x/a","Test":"TestOne/part"}
{"Action":"pass","Package":"x/a","Test":"TestOne"}
{"Action":"output","Package":"x/a","Output":"ok\tx/a\t0.1s\n"}
{"Action":"pass","Package":"x/a","Elapsed":0.1}
`
	withoutTests = `{"Action":"start","Package":"x"}
{"Action":"output","Package":"x","Output":"?   \tx\t[no test files]\n"}
{"Action":"skip","Package":"x","Elapsed":0}
`
	failing = `{"Action":"start","Package":"x/b"}
{"Action":"run","Package":"x/b","Test":"TestTwo"}
{"Action":"output","Package":"x/b","Test":"TestTwo","Output":"two is not three\n"}
{"Action":"fail","Package":"x/b","Test":"TestTwo"}
{"Action":"fail","Package":"x/b","Elapsed":0.2}
`
	skipping = `{"Action":"start","Package":"x/c"}
{"Action":"run","Package":"x/c","Test":"TestThree"}
{"Action":"output","Package":"x/c","Test":"TestThree","Output":"no machine for it\n"}
{"Action":"skip","Package":"x/c","Test":"TestThree"}
{"Action":"pass","Package":"x/c","Elapsed":0.3}
`
	notCompiling = `{"ImportPath":"x/d [x/d.test]","Action":"build-output","Output":"d.go:2: too many return values\n"}
{"ImportPath":"x/d [x/d.test]","Action":"build-fail"}
{"Action":"start","Package":"x/d"}
{"Action":"output","Package":"x/d","Output":"FAIL\tx/d [build failed]\n"}
{"Action":"fail","Package":"x/d","Elapsed":0,"FailedBuild":"x/d [x/d.test]"}
`
	cut = `{"Action":"start","Package":"x/e"}
{"Action":"run","Package":"x/e","Test":"TestFive"}
{"Action":"output","Package":"x/e","Test":"TestFive","Output":"still going\n"}
`
	leaving = `{"Action":"start","Package":"x/f"}
{"Action":"run","Package":"x/f","Test":"TestSix"}
{"Action":"pass","Package":"x/f","Test":"TestSix"}
{"Action":"output","Package":"x/f","Output":"exit status 3\n"}
{"Action":"fail","Package":"x/f","Elapsed":0}
`
)

func TestARunIsGoodOnlyWhenTestsRanAndAllPassed(t *testing.T) {
	for _, c := range []struct {
		name, in, closing string
		good              bool
		shown             []string
	}{
		{"passing", passing + withoutTests, "2 passed, 0 failed, 0 skipped", true, []string{"ok      0.1s      2  x/a"}},
		{"failing", passing + failing, "2 passed, 1 failed, 0 skipped", false, []string{"two is not three", "BAD     0.2s      1  x/b"}},
		{"skipping", passing + skipping, "2 passed, 0 failed, 1 skipped", false, []string{"no machine for it", "x/c: 0 passed, 0 failed, 1 skipped"}},
		{"not compiling", passing + notCompiling, "2 passed, 1 failed, 0 skipped", false, []string{"d.go:2: too many return values", "[build failed]"}},
		{"cut", passing + cut, "2 passed, 1 failed, 0 skipped", false, []string{"still going", "TestFive did not end"}},
		{"leaving", leaving, "1 passed, 1 failed, 0 skipped", false, []string{"exit status 3"}},
		{"no tests", withoutTests, "0 passed, 0 failed, 0 skipped", false, []string{"no test ran"}},
		{"nothing", "", "0 passed, 0 failed, 0 skipped", false, []string{"no test ran"}},
		{"other text", "go: no such module\n", "0 passed, 0 failed, 0 skipped", false, []string{"go: no such module"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s, err := summarise(strings.NewReader(c.in), &out)
			if err != nil || s.good() != c.good {
				t.Errorf("good is %v with error %v", s.good(), err)
			}
			if !strings.HasSuffix(out.String(), c.closing+"\n") {
				t.Errorf("the closing line is not %q:\n%s", c.closing, &out)
			}
			for _, want := range c.shown {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not shown:\n%s", want, &out)
				}
			}
		})
	}
}

func TestTheOutputOfAPassingTestIsNotShown(t *testing.T) {
	var out strings.Builder
	if _, err := summarise(strings.NewReader(passing), &out); err != nil || strings.Contains(out.String(), "quiet") {
		t.Errorf("error %v, shown:\n%s", err, &out)
	}
}
