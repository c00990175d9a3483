package notice_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestSlotsAreMadeInOnePlaceEach keeps the allow-list of letters visible: whoever lets something new into a letter has
// to write a function whose name ends in Slot, and text goes onto a page in page.go alone.
func TestSlotsAreMadeInOnePlaceEach(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	conversions := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		positions := token.NewFileSet()
		file, err := parser.ParseFile(positions, entry.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(function, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch called := call.Fun.(type) {
				case *ast.Ident:
					if called.Name == "slot" && strings.HasSuffix(function.Name.Name, "Slot") {
						conversions++
					} else if called.Name == "slot" || called.Name == "phrase" {
						t.Errorf("%s: %s makes a %s", positions.Position(call.Pos()), function.Name.Name, called.Name)
					}
				case *ast.SelectorExpr:
					if text, ok := called.X.(*ast.SelectorExpr); ok && text.Sel.Name == "text" && called.Sel.Name != "String" && entry.Name() != "page.go" {
						t.Errorf("%s: %s writes past the page", positions.Position(call.Pos()), function.Name.Name)
					}
				}
				return true
			})
		}
	}
	if conversions < 8 {
		t.Fatalf("only %d slots were found: the test looks at the wrong code", conversions)
	}
}
