package doc

import (
	"strings"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// ReadJSON reads a file of one JSON document (RFC 8259). Numbers keep the text they were written with. It
// refuses what is not text, an empty file, anything after the document, duplicate keys and more than 32
// levels. A syntax error ends the reading. When the list has errors the node must not be used.
func ReadJSON(file string, data []byte) (Node, problem.List) {
	var problems problem.List
	if !CheckText(file, 1, data, &problems) {
		return Node{}, problems
	}
	text := strings.TrimPrefix(string(data), byteOrderMark)
	if strings.Trim(text, " \t\r\n") == "" {
		addEmptyFile(file, &problems)
		return Node{}, problems
	}
	node, _ := (&Parser{}).Parse(file, 1, text, &problems)
	return node, problems
}

// Parser reads JSON texts one after the other into memory that it uses again: a node is good until the next
// call of Parse. Its zero value is ready. It exists because a fleet of a million guests has a million lines;
// the strings of a node are parts of the text given and stay good for ever.
type Parser struct {
	file     string
	line     int
	start    int // where the current line starts in the text
	text     string
	at       int
	problems *problem.List
	members  stack[Member]
	items    stack[Node]
}

// Parse reads text, which must be valid UTF-8 and starts at the given line of file, and reports whether it
// is one JSON value and nothing else. Faults go to problems; of a key that stands twice the first can be
// walked on with.
func (p *Parser) Parse(file string, line int, text string, problems *problem.List) (Node, bool) {
	p.file, p.line, p.start, p.text, p.at, p.problems = file, line, 0, text, 0, problems
	p.members.reset()
	p.items.reset()
	p.space()
	node, ok := p.value(1)
	if !ok {
		return Node{}, false
	}
	p.space()
	if p.at < len(p.text) {
		p.fail("there is something after the end of the value", "keep one value, and nothing behind it")
		return Node{}, false
	}
	return node, true
}

func (p *Parser) place() problem.Place {
	return problem.Place{File: p.file, Line: p.line, Column: p.at - p.start + 1}
}

// fail reports a syntax error at the current place and returns false.
func (p *Parser) fail(sentence, fix string) bool {
	p.problems.Addf("bad-json", p.place(), fix, "the file is not JSON: %s", sentence)
	return false
}

func (p *Parser) unexpected(want string) bool {
	if p.at >= len(p.text) {
		return p.fail("it ends in the middle of a value", "check that the file was written whole")
	}
	rest := p.text[p.at:]
	for i := range rest {
		if i > 0 {
			rest = rest[:i]
			break
		}
	}
	p.problems.Addf("bad-json", p.place(), "correct the JSON there", "the file is not JSON: found %q where %s should be", rest, want)
	return false
}

func (p *Parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '\n':
			p.line++
			p.start = p.at + 1
		case ' ', '\t', '\r':
		default:
			return
		}
		p.at++
	}
}

// take passes over c and reports whether it stood there.
func (p *Parser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *Parser) value(depth int) (Node, bool) {
	n := Node{At: p.place()}
	if depth > depthMax {
		p.problems.Addf("too-deep", n.At, "", "values nest more than %d levels deep", depthMax)
		return n, false
	}
	if p.at >= len(p.text) {
		return n, p.unexpected("a value")
	}
	ok := false
	switch p.text[p.at] {
	case '{':
		n.Kind = Map
		n.Members, ok = p.object(depth)
	case '[':
		n.Kind = List
		n.Items, ok = p.list(depth)
	case '"':
		n.Kind = Scalar
		n.Text, ok = p.quoted()
	default:
		n.Text, ok = p.bare()
		if n.Text != "null" {
			n.Kind, n.Bare = Scalar, true
		} else {
			n.Text = ""
		}
	}
	return n, ok
}

func (p *Parser) object(depth int) ([]Member, bool) {
	base := p.members.open()
	p.at++
	p.space()
	for closed := p.take('}'); !closed; {
		m := Member{At: p.place()}
		if p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, p.unexpected("a key in double quotes")
		}
		var ok bool
		if m.Key, ok = p.quoted(); !ok {
			return nil, false
		}
		p.space()
		if !p.take(':') {
			return nil, p.unexpected("a colon")
		}
		p.space()
		if m.Value, ok = p.value(depth + 1); !ok {
			return nil, false
		}
		p.members.push(m)
		p.space()
		if closed = p.take('}'); !closed && !p.take(',') {
			return nil, p.unexpected("a comma or a closing brace")
		}
		p.space()
	}
	members := p.members.close(base)
	refuseDuplicates(members, p.problems)
	return members, true
}

func (p *Parser) list(depth int) ([]Node, bool) {
	base := p.items.open()
	p.at++
	p.space()
	for closed := p.take(']'); !closed; {
		item, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.items.push(item)
		p.space()
		if closed = p.take(']'); !closed && !p.take(',') {
			return nil, p.unexpected("a comma or a closing bracket")
		}
		p.space()
	}
	return p.items.close(base), true
}
