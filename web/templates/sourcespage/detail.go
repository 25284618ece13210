package sourcespage

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Detail is the page of one source.
type Detail struct {
	Shell    layout.Shell
	Name     string
	Badge    cloud.ProviderID
	Adapter  string
	State    ui.Tag
	Note     string       // "18 accounts, 5,918 rows, oldest read 4 min"
	Notice   *ui.Strip    // "Settings saved", or what the source as a whole fails with
	Actions  []ui.Action  // test, sync now (primary)
	Tabs     []ui.Tab     // ledger, runs, settings, permissions
	Run      *Run         // the open run
	Held     []HeldScope  // what the brake holds; shown above every tab
	Lost     []LostScope  // scopes the source no longer offers
	Ledger   *Ledger      // exactly one of these four, by tab
	Runs     []Run        //
	RunsTab  bool         // the runs are shown, also when there are none yet
	Settings *Settings    //
	Perms    *Permissions //
}

// Ledger is what was last read completely, scope by scope.
type Ledger struct {
	Filter []ui.Tab // by state, with counts
	Rows   []Scope
	Pager  ui.Pager
	Empty  string // said when Rows is empty: "No scope is failing."
}

// Scope is one line of it.
type Scope struct {
	Account  string
	Region   ui.Region
	API      string
	State    ui.Status
	LastOK   format.Stamp
	Observed string // by the source's own clock; "" where it does not tell
	Rows     string
	Failing  format.Stamp // since when
	Problem  string
	Fix      string
}

// HeldScope is one where a listing would take away more than the brake allows.
type HeldScope struct {
	Scope   string // "payments-prod · eu-central-1 · ec2.instances"
	Would   string // "214 of 380 resources would go"
	Since   format.Stamp
	Show    string // address of the inventory with those resources; "" where it cannot be named
	Release string // POST: let them go
	Keep    string // POST: keep them; the next complete listing asks again
	Denied  string // the role that is needed, when this person may not decide
}

// LostScope is one the source no longer offers; nobody has said yet that this is right.
type LostScope struct {
	Scope  string
	Since  format.Stamp
	Rows   string
	Remove string // POST: it was closed on purpose
	Denied string
}

// Settings is the form of a source and its danger zone.
type Settings struct {
	Post     string
	Keep     []ui.Hidden // the revision that is edited
	Fields   []ui.Field
	Error    string // what is wrong with the form as a whole: edited by another person meanwhile
	Denied   string // the role that is needed; the form is then shown without its button
	Delete   string // POST with the field name
	WillGo   string // "5,918 resources lose this witness; those with no other are marked gone. History stays."
	CanClear bool   // this person may delete the source
}

// Permissions is every call the adapter makes.
type Permissions struct {
	Intro string
	Role  *ui.Action // the ready role, as a file
	Note  string     // "Tested 2 min ago: 1 of 24 calls denied"; "" before a test
	Rows  []Permission
}

// Permission is one call and the grant it needs.
type Permission struct {
	Call   string
	Why    string
	Family string
	Result *ui.Status // of the last test; nil: not tested
	Where  string     // account and region of a failure
	Fix    string
}
