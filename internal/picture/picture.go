// Package picture draws a plan for people: one self-contained HTML page with a timeline that stays fluid at a
// hundred thousand hosts, and one static SVG for a report. Both are made of a finished plan and need no network.
// It judges nothing: figures come from the plan, reasons and loads from package study.
package picture

import (
	"fmt"
	"io"

	"github.com/evenkeel-project/evenkeel/internal/core/fleet"
	"github.com/evenkeel-project/evenkeel/internal/core/plan"
	"github.com/evenkeel-project/evenkeel/internal/core/policy"
	"github.com/evenkeel-project/evenkeel/internal/core/study"
)

// Input is what a picture is drawn from. The plan must have been made for this fleet and policy.
type Input struct {
	Plan    *plan.Plan
	Fleet   *fleet.Fleet
	Policy  *policy.Policy
	Study   *study.Study // nil leaves out reasons and loads
	Version string       // of the program, for the foot of the page
}

// Page writes the plan as one HTML file. The same input gives the same bytes. It fails when out does, and on a
// plan with a host that the fleet does not have.
func Page(out io.Writer, in Input) error {
	s, err := newScene(in)
	if err != nil {
		return err
	}
	return s.writePage(out)
}

// SVG writes the plan as one static drawing with a lane for each zone, small enough for a report at any size of
// the fleet. The same input gives the same bytes. It fails as Page does.
func SVG(out io.Writer, in Input) error {
	s, err := newScene(in)
	if err != nil {
		return err
	}
	_, err = out.Write(s.svg(standing))
	return err
}

// strangerError says that plan and fleet do not belong together.
func strangerError(id string) error {
	return fmt.Errorf("the plan names host %q, which the fleet does not have", id)
}
