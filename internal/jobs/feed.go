package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/jobs/jobsdb"
	"github.com/causeway/causeway/internal/postgres"
)

// Change is one entry of the change feed: what of a topic changed, in commit order.
type Change struct {
	Seq   int64
	Topic string
	IDs   []int64
	At    time.Time
}

// Consumer reads the change feed under a name. Apply gets a batch inside the transaction that moves
// the cursor, so that each change is applied once; it may not reach out to the network. One process
// at a time works for a name, the others wait their turn.
type Consumer struct {
	Name   string
	Topics []string
	Batch  int32 // changes at once; 0: 8
	Apply  func(ctx context.Context, tx pgx.Tx, changes []Change) error
	DB     *pgxpool.Pool
	Log    *slog.Logger
}

// RunOnce applies what has come, at most one batch, and says how many changes that were.
func (c *Consumer) RunOnce(ctx context.Context) (int, error) {
	batch := c.Batch
	if batch == 0 {
		batch = 8
	}
	n := 0
	err := postgres.InTx(ctx, c.DB, func(tx pgx.Tx) error {
		q := jobsdb.New()
		if err := q.MakeCursor(ctx, tx, c.Name); err != nil {
			return fmt.Errorf("make feed cursor %s: %w", c.Name, postgres.Classify(err))
		}
		seq, err := q.LockCursor(ctx, tx, c.Name)
		if err != nil {
			return fmt.Errorf("lock feed cursor %s: %w", c.Name, postgres.Classify(err))
		}
		rows, err := q.ReadFeed(ctx, tx, jobsdb.ReadFeedParams{After: seq, Topics: c.Topics, MaxRows: batch})
		if err != nil {
			return fmt.Errorf("read the feed after %d: %w", seq, postgres.Classify(err))
		}
		if n = len(rows); n == 0 {
			return nil
		}
		changes := make([]Change, n)
		for i, r := range rows {
			changes[i] = Change{Seq: r.Seq, Topic: r.Topic, IDs: r.Ids, At: r.At}
		}
		if err := c.Apply(ctx, tx, changes); err != nil {
			return fmt.Errorf("%s: apply changes %d to %d: %w", c.Name, changes[0].Seq, changes[n-1].Seq, err)
		}
		return q.MoveCursor(ctx, tx, jobsdb.MoveCursorParams{Consumer: c.Name, Seq: changes[n-1].Seq})
	})
	return n, err
}

// Drain applies everything that has come.
func (c *Consumer) Drain(ctx context.Context) error {
	for {
		n, err := c.RunOnce(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Run applies changes as they come until ctx ends.
func (c *Consumer) Run(ctx context.Context) error {
	wake, stop := postgres.Listen(ctx, c.DB, "causeway_feed", c.Log)
	defer stop()
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		if err := c.Drain(ctx); err != nil && ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "feed consumer failed", "consumer", c.Name, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-tick.C:
		}
	}
}

// TrimFeed drops changes that every consumer has applied and that are older than keep.
func TrimFeed(ctx context.Context, db jobsdb.DBTX, keep time.Duration) error {
	if _, err := jobsdb.New().TrimFeed(ctx, db, keep); err != nil {
		return fmt.Errorf("trim the change feed: %w", postgres.Classify(err))
	}
	return nil
}

// Lag is how far a consumer is behind.
type Lag struct {
	Consumer string
	Behind   int64 // changes
	Updated  time.Time
}

// Lags says how far every consumer of the feed is behind.
func Lags(ctx context.Context, db jobsdb.DBTX) ([]Lag, error) {
	rows, err := jobsdb.New().FeedLag(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("read feed lag: %w", postgres.Classify(err))
	}
	out := make([]Lag, len(rows))
	for i, r := range rows {
		out[i] = Lag{Consumer: r.Consumer, Behind: r.Behind, Updated: r.UpdatedAt}
	}
	return out, nil
}
