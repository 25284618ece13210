package inventory

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// SourceStates returns every source that acc sees with what its ledger says, by name: those of its
// units, and those that read accounts of its units, which then count only those accounts.
func (s *Service) SourceStates(ctx context.Context, acc cloud.Access) ([]SourceState, error) {
	rows, err := s.q.SourceStates(ctx, s.db, inventorydb.SourceStatesParams{AllUnits: acc.All(), Units: acc.Units()})
	if err != nil {
		return nil, fmt.Errorf("read source states: %w", postgres.Classify(err))
	}
	ticks, err := s.q.RecentRunStates(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read recent runs: %w", postgres.Classify(err))
	}
	open, err := s.q.OpenRuns(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read open runs: %w", postgres.Classify(err))
	}
	recent := map[uuid.UUID][]RunTick{}
	for _, t := range ticks {
		recent[t.SourceID] = append(recent[t.SourceID], RunTick{State: RunState(t.State), Finished: instant(t.FinishedAt), Problem: t.ProblemText})
	}
	running := map[uuid.UUID]*Run{}
	for _, o := range open {
		run := runFromRow(o)
		running[o.SourceID] = &run
	}
	var out []SourceState
	for _, r := range rows {
		st := SourceState{
			Source:   Source{ID: r.ID, Name: r.Name, Adapter: r.Adapter, Enabled: r.Enabled, UnitID: r.UnitID, Unit: r.Unit, Revision: r.Revision},
			Accounts: r.Accounts, Scopes: r.Scopes, ScopesOK: r.ScopesOk, ScopesFailed: r.ScopesFailed, ScopesHeld: r.ScopesHeld, Rows: r.Rows,
			OldestOK: r.OldestOk.UTC(), NewestOK: r.NewestOk.UTC(), FailingSince: r.FailingSince.UTC(), NextDue: r.NextDue.UTC(),
			Recent: recent[r.ID], Open: running[r.ID],
		}
		if r.Every != nil {
			st.Every = *r.Every
		}
		out = append(out, st)
	}
	return out, nil
}

// LedgerPage asks for a part of a source's ledger.
type LedgerPage struct {
	Source uuid.UUID
	State  string // a ScopeState, "failing" for everything that is not right, "" for all
	After  int64  // the last scope of the page before; 0: from the start
	Limit  int32
}

// Ledger returns scopes by account, region and API.
func (s *Service) Ledger(ctx context.Context, acc cloud.Access, p LedgerPage) ([]Scope, error) {
	rows, err := s.q.Ledger(ctx, s.db, inventorydb.LedgerParams{
		SourceID: p.Source, State: p.State, AllUnits: acc.All(), Units: acc.Units(), AfterID: p.After, MaxRows: p.Limit,
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger of %s: %w", p.Source, postgres.Classify(err))
	}
	out := make([]Scope, len(rows))
	for i, r := range rows {
		out[i] = scopeFromRow(inventorydb.ScopeByIDRow(r))
	}
	return out, nil
}

// Scope returns one line of the ledger.
func (s *Service) Scope(ctx context.Context, acc cloud.Access, id int64) (Scope, error) {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return Scope{}, fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	if !acc.Sees(row.UnitID.String()) {
		return Scope{}, fmt.Errorf("scope %d: %w", id, errHidden)
	}
	return scopeFromRow(row), nil
}

func scopeFromRow(r inventorydb.ScopeByIDRow) Scope {
	sc := Scope{
		ID: r.ID, SourceID: r.SourceID, Source: r.Source, Provider: cloud.ProviderID(r.Provider), AccountID: r.AccountNative,
		Account: r.Account, UnitID: r.UnitID, Region: r.Region, API: r.Api, Kinds: r.Kinds, Rank: provider.Rank(r.Rank), Manager: r.Manager,
		Eventual: r.Eventual, State: ScopeState(r.State), FailingSince: instant(r.FailingSince), LastAttempt: instant(r.LastAttemptAt),
		LastOK: instant(r.LastOkAt), LastOKObserved: instant(r.LastOkObserved), Rows: r.Rows, Lineage: r.Lineage, Serial: r.Serial,
		HeldRows: r.HeldRows, HeldRelease: r.HeldRelease,
	}
	if r.ProblemCode != "" {
		sc.Problem = &provider.Problem{Code: provider.ProblemCode(r.ProblemCode), Text: r.ProblemText, Fix: r.ProblemFix}
	}
	return sc
}
