package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// Source is a configured connection with what its ledger says.
type Source struct {
	Name         string          `json:"name"`
	Adapter      string          `json:"adapter"`
	Unit         string          `json:"unit" doc:"Slug of the unit for accounts that no unit claims."`
	Schedule     string          `json:"schedule" doc:"manual, or every and a duration."`
	Enabled      bool            `json:"enabled"`
	Revision     int64           `json:"revision"`
	Settings     json.RawMessage `json:"settings" doc:"The adapter's own part; null in lists."`
	Accounts     int64           `json:"accounts"`
	Scopes       int64           `json:"scopes"`
	ScopesOK     int64           `json:"scopes_ok"`
	ScopesFailed int64           `json:"scopes_failed" doc:"Failed, or no longer offered."`
	ScopesHeld   int64           `json:"scopes_held" doc:"Held back by the mass-delete brake."`
	Rows         int64           `json:"rows"`
	OldestOK     Time            `json:"oldest_ok_at" doc:"The least fresh scope that was ever read completely."`
	NewestOK     Time            `json:"newest_ok_at"`
	FailingSince Time            `json:"failing_since"`
	NextDue      Time            `json:"next_due_at" doc:"Null: only when asked."`
	OpenRun      *Run            `json:"open_run" doc:"The run that is queued or running now."`
}

// Problem is why something could not be read, and what to do about it.
type Problem struct {
	Code string `json:"code" doc:"denied, throttled, unreachable, credentials, disabled, suspended, encrypted, older, incomplete, invalid or internal."`
	Text string `json:"text"`
	Fix  Text   `json:"fix"`
}

// Scope is one line of the ledger: account, region and API of a source.
type Scope struct {
	ID           int64        `json:"id"`
	Provider     string       `json:"provider"`
	Account      string       `json:"account"`
	AccountID    string       `json:"account_id"`
	Region       Text         `json:"region"`
	API          string       `json:"api"`
	Kinds        List[string] `json:"kinds"`
	State        string       `json:"state" doc:"planned, running, ok, failed, held, lost or removed."`
	Problem      *Problem     `json:"problem"`
	FailingSince Time         `json:"failing_since"`
	LastAttempt  Time         `json:"last_attempt_at"`
	LastOK       Time         `json:"last_ok_at" doc:"When it was last read completely, by the console's clock."`
	LastObserved Time         `json:"last_ok_observed_at" doc:"The same by the source's clock."`
	Rows         int64        `json:"rows"`
	HeldRows     int64        `json:"held_rows"`
	Serial       *int64       `json:"serial" doc:"Of a snapshot, where the source numbers them."`
	Lineage      Text         `json:"lineage"`
}

// ScopeQuery asks for a page of a source's ledger.
type ScopeQuery struct {
	Source string
	State  string // a scope state, "failing" for all that is not right, "" for all
	Limit  int
	Cursor string
}

// TestResult is the outcome of one call that a source needs.
type TestResult struct {
	Call    string `json:"call"`
	Why     string `json:"why"`
	Family  Text   `json:"family"`
	Account Text   `json:"account"`
	Region  Text   `json:"region"`
	OK      bool   `json:"ok"`
	Problem Text   `json:"problem"`
	Fix     Text   `json:"fix"`
}

// Sources reads sources and their ledgers, as far as the caller may see them.
type Sources interface {
	Sources(ctx context.Context, who Caller) ([]Source, error)
	Source(ctx context.Context, who Caller, name string) (Source, error)
	Scopes(ctx context.Context, who Caller, q ScopeQuery) (Page[Scope], error)
	// Test tries every call the source needs. It takes as long as the provider does.
	Test(ctx context.Context, who Caller, name string) ([]TestResult, error)
}

func (a *API) sources(c echo.Context, who Caller) error {
	all, err := a.cfg.Sources.Sources(c.Request().Context(), who)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Page[Source]{Items: all})
}

func (a *API) source(c echo.Context, who Caller) error {
	s, err := a.cfg.Sources.Source(c.Request().Context(), who, c.Param("name"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// scopeStates are what the ledger can be asked for.
var scopeStates = []string{"failing", "planned", "running", "ok", "failed", "held", "lost", "removed"}

func (a *API) scopes(c echo.Context, who Caller) error {
	limit, err := limitOf(c)
	if err != nil {
		return err
	}
	state := c.QueryParam("state")
	if err := oneOf("state", state, append(slices.Clone(scopeStates), "")...); err != nil {
		return err
	}
	page, err := a.cfg.Sources.Scopes(c.Request().Context(), who, ScopeQuery{
		Source: c.Param("name"), State: state, Limit: limit, Cursor: c.QueryParam("cursor"),
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

func (a *API) test(c echo.Context, who Caller) error {
	results, err := a.cfg.Sources.Test(c.Request().Context(), who, c.Param("name"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Page[TestResult]{Items: results})
}
