// Package report writes the record of a campaign as one HTML page for people: what was patched, in time or not, by
// whose approval, what went wrong, and how to check all of it. The page needs no network and no script. It judges
// nothing: the account and the findings come from package evidence.
package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/evidence"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

// Source says where the record came from, for the reader who wants to check it again.
type Source struct {
	File        string // of the evidence
	Key         string // of the public key
	Fingerprint string // of that key
}

// Write writes the page of a verified record. It fails only when out does, and on a record that is not intact: a
// page would lend it a look of truth.
func Write(out io.Writer, v *evidence.Verdict, source Source) error {
	if !v.Intact() {
		return fmt.Errorf("the record of %s is not intact", source.File)
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		panic(fmt.Sprintf("report: the page's template: %v", err))
	}
	return page.Execute(out, describe(v, source))
}

// view is all that the page shows, in words.
type view struct {
	Style     template.CSS
	Campaign  string
	Verdict   string // the first line
	Answers   []answer
	Findings  []string
	Hidden    int // findings that are not kept one by one
	Troubles  []hostRow
	Untouched []untouched
	Stops     []stopRow
	Regions   []regionView
	Axis      []tick
	Charts    chartFrame
	Notices   []noticeRow
	People    []personRow
	Documents []documentRow
	Source    Source
	Commands  []string
	Records   string
	From, To  string
	Program   string
}

// answer is one question that the first screen answers.
type answer struct {
	Question, Short, Long string
	Good                  bool
}

func describe(v *evidence.Verdict, source Source) view {
	a := v.Account
	out := view{Style: template.CSS(styleText), Campaign: a.Opening.Campaign, Verdict: headline(v), Answers: answers(v), Source: source,
		Hidden: v.Findings.Dropped(), Records: grouped(a.Records), From: moment(a.From), To: moment(a.To), Program: a.Opening.Program,
		Commands: commands(v, source)}
	for _, p := range v.Findings.Items() {
		out.Findings = append(out.Findings, p.Error())
	}
	out.Troubles, out.Untouched = troubles(a)
	out.Stops = stops(a)
	out.Charts = frame(v)
	out.Axis = out.Charts.ticks()
	for _, r := range a.Regions {
		out.Regions = append(out.Regions, describeRegion(a, r, out.Charts))
	}
	out.Notices, out.People, out.Documents = notices(a), people(a), documents(a)
	return out
}
