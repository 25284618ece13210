package inventory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
)

// DeleteSource ends a source: its witnesses end as scope_removed, history stays.
func (s *Service) DeleteSource(ctx context.Context, a audit.Actor, name string) error {
	var id uuid.UUID
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		src, err := s.q.SourceByName(ctx, tx, name)
		if err != nil {
			return sourceNotFound(name, err)
		}
		id = src.ID
		if _, err := s.q.DeleteSource(ctx, tx, id); err != nil {
			return fmt.Errorf("delete source %s: %w", name, postgres.Classify(err))
		}
		if err := s.q.StopRuns(ctx, tx, id); err != nil {
			return fmt.Errorf("stop the sync of source %s: %w", name, postgres.Classify(err))
		}
		if err := jobs.Unschedule(ctx, tx, SyncWork, id.String()); err != nil {
			return err
		}
		if err := jobs.Schedule(ctx, tx, RetireWork, id.String(), retireEvery); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "source.delete", Object: "source/" + name, Unit: &src.UnitID})
	})
	return err
}

// RetireWork ends what a deleted source witnessed; its key is the source's id. It repeats until
// nothing is left, because a run may still be listing.
const RetireWork jobs.Kind = "retire-source"

const retireEvery = 30 * time.Second

// HandleRetire is the jobs.Handler of RetireWork.
func (s *Service) HandleRetire(ctx context.Context, w jobs.Work) error {
	id, err := uuid.Parse(w.Key)
	if err != nil {
		return fmt.Errorf("retire source %q: %w", w.Key, err)
	}
	scopes, err := s.q.ScopesOfSource(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scopes of source %s: %w", id, postgres.Classify(err))
	}
	busy := false
	for _, scope := range scopes {
		err := s.syncer.removeScope(ctx, scope, GoneScopeRemoved)
		if err != nil && !errors.Is(err, errBusy) {
			return err
		}
		busy = busy || err != nil
	}
	ended, err := s.q.EndRuns(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("end the sync of source %s: %w", id, postgres.Classify(err))
	}
	if busy || ended > 0 {
		return nil // a process may not have noticed yet, and may still plan scopes
	}
	return jobs.Unschedule(ctx, s.db, RetireWork, w.Key)
}
