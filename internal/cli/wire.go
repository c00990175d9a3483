package cli

import (
	"encoding/json"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// problemJSON is a problem as --json prints it.
type problemJSON struct {
	Code    string   `json:"code"`
	Warning bool     `json:"warning"`
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
	Column  int      `json:"column,omitempty"`
	Message string   `json:"message"`
	Fix     string   `json:"fix,omitempty"`
	Objects []string `json:"objects,omitempty"`
}

// problemsJSON never returns nil: an empty list prints as [].
func problemsJSON(problems []problem.Problem) []problemJSON {
	out := make([]problemJSON, 0, len(problems))
	for _, p := range problems {
		out = append(out, problemJSON{
			Code: string(p.Code), Warning: p.Warning, File: p.Place.File, Line: p.Place.Line, Column: p.Place.Column,
			Message: problem.Printable(p.Sentence), Fix: p.Fix, Objects: p.Objects,
		})
	}
	return out
}

// pairsJSON is a label set as an object; its keys print in byte order.
func pairsJSON(set label.Set) map[string]any {
	out := map[string]any{}
	for _, pair := range set {
		if pair.Value.IsList {
			out[pair.Key] = append([]string{}, pair.Value.List...)
			continue
		}
		out[pair.Key] = pair.Value.Text
	}
	return out
}

// printJSON prints a document of this package as indented JSON.
func (s *session) printJSON(document any) error {
	encoder := json.NewEncoder(s.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
