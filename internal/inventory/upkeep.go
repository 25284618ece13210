package inventory

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
)

// UpkeepWork makes the partitions of the months to come and drops what is no longer needed.
const UpkeepWork jobs.Kind = "inventory-upkeep"

const (
	upkeepEvery = 6 * time.Hour
	keepRuns    = 90 * 24 * time.Hour
	keepFeed    = 7 * 24 * time.Hour
)

// Handlers are the domain's kinds of due work.
func (s *Service) Handlers() map[jobs.Kind]jobs.Handler {
	return map[jobs.Kind]jobs.Handler{
		SyncWork: s.syncer.HandleWork, RetireWork: s.HandleRetire, MoveWork: s.HandleMove, UpkeepWork: s.HandleUpkeep,
	}
}

// ScheduleUpkeep makes the domain's recurring work known. Safe to call at every start. Partitions are
// made at once: after months of standing still, a sync that is due must not come before them.
func (s *Service) ScheduleUpkeep(ctx context.Context) error {
	if err := s.q.EnsurePartitions(ctx, s.db); err != nil {
		return fmt.Errorf("make partitions: %w", postgres.Classify(err))
	}
	if err := jobs.Schedule(ctx, s.db, UpkeepWork, "inventory", upkeepEvery); err != nil {
		return err
	}
	return jobs.Schedule(ctx, s.db, MoveWork, "accounts", moveEvery)
}

// HandleUpkeep is the jobs.Handler of UpkeepWork.
func (s *Service) HandleUpkeep(ctx context.Context, _ jobs.Work) error {
	if err := s.q.EnsurePartitions(ctx, s.db); err != nil {
		return fmt.Errorf("make partitions: %w", postgres.Classify(err))
	}
	if _, err := s.q.TrimRuns(ctx, s.db, keepRuns); err != nil {
		return fmt.Errorf("trim runs: %w", postgres.Classify(err))
	}
	if _, err := s.q.SweepFacets(ctx, s.db); err != nil {
		return fmt.Errorf("sweep facet counts: %w", postgres.Classify(err))
	}
	return jobs.TrimFeed(ctx, s.db, keepFeed)
}
