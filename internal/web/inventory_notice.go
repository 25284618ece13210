package web

import (
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/ui"
)

// firstUse is what stands in place of rows when there are none at all; nil where sources exist and
// simply show nothing.
func (s *server) firstUse(c echo.Context) (*ui.Empty, error) {
	states, err := s.sourceStates(c)
	if err != nil {
		return nil, err
	}
	for _, st := range states {
		if st.Open != nil {
			return &ui.Empty{
				Icon: "refresh", Title: "The first sync is running", Text: progressText(*st.Open) + ". Rows appear as they are read.",
				Actions: []ui.Action{{Label: "Watch it", Href: "/sources", Icon: "plug-connected", Primary: true}},
			}, nil
		}
	}
	if len(states) > 0 {
		return nil, nil //nolint:nilnil // nothing stands in the way
	}
	return s.connectFirst(c), nil
}

// staleStrips name every source whose rows are older than they should be, with its reason. Five at
// most: the page of sources has them all.
func (s *server) staleStrips(c echo.Context) ([]ui.Strip, error) {
	states, err := s.sourceStates(c)
	if err != nil {
		return nil, err
	}
	w := when{s.clock(), s.zone(c)}
	var out []ui.Strip
	for _, st := range states {
		if text := staleText(st, w); text != "" && len(out) < 5 {
			out = append(out, ui.Strip{Tone: ui.Warn, Text: text, Link: "Open source", Href: "/sources/" + st.Name})
		}
	}
	return out, nil
}

func staleText(st inventory.SourceState, w when) string {
	switch {
	case st.ScopesFailed > 0:
		return fmt.Sprintf("%s could not be read in %s, failing for %s. Their rows show the last complete state.",
			st.Name, format.Count(st.ScopesFailed, "scope", "scopes"), format.Age(w.now, st.FailingSince, w.zone).Text)
	case st.ScopesHeld > 0:
		return fmt.Sprintf("%s holds rows back in %s: a listing no longer shows them, and they are too many to believe it at once.",
			st.Name, format.Count(st.ScopesHeld, "scope", "scopes"))
	case st.Every > 0 && !st.OldestOK.IsZero() && w.now.Sub(st.OldestOK) > 2*st.Every && st.Open == nil:
		return fmt.Sprintf("%s was last read completely %s ago, although it is due every %s.",
			st.Name, format.Age(w.now, st.OldestOK, w.zone).Text, format.Duration(st.Every))
	}
	return ""
}

// publicText is what a person may read of err.
func publicText(err error) string {
	if text, ok := fault.Text(err); ok {
		return text
	}
	return "The input is not understood."
}

// fieldOf is the field an error names, "" where it names none.
func fieldOf(err error) string {
	if p, ok := errors.AsType[*fault.Public](err); ok {
		return p.Field
	}
	return ""
}

// errConfirm says that a name was not typed as it should have been.
func errConfirm(want, got string) error {
	return fault.Say(fault.Invalid, "To confirm, type the name %q. You typed %q; nothing was changed.", want, got).In("name")
}
