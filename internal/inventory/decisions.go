package inventory

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
)

// RemoveScope ends one lost scope for good: a person says that it was closed on purpose.
func (s *Service) RemoveScope(ctx context.Context, a audit.Actor, id int64) error {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	if ScopeState(row.State) != ScopeLost {
		return fault.Say(fault.Conflict, "Only a scope that its source no longer offers can be removed; this one is %s.", row.State)
	}
	if err := audit.Append(ctx, s.db, audit.Entry{Actor: a, Action: "scope.remove", Object: "source/" + row.Source, Unit: &row.UnitID, Detail: scopeDetail(row)}); err != nil {
		return err
	}
	err = s.syncer.removeScope(ctx, id, GoneScopeRemoved)
	if errors.Is(err, errBusy) {
		return fault.Say(fault.Conflict, "A sync reads this scope right now, so its source offers it again.")
	}
	return err
}

// ReleaseHeld lets the rows go that the brake holds, and asks for a sync that does it.
func (s *Service) ReleaseHeld(ctx context.Context, a audit.Actor, id int64) (Run, error) {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return Run{}, fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.ReleaseHeld(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("release scope %d: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.Conflict, "Nothing of this scope is held any more.")
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "scope.release", Object: "source/" + row.Source, Unit: &row.UnitID, Detail: scopeDetail(row)})
	})
	if err != nil {
		return Run{}, err
	}
	return s.SyncNow(ctx, a, row.Source)
}

// keptBy stands between what the brake found and who decided last.
const keptBy = " Kept by "

// KeepHeld keeps what the brake holds; the next complete listing asks again.
func (s *Service) KeepHeld(ctx context.Context, a audit.Actor, id int64) error {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	found, _, _ := strings.Cut(row.ProblemText, keptBy)
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.KeepHeld(ctx, tx, inventorydb.KeepHeldParams{ID: id, ProblemText: found + keptBy + a.Name + "."})
		if err != nil {
			return fmt.Errorf("keep scope %d: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.Conflict, "Nothing of this scope is held any more.")
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "scope.keep", Object: "source/" + row.Source, Unit: &row.UnitID, Detail: scopeDetail(row)})
	})
}

func scopeDetail(r inventorydb.ScopeByIDRow) map[string]any {
	return map[string]any{"scope": r.ID, "account": r.AccountNative, "region": r.Region, "api": r.Api, "held": r.HeldRows}
}
