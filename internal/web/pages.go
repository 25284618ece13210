package web

import (
	"html/template"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
)

// frame is what every page's surroundings show.
type frame struct {
	Theme  string // light, dark, system
	Person string // "" nobody is signed in
}

func (s *server) frame(c echo.Context) frame {
	p := principal(c)
	f := frame{Theme: p.Settings.Theme, Person: p.Title}
	if p.Kind != auth.Person {
		f.Theme = s.cookie(c, themeCookie)
	}
	if f.Theme != "light" && f.Theme != "dark" {
		f.Theme = "system"
	}
	return f
}

type option struct{ Value, Label string }

type signInPage struct {
	Frame    frame
	Return   string // where to go afterwards
	Start    string // address of the provider's button
	Provider string // "" there is none
	Down     string // why the provider cannot be used now
	Trouble  string // what went wrong before
	Demo     bool
	Roles    []option
	Units    []option
}

type leavePage struct {
	Frame    frame
	To       string // at the identity provider
	Provider string
}

type settingsPage struct {
	Frame    frame
	Name     string
	Roles    []string
	Settings auth.Settings
	Sessions []sessionRow
}

type sessionRow struct {
	ID, Remote, Agent, Started, LastSeen, Ends string
	Here                                       bool // the one that asks
}

type problemPage struct {
	Frame   frame
	Heading string
	problem
}

func (p signInPage) page() templ.Component   { return templ.FromGoHTML(pages.Lookup("sign-in"), p) }
func (p leavePage) page() templ.Component    { return templ.FromGoHTML(pages.Lookup("leave"), p) }
func (p settingsPage) page() templ.Component { return templ.FromGoHTML(pages.Lookup("settings"), p) }

func (s *server) problemPage(c echo.Context, p problem) templ.Component {
	heading := map[int]string{
		http.StatusForbidden: "You may not do this", http.StatusNotFound: "Not found", http.StatusServiceUnavailable: "Not available now",
	}[p.Status]
	if heading == "" {
		heading = p.Title
	}
	return templ.FromGoHTML(pages.Lookup("problem"), problemPage{Frame: s.frame(c), Heading: heading, problem: p})
}

// pages are plain: headings, text and forms that work without any stylesheet.
var pages = template.Must(template.New("").Parse(`
{{define "head"}}<!doctype html><html lang="en" class="theme-{{.Theme}}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">{{end}}

{{define "sign-in"}}{{template "head" .Frame}}<title>Sign in · Causeway</title></head><body><main>
<h1>Sign in to Causeway</h1>
{{with .Trouble}}<p role="alert">{{.}}</p>{{end}}
{{with .Down}}<p role="alert">{{.}}</p>{{end}}
{{if .Provider}}<p><a href="{{.Start}}">Sign in with {{.Provider}}</a></p>{{end}}
{{if .Demo}}<form method="post" action="/sign-in/demo"><input type="hidden" name="return" value="{{.Return}}">
<p><label>Unit <select name="unit">{{range .Units}}<option value="{{.Value}}">{{.Label}}</option>{{end}}</select></label></p>
<p>Choose a role.</p><ul>{{range .Roles}}<li><button name="role" value="{{.Value}}">{{.Label}}</button></li>{{end}}</ul></form>{{end}}
{{if not (or .Provider .Demo)}}<p>Nobody can sign in here yet: no identity provider is configured. Set CAUSEWAY_OIDC_ISSUER.</p>{{end}}
</main></body></html>{{end}}

{{define "leave"}}{{template "head" .Frame}}<meta http-equiv="refresh" content="0; url={{.To}}"><title>Signing out · Causeway</title></head><body><main>
<h1>Signed out of Causeway</h1><p><a href="{{.To}}">Sign out of {{.Provider}} too</a></p>
</main></body></html>{{end}}

{{define "settings"}}{{template "head" .Frame}}<title>Settings · Causeway</title></head><body><main>
<h1>Settings</h1><p>{{.Name}}: {{range $i, $r := .Roles}}{{if $i}}, {{end}}{{$r}}{{end}}</p>
<form method="post" action="/settings">
<p><label>Time zone <input name="zone" value="{{.Settings.Zone}}" placeholder="the organisation's"></label></p>
<p><label>Theme <select name="theme">{{$t := .Settings.Theme}}{{range $o := .Themes}}<option{{if eq $o $t}} selected{{end}}>{{$o}}</option>{{end}}</select></label></p>
<p><label>Density <select name="density">{{$d := .Settings.Density}}{{range $o := .Densities}}<option{{if eq $o $d}} selected{{end}}>{{$o}}</option>{{end}}</select></label></p>
<p><label><input type="checkbox" name="single_keys"{{if .Settings.SingleKeys}} checked{{end}}> Single-key shortcuts</label></p>
<p><button>Save</button></p></form>
<h2>Your sessions</h2>
<table><thead><tr><th>From</th><th>Browser</th><th>Signed in</th><th>Last seen</th><th>Ends</th><th></th></tr></thead><tbody>
{{range .Sessions}}<tr><td>{{.Remote}}</td><td>{{.Agent}}</td><td>{{.Started}}</td><td>{{.LastSeen}}</td><td>{{.Ends}}</td>
<td>{{if .Here}}This one{{else}}<form method="post" action="/settings/sessions/{{.ID}}/end"><button>Sign out</button></form>{{end}}</td></tr>{{end}}
</tbody></table>
<form method="post" action="/settings/sessions/end-others"><button>Sign out everywhere else</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
</main></body></html>{{end}}

{{define "problem"}}{{template "head" .Frame}}<title>{{.Heading}} · Causeway</title></head><body><main>
<h1>{{.Heading}}</h1><p>{{.Detail}}</p><p>Reference {{.RequestID}}</p><p><a href="/">To the start page</a></p>
</main></body></html>{{end}}
`))

// Themes and Densities are what the settings form offers.
func (settingsPage) Themes() []string    { return []string{"system", "light", "dark"} }
func (settingsPage) Densities() []string { return []string{"compact", "roomy"} }
