package provider

import (
	"errors"
	"fmt"
)

// ProblemCode says why a scope could not be read. It is what /sources shows and counts.
type ProblemCode string

// The codes. Access denied is a failed scope, never an empty one.
const (
	ProblemDenied      ProblemCode = "denied"      // the grant is missing
	ProblemThrottled   ProblemCode = "throttled"   // still too fast after every retry
	ProblemUnreachable ProblemCode = "unreachable" // no answer, or 5xx
	ProblemCredentials ProblemCode = "credentials" // who we are could not be proved
	ProblemDisabled    ProblemCode = "disabled"    // region or API not switched on
	ProblemSuspended   ProblemCode = "suspended"   // the account is closed or suspended
	ProblemEncrypted   ProblemCode = "encrypted"   // the state is encrypted, and is not read as empty
	ProblemOlder       ProblemCode = "older"       // an older snapshot than the one already known
	ProblemIncomplete  ProblemCode = "incomplete"  // the provider itself says that rows are missing
	ProblemInvalid     ProblemCode = "invalid"     // what came back could not be understood
	ProblemInternal    ProblemCode = "internal"
)

// Problem is an error an adapter yields. Text and Fix are shown to operators.
type Problem struct {
	Code ProblemCode
	Text string // what did not answer, and what it said
	Fix  string // what to do about it; "" where only waiting helps
	Err  error  // the cause, for the log
}

// Error is the text with its cause.
func (p *Problem) Error() string {
	if p.Err != nil {
		return fmt.Sprintf("%s: %s: %v", p.Code, p.Text, p.Err)
	}
	return fmt.Sprintf("%s: %s", p.Code, p.Text)
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// ProblemOf finds the Problem in err, or makes an internal one whose cause stays in the log.
func ProblemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Code: ProblemInternal, Text: "The adapter failed in a way it does not describe.", Fix: "See the server's log for this run.", Err: err}
}

// Retryable reports whether waiting may help.
func (p *Problem) Retryable() bool {
	return p.Code == ProblemThrottled || p.Code == ProblemUnreachable
}
