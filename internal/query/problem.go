package query

import (
	"fmt"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// Problem is one term that is not understood.
type Problem struct {
	Start, End int    // bytes of the input to underline
	Term       string // what stands there
	Text       string // a sentence: what is wrong, and what was meant
	// Meant is what the term should probably be; "" where that cannot be told.
	Meant string

	column int // Start in characters, from 1
}

// Errors are all bad terms of an input, in order. It is fault.Invalid, and its text may be shown.
type Errors struct {
	Problems []Problem
}

// Error joins the problems' sentences.
func (e *Errors) Error() string {
	out := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		out[i] = fmt.Sprintf("%s (at character %d)", p.Text, p.column)
	}
	return strings.Join(out, " ")
}

// Unwrap makes the error public: kind, text and field.
func (e *Errors) Unwrap() error { return fault.Say(fault.Invalid, "%s", e.Error()).In("query") }
