package notice_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/evenkeel-project/evenkeel/internal/core/notice"
)

// TestLettersReadAsWritten compares whole letters with testdata/letters. A file sets a world with "world" and asks for
// letters with "letter KIND tenant=T [region=R] [host=H] at=INSTANT [until=INSTANT] [undone=(G,...)] [down=(G,...)]".
func TestLettersReadAsWritten(t *testing.T) {
	datadriven.Walk(t, "testdata/letters", func(t *testing.T, path string) {
		var brief notice.Brief
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "world" {
				brief = readBrief(t, d.Input)
				return ""
			}
			desk, o := notice.New(brief), notice.Occasion{Kind: notice.Kind(d.CmdArgs[0].Key)}
			for _, argument := range d.CmdArgs[1:] {
				switch argument.Key {
				case "tenant":
					o.Tenant = argument.Vals[0]
				case "region":
					o.Region = argument.Vals[0]
				case "host":
					o.Host = argument.Vals[0]
				case "at":
					o.At = moment(t, argument.Vals[0])
				case "until":
					until := moment(t, argument.Vals[0])
					o.Until = &until
				case "undone":
					o.Undone = argument.Vals
				case "down":
					o.Down = argument.Vals
				}
			}
			o.ID = desk.ID(o.Kind, o.Tenant, o.Region, o.Host)
			m := desk.Compose(o)
			return "To: " + strings.Join(m.To, ", ") + "\nSubject: " + m.Subject + "\nDate: " + m.Date.String() + "\nThread: " + m.Thread +
				"\n\n" + m.Text
		})
	})
}
