// Package errorpage says what did not work, that nothing was lost, and what to do.
package errorpage

import (
	"fmt"

	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Page is an answer that is an error. Text is made to be read (fault.Say); without one the status
// speaks for itself. Its request id is Shell.RequestID.
type Page struct {
	Shell  layout.Shell
	Status int
	Text   string
	At     string // "14:32:10 CET"
	Retry  string // address to try again, for a GET; "" where that makes no sense
	Home   string // where to go instead
	Role   string // 403: the role that is needed
}

// New makes the page with words for the status; the caller fills in what it knows.
func New(shell layout.Shell, status int, text string) Page {
	shell.Title = title(status)
	shell.Scroll = true
	return Page{Shell: shell, Status: status, Text: text, Home: "/"}
}

func title(status int) string {
	switch status {
	case 400:
		return "The request was not understood"
	case 401:
		return "You are not signed in"
	case 403:
		return "You may not do this"
	case 404:
		return "There is nothing here"
	case 405:
		return "This address does not do that"
	case 409:
		return "Somebody else was faster"
	case 413:
		return "That is too large"
	case 429:
		return "Too many requests"
	case 503:
		return "The store does not answer"
	}
	if status >= 500 {
		return "The request failed"
	}
	return fmt.Sprintf("The request was refused (%d)", status)
}

func (p Page) text() string {
	if p.Text != "" {
		return p.Text
	}
	switch p.Status {
	case 403:
		return "Your role does not allow it. Ask an administrator of the unit."
	case 404:
		return "The address is wrong, the thing is gone, or it belongs to a unit you may not see."
	case 405:
		return "Go back and use the page's own buttons."
	case 409:
		return "What you edited was changed meanwhile. Reload it and make your change again."
	case 429:
		return "Wait a minute, then try again."
	case 503:
		return "What was stored before is still there. Try again in a moment."
	}
	if p.Status >= 500 {
		return "The request could not be finished. What was stored before is still there. Try again; if it fails again, give the reference to whoever runs this console."
	}
	return "Go back and check what you entered."
}

func (p Page) icon() string {
	switch p.Status {
	case 401, 403:
		return "lock"
	case 404:
		return "map-pin"
	case 409:
		return "versions"
	case 429:
		return "clock"
	case 503:
		return "database"
	}
	return "alert-circle-filled"
}

func (p Page) tone() ui.Tone {
	if p.Status >= 500 {
		return ui.Bad
	}
	return ui.Neutral
}

func (p Page) actions() []ui.Action {
	var list []ui.Action
	if p.Retry != "" {
		list = append(list, ui.Action{Label: "Try again", Href: p.Retry, Icon: "refresh", Primary: true})
	}
	if p.Home != "" {
		list = append(list, ui.Action{Label: "Go to the start", Href: p.Home, Primary: p.Retry == ""})
	}
	if p.Shell.RequestID != "" {
		list = append(list, ui.Action{Label: "Copy reference", Copy: p.Shell.RequestID, Icon: "copy"})
	}
	return list
}
