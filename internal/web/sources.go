package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
)

// sourceKeeper is what the pages of sources read and change.
type sourceKeeper interface {
	Adapters() []provider.Factory
	SourceStates(ctx context.Context, acc cloud.Access) ([]inventory.SourceState, error)
	Source(ctx context.Context, acc cloud.Access, name string) (inventory.Source, error)
	Ledger(ctx context.Context, acc cloud.Access, p inventory.LedgerPage) ([]inventory.Scope, error)
	Scope(ctx context.Context, acc cloud.Access, id int64) (inventory.Scope, error)
	Run(ctx context.Context, acc cloud.Access, id uuid.UUID) (inventory.Run, error)
	Runs(ctx context.Context, source uuid.UUID, limit int32) ([]inventory.Run, error)
	Units(ctx context.Context) ([]inventory.Unit, error)
	PutSource(ctx context.Context, a audit.Actor, p inventory.PutSource) (inventory.PutResult, error)
	DeleteSource(ctx context.Context, a audit.Actor, name string) error
	SyncNow(ctx context.Context, a audit.Actor, name string) (inventory.Run, error)
	CancelRun(ctx context.Context, a audit.Actor, id uuid.UUID) error
	ReleaseHeld(ctx context.Context, a audit.Actor, id int64) (inventory.Run, error)
	KeepHeld(ctx context.Context, a audit.Actor, id int64) error
	RemoveScope(ctx context.Context, a audit.Actor, id int64) error
	TestSource(ctx context.Context, name string) ([]provider.TestResult, error)
	TestSettings(ctx context.Context, adapter, name string, settings json.RawMessage) ([]provider.TestResult, error)
}

var _ sourceKeeper = (*inventory.Service)(nil)

// connectPath lies where no source can: names begin with a letter or a digit.
const connectPath = "/sources/-/connect"

// testTimeout bounds a test of every call a source needs, over all its accounts and regions.
const testTimeout = 3 * time.Minute

func (s *server) routesSources() []route {
	if s.sources == nil {
		return nil
	}
	return []route{
		{Method: http.MethodGet, Path: "/sources", Permission: auth.SourceRead, Handler: s.showSources},
		{Method: http.MethodGet, Path: "/sources.csv", Permission: auth.SourceRead, Handler: s.exportSources},
		{Method: http.MethodGet, Path: connectPath, Permission: auth.SourceWrite, Handler: s.showConnect},
		{Method: http.MethodPost, Path: connectPath, Permission: auth.SourceWrite, Handler: s.stepConnect, Timeout: testTimeout},
		{Method: http.MethodGet, Path: "/sources/:name", Permission: auth.SourceRead, Handler: s.showSource},
		{Method: http.MethodGet, Path: "/sources/:name/scopes.csv", Permission: auth.SourceRead, Handler: s.exportScopes, Stream: true},
		{Method: http.MethodPost, Path: "/sources/:name", Permission: auth.SourceWrite, Handler: s.saveSource},
		{Method: http.MethodPost, Path: "/sources/:name/delete", Permission: auth.SourceWrite, Handler: s.deleteSource},
		{Method: http.MethodPost, Path: "/sources/:name/sync", Permission: auth.SyncRun, Handler: s.syncSource},
		{Method: http.MethodPost, Path: "/sources/:name/test", Permission: auth.SyncRun, Handler: s.testSource, Timeout: testTimeout},
		{Method: http.MethodGet, Path: "/sources/:name/role", Permission: auth.SourceRead, Handler: s.showRole},
		{Method: http.MethodPost, Path: "/scopes/:id/:verb", Permission: auth.SyncRun, Handler: s.decideScope},
		{Method: http.MethodPost, Path: "/runs/:id/cancel", Permission: auth.SyncRun, Handler: s.cancelRun},
		{Method: http.MethodGet, Path: "/runs/:id/events", Permission: auth.SourceRead, Handler: s.streamRun, Stream: true},
	}
}

// source finds the source of the address among those the person sees.
func (s *server) source(c echo.Context) (inventory.Source, error) {
	return s.sources.Source(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), c.Param("name"))
}

// mayOn is the source of the address, if the person may do something to it.
func (s *server) mayOn(c echo.Context, perm auth.Permission) (inventory.Source, error) {
	src, err := s.source(c)
	if err != nil {
		return inventory.Source{}, err
	}
	return src, principal(c).Require(perm, src.UnitID.String())
}

// denied names the role that is needed where a person may not; "" where they may.
func denied(c echo.Context, perm auth.Permission, unit uuid.UUID) string {
	if principal(c).Can(perm, unit.String()) {
		return ""
	}
	return "Needs the role " + string(perm.Needs())
}

func (s *server) adapterOf(name string) (provider.Factory, bool) {
	for _, f := range s.sources.Adapters() {
		if f.Adapter == name {
			return f, true
		}
	}
	return provider.Factory{}, false
}

func (s *server) syncSource(c echo.Context) error {
	src, err := s.mayOn(c, auth.SyncRun)
	if err != nil {
		return err
	}
	if _, err := s.sources.SyncNow(c.Request().Context(), principal(c).Actor(origin(c)), src.Name); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sources/"+src.Name)
}

func (s *server) deleteSource(c echo.Context) error {
	src, err := s.mayOn(c, auth.SourceWrite)
	if err != nil {
		return err
	}
	if c.FormValue("name") != src.Name {
		return errConfirm(src.Name, c.FormValue("name"))
	}
	if err := s.sources.DeleteSource(c.Request().Context(), principal(c).Actor(origin(c)), src.Name); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sources")
}

// exportSources answers the list as CSV.
func (s *server) exportSources(c echo.Context) error {
	states, err := s.sources.SourceStates(c.Request().Context(), principal(c).AccessFor(auth.SourceRead))
	if err != nil {
		return err
	}
	records := [][]string{{"name", "adapter", "unit", "enabled", "accounts", "scopes", "scopes_ok", "scopes_failed", "scopes_held", "rows", "oldest_complete", "next_due"}}
	for _, st := range states {
		records = append(records, []string{
			csvText(st.Name), st.Adapter, st.Unit, fmt.Sprint(st.Enabled), fmt.Sprint(st.Accounts), fmt.Sprint(st.Scopes), fmt.Sprint(st.ScopesOK),
			fmt.Sprint(st.ScopesFailed), fmt.Sprint(st.ScopesHeld), fmt.Sprint(st.Rows), isoTime(st.OldestOK), isoTime(st.NextDue),
		})
	}
	startCSV(c, "sources", s.clock())
	return csv.NewWriter(c.Response()).WriteAll(records)
}

// exportScopes streams a source's ledger as CSV.
func (s *server) exportScopes(c echo.Context) error {
	src, err := s.source(c)
	if err != nil {
		return err
	}
	p := inventory.LedgerPage{Source: src.ID, State: c.QueryParam("state"), Limit: 1000}
	first, err := s.sources.Ledger(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), p)
	if err != nil {
		return err
	}
	startCSV(c, src.Name+"-scopes", s.clock())
	out := csv.NewWriter(c.Response())
	if err := out.Write([]string{"provider", "account", "account_id", "region", "api", "state", "last_complete", "last_complete_source_clock", "rows", "failing_since", "problem", "fix"}); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	for scopes := first; len(scopes) > 0; {
		for _, sc := range scopes {
			var problem, fix string
			if sc.Problem != nil {
				problem, fix = sc.Problem.Text, sc.Problem.Fix
			}
			err := out.Write([]string{
				string(sc.Provider), csvText(sc.Account), csvText(sc.AccountID), sc.Region, sc.API, string(sc.State), isoTime(sc.LastOK), isoTime(sc.LastOKObserved),
				fmt.Sprint(sc.Rows), isoTime(sc.FailingSince), csvText(problem), csvText(fix),
			})
			if err != nil {
				return fmt.Errorf("write csv: %w", err)
			}
		}
		p.After = scopes[len(scopes)-1].ID
		if scopes, err = s.sources.Ledger(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), p); err != nil {
			s.logError(c, err, http.StatusInternalServerError, false)
			panic(http.ErrAbortHandler) // the file is not whole, and a broken connection says so
		}
	}
	out.Flush()
	return out.Error()
}

// startCSV sends the head of a CSV answer.
func startCSV(c echo.Context, name string, now time.Time) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name+"-"+now.UTC().Format("2006-01-02T1504Z")+".csv"))
	c.Response().WriteHeader(http.StatusOK)
}
