package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
)

// MaxPushBytes bounds a pushed state after redaction.
const MaxPushBytes = 64 << 20

// Run is one sync of one source.
type Run struct {
	ID            string   `json:"id" doc:"UUID."`
	Source        string   `json:"source"`
	Trigger       string   `json:"trigger" doc:"schedule, person, push or start."`
	RequestedBy   Text     `json:"requested_by"`
	State         string   `json:"state" doc:"queued, running, ok, partial (some scopes failed), failed or canceled."`
	QueuedAt      Time     `json:"queued_at"`
	StartedAt     Time     `json:"started_at"`
	FinishedAt    Time     `json:"finished_at"`
	CancelAsked   bool     `json:"cancel_asked"`
	Attempt       int      `json:"attempt"`
	ScopesPlanned int      `json:"scopes_planned"`
	ScopesDone    int      `json:"scopes_done"`
	ScopesFailed  int      `json:"scopes_failed"`
	RowsSeen      int64    `json:"rows_seen"`
	RowsNew       int64    `json:"rows_new"`
	RowsChanged   int64    `json:"rows_changed"`
	RowsGone      int64    `json:"rows_gone"`
	Problem       *Problem `json:"problem" doc:"Why the run as a whole failed."`
}

// Ended reports whether nothing more will happen.
func (r Run) Ended() bool { return r.State != "queued" && r.State != "running" }

// RunDetail is a run with the scopes that it could not read.
type RunDetail struct {
	Run
	FailedScopes List[FailedScope] `json:"failed_scopes" doc:"At most 200; scopes_failed counts all."`
}

// FailedScope is a scope that a run could not close.
type FailedScope struct {
	ID      int64   `json:"id"`
	Account string  `json:"account"`
	Region  Text    `json:"region"`
	API     string  `json:"api"`
	State   string  `json:"state"`
	Problem Problem `json:"problem"`
}

// Started is the answer to a request that began a run.
type Started struct {
	Run Run `json:"run"`
}

// Runs starts, shows and cancels syncs.
type Runs interface {
	// Runs returns the newest runs of a source, newest first.
	Runs(ctx context.Context, who Caller, source string, limit int) ([]Run, error)
	Run(ctx context.Context, who Caller, id string) (RunDetail, error)
	// Sync asks for a sync; a run that is open already is joined.
	Sync(ctx context.Context, who Caller, source string) (Run, error)
	Cancel(ctx context.Context, who Caller, id string) (Run, error)
	// Push begins a run over a redacted Terraform state. The body is not trusted to be one.
	Push(ctx context.Context, who Caller, source string, snapshot []byte) (Run, error)
}

func (a *API) runs(c echo.Context, who Caller) error {
	limit, err := limitOf(c)
	if err != nil {
		return err
	}
	runs, err := a.cfg.Runs.Runs(c.Request().Context(), who, c.Param("name"), limit)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Page[Run]{Items: runs})
}

func (a *API) run(c echo.Context, who Caller) error {
	r, err := a.cfg.Runs.Run(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}

func (a *API) sync(c echo.Context, who Caller) error {
	r, err := a.cfg.Runs.Sync(c.Request().Context(), who, c.Param("name"))
	return started(c, r, err)
}

func (a *API) cancel(c echo.Context, who Caller) error {
	r, err := a.cfg.Runs.Cancel(c.Request().Context(), who, c.Param("id"))
	return started(c, r, err)
}

func (a *API) push(c echo.Context, who Caller) error {
	body, err := bodyOf(c, MaxPushBytes)
	if err != nil {
		return err
	}
	r, err := a.cfg.Runs.Push(c.Request().Context(), who, c.Param("name"), body)
	return started(c, r, err)
}

// started answers 202: the run goes on by itself, and Location is where to look at it.
func started(c echo.Context, r Run, err error) error {
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, Base+"/runs/"+r.ID)
	return c.JSON(http.StatusAccepted, Started{Run: r})
}

// bodyOf reads a JSON body of at most limit bytes.
func bodyOf(c echo.Context, limit int64) ([]byte, error) {
	if err := jsonOnly(c); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, limit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge, "The body is larger than the limit of this request. Send it in parts.")
	}
	if err != nil {
		return nil, fault.Say(fault.Unavailable, "The body ended early. Send it again.").Because(err)
	}
	if len(body) == 0 {
		return nil, fault.Say(fault.Invalid, "The request has no body.")
	}
	return body, nil
}
