package main

import (
	"context"
	"slices"
	"strconv"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/web/api"
)

// Sources returns every source with the state of its ledger, by name.
func (b backend) Sources(ctx context.Context, who api.Caller) ([]api.Source, error) {
	states, err := b.inventory.SourceStates(ctx, who.Access)
	if err != nil {
		return nil, err
	}
	out := make([]api.Source, len(states))
	for i, st := range states {
		out[i] = sourceOf(st)
	}
	return out, nil
}

// Source returns one source, with its settings where its unit is visible.
func (b backend) Source(ctx context.Context, who api.Caller, name string) (api.Source, error) {
	src, err := b.inventory.Source(ctx, who.Access, name)
	if err != nil {
		return api.Source{}, err
	}
	states, err := b.inventory.SourceStates(ctx, who.Access)
	if err != nil {
		return api.Source{}, err
	}
	i := slices.IndexFunc(states, func(st inventory.SourceState) bool { return st.ID == src.ID })
	if i < 0 {
		return api.Source{}, notFound("source", name) // deleted just now
	}
	out := sourceOf(states[i])
	if who.Access.Sees(src.UnitID.String()) { // others only see that it reads accounts of theirs
		out.Settings = src.Settings
	}
	return out, nil
}

func sourceOf(st inventory.SourceState) api.Source {
	out := api.Source{
		Name: st.Name, Adapter: st.Adapter, Unit: st.Unit, Schedule: document.Schedule(st.Every), Enabled: st.Enabled, Revision: st.Revision,
		Accounts: st.Accounts, Scopes: st.Scopes, ScopesOK: st.ScopesOK, ScopesFailed: st.ScopesFailed, ScopesHeld: st.ScopesHeld, Rows: st.Rows,
		OldestOK: api.At(st.OldestOK), NewestOK: api.At(st.NewestOK), FailingSince: api.At(st.FailingSince), NextDue: api.At(st.NextDue),
	}
	if st.Open != nil {
		open := runOf(*st.Open)
		out.OpenRun = &open
	}
	return out
}

// Scopes returns a page of a source's ledger, with accounts that the caller sees. The cursor is the
// last scope of the page before.
func (b backend) Scopes(ctx context.Context, who api.Caller, q api.ScopeQuery) (api.Page[api.Scope], error) {
	var none api.Page[api.Scope]
	src, err := b.inventory.Source(ctx, who.Access, q.Source)
	if err != nil {
		return none, err
	}
	after, err := b.scopeCursor(ctx, src, q.Cursor)
	if err != nil {
		return none, err
	}
	// One more than asked for tells whether something follows.
	scopes, err := b.inventory.Ledger(ctx, who.Access, inventory.LedgerPage{
		Source: src.ID, State: q.State, After: after, Limit: int32(q.Limit) + 1, //nolint:gosec // at most 1000
	})
	if err != nil {
		return none, err
	}
	var out api.Page[api.Scope]
	if len(scopes) > q.Limit {
		scopes = scopes[:q.Limit]
		out.Next = api.Text(strconv.FormatInt(scopes[q.Limit-1].ID, 10))
	}
	for _, sc := range scopes {
		out.Items = append(out.Items, scopeOf(sc))
	}
	return out, nil
}

// scopeCursor reads a cursor and checks that it stands in this ledger.
func (b backend) scopeCursor(ctx context.Context, src inventory.Source, cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(cursor, 10, 64)
	if err == nil {
		var at inventory.Scope
		at, err = b.inventory.Scope(ctx, cloud.FullAccess(), id) // the place only; nothing of it is shown
		if err == nil && at.SourceID == src.ID {
			return id, nil
		}
		if err != nil && fault.Kind(err) != fault.NotFound { //nolint:errorlint // Kind returns the kinds themselves
			return 0, err
		}
	}
	return 0, fault.Say(fault.Invalid, "The cursor %q is not one of this ledger. Start again from the first page.", cursor).In("cursor").Because(err)
}

func scopeOf(sc inventory.Scope) api.Scope {
	out := api.Scope{
		ID: sc.ID, Provider: string(sc.Provider), Account: sc.Account, AccountID: sc.AccountID, Region: api.Text(sc.Region), API: sc.API,
		Kinds: sc.Kinds, State: string(sc.State), Problem: problemOf(sc.Problem), FailingSince: api.At(sc.FailingSince),
		LastAttempt: api.At(sc.LastAttempt), LastOK: api.At(sc.LastOK), LastObserved: api.At(sc.LastOKObserved), Rows: sc.Rows,
		HeldRows: sc.HeldRows, Lineage: api.Text(sc.Lineage),
	}
	if sc.Lineage != "" { // a serial counts in a lineage only
		out.Serial = &sc.Serial
	}
	return out
}

// Test tries every call that a source needs.
func (b backend) Test(ctx context.Context, who api.Caller, name string) ([]api.TestResult, error) {
	if _, err := b.source(ctx, who, name, "test", auth.SyncRun); err != nil {
		return nil, err
	}
	results, err := b.inventory.TestSource(ctx, name)
	if err != nil {
		return nil, err
	}
	out := make([]api.TestResult, len(results))
	for i, r := range results {
		out[i] = api.TestResult{
			Call: r.Permission.Call, Why: r.Permission.Why, Family: api.Text(r.Permission.Family), Account: api.Text(r.Account),
			Region: api.Text(r.Region), OK: r.OK, Problem: api.Text(r.Problem), Fix: api.Text(r.Fix),
		}
	}
	return out, nil
}
