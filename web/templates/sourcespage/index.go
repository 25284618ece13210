// Package sourcespage shows where facts come from: every source, the ledger of what was read
// completely and what was not, running syncs, and the steps that connect a new source.
package sourcespage

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Index is the list of sources.
type Index struct {
	Shell   layout.Shell
	Note    string // "6 sources, 41 accounts, 12,846 rows"
	Connect *ui.Action
	Sources []Source
	First   *ui.Empty // no source yet
}

// Source is one line of the list.
type Source struct {
	Badge    cloud.ProviderID
	Name     string
	Href     string
	Adapter  string // "Amazon Web Services"
	State    ui.Status
	Problem  string // the worst one, in one line; "" when all is well
	Accounts string
	ScopesOK string // "412"
	Scopes   string // "412 of 415", with the failing ones named in State
	Rows     string
	LastOK   format.Stamp // when the least fresh scope was last complete
	NextDue  format.Stamp // zero: only when asked
	Ticks    []Tick       // the last runs, oldest first, 48 at most
	TicksAlt string       // what they tell: "48 syncs, 2 partial, 1 failed"
	Sync     *ui.Action   // nil while a run is open
	Run      *Run         // the open run
}

// Tick is one former run: Tone OK is low and green, Warn (partial) middle and amber, Bad tall and red.
type Tick struct{ Tone ui.Tone }

// Run is a run in progress, or one of the list of runs.
//
// Fragment is what a stream of server-sent events carries as unnamed messages: each message is the
// whole fragment. When the run has ended, the stream sends the event "reload" and closes.
type Run struct {
	ID        string
	Events    string // address of the stream; "" once the run has ended
	State     ui.Status
	Title     string // "Sync of prod-aws", read aloud with the bar
	Progress  ui.Progress
	Started   format.Stamp
	Took      string // "1 min 12 s"; while it runs, until now
	Trigger   string // "by schedule", "by Mara Keller"
	Scopes    string // "412 of 415"
	Failed    string // scopes that failed
	Seen      string
	New       string
	Changed   string
	Gone      string
	Problem   string
	Fix       string
	Cancel    *ui.Action // nil where this person may not, or it has ended
	Cancelled bool       // asked to stop, and not stopped yet
}

// box is where the tick stands in an image of 16 pixels: it grows from the base line.
func (t Tick) box() tickBox {
	switch t.Tone {
	case ui.Bad:
		return tickBox{"0", "16", "cw-tick--bad"}
	case ui.Warn:
		return tickBox{"5", "11", "cw-tick--warn"}
	default: // the others are short and quiet
	}
	return tickBox{"9", "7", "cw-tick--ok"}
}

// tickBox is the geometry of one tick, in pixels.
type tickBox struct{ y, height, class string }
