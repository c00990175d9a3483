package doc

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/evenkeel-project/evenkeel/internal/core/problem"
)

// yamlMax bounds a YAML file in bytes: its tree takes many times that in memory.
const yamlMax = 64 << 20

// ReadYAML reads a file of one YAML document. It refuses what is not text, an empty file, more than one
// document, anchors, aliases, merge keys, tags, duplicate keys, keys that are not single values, more than
// 32 levels and more than 64 MiB. When the list has errors the node must not be used.
func ReadYAML(file string, data []byte) (Node, problem.List) {
	var problems problem.List
	whole := problem.Place{File: file}
	if len(data) > yamlMax {
		problems.Addf("too-large", whole, "write it as NDJSON, one object a line, which has no such bound",
			"the file has %d bytes, more than %d, which is too much for YAML", len(data), yamlMax)
		return Node{}, problems
	}
	if !CheckText(file, 1, data, &problems) {
		return Node{}, problems
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	if err := decoder.Decode(&document); err != nil {
		addYAMLError(file, err, &problems)
		return Node{}, problems
	}
	if err := decoder.Decode(&second); err == nil {
		problems.Addf("several-documents", problem.Place{File: file, Line: second.Line, Column: second.Column},
			"keep one document a file", "the file holds more than one YAML document")
	} else if !errors.Is(err, io.EOF) {
		addYAMLError(file, err, &problems)
	}
	converter := yamlConverter{file: file, problems: &problems}
	node := converter.convert(document.Content[0], 1)
	if node.Kind == Null && !problems.Failed() {
		addEmptyFile(file, &problems)
	}
	return node, problems
}

func addEmptyFile(file string, problems *problem.List) {
	problems.Addf("empty-file", problem.Place{File: file}, "check that it is the right file and that it was written whole", "the file is empty")
}

var yamlErrorForm = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

func addYAMLError(file string, err error, problems *problem.List) {
	if errors.Is(err, io.EOF) {
		addEmptyFile(file, problems)
		return
	}
	place, reason := problem.Place{File: file}, err.Error()
	if parts := yamlErrorForm.FindStringSubmatch(reason); parts != nil {
		// The form guarantees digits; a number too long for an int leaves the line out.
		place.Line, _ = strconv.Atoi(parts[1])
		reason = parts[2]
	}
	problems.Addf("bad-yaml", place, "correct the YAML near there: put a text that holds quotes, colons or brackets in single quotes, and indent with spaces", "the file is not YAML: %s", reason)
}

type yamlConverter struct {
	file     string
	problems *problem.List
}

func (c *yamlConverter) convert(y *yaml.Node, depth int) Node {
	n := Node{At: problem.Place{File: c.file, Line: y.Line, Column: y.Column}}
	if depth > depthMax {
		c.problems.Addf("too-deep", n.At, "", "values nest more than %d levels deep", depthMax)
		return n
	}
	if y.Anchor != "" {
		c.refuse(n.At, "an anchor", "&"+y.Anchor)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		c.refuse(n.At, "a tag", y.Tag)
	}
	switch y.Kind {
	case yaml.AliasNode:
		c.refuse(n.At, "an alias", "*"+y.Value)
	case yaml.SequenceNode:
		n.Kind, n.Items = List, make([]Node, len(y.Content))
		for i, item := range y.Content {
			n.Items[i] = c.convert(item, depth+1)
			y.Content[i] = nil // both trees of a large file at once would be too much memory
		}
	case yaml.MappingNode:
		n.Kind, n.Members = Map, c.members(y, depth)
	case yaml.ScalarNode:
		quoted := y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		if quoted || y.Tag != "!!null" {
			n.Kind, n.Text, n.Bare = Scalar, y.Value, !quoted
		}
	}
	return n
}

func (c *yamlConverter) members(y *yaml.Node, depth int) []Member {
	members := make([]Member, 0, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		if y.Content[i].Tag == "!!merge" {
			c.refuse(problem.Place{File: c.file, Line: y.Content[i].Line, Column: y.Content[i].Column}, "a merge key", "<<")
			continue
		}
		key := c.convert(y.Content[i], depth+1)
		value := c.convert(y.Content[i+1], depth+1)
		if key.Kind != Scalar {
			c.problems.Addf("bad-key", key.At, "write a word before the colon", "the key of a map is %s", key.Kind)
			continue
		}
		members = append(members, Member{Key: key.Text, At: key.At, Value: value})
	}
	refuseDuplicates(members, c.problems)
	return members
}

func (c *yamlConverter) refuse(at problem.Place, what, text string) {
	c.problems.Addf("yaml-feature", at, "write the value out", "%s (%s) is not allowed here", what, clip(strings.TrimSpace(text)))
}

// scanMax is the number of members up to which comparing every pair is cheaper than a table.
const scanMax = 16

// refuseDuplicates reports the keys that stand more than once in a map.
func refuseDuplicates(members []Member, problems *problem.List) {
	if len(members) <= scanMax {
		for i := 1; i < len(members); i++ {
			for j := range i {
				if members[i].Key == members[j].Key {
					addDuplicate(members[i], members[j], problems)
					break
				}
			}
		}
		return
	}
	first := make(map[string]int, len(members))
	for i, m := range members {
		if j, ok := first[m.Key]; ok {
			addDuplicate(m, members[j], problems)
			continue
		}
		first[m.Key] = i
	}
}

func addDuplicate(m, first Member, problems *problem.List) {
	problems.Addf("duplicate-key", m.At, "keep one of the two", "the key %q stands twice in one map, first in line %d", clip(m.Key), first.At.Line)
}
