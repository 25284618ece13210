// Package layout is the frame around every page: masthead, main, source bar.
//
// A page struct has a field Shell layout.Shell, and its component wraps its content in
// Shell.Frame. The server's middleware fills the Shell once for every request.
package layout

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/ui"
)

// Theme is what a person chose; the server reads it from a cookie.
type Theme string

// The themes. System follows the machine: theme.js, which blocks, sets the class before anything is drawn.
const (
	System Theme = "system"
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// Shell is everything on a page that is not the page itself.
type Shell struct {
	Title     string // of the page, without the product's name
	Theme     Theme
	Contrast  bool // more contrast than the system asks for
	Roomy     bool // table rows of 40 instead of 32 pixels
	KeysOff   bool // single-key shortcuts are switched off in the settings
	Areas     []Area
	Person    *Person // nil when nobody is signed in: then there is no navigation and no source bar
	Sources   *SourceBar
	Jump      string // where the jump box searches, with GET and the parameter q; "" hides the box
	ThemePost string // where the theme is posted: field theme (light, dark, system) and return
	RequestID string // for the log; shown on error pages
	Path      string // path and query of this page, to come back to
	Scroll    bool   // main scrolls as a whole; otherwise a region of the page does
}

// Area is one entry of the navigation. Areas that are not built are not in the list.
type Area struct {
	Key     string // the letter that opens it after g
	Name    string
	Href    string
	Active  bool
	Pip     string  // a number beside the name: "23"
	PipTone ui.Tone // Bad for violations, Accent for running drills
	PipText string  // what the number counts: "violations"
}

// Person is who is signed in.
type Person struct {
	Name     string
	Initials string
	Role     string // "operator"
	Settings string // address of the settings page
	SignOut  string // where signing out is posted
}

// SourceBar is the promise that nothing on the page is silently old.
type SourceBar struct {
	Clock string // "14:32:10", the time the page was made
	Zone  string // "CET"
	Items []SourceItem
	Audit *ui.Status // state of the audit chain; nil where there is none
	Href  string     // the sources page
}

// SourceItem is one source, or several of one provider together.
type SourceItem struct {
	Badge   cloud.ProviderID
	Name    string // for those who listen: "prod-aws"
	Age     format.Stamp
	Failing string // spelled out: "prod-gcp failing 47 min"; "" when fine
	Late    bool   // older than it should be, and not failing
	Href    string
}

func (s Shell) title() string {
	if s.Title == "" {
		return "Causeway"
	}
	return s.Title + " · Causeway"
}

func (s Shell) htmlClass() string {
	class := ""
	if s.Theme == Dark {
		class = "pf-v6-theme-dark"
	}
	if s.Contrast {
		class += " pf-v6-theme-high-contrast"
	}
	if s.Roomy {
		class += " cw-roomy"
	}
	return class
}

func (s Shell) theme() string {
	if s.Theme == "" {
		return string(System)
	}
	return string(s.Theme)
}

func (s Shell) keys() string {
	if s.KeysOff {
		return "off"
	}
	return "on"
}

// nextTheme is what the button in the masthead leads to. From System it goes to the theme that
// is not seen; the script knows which, so without it the first click gives dark.
func (s Shell) nextTheme() string {
	if s.Theme == Dark {
		return string(Light)
	}
	return string(Dark)
}
