package main

import (
	"context"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/web/api"
)

// Runs returns the newest runs of a source, newest first.
func (b backend) Runs(ctx context.Context, who api.Caller, source string, limit int) ([]api.Run, error) {
	src, err := b.inventory.Source(ctx, who.Access, source)
	if err != nil {
		return nil, err
	}
	runs, err := b.inventory.Runs(ctx, src.ID, int32(limit)) //nolint:gosec // at most 1000
	if err != nil {
		return nil, err
	}
	out := make([]api.Run, len(runs))
	for i, r := range runs {
		out[i] = runOf(r)
	}
	return out, nil
}

func runOf(r inventory.Run) api.Run {
	return api.Run{
		ID: r.ID.String(), Source: r.Source, Trigger: string(r.Trigger), RequestedBy: api.Text(r.RequestedBy), State: string(r.State),
		QueuedAt: api.At(r.Queued), StartedAt: api.At(r.Started), FinishedAt: api.At(r.Finished), CancelAsked: r.CancelAsked, Attempt: r.Attempt,
		ScopesPlanned: r.ScopesPlanned, ScopesDone: r.ScopesDone, ScopesFailed: r.ScopesFailed, RowsSeen: r.Counts.Seen, RowsNew: r.Counts.New,
		RowsChanged: r.Counts.Changed, RowsGone: r.Counts.Gone, Problem: problemOf(r.Problem),
	}
}

// findRun finds a run that the caller sees.
func (b backend) findRun(ctx context.Context, who api.Caller, id string) (inventory.Run, error) {
	key, err := uuid.Parse(id)
	if err != nil {
		return inventory.Run{}, notFound("run", id)
	}
	return b.inventory.Run(ctx, who.Principal.AccessFor(auth.SourceRead), key)
}

// Run returns a run with the scopes that it could not read.
func (b backend) Run(ctx context.Context, who api.Caller, id string) (api.RunDetail, error) {
	r, err := b.findRun(ctx, who, id)
	if err != nil {
		return api.RunDetail{}, err
	}
	failed, err := b.inventory.FailedScopes(ctx, who.Access, r.ID)
	if err != nil {
		return api.RunDetail{}, err
	}
	out := api.RunDetail{Run: runOf(r)}
	for _, f := range failed {
		out.FailedScopes = append(out.FailedScopes, api.FailedScope{
			ID: f.ID, Account: f.Account, Region: api.Text(f.Region), API: f.API, State: string(f.State),
			Problem: api.Problem{Code: f.ProblemCode, Text: f.Problem, Fix: api.Text(f.Fix)},
		})
	}
	return out, nil
}

// Sync asks for a sync, or joins the one that is open.
func (b backend) Sync(ctx context.Context, who api.Caller, source string) (api.Run, error) {
	if _, err := b.source(ctx, who, source, "sync", auth.SyncRun); err != nil {
		return api.Run{}, err
	}
	r, err := b.inventory.SyncNow(ctx, who.Actor, source)
	if err != nil {
		return api.Run{}, err
	}
	return runOf(r), nil
}

// Cancel asks a run to stop.
func (b backend) Cancel(ctx context.Context, who api.Caller, id string) (api.Run, error) {
	r, err := b.findRun(ctx, who, id)
	if err != nil {
		return api.Run{}, err
	}
	if err := b.require(ctx, who, auth.SyncRun, r.UnitID, "cancel run/"+id); err != nil {
		return api.Run{}, err
	}
	if err := b.inventory.CancelRun(ctx, who.Actor, r.ID); err != nil {
		return api.Run{}, err
	}
	if r, err = b.findRun(ctx, who, id); err != nil {
		return api.Run{}, err
	}
	return runOf(r), nil
}

// Push hands in a redacted state. The source's adapter judges it before anything of it is stored.
func (b backend) Push(ctx context.Context, who api.Caller, source string, snapshot []byte) (api.Run, error) {
	if _, err := b.source(ctx, who, source, "push", auth.InventoryPush); err != nil {
		return api.Run{}, err
	}
	r, err := b.inventory.Push(ctx, who.Actor, source, snapshot)
	if err != nil {
		return api.Run{}, err
	}
	return runOf(r), nil
}
