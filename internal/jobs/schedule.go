package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/jobs/jobsdb"
	"github.com/causeway/causeway/internal/postgres"
)

// Kind names one kind of work, such as "sync".
type Kind string

// Schedule makes key due now and then every so often. A zero rhythm makes it due only when asked
// (MakeDue). It takes part in the caller's transaction.
func Schedule(ctx context.Context, tx jobsdb.DBTX, kind Kind, key string, every time.Duration) error {
	q := jobsdb.New()
	var err error
	if every > 0 {
		err = q.ScheduleWork(ctx, tx, jobsdb.ScheduleWorkParams{Kind: string(kind), Key: key, Every: &every})
	} else {
		err = q.ScheduleManual(ctx, tx, jobsdb.ScheduleManualParams{Kind: string(kind), Key: key})
	}
	if err != nil {
		return fmt.Errorf("schedule %s %s: %w", kind, key, postgres.Classify(err))
	}
	return notify(ctx, tx, kind)
}

// Unschedule forgets the work; a handler that runs finishes.
func Unschedule(ctx context.Context, tx jobsdb.DBTX, kind Kind, key string) error {
	if err := jobsdb.New().UnscheduleWork(ctx, tx, jobsdb.UnscheduleWorkParams{Kind: string(kind), Key: key}); err != nil {
		return fmt.Errorf("unschedule %s %s: %w", kind, key, postgres.Classify(err))
	}
	return nil
}

// MakeDue asks for the work now, without changing its rhythm.
func MakeDue(ctx context.Context, tx jobsdb.DBTX, kind Kind, key string) error {
	n, err := jobsdb.New().MakeDue(ctx, tx, jobsdb.MakeDueParams{Kind: string(kind), Key: key})
	if err != nil {
		return fmt.Errorf("make %s %s due: %w", kind, key, postgres.Classify(err))
	}
	if n == 0 {
		return fmt.Errorf("make %s %s due: %w", kind, key, fault.NotFound)
	}
	return notify(ctx, tx, kind)
}

// notify wakes the dispatchers when the transaction commits.
func notify(ctx context.Context, tx jobsdb.DBTX, kind Kind) error {
	if err := jobsdb.New().NotifyDue(ctx, tx, string(kind)); err != nil {
		return fmt.Errorf("announce due work: %w", postgres.Classify(err))
	}
	return nil
}
