// Package ui holds the parts that pages are made of. Each is a struct of plain, already formatted
// values and a component that shows it; a component decides nothing but how things look.
//
// Words and figures come in formatted: use package format. Addresses (Href) come in complete.
package ui

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/static"
	"github.com/causeway/causeway/web/templates/format"
)

// Tone says how loud something is: quiet when fine, loud when wrong. The zero value is neutral.
type Tone string

// The tones. Colour is never alone: each state also has an icon and a word.
const (
	Neutral Tone = ""
	OK      Tone = "ok"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Info    Tone = "info"
	Accent  Tone = "accent"
)

// Status is an icon and a word.
type Status struct {
	Tone  Tone
	Icon  string // symbol of the sprite
	Text  string
	Title string // more, on hover; never the only place of a fact
}

// Fine, and the functions below, make the states that look the same everywhere.
func Fine(text string) Status { return Status{Tone: OK, Icon: "circle-check-filled", Text: text} }

// Violates is for violations and errors.
func Violates(text string) Status { return Status{Tone: Bad, Icon: "alert-circle-filled", Text: text} }

// Failed is for runs and steps that did not end well.
func Failed(text string) Status { return Status{Tone: Bad, Icon: "circle-x-filled", Text: text} }

// Warns is for what needs somebody soon.
func Warns(text string) Status {
	return Status{Tone: Warn, Icon: "alert-triangle-filled", Text: text}
}

// Waived is for an approved, expiring exception.
func Waived(text string) Status { return Status{Tone: Info, Icon: "shield-check-filled", Text: text} }

// Unknown is a state of its own and never counts as fine.
func Unknown(text string) Status { return Status{Icon: "help-circle", Text: text} }

// Running is for what happens now.
func Running(text string) Status {
	return Status{Tone: Accent, Icon: "player-play-filled", Text: text}
}

// Waiting is for what has not started.
func Waiting(text string) Status { return Status{Icon: "circle-dashed", Text: text} }

// Gone is for what was there and is not any more.
func Gone(text string) Status { return Status{Icon: "history", Text: text} }

// Region is where something is. Country may be empty: a global service, or a place not known.
type Region struct {
	Country     string // ISO 3166-1 alpha-2, upper case; "" shows the globe and a dash
	CountryName string // "Germany", for the abbreviation's title
	Name        string // the region as the provider writes it; "" shows "global"
}

// MakeRegion fills a Region from the table of regions. A code that is not in it keeps its name and
// has no country, because a country is never guessed.
func MakeRegion(p cloud.ProviderID, code string) Region {
	r := Region{Name: code}
	if found, ok := cloud.FindRegion(p, code); ok {
		r.Country, r.CountryName = found.Country, cloud.CountryName(found.Country)
	}
	return r
}

func (r Region) name() string {
	if r.Name == "" {
		return "global"
	}
	return r.Name
}

func flagOf(country string) string {
	u, _ := static.Flag(country) // "" where there is none: the code alone is shown then
	return u
}

// Action is a link or a button at the end of a state, a header or a row.
type Action struct {
	Label   string
	Href    string // with Method "": a link
	Post    string // instead of Href: a form that posts here
	Fields  []Hidden
	Dialog  string // instead of both: the id of the dialog it opens
	Copy    string // instead of all: the text it copies
	Icon    string
	Primary bool
	Danger  bool   // outlined red; its label ends in "…" because a dialog follows
	Denied  string // why it is off, shown beside it: "Needs the role operator"
	File    bool   // Href answers with a file to save
}

// Hidden is a form value that the person does not edit.
type Hidden struct{ Name, Value string }

func (a Action) class() string {
	class := "pf-v6-c-button"
	switch {
	case a.Primary:
		class += " pf-m-primary"
	case a.Danger:
		class += " pf-m-secondary pf-m-danger"
	default:
		class += " pf-m-secondary cw-btn"
	}
	return class
}

// Tab is a section of a page or a saved view.
type Tab struct {
	Label   string
	Count   string // formatted, "" without
	Href    string
	Current bool
}

// Option is one choice of a menu.
type Option struct {
	Label   string
	Href    string
	Current bool
}

// Tag is a word on a tint, for headers and lists only; tables use Status.
type Tag struct {
	Tone Tone
	Icon string
	Text string
}

// Fact is one line of a list of facts. Exactly one of the values is set.
type Fact struct {
	Label  string
	Text   string
	Href   string // makes Text a link
	Mono   bool
	Copy   bool // offers to copy Text
	Status *Status
	Region *Region
	Badge  cloud.ProviderID // shown before Text
	Time   format.Stamp
	Note   string // after the value, quieter
}

// Crumb is one step of a breadcrumb; the last one is the page itself and has no Href.
type Crumb struct{ Label, Href string }

// Strip is one line of warning inside a card: stale rows, a partial result.
type Strip struct {
	Tone Tone // Warn or Bad
	Text string
	Link string
	Href string
}

// Empty is a state without rows: nothing matches, first use, error, forbidden.
type Empty struct {
	Icon      string
	Tone      Tone
	Title     string
	Text      string
	Reference string // request id of an error, shown in mono and offered to copy
	Actions   []Action
}

// Progress is a bar over something that is counted. Max 0 shows a bar without an end.
type Progress struct {
	Label string // what runs; read aloud
	Value int64
	Max   int64
	Text  string // formatted: "128 of 412 scopes, 9,120 rows"
}
