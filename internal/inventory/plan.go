package inventory

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// planned is a scope with its line in the ledger.
type planned struct {
	provider.Scope
	id       int64
	acct     int64
	lineage  string
	serial   int64
	released bool
}

// plan writes the scopes that exist now into the ledger. incomplete says why the list of scopes is
// not complete; what came before is listed all the same.
func (r *run) plan(ctx context.Context, reader provider.Reader) (out []planned, incomplete, err error) {
	ids, known := []int64{}, map[int64]bool{}
	for sc, err := range reader.Scopes(ctx) {
		if err != nil {
			incomplete = err
			break
		}
		p, err := r.planOne(ctx, sc)
		if err != nil {
			return nil, nil, err
		}
		if known[p.id] {
			r.log.WarnContext(ctx, "the adapter offers a scope twice", "account", sc.Account.ID, "region", sc.Region, "api", sc.API)
			continue
		}
		known[p.id] = true
		out, ids = append(out, p), append(ids, p.id)
	}
	db := r.s.cfg.DB
	if err := r.s.q.PlanRunScopes(ctx, db, inventorydb.PlanRunScopesParams{RunID: r.id, ScopeIds: ids}); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", postgres.Classify(err))
	}
	if err := r.s.q.SetPlanned(ctx, db, inventorydb.SetPlannedParams{ID: r.id, Planned: int32(len(ids))}); err != nil { //nolint:gosec // thousands
		return nil, nil, fmt.Errorf("write the plan: %w", postgres.Classify(err))
	}
	return out, incomplete, nil
}

func (r *run) planOne(ctx context.Context, sc provider.Scope) (planned, error) {
	sc.Region, sc.API, sc.Manager, sc.Lineage = clean(sc.Region), clean(sc.API), clean(sc.Manager), clean(sc.Lineage)
	acct, err := r.account(ctx, sc.Account)
	if err != nil {
		return planned{}, err
	}
	kinds := make([]string, len(sc.Kinds))
	for i, k := range sc.Kinds {
		kinds[i] = string(k)
	}
	row, err := r.s.q.EnsureScope(ctx, r.s.cfg.DB, inventorydb.EnsureScopeParams{
		SourceID: r.source.ID, AccountID: acct, Region: sc.Region, Api: sc.API, Kinds: kinds,
		Rank: int16(sc.Rank), Manager: sc.Manager, Eventual: sc.Eventual, SourceRevision: r.source.Revision,
	})
	if err != nil {
		return planned{}, fmt.Errorf("write scope %s %s %s: %w", sc.Account.ID, sc.Region, sc.API, postgres.Classify(err))
	}
	return planned{Scope: sc, id: row.ID, acct: acct, lineage: row.Lineage, serial: row.Serial, released: row.HeldRelease}, nil
}

// account finds or makes the account, once a run.
func (r *run) account(ctx context.Context, a provider.Account) (int64, error) {
	ref := cloud.AccountRef{Provider: a.Provider, ID: a.ID}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.accounts[ref]; ok {
		return known, nil
	}
	tags, err := encodeTags(a.Tags)
	if err != nil {
		return 0, fmt.Errorf("encode tags of account %s: %w", a.ID, err)
	}
	acct, err := r.s.ensureAccount(ctx, inventorydb.EnsureAccountParams{
		Provider: string(a.Provider), NativeID: clean(a.ID), Name: short(cmp.Or(a.Name, a.ID), maxName), Parent: clean(a.Parent), Tags: tags, FallbackUnit: r.source.UnitID,
	})
	if err != nil {
		return 0, err
	}
	r.accounts[ref] = acct
	return acct, nil
}

func (s *Syncer) ensureAccount(ctx context.Context, p inventorydb.EnsureAccountParams) (int64, error) {
	var id int64
	err := postgres.InTx(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		row, err := s.q.EnsureAccount(ctx, tx, p)
		if err != nil {
			return fmt.Errorf("write account %s %s: %w", p.Provider, p.NativeID, postgres.Classify(err))
		}
		id = row.ID
		if !row.Fresh {
			return nil
		}
		err = s.q.BeginAccountUnit(ctx, tx, inventorydb.BeginAccountUnitParams{AccountID: row.ID, UnitID: row.UnitID})
		if err != nil {
			return fmt.Errorf("write the unit of account %s: %w", p.NativeID, postgres.Classify(err))
		}
		return nil
	})
	return id, err
}
