// Package apitest is a console that is no more than its JSON interface: the real handlers over
// canned facts. Tests of the handlers and of the commands that are their clients share it.
package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
)

// Token is what Serve lets in.
const Token = "cw_test"

// Fake holds canned facts and records what was asked of it. Set fields before use.
type Fake struct {
	ResourcePages map[string]api.Page[api.Resource] // by cursor
	Detail        api.ResourceDetail
	SourceList    []api.Source
	ScopePages    map[string]api.Page[api.Scope] // by cursor
	RunList       []api.Run
	// Progress is what Run answers, one after the other; the last one stays.
	Progress []api.RunDetail
	Tests    []api.TestResult
	Results  []api.ApplyResult
	Exported []document.Document
	// Err, where set, is the answer to everything.
	Err error

	mu     sync.Mutex
	asked  []string
	pushed json.RawMessage
	docs   []document.Document
}

// Asked returns what was asked, in order.
func (f *Fake) Asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// Pushed returns the last pushed body.
func (f *Fake) Pushed() json.RawMessage {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pushed
}

// Documents returns what was last applied.
func (f *Fake) Documents() []document.Document {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.docs
}

func (f *Fake) ask(who api.Caller, format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, who.Actor.Name+" "+fmt.Sprintf(format, args...))
	return f.Err
}

// inventory, sources and the rest keep the interfaces apart: two of them have a method Run.
type (
	inventory struct{ *Fake }
	sources   struct{ *Fake }
	runs      struct{ *Fake }
	documents struct{ *Fake }
)

func (f inventory) Resources(_ context.Context, who api.Caller, q api.ResourceQuery) (api.Page[api.Resource], error) {
	err := f.ask(who, "resources %q %q %d %q", q.Query, q.Sort, q.Limit, q.Cursor)
	return f.ResourcePages[q.Cursor], err
}

func (f inventory) Resource(_ context.Context, who api.Caller, id int64) (api.ResourceDetail, error) {
	return f.Detail, f.ask(who, "resource %d", id)
}

func (f sources) Sources(_ context.Context, who api.Caller) ([]api.Source, error) {
	return f.SourceList, f.ask(who, "sources")
}

func (f sources) Source(_ context.Context, who api.Caller, name string) (api.Source, error) {
	if err := f.ask(who, "source %s", name); err != nil {
		return api.Source{}, err
	}
	return f.find(name)
}

func (f *Fake) find(name string) (api.Source, error) {
	for _, s := range f.SourceList {
		if s.Name == name {
			return s, nil
		}
	}
	return api.Source{}, fault.Say(fault.NotFound, "There is no source %s.", name)
}

func (f sources) Scopes(_ context.Context, who api.Caller, q api.ScopeQuery) (api.Page[api.Scope], error) {
	err := f.ask(who, "scopes %s %q %d %q", q.Source, q.State, q.Limit, q.Cursor)
	return f.ScopePages[q.Cursor], err
}

func (f sources) Test(_ context.Context, who api.Caller, name string) ([]api.TestResult, error) {
	return f.Tests, f.ask(who, "test %s", name)
}

func (f runs) Runs(_ context.Context, who api.Caller, source string, limit int) ([]api.Run, error) {
	return f.RunList, f.ask(who, "runs %s %d", source, limit)
}

func (f runs) Run(_ context.Context, who api.Caller, id string) (api.RunDetail, error) {
	if err := f.ask(who, "run %s", id); err != nil {
		return api.RunDetail{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.Progress) == 0 {
		return api.RunDetail{}, fault.Say(fault.NotFound, "There is no run %s.", id)
	}
	now := f.Progress[0]
	if len(f.Progress) > 1 {
		f.Progress = f.Progress[1:]
	}
	now.ID = id
	return now, nil
}

func (f runs) Sync(_ context.Context, who api.Caller, source string) (api.Run, error) {
	if err := f.ask(who, "sync %s", source); err != nil {
		return api.Run{}, err
	}
	_, err := f.find(source)
	return api.Run{ID: "run-of-" + source, Source: source, State: "queued"}, err
}

func (f runs) Cancel(_ context.Context, who api.Caller, id string) (api.Run, error) {
	return api.Run{ID: id, State: "running", CancelAsked: true}, f.ask(who, "cancel %s", id)
}

func (f runs) Push(_ context.Context, who api.Caller, source string, snapshot []byte) (api.Run, error) {
	err := f.ask(who, "push %s", source)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushed = snapshot
	return api.Run{ID: "run-of-" + source, Source: source, State: "queued"}, err
}

func (f documents) Apply(_ context.Context, who api.Caller, docs []document.Document, o api.ApplyOptions) ([]api.ApplyResult, error) {
	err := f.ask(who, "apply %d dry=%t force=%t", len(docs), o.DryRun, o.Force)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.docs = docs
	return f.Results, err
}

func (f documents) Export(_ context.Context, who api.Caller, kind document.Kind) ([]document.Document, error) {
	return f.Exported, f.ask(who, "export %q", kind)
}

// API is the real interface over f.
func (f *Fake) API(t testing.TB) *api.API {
	t.Helper()
	a, err := api.New(api.Config{
		Inventory: inventory{f}, Sources: sources{f}, Runs: runs{f}, Documents: documents{f}, Version: "test",
		Caller: func(_ echo.Context, permission string) (api.Caller, error) {
			return api.Caller{Access: cloud.FullAccess(), Actor: audit.Actor{Name: permission, Kind: audit.Token}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Handler mounts the interface as the server does, with Token for a sign-in.
func (f *Fake) Handler(t testing.TB) http.Handler {
	t.Helper()
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if err := api.WriteProblem(c, err); err != nil {
			t.Errorf("write a problem: %v", err)
		}
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderXRequestID, "req-1")
			if strings.TrimPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ") != Token {
				return echo.NewHTTPError(http.StatusUnauthorized, "The token is missing, wrong, expired or revoked.")
			}
			return next(c)
		}
	})
	for _, r := range f.API(t).Routes() {
		e.Add(r.Method, r.Path, r.Handler)
	}
	return e
}

// Serve starts a server that ends with the test, and returns its URL.
func (f *Fake) Serve(t testing.TB) string {
	t.Helper()
	s := httptest.NewServer(f.Handler(t))
	t.Cleanup(s.Close)
	return s.URL
}
