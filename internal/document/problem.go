package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// shownProblems bounds a message; a set with more mistakes has one cause that the first ones show.
const shownProblems = 25

// Position is a place in a file, counted from 1. Line or Column is 0 where it is not known.
type Position struct {
	File   string
	Line   int
	Column int
}

// String is file:line:column as editors and terminals understand it.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one mistake in a set of documents.
type Problem struct {
	Position
	Field string // dotted path within the document, "" where there is none
	Text  string
}

// String is the position and the text, on one line.
func (p Problem) String() string { return p.Position.String() + ": " + p.Text }

// Problems is every mistake found in a set of documents. It is fault.Invalid and may be shown.
type Problems []Problem

// Error is one line for each mistake.
func (p Problems) Error() string {
	var lines []string
	for i, one := range p {
		if i == shownProblems {
			lines = append(lines, fmt.Sprintf("and %d more mistakes", len(p)-i))
			break
		}
		lines = append(lines, one.String())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes the text one that a person may read.
func (p Problems) Unwrap() error { return fault.Say(fault.Invalid, "%s", p.Error()) }

// err returns p in reading order, or nil when nothing is wrong.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.File != b.File {
			return 0 // files keep the order in which they were given
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return p
}
