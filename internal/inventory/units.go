package inventory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
)

// Units returns every unit with what it claims, by slug.
func (s *Service) Units(ctx context.Context) ([]Unit, error) {
	rows, err := s.q.Units(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read units: %w", postgres.Classify(err))
	}
	claims, err := s.q.UnitClaims(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read unit claims: %w", postgres.Classify(err))
	}
	byUnit := map[uuid.UUID][]cloud.AccountRef{}
	for _, c := range claims {
		byUnit[c.UnitID] = append(byUnit[c.UnitID], cloud.AccountRef{Provider: cloud.ProviderID(c.Provider), ID: c.NativeID})
	}
	out := make([]Unit, len(rows))
	for i, r := range rows {
		out[i] = Unit{ID: r.ID, ParentID: r.ParentID, Slug: r.Slug, Title: r.Title, Owner: r.Owner, Revision: r.Revision, Accounts: byUnit[r.ID]}
	}
	return out, nil
}

// AccountUnit returns the unit that an account belongs to now; ok is false for one that no source
// has shown yet.
func (s *Service) AccountUnit(ctx context.Context, acct cloud.AccountRef) (unit uuid.UUID, ok bool, err error) {
	unit, err = s.q.AccountUnit(ctx, s.db, inventorydb.AccountUnitParams{Provider: string(acct.Provider), NativeID: acct.ID})
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return uuid.Nil, false, nil
	}
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("unit of account %s: %w", acct.ID, postgres.Classify(err))
	}
	return unit, true, nil
}

// PutUnit is a unit as a document states it.
type PutUnit struct {
	Slug     string
	Title    string
	Parent   string // slug; "" the root
	Owner    string
	Accounts []cloud.AccountRef
	Revision int64
	Force    bool
	DryRun   bool
}

// unitID finds a unit by slug; "" is the root.
func (s *Service) unitID(ctx context.Context, tx inventorydb.DBTX, slug string) (uuid.UUID, error) {
	if slug == "" {
		id, err := s.q.RootUnit(ctx, tx)
		if err != nil {
			return uuid.Nil, fmt.Errorf("find the root unit: %w", postgres.Classify(err))
		}
		return id, nil
	}
	u, err := s.q.UnitBySlug(ctx, tx, slug)
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return uuid.Nil, fault.Say(fault.Invalid, "There is no unit %q. Apply its Unit document first, or correct the slug.", slug).In("spec.unit")
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("unit %s: %w", slug, postgres.Classify(err))
	}
	return u.ID, nil
}

// PutUnit creates or changes a unit and the accounts it claims. Accounts that move take their
// resources with them, in the background.
func (s *Service) PutUnit(ctx context.Context, a audit.Actor, p PutUnit) (PutResult, error) {
	var res PutResult
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		if res, err = s.putUnit(ctx, tx, a, p); err != nil {
			return err
		}
		if p.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return res, err
}

func (s *Service) putUnit(ctx context.Context, tx pgx.Tx, a audit.Actor, p PutUnit) (PutResult, error) {
	parent, err := s.unitID(ctx, tx, p.Parent)
	if err != nil {
		return PutResult{}, err
	}
	had, err := s.q.LockUnit(ctx, tx, p.Slug)
	res := PutResult{Action: Created, Revision: 1}
	id := had.ID
	switch {
	case errors.Is(postgres.Classify(err), fault.NotFound):
		if id, err = s.insertUnit(ctx, tx, p, parent); err != nil {
			return PutResult{}, err
		}
	case err != nil:
		return PutResult{}, fmt.Errorf("unit %s: %w", p.Slug, postgres.Classify(err))
	default:
		if res, err = s.changeUnit(ctx, tx, p, had, parent); err != nil || res.Action == Unchanged {
			return res, err
		}
	}
	if err := s.claim(ctx, tx, id, p); err != nil {
		return PutResult{}, err
	}
	if err := jobs.Schedule(ctx, tx, MoveWork, "accounts", moveEvery); err != nil {
		return PutResult{}, err
	}
	if err := jobs.MakeDue(ctx, tx, MoveWork, "accounts"); err != nil {
		return PutResult{}, err
	}
	err = audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "unit." + strings.TrimSuffix(string(res.Action), "d"), Object: "unit/" + p.Slug, Unit: &id, Detail: map[string]any{
		"title": p.Title, "parent": p.Parent, "owner": p.Owner, "accounts": p.Accounts,
	}})
	return res, err
}

func (s *Service) insertUnit(ctx context.Context, tx pgx.Tx, p PutUnit, parent uuid.UUID) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a unit id: %w", err)
	}
	err = s.q.InsertUnit(ctx, tx, inventorydb.InsertUnitParams{ID: id, ParentID: &parent, Slug: p.Slug, Title: p.Title, Owner: p.Owner})
	if errors.Is(postgres.Classify(err), fault.Invalid) {
		return uuid.Nil, fault.Say(fault.Invalid, "The name %q cannot be used: small letters, digits and dashes, at most 63, beginning with a letter or digit.", p.Slug).In("metadata.name").Because(err)
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("create unit %s: %w", p.Slug, postgres.Classify(err))
	}
	return id, nil
}

func (s *Service) changeUnit(ctx context.Context, tx pgx.Tx, p PutUnit, had inventorydb.LockUnitRow, parent uuid.UUID) (PutResult, error) {
	isRoot := had.ParentID == nil
	claims, err := s.q.UnitClaims(ctx, tx)
	if err != nil {
		return PutResult{}, fmt.Errorf("read unit claims: %w", postgres.Classify(err))
	}
	var held []cloud.AccountRef
	for _, c := range claims {
		if c.UnitID == had.ID {
			held = append(held, cloud.AccountRef{Provider: cloud.ProviderID(c.Provider), ID: c.NativeID})
		}
	}
	sameParent := isRoot || *had.ParentID == parent
	if sameParent && had.Title == p.Title && had.Owner == p.Owner && sameAccounts(held, p.Accounts) {
		return PutResult{Action: Unchanged, Revision: had.Revision}, nil
	}
	if err := checkRevision("unit "+p.Slug, revisions{have: had.Revision, seen: p.Revision, force: p.Force}); err != nil {
		return PutResult{}, err
	}
	up := inventorydb.UpdateUnitParams{ID: had.ID, Title: p.Title, Owner: p.Owner}
	if !isRoot {
		if err := s.checkCycle(ctx, tx, had.ID, parent, p); err != nil {
			return PutResult{}, err
		}
		up.ParentID = &parent
	}
	if err := s.q.UpdateUnit(ctx, tx, up); err != nil {
		return PutResult{}, fmt.Errorf("change unit %s: %w", p.Slug, postgres.Classify(err))
	}
	return PutResult{Action: Updated, Revision: had.Revision + 1}, nil
}

// checkCycle refuses a unit below itself.
func (s *Service) checkCycle(ctx context.Context, tx pgx.Tx, id, parent uuid.UUID, p PutUnit) error {
	rows, err := s.q.Units(ctx, tx)
	if err != nil {
		return fmt.Errorf("read units: %w", postgres.Classify(err))
	}
	up := map[uuid.UUID]*uuid.UUID{}
	for _, r := range rows {
		up[r.ID] = r.ParentID
	}
	for at := &parent; at != nil; at = up[*at] {
		if *at == id {
			return fault.Say(fault.Invalid, "The unit %s cannot lie below %s, which lies below it.", p.Slug, p.Parent).In("spec.parent")
		}
	}
	return nil
}

func (s *Service) claim(ctx context.Context, tx pgx.Tx, id uuid.UUID, p PutUnit) error {
	if err := s.q.DropClaims(ctx, tx, id); err != nil {
		return fmt.Errorf("drop claims of unit %s: %w", p.Slug, postgres.Classify(err))
	}
	for _, acct := range p.Accounts {
		n, err := s.q.ClaimAccount(ctx, tx, inventorydb.ClaimAccountParams{UnitID: id, Provider: string(acct.Provider), NativeID: acct.ID})
		if err != nil {
			return fmt.Errorf("claim account %s: %w", acct.ID, postgres.Classify(err))
		}
		if n == 1 {
			continue
		}
		holder, err := s.q.ClaimHolder(ctx, tx, inventorydb.ClaimHolderParams{Provider: string(acct.Provider), NativeID: acct.ID})
		if err != nil {
			return fmt.Errorf("who claims account %s: %w", acct.ID, postgres.Classify(err))
		}
		return fault.Say(fault.Conflict, "The account %s:%s belongs to the unit %s already. Remove it there first.", acct.Provider, acct.ID, holder).In("spec.accounts")
	}
	return nil
}

func sameAccounts(a, b []cloud.AccountRef) bool {
	order := func(x, y cloud.AccountRef) int {
		return strings.Compare(string(x.Provider)+"\x00"+x.ID, string(y.Provider)+"\x00"+y.ID)
	}
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}
