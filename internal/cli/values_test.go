package cli

import (
	"testing"

	"github.com/evenkeel-project/evenkeel/internal/core/label"
)

func TestAValueInBracketsIsAList(t *testing.T) {
	for _, c := range []struct {
		text string
		want label.Value
	}{
		{"4.10", label.Text("4.10")},
		{"[]", label.TextList()},
		{"[ ]", label.TextList()},
		{"[XSA-1]", label.TextList("XSA-1")},
		{"[XSA-1, XSA-2]", label.TextList("XSA-1", "XSA-2")},
		{"[open", label.Text("[open")},
		{"closed]", label.Text("closed]")},
	} {
		var pairs []label.Pair
		if err := (pairFlag{&pairs}).Set("patches=" + c.text); err != nil || !pairs[0].Value.Equal(c.want) {
			t.Errorf("%s is read as %v (%v), want %v", c.text, pairs, err, c.want)
		}
	}
}
