package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/sourcespage"
	"github.com/causeway/causeway/web/templates/ui"
)

// showSource answers the page of one source; the parameter tab chooses its section.
func (s *server) showSource(c echo.Context) error {
	d, src, st, err := s.sourceFrame(c)
	if err != nil {
		return err
	}
	switch tab := c.QueryParam("tab"); tab {
	case "", "ledger":
		err = s.fillLedger(c, src, st, &d)
	case "runs":
		err = s.fillRuns(c, src, &d)
	case "settings":
		if !principal(c).Can(auth.SourceRead, src.UnitID.String()) {
			return auth.Forbidden(auth.SourceRead) // it reads accounts of theirs, but is another unit's
		}
		f, ok := s.adapterOf(src.Adapter)
		if !ok {
			return fault.Say(fault.Conflict, "This version of the console has no adapter %q.", src.Adapter)
		}
		entered, eerr := enteredOf(f, src.Settings)
		if eerr != nil {
			return eerr
		}
		entered.Set("schedule", document.Schedule(src.Every))
		entered.Set("unit", src.Unit)
		entered.Set("enabled", strconv.FormatBool(src.Enabled))
		s.fillSettings(c, src, st, f, entered, nil, &d)
	case "permissions":
		s.fillPermissions(src, nil, &d)
	default:
		return fault.Say(fault.NotFound, "A source has no section %q.", tab)
	}
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, d.Page())
}

// sourceFrame is what stands around every section.
func (s *server) sourceFrame(c echo.Context) (sourcespage.Detail, inventory.Source, inventory.SourceState, error) {
	var none sourcespage.Detail
	src, err := s.source(c)
	if err != nil {
		return none, src, inventory.SourceState{}, err
	}
	states, err := s.sourceStates(c)
	if err != nil {
		return none, src, inventory.SourceState{}, err
	}
	i := slices.IndexFunc(states, func(st inventory.SourceState) bool { return st.ID == src.ID })
	if i < 0 {
		return none, src, inventory.SourceState{}, fault.Say(fault.NotFound, "The source %s has just been deleted.", src.Name)
	}
	st := states[i]
	shell, err := s.shell(c, src.Name, areaSources)
	if err != nil {
		return none, src, st, err
	}
	shell.Scroll = true
	w := when{s.clock(), s.zone(c)}
	d := sourcespage.Detail{Shell: shell, Name: src.Name, State: tagOf(sourceStatus(st)), Note: sourceNote(st, w)}
	d.Badge, d.Adapter = s.badgeOf(src.Adapter)
	d.Actions = []ui.Action{{Label: "Test", Post: "/sources/" + src.Name + "/test", Icon: "checklist", Denied: denied(c, auth.SyncRun, src.UnitID)}}
	if st.Open != nil {
		run := s.runOf(c, *st.Open, w)
		d.Run = &run
	} else {
		a := syncAction(c, src)
		a.Primary = true
		d.Actions = append(d.Actions, *a)
	}
	tab := c.QueryParam("tab")
	for _, t := range []struct{ key, label string }{{"", "Ledger"}, {"runs", "Runs"}, {"settings", "Settings"}, {"permissions", "Permissions"}} {
		if t.key == "settings" && !principal(c).Can(auth.SourceRead, src.UnitID.String()) {
			continue
		}
		d.Tabs = append(d.Tabs, ui.Tab{Label: t.label, Href: tabHref(src.Name, t.key), Current: t.key == tab})
	}
	return d, src, st, s.fillDecisions(c, src, &d)
}

func tabHref(source, tab string) string {
	if tab == "" {
		return "/sources/" + source
	}
	return "/sources/" + source + "?tab=" + tab
}

func tagOf(st ui.Status) ui.Tag { return ui.Tag{Tone: st.Tone, Icon: st.Icon, Text: st.Text} }

func sourceNote(st inventory.SourceState, w when) string {
	note := format.Count(st.Accounts, "account", "accounts") + ", " + format.Count(st.Rows, "row", "rows")
	if !st.OldestOK.IsZero() {
		note += ", oldest read " + format.Age(w.now, st.OldestOK, w.zone).Text
	}
	return note
}

// fillDecisions shows what waits for a person: held and lost scopes.
func (s *server) fillDecisions(c echo.Context, src inventory.Source, d *sourcespage.Detail) error {
	w := when{s.clock(), s.zone(c)}
	for _, state := range []inventory.ScopeState{inventory.ScopeHeld, inventory.ScopeLost} {
		scopes, err := s.sources.Ledger(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), inventory.LedgerPage{Source: src.ID, State: string(state), Limit: 100})
		if err != nil {
			return err
		}
		for _, sc := range scopes {
			base, words := "/scopes/"+strconv.FormatInt(sc.ID, 10), scopeWords(sc.Account, sc.Region, sc.API)
			since, no := format.Age(w.now, sc.FailingSince, w.zone), denied(c, auth.SyncRun, sc.UnitID)
			if state == inventory.ScopeHeld {
				d.Held = append(d.Held, sourcespage.HeldScope{
					Scope: words, Would: fmt.Sprintf("%s of %s would go", format.Int(sc.HeldRows), format.Count(sc.Rows, "resource", "resources")),
					Since: since, Show: search("account:" + quoted(sc.Account) + " region:" + quoted(sc.Region)), Release: base + "/release", Keep: base + "/keep", Denied: no,
				})
				continue
			}
			d.Lost = append(d.Lost, sourcespage.LostScope{Scope: words, Since: since, Rows: format.Count(sc.Rows, "row", "rows"), Remove: base + "/remove", Denied: no})
		}
	}
	return nil
}

const ledgerRows = 50

// fillLedger shows the scopes, all or those in one state.
func (s *server) fillLedger(c echo.Context, src inventory.Source, st inventory.SourceState, d *sourcespage.Detail) error {
	state := c.QueryParam("state")
	after, err := strconv.ParseInt(c.QueryParam("after"), 10, 64)
	if err != nil {
		after = 0
	}
	at, err := strconv.ParseInt(c.QueryParam("at"), 10, 64)
	if err != nil || at < 0 {
		at = 0
	}
	scopes, err := s.sources.Ledger(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), inventory.LedgerPage{
		Source: src.ID, State: state, After: after, Limit: ledgerRows + 1,
	})
	if err != nil {
		return err
	}
	l := &sourcespage.Ledger{Empty: "No scope is in this state.", Filter: ledgerTabs(src.Name, state, st)}
	more := len(scopes) > ledgerRows
	if more {
		scopes = scopes[:ledgerRows]
	}
	w := when{s.clock(), s.zone(c)}
	for _, sc := range scopes {
		l.Rows = append(l.Rows, scopeRow(sc, w))
	}
	l.Pager.Range = fmt.Sprintf("%d–%d", at+1, at+int64(len(scopes)))
	l.Pager.Note = "By account, region and API"
	v := url.Values{}
	if state != "" {
		v.Set("state", state)
	}
	if after > 0 {
		l.Pager.PrevHref = join("/sources/"+src.Name, v) // the ledger is walked forwards; back leads to its start
	}
	if more {
		v.Set("after", strconv.FormatInt(scopes[len(scopes)-1].ID, 10))
		v.Set("at", strconv.FormatInt(at+int64(len(scopes)), 10))
		l.Pager.NextHref = join("/sources/"+src.Name, v)
	}
	d.Ledger = l
	return nil
}

func ledgerTabs(source, current string, st inventory.SourceState) []ui.Tab {
	counts := []struct {
		key, label string
		n          int64
	}{
		{"", "All scopes", st.Scopes},
		{"failing", "Need attention", st.ScopesFailed + st.ScopesHeld},
		{"ok", "Complete", st.ScopesOK},
	}
	var out []ui.Tab
	for _, t := range counts {
		v := url.Values{}
		if t.key != "" {
			v.Set("state", t.key)
		}
		out = append(out, ui.Tab{Label: t.label, Count: format.Int(t.n), Href: join("/sources/"+source, v), Current: t.key == current})
	}
	return out
}

func scopeRow(sc inventory.Scope, w when) sourcespage.Scope {
	row := sourcespage.Scope{
		Account: sc.Account, Region: ui.MakeRegion(sc.Provider, sc.Region), API: sc.API, State: scopeStatus(sc.State, ""),
		LastOK: format.Age(w.now, sc.LastOK, w.zone), Rows: format.Int(sc.Rows),
	}
	if sc.LastOK.IsZero() {
		row.Rows = "–" // never read completely: not none
	}
	if !sc.LastOKObserved.IsZero() && sc.LastOK.Sub(sc.LastOKObserved) > time.Minute {
		row.Observed = "as of " + format.At(sc.LastOKObserved, w.zone).Text + " by the source's clock"
	}
	if sc.Problem != nil {
		row.Problem, row.Fix, row.Failing = sc.Problem.Text, sc.Problem.Fix, format.Age(w.now, sc.FailingSince, w.zone)
	}
	return row
}

func (s *server) fillRuns(c echo.Context, src inventory.Source, d *sourcespage.Detail) error {
	runs, err := s.sources.Runs(c.Request().Context(), src.ID, 50)
	if err != nil {
		return err
	}
	d.RunsTab = true
	for _, r := range runs {
		v := runView(r, when{s.clock(), s.zone(c)})
		v.Events = ""
		d.Runs = append(d.Runs, v)
	}
	return nil
}

// fillSettings shows the form; wrong is what was refused.
func (s *server) fillSettings(c echo.Context, src inventory.Source, st inventory.SourceState, f provider.Factory, entered url.Values, wrong error, d *sourcespage.Detail) {
	set := &sourcespage.Settings{
		Post: "/sources/" + src.Name, Keep: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(src.Revision, 10)}},
		Denied: denied(c, auth.SourceWrite, src.UnitID), Delete: "/sources/" + src.Name + "/delete",
		WillGo: format.Count(st.Rows, "resource loses", "resources lose") + " this witness; those that no other source shows are marked gone. History stays.",
	}
	set.CanClear = set.Denied == ""
	set.Fields = append(adapterFields(f, entered), s.ownFields(c, entered)...)
	set.Fields = append(set.Fields, ui.Field{Kind: ui.BoolField, Name: "enabled", Label: "Switched on", Value: entered.Get("enabled"), Help: "Off: it is not read, and its rows grow old."})
	if wrong != nil {
		set.Error = placeError(set.Fields, wrong)
	}
	d.Settings = set
}

// saveSource stores changed settings; what is wrong with them is shown beside what was entered.
func (s *server) saveSource(c echo.Context) error {
	if _, err := s.mayOn(c, auth.SourceWrite); err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Say(fault.Invalid, "The form could not be read.").Because(err)
	}
	d, src, st, err := s.sourceFrame(c)
	if err != nil {
		return err
	}
	f, ok := s.adapterOf(src.Adapter)
	if !ok {
		return fault.Say(fault.Conflict, "This version of the console has no adapter %q.", src.Adapter)
	}
	put, err := s.readSource(c, f, form)
	if err == nil {
		put.Name, put.Enabled = src.Name, form.Get("enabled") != ""
		if put.Revision, err = strconv.ParseInt(form.Get("revision"), 10, 64); err == nil {
			_, err = s.sources.PutSource(c.Request().Context(), principal(c).Actor(origin(c)), put)
		}
	}
	if err != nil && asInput(err) {
		s.fillSettings(c, src, st, f, form, err, &d)
		for i := range d.Tabs {
			d.Tabs[i].Current = d.Tabs[i].Label == "Settings"
		}
		return render(c, http.StatusUnprocessableEntity, d.Page())
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, tabHref(src.Name, "settings"))
}

// fillPermissions shows every call the adapter makes, with the outcome of a test where there is one.
func (s *server) fillPermissions(src inventory.Source, results []provider.TestResult, d *sourcespage.Detail) {
	f, ok := s.adapterOf(src.Adapter)
	p := &sourcespage.Permissions{Intro: "Every call the adapter makes. All of them only read."}
	if !ok {
		d.Perms = p
		return
	}
	if f.Role != nil {
		p.Role = &ui.Action{Label: "Ready role", Href: "/sources/" + src.Name + "/role", Icon: "download", File: true}
	}
	for _, perm := range f.Permissions {
		p.Rows = append(p.Rows, sourcespage.Permission{Call: perm.Call, Why: perm.Why, Family: perm.Family})
	}
	if results != nil {
		t := testsOf(results)
		p.Note, p.Rows = "Tested just now: "+t.Summary.Text, t.Rows
	}
	d.Perms = p
}

// testSource tries every call and shows the outcome.
func (s *server) testSource(c echo.Context) error {
	if _, err := s.mayOn(c, auth.SyncRun); err != nil {
		return err
	}
	d, src, _, err := s.sourceFrame(c)
	if err != nil {
		return err
	}
	results, err := s.sources.TestSource(c.Request().Context(), src.Name)
	if err != nil {
		return err
	}
	s.fillPermissions(src, results, &d)
	for i := range d.Tabs {
		d.Tabs[i].Current = d.Tabs[i].Label == "Permissions"
	}
	return render(c, http.StatusOK, d.Page())
}

// showRole answers the ready role of the source's adapter as a file.
func (s *server) showRole(c echo.Context) error {
	src, err := s.source(c)
	if err != nil {
		return err
	}
	f, ok := s.adapterOf(src.Adapter)
	if !ok || f.Role == nil {
		return fault.Say(fault.NotFound, "The adapter %s has no ready role: see its permissions.", src.Adapter)
	}
	name, body, err := f.Role(src.Settings)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	return c.Blob(http.StatusOK, "application/octet-stream", body)
}
