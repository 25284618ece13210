package story

import (
	"time"

	"github.com/a-h/templ"

	"github.com/causeway/causeway/web/templates/errorpage"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/sessionspage"
	"github.com/causeway/causeway/web/templates/settingspage"
	"github.com/causeway/causeway/web/templates/signinpage"
	"github.com/causeway/causeway/web/templates/ui"
)

func signIn(theme layout.Theme) templ.Component {
	return signinpage.SignIn{Shell: outside("Sign in", theme), Provider: "Hansa Group SSO", Href: "/signin/start?return=%2Finventory", Return: "Inventory"}.Page()
}

func signInFailed(theme layout.Theme) templ.Component {
	return signinpage.SignIn{
		Shell: outside("Sign in", theme), Provider: "Hansa Group SSO", Href: "/signin/start",
		Error: "Hansa Group SSO says that you are in none of the groups that may use this console. Ask for the group causeway-viewers.",
	}.Page()
}

func signInDemo(theme layout.Theme) templ.Component {
	return signinpage.Demo{
		Shell: outside("Choose a role", theme), Post: "/signin/demo", Keep: []ui.Hidden{{Name: "return", Value: "/inventory"}},
		Roles: []signinpage.Role{
			{Value: "admin", Label: "Administrator", Help: "Everything, in every unit"},
			{Value: "operator", Label: "Operator, Retail", Help: "Syncs sources and runs drills of one unit"},
			{Value: "approver", Label: "Approver", Help: "Approves what others ask for"},
			{Value: "auditor", Label: "Auditor", Help: "Reads everything, changes nothing"},
			{Value: "viewer", Label: "Viewer, Retail", Help: "Reads one unit"},
		},
	}.Page()
}

// The canned page leads nowhere: one that did would leave the story.
func signedOut(theme layout.Theme) templ.Component {
	return signinpage.SignedOut{Shell: outside("Signed out", theme), SignIn: "/signin"}.Page()
}

func settings(theme layout.Theme) templ.Component {
	s := shell("Settings", "settings", theme)
	s.Scroll = true
	p := settingspage.Fields(s, "Europe/Berlin", []string{"Europe/Berlin", "UTC", "America/New_York"})
	p.Post, p.Saved = "/settings", true
	p.Facts = []ui.Fact{
		{Label: "Name", Text: "Mara Keller"},
		{Label: "Roles", Text: "operator", Note: "in Retail and below"},
		{Label: "Groups", Text: "causeway-operators, retail-platform"},
		{Label: "Session ends", Time: format.At(now.AddDate(0, 0, 1), cet)},
	}
	return p.Page()
}

func sessions(theme layout.Theme) templ.Component {
	s := shell("Sessions", "settings", theme)
	s.Scroll = true
	return sessionspage.Sessions{
		Shell: s, EndOthers: "/settings/sessions/others",
		Rows: []sessionspage.Row{
			{From: "10.20.0.14", Agent: "Firefox on Linux", Here: true, Started: ago(3 * time.Hour), LastSeen: ago(0), Ends: format.At(now.Add(5*time.Hour), cet)},
			{From: "10.20.8.90", Agent: "Safari on iPhone", Started: ago(26 * time.Hour), LastSeen: ago(2 * time.Hour), Ends: format.At(now.Add(time.Hour), cet), End: "/settings/sessions/1/end"},
		},
	}.Page()
}

func failure(status int) func(layout.Theme) templ.Component {
	return func(theme layout.Theme) templ.Component {
		p := errorpage.New(shell("", "inventory", theme), status, "")
		p.At = "14:32:10 CET"
		switch status {
		case 400:
			p.Text = "The cursor in this address does not belong to this query. Start from the first page."
		case 403:
			p.Role = "operator of Retail"
		case 500, 503:
			p.Retry = "/inventory"
		}
		return p.Page()
	}
}
