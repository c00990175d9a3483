package picture

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

//go:embed page.html
var bodyText string

//go:embed page.css
var pageStyle string

//go:embed drawing.css
var drawingStyle string

//go:embed js/data.js
var dataScript string

//go:embed js/words.js
var wordsScript string

//go:embed js/view.js
var viewScript string

//go:embed js/timeline.js
var timelineScript string

//go:embed js/load.js
var loadScript string

//go:embed js/host.js
var hostScript string

//go:embed js/hands.js
var handsScript string

//go:embed js/table.js
var tableScript string

//go:embed js/main.js
var mainScript string

// script returns the page's script: its parts see each other's names and nobody else does.
func script() string {
	return "(() => {\n\"use strict\";\n" + dataScript + wordsScript + viewScript + timelineScript + loadScript + hostScript +
		handsScript + tableScript + mainScript + "})();\n"
}

// writePage writes the page: a frame by hand, so that the hashes that the page allows are those of the very bytes
// that stand in it, and a body by a template that escapes every name.
func (s *scene) writePage(out io.Writer) error {
	style, program := pageStyle+drawingStyle, script()
	body, err := s.body()
	if err != nil {
		return err
	}
	var top bytes.Buffer
	top.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	fmt.Fprintf(&top, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n", security(style, program))
	top.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n")
	fmt.Fprintf(&top, "<title>%s</title>\n<style>%s</style>\n</head>\n", template.HTMLEscapeString(problem.Printable(s.title())), style)
	for _, part := range [][]byte{top.Bytes(), body, []byte("<script id=\"data\" type=\"application/octet-stream\">")} {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	if err := writePacked(out, s.data()); err != nil {
		return err
	}
	_, err = io.WriteString(out, "</script>\n<script>"+program+"</script>\n</body>\n</html>\n")
	return err
}

// security lets the page's own style and script run and nothing else: no request leaves it.
func security(style, program string) string {
	return "default-src 'none'; script-src '" + hash(program) + "'; style-src '" + hash(style) + "'; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (s *scene) body() ([]byte, error) {
	page, err := template.New("body").Parse(bodyText)
	if err != nil {
		panic(fmt.Sprintf("picture: the page's template: %v", err))
	}
	var b bytes.Buffer
	err = page.Execute(&b, s.describe())
	return b.Bytes(), err
}

// title names the plan by its advisories.
func (s *scene) title() string {
	ids := make([]string, len(s.Plan.Advisories))
	for i, a := range s.Plan.Advisories {
		ids[i] = a.ID
	}
	return strings.TrimSuffix("Plan for "+listed(ids), " for ")
}
