// Package story renders every page in every state from canned data. Tests walk over it: each story
// has a golden file beside its page, and the browser tests look at each in both themes. In demo mode the server
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
	Of   string // the package of the page, which keeps the golden file
	Name string // in addresses and file names: "inventory-no-match"
	Page func(layout.Theme) templ.Component
}

// All returns every story in a fixed order.
func All() []Story {
	return []Story{
		{"inventorypage", "inventory", inventory},
		{"inventorypage", "inventory-peek", inventoryPeek},
		{"inventorypage", "inventory-bad-query", inventoryBadQuery},
		{"inventorypage", "inventory-no-match", inventoryNoMatch},
		{"inventorypage", "inventory-first-use", inventoryFirstUse},
		{"inventorypage", "inventory-stale", inventoryStale},
		{"inventorypage", "inventory-loading", inventoryLoading},
		{"inventorypage", "inventory-error", inventoryError},
		{"inventorypage", "inventory-own-view", inventoryOwnView},
		{"inventorypage", "resource", resource},
		{"inventorypage", "resource-missing", resourceMissing},
		{"sourcespage", "sources", sources},
		{"sourcespage", "sources-first-use", sourcesFirstUse},
		{"sourcespage", "source-ledger", sourceLedger},
		{"sourcespage", "source-running", sourceRunning},
		{"sourcespage", "source-held", sourceHeld},
		{"sourcespage", "source-runs", sourceRuns},
		{"sourcespage", "source-settings", sourceSettings},
		{"sourcespage", "source-permissions", sourcePermissions},
		{"sourcespage", "connect-adapter", connectAdapter},
		{"sourcespage", "connect-settings", connectSettings},
		{"sourcespage", "connect-test", connectTest},
		{"sourcespage", "connect-schedule", connectSchedule},
		{"sourcespage", "connect-done", connectDone},
		{"signinpage", "signin", signIn},
		{"signinpage", "signin-failed", signInFailed},
		{"signinpage", "signin-demo", signInDemo},
		{"signinpage", "signed-out", signedOut},
		{"settingspage", "settings", settings},
		{"sessionspage", "sessions", sessions},
		{"errorpage", "error-400", failure(400)},
		{"errorpage", "error-403", failure(403)},
		{"errorpage", "error-404", failure(404)},
		{"errorpage", "error-409", failure(409)},
		{"errorpage", "error-429", failure(429)},
		{"errorpage", "error-500", failure(500)},
		{"errorpage", "error-503", failure(503)},
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
