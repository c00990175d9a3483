package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/planner"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
)

// Drawing is a plan with all that a picture of it is made from.
type Drawing struct {
	Plan    *plan.Plan
	Fleet   *fleet.Fleet
	Policy  *policy.Policy
	Study   *study.Study // nil leaves out reasons and loads
	Version string       // of the program
}

// PictureDesk draws plans for people.
type PictureDesk interface {
	// DrawPage writes a plan as one HTML page that needs no network.
	DrawPage(out io.Writer, d Drawing) error
	// DrawSVG writes a plan as one static drawing.
	DrawSVG(out io.Writer, d Drawing) error
}

// pictures names the files that a plan is drawn into, "" for none.
type pictures struct{ html, svg string }

func (o *pictures) flags(command *cobra.Command) {
	command.Flags().StringVar(&o.html, "html", "", "draw the plan as a page for a browser into this `FILE`")
	command.Flags().StringVar(&o.svg, "svg", "", "draw the plan for a report into this `FILE`")
}

// refuseClash refuses outputs that would overwrite one another, or mix on standard output.
func (s *session) refuseClash(command *cobra.Command, o planOptions) error {
	named := map[string]string{}
	for _, output := range []struct{ flag, path string }{{"--output", o.output}, {"--html", o.html}, {"--svg", o.svg}} {
		if output.path == "" {
			continue
		}
		if output.path == "-" && output.flag != "--output" {
			return s.wrongUsage(command, "%s writes a file, not to standard output", output.flag)
		}
		if other, ok := named[filepath.Clean(output.path)]; ok {
			return s.wrongUsage(command, "%s and %s name the same file", other, output.flag)
		}
		named[filepath.Clean(output.path)] = output.flag
	}
	return nil
}

// draw writes the pictures that were asked for and says so on stderr. Only then is the plan studied.
func (s *session) draw(o pictures, force bool, in planner.Input, p *plan.Plan) error {
	if o.html == "" && o.svg == "" {
		return nil
	}
	done := s.working("drawing " + counted(len(p.Outages), "outage"))
	defer done()
	d := Drawing{Plan: p, Fleet: in.Fleet, Policy: in.Policy, Version: version()}
	if o.html != "" {
		d.Study = study.Of(in, p)
	}
	for _, one := range []struct {
		path, what string
		write      func(io.Writer, Drawing) error
	}{{o.html, "the plan as a page; open it in a browser", s.desk.DrawPage}, {o.svg, "the plan as a drawing", s.desk.DrawSVG}} {
		if one.path == "" {
			continue
		}
		if err := s.toFile(one.path, force, func(out io.Writer) error { return one.write(out, d) }); err != nil {
			return err
		}
		done()
		fmt.Fprintf(s.Err, "wrote %s: %s\n", problem.Printable(one.path), one.what)
	}
	return nil
}
