// Package advisoryfile reads advisories in evenkeel's own format: YAML as people write it, strictly, all
// faults at once, those of the two expressions included. Which hosts an advisory concerns is judged elsewhere.
package advisoryfile

import (
	"github.com/evenkeel-project/evenkeel/internal/core/advisory"
	"github.com/evenkeel-project/evenkeel/internal/core/canon"
	"github.com/evenkeel-project/evenkeel/internal/core/predicate"
	"github.com/evenkeel-project/evenkeel/internal/core/problem"
	"github.com/evenkeel-project/evenkeel/internal/intake/doc"
)

// Read reads the advisory in a file; compiler checks and compiles its expressions. The advisory is nil when
// the list has errors.
func Read(path string, compiler predicate.Compiler) (*advisory.Advisory, problem.List) {
	data, problems := doc.Load(path, "the advisory")
	if problems.Failed() {
		return nil, problems
	}
	return Parse(path, data, compiler)
}

// Parse reads an advisory from the content of the named file; compiler checks and compiles its expressions.
// The advisory is nil when the list has errors.
func Parse(file string, data []byte, compiler predicate.Compiler) (*advisory.Advisory, problem.List) {
	node, problems := doc.ReadYAML(file, data)
	if problems.Failed() {
		return nil, problems
	}
	r := reader{data: data, compiler: compiler, problems: &problems}
	a := r.read(node)
	if problems.Failed() {
		return nil, problems
	}
	a.Digest = canon.Of(canon.Append(nil, node.Canonical()))
	return a, problems
}

type reader struct {
	data     []byte
	compiler predicate.Compiler
	problems *problem.List
}

func (r *reader) read(node doc.Node) *advisory.Advisory {
	a := &advisory.Advisory{}
	top := node.Object("the advisory", r.problems)
	a.ID = top.RequiredID("id")
	top.Called(a.ID)
	a.Aliases = top.Names("aliases", "a name such as CVE-2014-7188")
	if embargo, ok := top.Object("embargo"); ok {
		a.Embargo = readEmbargo(embargo)
	}
	a.Affected = r.expression(top, "affected")
	a.Fixed = r.expression(top, "fixed")
	top.Require("action")
	action, _ := top.Word("action", string(advisory.None), string(advisory.Restart), string(advisory.Reboot), string(advisory.StopStart))
	a.Action = advisory.Action(action)
	top.Done()
	return a
}

// permissions are the words for what an advisory's source allows during the embargo.
var permissions = map[string]advisory.Permission{"yes": advisory.Allowed, "no": advisory.Forbidden, "ask": advisory.Ask}

func readEmbargo(o *doc.Object) *advisory.Embargo {
	embargo := &advisory.Embargo{Until: o.RequiredInstant("until")}
	embargo.TLP, _ = o.Word("tlp", "RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR")
	if permits, ok := o.Object("permits"); ok {
		permission := func(key string) advisory.Permission {
			word, _ := permits.Word(key, "yes", "no", "ask")
			return permissions[word]
		}
		embargo.DeployPatch = permission("deploy_patch")
		embargo.DeployMitigation = permission("deploy_mitigation")
		embargo.Distribute = permission("distribute")
		permits.Done()
	}
	o.Done()
	return embargo
}
