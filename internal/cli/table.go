package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// table is rows under a heading. Columns whose heading starts with ">" hold numbers and are set right.
type table struct {
	heading []string
	rows    [][]string
}

func newTable(heading ...string) *table { return &table{heading: heading} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes at most rowsMax rows, indented by two, and says how many it left out. When the lines are wider
// than the terminal, the first column is clipped: it names things, the others say what matters. With 0 the
// table was asked for as a whole: all rows, every name in full.
func (t *table) print(w io.Writer, rowsMax int) {
	rows, left := t.rows, 0
	if rowsMax > 0 && len(rows) > rowsMax {
		rows, left = rows[:rowsMax], len(rows)-rowsMax
	}
	widths := t.widths(rows, rowsMax > 0)
	heading := make([]string, len(t.heading))
	for i, cell := range t.heading {
		heading[i] = strings.TrimPrefix(cell, ">")
	}
	t.printRow(w, widths, heading)
	for _, row := range rows {
		t.printRow(w, widths, row)
	}
	if left > 0 {
		fmt.Fprintf(w, "  and %s more\n", grouped(left))
	}
}

func (t *table) isNumber(column int) bool { return strings.HasPrefix(t.heading[column], ">") }

func (t *table) widths(rows [][]string, fit bool) []int {
	widths := make([]int, len(t.heading))
	total := 0
	for i, cell := range t.heading {
		widths[i] = utf8.RuneCountInString(strings.TrimPrefix(cell, ">"))
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		total += widths[i] + 2
	}
	if total <= lineWidth || !fit {
		return widths
	}
	const leastWidth = 10
	widths[0] = max(min(leastWidth, widths[0]), widths[0]-(total-lineWidth))
	return widths
}

func (t *table) printRow(w io.Writer, widths []int, row []string) {
	var b strings.Builder
	for i, cell := range row {
		cell = clipped(cell, widths[i])
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		parts := []string{"  ", cell, space}
		if t.isNumber(i) {
			slices.Reverse(parts[1:])
		}
		b.WriteString(strings.Join(parts, ""))
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}
