package inventory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
)

// MoveWork lets accounts and their resources follow the units that claim them, and the list follow
// the accounts' names.
const MoveWork jobs.Kind = "move-accounts"

// moveEvery is how often stragglers are looked for.
const moveEvery = 5 * time.Minute

// moveRows is how many resources move in one transaction.
const moveRows = 2000

// HandleMove is the jobs.Handler of MoveWork.
func (s *Service) HandleMove(ctx context.Context, _ jobs.Work) error {
	rows, err := s.q.MisplacedAccounts(ctx, s.db)
	if err != nil {
		return fmt.Errorf("look for accounts to move: %w", postgres.Classify(err))
	}
	for _, r := range rows {
		err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
			if err := s.q.MoveAccount(ctx, tx, inventorydb.MoveAccountParams{ID: r.ID, UnitID: r.Wanted}); err != nil {
				return err
			}
			if err := s.q.EndAccountUnit(ctx, tx, r.ID); err != nil {
				return err
			}
			return s.q.BeginAccountUnit(ctx, tx, inventorydb.BeginAccountUnitParams{AccountID: r.ID, UnitID: r.Wanted})
		})
		if err != nil {
			return fmt.Errorf("move account %d: %w", r.ID, postgres.Classify(err))
		}
		if err := s.moveResources(ctx, r.ID, r.Wanted); err != nil {
			return err
		}
	}
	// Rows that a running sync or a crash left behind in the old unit.
	left, err := s.q.StragglingAccounts(ctx, s.db)
	if err != nil {
		return fmt.Errorf("look for resources to move: %w", postgres.Classify(err))
	}
	for _, r := range left {
		if err := s.moveResources(ctx, r.ID, r.UnitID); err != nil {
			return err
		}
	}
	return s.rename(ctx)
}

// rename lets the list follow accounts whose name became known, or changed, after their resources
// were listed.
func (s *Service) rename(ctx context.Context) error {
	accounts, err := s.q.RenamedAccounts(ctx, s.db)
	if err != nil {
		return fmt.Errorf("look for renamed accounts: %w", postgres.Classify(err))
	}
	for _, account := range accounts {
		for after := int64(0); ; {
			ids, err := s.q.ResourcesOfAccount(ctx, s.db, inventorydb.ResourcesOfAccountParams{AccountID: account, After: after, MaxRows: moveRows})
			if err != nil {
				return fmt.Errorf("resources of account %d: %w", account, postgres.Classify(err))
			}
			if len(ids) == 0 {
				break
			}
			if _, err := s.q.Announce(ctx, s.db, inventorydb.AnnounceParams{Topic: FeedResource, Ids: ids}); err != nil {
				return fmt.Errorf("announce resources of account %d: %w", account, postgres.Classify(err))
			}
			after = ids[len(ids)-1]
		}
	}
	return nil
}

func (s *Service) moveResources(ctx context.Context, account int64, unit uuid.UUID) error {
	var after int64
	for {
		var ids []int64
		err := retryConflict(ctx, func() error {
			return postgres.Classify(postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
				ids, err = s.q.MoveResources(ctx, tx, inventorydb.MoveResourcesParams{UnitID: unit, AccountID: account, After: after, MaxRows: moveRows})
				if err != nil || len(ids) == 0 {
					return err
				}
				_, err = s.q.Announce(ctx, tx, inventorydb.AnnounceParams{Topic: FeedResource, Ids: ids})
				return err
			}))
		})
		if err != nil {
			return fmt.Errorf("move resources of account %d: %w", account, err)
		}
		if len(ids) == 0 {
			return nil
		}
		after = slices.Max(ids)
	}
}
