package web

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
)

// area is one of the product's parts, by its address; the empty one is for pages that are in none.
type area string

const (
	areaNone      area = ""
	areaInventory area = "/inventory"
	areaSources   area = "/sources"
)

// areas are the navigation, in its order. One whose page is not in the route table is not shown.
var areas = []struct {
	at        area
	key, name string
	needs     auth.Permission
}{
	{areaInventory, "i", "Inventory", auth.InventoryRead},
	{areaSources, "u", "Sources", auth.SourceRead},
}

// shell is the frame around a page of a person who is signed in.
func (s *server) shell(c echo.Context, title string, here area) (layout.Shell, error) {
	sh := s.bareShell(c, title)
	if sh.Person == nil || s.inventory == nil || !principal(c).CanSomewhere(auth.SourceRead) {
		return s.withAreas(c, sh, here), nil
	}
	states, err := s.sourceStates(c)
	if err != nil {
		return layout.Shell{}, err
	}
	sh.Sources = s.sourceBar(states, s.zone(c))
	return s.withAreas(c, sh, here), nil
}

const statesKey = "source-states"

// sourceStates is what the ledger says of every source the person sees, read once a request: the
// frame and the page both show it.
func (s *server) sourceStates(c echo.Context) ([]inventory.SourceState, error) {
	if known, ok := c.Get(statesKey).([]inventory.SourceState); ok {
		return known, nil
	}
	states, err := s.inventory.SourceStates(c.Request().Context(), principal(c).AccessFor(auth.SourceRead))
	if err == nil {
		c.Set(statesKey, states)
	}
	return states, err
}

// bareShell needs nothing that can fail: for pages before the sign-in and for error pages.
func (s *server) bareShell(c echo.Context, title string) layout.Shell {
	p := principal(c)
	sh := layout.Shell{Title: title, Theme: layout.Theme(p.Settings.Theme), RequestID: requestIDOf(c), Path: currentPage(c), ThemePost: "/settings/theme"}
	if p.Kind != auth.Person {
		sh.Theme = layout.Theme(s.cookie(c, themeCookie))
		if sh.Theme != layout.Light && sh.Theme != layout.Dark {
			sh.Theme = layout.System
		}
		return sh
	}
	sh.Contrast, sh.Roomy, sh.KeysOff = p.Settings.Contrast, p.Settings.Density == "roomy", !p.Settings.SingleKeys
	sh.Person = &layout.Person{Name: p.Title, Initials: initials(p.Title), Role: roleNames(p), Settings: "/settings", SignOut: "/sign-out"}
	return sh
}

func (s *server) withAreas(c echo.Context, sh layout.Shell, here area) layout.Shell {
	if sh.Person == nil {
		return sh
	}
	for _, a := range areas {
		if s.has(string(a.at)) && principal(c).CanSomewhere(a.needs) {
			sh.Areas = append(sh.Areas, layout.Area{Key: a.key, Name: a.name, Href: string(a.at), Active: a.at == here})
		}
	}
	if s.has(string(areaInventory)) {
		sh.Jump = string(areaInventory)
	}
	return sh
}

// has reports whether a page is in the route table.
func (s *server) has(path string) bool {
	return slices.ContainsFunc(s.routes, func(r Route) bool { return r.Path == path })
}

func (s *server) sourceBar(states []inventory.SourceState, zone *time.Location) *layout.SourceBar {
	now := s.clock()
	bar := &layout.SourceBar{Href: string(areaSources)}
	bar.Clock, bar.Zone = format.ClockTime(now, zone)
	for _, st := range states {
		item := layout.SourceItem{
			Badge: s.badgeFor(st.Adapter), Name: st.Name, Age: format.Age(now, st.OldestOK, zone), Href: "/sources/" + st.Name,
			Late: !st.OldestOK.IsZero() && st.Every > 0 && now.Sub(st.OldestOK) > 2*st.Every,
		}
		if !st.FailingSince.IsZero() {
			item.Failing = failingWords(st) + " " + format.Age(now, st.FailingSince, zone).Text
		}
		bar.Items = append(bar.Items, item)
	}
	return bar
}

// failingWords say whether a source fails as a whole, or how much of it.
func failingWords(st inventory.SourceState) string {
	bad := st.ScopesFailed + st.ScopesHeld
	if bad == st.Scopes {
		return st.Name + " failing"
	}
	return st.Name + ": " + format.Int(bad) + " of " + format.Count(st.Scopes, "scope", "scopes") + " failing"
}

func roleNames(p auth.Principal) string {
	var names []string
	for _, r := range p.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	out := strings.ToUpper(string([]rune(words[0])[:1]))
	if len(words) > 1 {
		out += strings.ToUpper(string([]rune(words[len(words)-1])[:1]))
	}
	return out
}
