// Package sessionspage lists where a person is signed in, and ends what should not be.
package sessionspage

import (
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
)

// Sessions is the page.
type Sessions struct {
	Shell     layout.Shell
	Rows      []Row
	EndOthers string // where ending all but this one is posted; "" when there are no others
}

// Row is one session.
type Row struct {
	From     string // address
	Agent    string // what the browser calls itself
	Here     bool   // the one that asks
	Started  format.Stamp
	LastSeen format.Stamp
	Ends     format.Stamp
	End      string // where ending it is posted; "" for this one
}
