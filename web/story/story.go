// Package story renders every page in every state from canned data. Tests walk over it: each story
// has a golden file, and the browser tests look at each in both themes. In demo mode the server
// shows it at /story/NAME, for whoever changes a page.
//
// A new page or state is one line in All.
package story

import (
	"github.com/a-h/templ"

	"github.com/causeway/causeway/web/templates/layout"
)

// Story is one page in one state.
type Story struct {
	Name string // in addresses and file names: "inventory-no-match"
	Page func(layout.Theme) templ.Component
}

// All returns every story in a fixed order.
func All() []Story {
	return []Story{
		{"inventory", inventory},
		{"inventory-peek", inventoryPeek},
		{"inventory-bad-query", inventoryBadQuery},
		{"inventory-no-match", inventoryNoMatch},
		{"inventory-first-use", inventoryFirstUse},
		{"inventory-stale", inventoryStale},
		{"inventory-loading", inventoryLoading},
		{"inventory-error", inventoryError},
		{"inventory-own-view", inventoryOwnView},
		{"resource", resource},
		{"resource-missing", resourceMissing},
		{"sources", sources},
		{"sources-first-use", sourcesFirstUse},
		{"source-ledger", sourceLedger},
		{"source-running", sourceRunning},
		{"source-held", sourceHeld},
		{"source-runs", sourceRuns},
		{"source-settings", sourceSettings},
		{"source-permissions", sourcePermissions},
		{"connect-adapter", connectAdapter},
		{"connect-settings", connectSettings},
		{"connect-test", connectTest},
		{"connect-schedule", connectSchedule},
		{"connect-done", connectDone},
		{"signin", signIn},
		{"signin-failed", signInFailed},
		{"signin-demo", signInDemo},
		{"signed-out", signedOut},
		{"settings", settings},
		{"sessions", sessions},
		{"error-400", failure(400)},
		{"error-403", failure(403)},
		{"error-404", failure(404)},
		{"error-409", failure(409)},
		{"error-429", failure(429)},
		{"error-500", failure(500)},
		{"error-503", failure(503)},
	}
}

// Fragments are what pages ask for by themselves, by the address the canned pages ask at.
func Fragments() map[string]templ.Component {
	return map[string]templ.Component{
		"/story-part/facets": facets().Show(),
		"/story-part/peek":   peek().Fragment(),
	}
}

// Find returns the story of a name.
func Find(name string) (Story, bool) {
	for _, s := range All() {
		if s.Name == name {
			return s, true
		}
	}
	return Story{}, false
}
