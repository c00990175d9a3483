// Package formats holds the test that the examples of the page about file formats are what the readers read.
// It stands apart from package lint because it needs the readers to compile; it has no code that the
// product runs.
package formats
