package sshsig

import "strings"

// matchList reports whether a name is in a list of patterns as ssh_config(5) defines it: separated by commas, with
// * for any text and ? for any one byte; a pattern after ! that matches shuts the name out whatever else the list
// says, and alone lets nobody in.
func matchList(name, list string) bool {
	found := false
	for pattern := range strings.SplitSeq(list, ",") {
		negated, isNegated := strings.CutPrefix(pattern, "!")
		switch {
		case isNegated && match(name, negated):
			return false
		case !isNegated && match(name, pattern):
			found = true
		}
	}
	return found
}

// match reports whether the whole of name fits one pattern. It takes at most the product of both lengths in steps,
// however many stars there are.
func match(name, pattern string) bool {
	star, resume := -1, 0 // the last star, and where in name the text after it is tried next
	at := 0
	for i := 0; i < len(name); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, resume = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == name[i]):
			at++
			i++
		case star >= 0:
			resume++
			at, i = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(pattern[at:], "*") == ""
}
