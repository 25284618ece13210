// Package fault holds the few kinds of error that a caller can act on, and errors that a
// person may read. Everything else is an internal error whose text never leaves the server.
package fault

import (
	"errors"
	"fmt"
)

// Kinds. Wrap one with %w, or use Say; test with errors.Is.
var (
	NotFound    = errors.New("not found")
	Invalid     = errors.New("invalid")     // the input is wrong; the same input will stay wrong
	Conflict    = errors.New("conflict")    // somebody else changed it, or the state does not allow it
	Denied      = errors.New("denied")      // who asks may not
	Unavailable = errors.New("unavailable") // try again later: throttled, timed out, not reachable
)

// Public is an error whose text was written for the person who reads it.
type Public struct {
	kind error
	text string
	// Field names the input that is wrong, in the reader's terms; "" where there is no single one.
	Field string
	cause error
}

// Say makes an error of a kind with a text for the person who will read it. The text names the
// thing and, where one exists, the fix.
func Say(kind error, format string, args ...any) *Public {
	return &Public{kind: kind, text: fmt.Sprintf(format, args...)}
}

// Because records the internal cause for the log; it is not shown.
func (p *Public) Because(err error) *Public {
	p.cause = err
	return p
}

// In names the field of the input that is wrong.
func (p *Public) In(field string) *Public {
	p.Field = field
	return p
}

// Text is what may be shown.
func (p *Public) Text() string { return p.text }

// Error is the text with its cause, for logs.
func (p *Public) Error() string {
	if p.cause != nil {
		return p.text + ": " + p.cause.Error()
	}
	return p.text
}

// Unwrap lets errors.Is find the kind and the cause.
func (p *Public) Unwrap() []error {
	if p.cause != nil {
		return []error{p.kind, p.cause}
	}
	return []error{p.kind}
}

// Text returns what a person may read of err, and whether there is such a text at all.
func Text(err error) (string, bool) {
	if p, ok := errors.AsType[*Public](err); ok {
		return p.text, true
	}
	return "", false
}

// Kind returns the kind err belongs to, or nil for an internal error. What was said on purpose
// decides, whatever kind its cause has: a token that is not found is a denial.
func Kind(err error) error {
	if p, ok := errors.AsType[*Public](err); ok {
		return p.kind
	}
	for _, k := range []error{NotFound, Invalid, Conflict, Denied, Unavailable} {
		if errors.Is(err, k) {
			return k
		}
	}
	return nil
}
