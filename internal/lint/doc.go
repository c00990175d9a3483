// Package lint holds the tests about the code itself: which package may import which, what the core must
// not do, how long a function may be, what the documents promise. It has no code that the product runs.
//
// A rule is a function from a tree of files to a list of faults, so that it can be asked about this
// repository and about a small planted tree that breaks it. Every rule has both tests: one says that the
// repository keeps it, the other that the rule still sees what it was made for.
package lint
