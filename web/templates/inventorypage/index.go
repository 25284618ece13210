// Package inventorypage shows what is run, where, and who says so: the list of resources, a peek
// at one of them, and its page.
//
// Handlers fill the structs; every text is formatted and every address complete. Index.Page is the
// whole page and is also what a click inside the list asks for: the browser takes the part
// #inventory out of it. Facets and Peek are fragments with requests of their own.
package inventorypage

import (
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Boost makes links and forms replace the list instead of the page. It goes into QueryBar.Boost and
// Facets.Boost; without scripts they are ordinary links.
const Boost = `{"target":"#inventory","select":"#inventory","swap":"outerHTML"}`

// Index is the list of resources.
//
// A query that is not understood does not empty the list: the handler reads the rows of the last
// good query (parameter good) and sets Query.Error.
type Index struct {
	Shell layout.Shell
	// Count of the rows that match, and the rest of the sentence beside the title: "214" and
	// "of 12,846 resources".
	Count     string
	CountNote string
	Query     ui.QueryBar
	QueryText string // the whole query as text, for print
	FacetsURL string // where the facets of this query are read
	Views     []ui.Tab
	SaveView  *SaveView // nil: this person may not save views
	View      *View     // the saved view that is shown, when the person owns it
	Columns   Columns
	Export    string // address of the CSV with the same query
	Density   Density
	Stale     []ui.Strip // sources whose rows are older than they should be
	Heads     []ui.Head
	Rows      []Row
	Pager     ui.Pager
	Peek      *Peek // the row that the address names, shown at once
	// Instead of rows, at most one is set:
	NoMatch *NoMatch
	First   *ui.Empty // no source is connected: what is read, which right it needs, how long it takes
	Failed  *ui.Empty // the query could not run
	Loading bool      // rows are on their way: a skeleton
}

// Row is one resource.
type Row struct {
	ID      string // what "copy ids" copies: the provider's own id
	Href    string
	PeekURL string // the fragment
	Name    string
	Cells   []ui.Cell // one for each head after the first, which is the name
	Gone    bool      // tombstone or missing: the row is quiet
}

// Columns is the menu of columns.
type Columns struct {
	Action  string // GET, parameter cols once for each column that is on
	Keep    []ui.Hidden
	Title   string // "Columns, 9 of 14"
	Choices []Column
	Reset   string // address with the default columns
}

// Column is one choice.
type Column struct {
	Key, Label string
	On         bool
}

// Density is how high rows are. Post takes density (dense, roomy) and return.
type Density struct {
	Post   string
	Return string
	Roomy  bool
}

// SaveView is the dialog that saves the query, its order and its columns under a name.
type SaveView struct {
	Post  string // fields name and unit
	Keep  []ui.Hidden
	Name  ui.Field
	Unit  ui.Field // "only me", or a unit with which it is shared
	Open  bool     // after a failed attempt
	Error string
}

// View is the saved view that is shown, to be renamed, shared or deleted.
type View struct {
	Name   string
	Post   string // fields name and unit
	Delete string // no fields
	Keep   []ui.Hidden
	Rename ui.Field
	Unit   ui.Field
	Open   bool
}

// NoMatch says which term to drop and how many would match then.
type NoMatch struct {
	Query string
	Drops []Drop // the most promising first; empty where no single term is the reason
	Clear string // address without a query
}

// Drop is one way out.
type Drop struct {
	Term  string // "kind:lambda"
	Count string // "1,204"
	Href  string
}
