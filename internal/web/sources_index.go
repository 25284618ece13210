package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/sourcespage"
	"github.com/causeway/causeway/web/templates/ui"
)

// showSources answers the list of sources.
func (s *server) showSources(c echo.Context) error {
	states, err := s.sourceStates(c)
	if err != nil {
		return err
	}
	shell, err := s.shell(c, "Sources", areaSources)
	if err != nil {
		return err
	}
	shell.Scroll = true
	p := sourcespage.Index{Shell: shell, Connect: connectAction(c)}
	if len(states) == 0 {
		p.First = s.connectFirst(c)
		return render(c, http.StatusOK, p.Page())
	}
	var rows int64
	for _, st := range states {
		rows += st.Rows
		p.Sources = append(p.Sources, s.sourceLine(c, st))
	}
	p.Note = format.Count(int64(len(states)), "source", "sources") + ", " + format.Count(rows, "row", "rows") + " read"
	return render(c, http.StatusOK, p.Page())
}

func connectAction(c echo.Context) *ui.Action {
	a := ui.Action{Label: "Connect a source", Href: connectPath, Icon: "plus", Primary: true}
	if !principal(c).CanSomewhere(auth.SourceWrite) {
		a.Denied = "Needs the role " + string(auth.SourceWrite.Needs())
	}
	return &a
}

// connectFirst is what a console without sources shows.
func (s *server) connectFirst(c echo.Context) *ui.Empty {
	return &ui.Empty{
		Icon: "plug-connected", Title: "Connect your first source",
		Text:    "Causeway reads cloud accounts and Terraform states. It needs read access only. The first sync takes 2 to 10 minutes.",
		Actions: []ui.Action{*connectAction(c)},
	}
}

func (s *server) sourceLine(c echo.Context, st inventory.SourceState) sourcespage.Source {
	w := when{s.clock(), s.zone(c)}
	badge, title := s.badgeOf(st.Adapter)
	line := sourcespage.Source{
		Badge: badge, Name: st.Name, Href: "/sources/" + st.Name, Adapter: title, State: sourceStatus(st), Problem: sourceProblem(st),
		Accounts: format.Int(st.Accounts), ScopesOK: format.Int(st.ScopesOK), Scopes: format.Int(st.ScopesOK) + " of " + format.Int(st.Scopes),
		Rows: format.Int(st.Rows), LastOK: format.Age(w.now, st.OldestOK, w.zone), NextDue: format.At(st.NextDue, w.zone),
	}
	if st.NextDue.Before(w.now) && !st.NextDue.IsZero() {
		line.NextDue.Text = "due now"
	}
	line.Ticks, line.TicksAlt = ticks(st.Recent)
	if st.Open != nil {
		run := s.runOf(c, *st.Open, w)
		run.Events += "?part=bar"
		line.Run = &run
		return line
	}
	line.Sync = syncAction(c, st.Source)
	return line
}

// syncAction is the button that syncs now, or why it is off.
func syncAction(c echo.Context, src inventory.Source) *ui.Action {
	a := ui.Action{Label: "Sync now", Post: "/sources/" + src.Name + "/sync", Icon: "refresh", Denied: denied(c, auth.SyncRun, src.UnitID)}
	if !src.Enabled && a.Denied == "" {
		a.Denied = "Switched off in its settings"
	}
	return &a
}

// badgeOf is how an adapter is shown.
func (s *server) badgeOf(adapter string) (badge cloud.ProviderID, title string) {
	if f, ok := s.adapterOf(adapter); ok {
		return f.Badge, f.Title
	}
	return cloud.ProviderID(adapter), adapter
}

func sourceStatus(st inventory.SourceState) ui.Status {
	switch {
	case !st.Enabled:
		return ui.Waiting("Switched off")
	case st.Scopes == 0 && len(st.Recent) == 0:
		return ui.Waiting("Not read yet")
	case lastRun(st) == inventory.RunFailed:
		return ui.Failed("Failing")
	case st.ScopesHeld > 0:
		return ui.Warns(format.Count(st.ScopesHeld, "scope held", "scopes held"))
	case st.ScopesFailed > 0:
		return ui.Warns(format.Count(st.ScopesFailed, "scope failing", "scopes failing"))
	}
	return ui.Fine("Complete")
}

func lastRun(st inventory.SourceState) inventory.RunState {
	for _, v := range slices.Backward(st.Recent) {
		if v.State.Ended() {
			return v.State
		}
	}
	return ""
}

func sourceProblem(st inventory.SourceState) string {
	if n := len(st.Recent); n > 0 {
		return st.Recent[n-1].Problem
	}
	return ""
}

// ticks draws the last runs, and says in words what they tell.
func ticks(runs []inventory.RunTick) (out []sourcespage.Tick, alt string) {
	n := map[ui.Tone]int{}
	for _, r := range runs {
		if !r.State.Ended() {
			continue
		}
		tone := ui.OK
		switch r.State { //nolint:exhaustive // open runs are left out above
		case inventory.RunPartial, inventory.RunCanceled:
			tone = ui.Warn
		case inventory.RunFailed:
			tone = ui.Bad
		}
		n[tone]++
		out = append(out, sourcespage.Tick{Tone: tone})
	}
	parts := []string{format.Count(int64(len(out)), "sync", "syncs")}
	if n[ui.Warn] > 0 {
		parts = append(parts, fmt.Sprintf("%d partial", n[ui.Warn]))
	}
	if n[ui.Bad] > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n[ui.Bad]))
	}
	return out, strings.Join(parts, ", ")
}

func (s *server) badgeFor(adapter string) cloud.ProviderID {
	badge, _ := s.badgeOf(adapter)
	return badge
}
