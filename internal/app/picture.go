package app

import (
	"io"

	"github.com/evenkeel-project/evenkeel/internal/cli"
	"github.com/evenkeel-project/evenkeel/internal/picture"
)

// DrawPage writes the page of a plan.
func (d *desk) DrawPage(out io.Writer, drawing cli.Drawing) error {
	return picture.Page(out, picture.Input(drawing))
}

// DrawSVG writes the drawing of a plan.
func (d *desk) DrawSVG(out io.Writer, drawing cli.Drawing) error {
	return picture.SVG(out, picture.Input(drawing))
}
