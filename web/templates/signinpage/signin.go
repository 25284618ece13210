// Package signinpage is what a person sees who is not signed in.
package signinpage

import (
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// SignIn leads to the identity provider. Its link is followed by GET: form-action 'self' of the
// policy would stop a form that is answered by a redirect to another origin.
type SignIn struct {
	Shell    layout.Shell
	Provider string // "Hansa Group SSO"
	Href     string // starts the sign-in
	Return   string // where the person wanted to go, in words; "" for the start page
	Error    string // why the last attempt failed, with what to do
}

// Demo is the choice of a role. It exists in demo mode on a loopback address only.
type Demo struct {
	Shell layout.Shell
	Post  string // field role, and return
	Keep  []ui.Hidden
	Roles []Role
	Error string
}

// Role is one choice.
type Role struct{ Value, Label, Help string }

// SignedOut follows the end of a session. With Onward set the browser goes there by itself: to the
// identity provider's own sign-out.
type SignedOut struct {
	Shell  layout.Shell
	Onward string // address of the identity provider's sign-out; "" when there is none
	SignIn string
}
