package inventory

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// batchRows is how many resources are merged in one short transaction. Larger ones gain little and
// hold row locks longer.
const batchRows = 2000

// errBusy means that another process lists the scope right now.
var errBusy = errors.New("another process lists the scope")

// scopeWriter writes what one scope shows, over one connection that holds the scope's lock.
type scopeWriter struct {
	conn    *pgxpool.Conn
	q       *inventorydb.Queries
	scope   int64
	rank    int16
	manager string
	rows    []inventorydb.StageResourcesParams
	at      map[uuid.UUID]int // key -> index in rows: a row repeated across pages counts once
}

// openScope takes a connection and the scope's lock. errBusy when somebody else has it.
func openScope(ctx context.Context, db *pgxpool.Pool, id int64, s provider.Scope) (*scopeWriter, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("take a connection: %w", postgres.Classify(err))
	}
	w := &scopeWriter{
		conn: conn, q: inventorydb.New(), scope: id, rank: int16(s.Rank), manager: s.Manager,
		rows: make([]inventorydb.StageResourcesParams, 0, batchRows), at: make(map[uuid.UUID]int, batchRows),
	}
	got, err := w.q.TryLockScope(ctx, conn, int32(id)) //nolint:gosec // scopes are counted in thousands
	if err != nil || !got {
		conn.Release()
		if err != nil {
			return nil, fmt.Errorf("lock scope %d: %w", id, postgres.Classify(err))
		}
		return nil, errBusy
	}
	err = postgres.TempLike(ctx, conn.Conn(), []string{"resource_stage", "resource_change"}, []string{"resource_seen"})
	if err != nil {
		w.close(ctx)
		return nil, err
	}
	return w, nil
}

// close gives the lock and the connection back. A connection that cannot unlock is closed, which
// unlocks too.
func (w *scopeWriter) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := w.q.UnlockScope(ctx, w.conn, int32(w.scope)); err != nil { //nolint:gosec // see openScope
		w.conn.Conn().Close(ctx) // it is broken already
	}
	w.conn.Release()
}

func (w *scopeWriter) add(row inventorydb.StageResourcesParams) {
	if i, ok := w.at[row.Key]; ok {
		row.Ord = int32(i) //nolint:gosec // below batchRows
		w.rows[i] = row
		return
	}
	row.Ord = int32(len(w.rows)) //nolint:gosec // below batchRows
	w.at[row.Key] = len(w.rows)
	w.rows = append(w.rows, row)
}

func (w *scopeWriter) full() bool { return len(w.rows) >= batchRows }

// flush merges what was added, in one transaction, and says what that changed.
func (w *scopeWriter) flush(ctx context.Context) (Counts, error) {
	if len(w.rows) == 0 {
		return Counts{}, nil
	}
	var c Counts
	err := retryConflict(ctx, func() error {
		c = Counts{Seen: int64(len(w.rows))}
		return postgres.InTx(ctx, w.conn, func(tx pgx.Tx) error { return w.merge(ctx, tx, &c) })
	})
	if err != nil {
		return Counts{}, fmt.Errorf("merge a batch of scope %d: %w", w.scope, err)
	}
	w.rows = w.rows[:0]
	clear(w.at)
	return c, nil
}

// merge runs the statements of db/queries/inventory/merge.sql in their order, which matters: rows
// are locked before the time is taken, and history is written before what it keeps is overwritten.
func (w *scopeWriter) merge(ctx context.Context, tx pgx.Tx, c *Counts) error {
	if _, err := w.q.StageResources(ctx, tx, w.rows); err != nil {
		return fmt.Errorf("stage: %w", postgres.Classify(err))
	}
	if err := w.q.RememberSeen(ctx, tx); err != nil {
		return fmt.Errorf("remember what was seen: %w", postgres.Classify(err))
	}
	changes, err := w.q.FindChanges(ctx, tx, inventorydb.FindChangesParams{Scope: w.scope, Rank: w.rank})
	if err != nil {
		return fmt.Errorf("find changes: %w", postgres.Classify(err))
	}
	if changes == 0 {
		return nil
	}
	locked, err := w.q.LockChanged(ctx, tx)
	if err != nil {
		return fmt.Errorf("lock changed rows: %w", postgres.Classify(err))
	}
	return w.apply(ctx, tx, locked.At, c)
}

// apply writes the changes found. Each step is one statement over the whole batch.
func (w *scopeWriter) apply(ctx context.Context, tx pgx.Tx, at time.Time, c *Counts) error {
	q, scope, rank := w.q, w.scope, w.rank
	steps := []struct {
		what string
		do   func() error
	}{
		{"insert new resources", func() (err error) {
			c.New, err = q.InsertResources(ctx, tx, inventorydb.InsertResourcesParams{Scope: scope, Rank: rank, At: at})
			return err
		}},
		{"resolve new resources", func() error {
			return q.ResolveInserted(ctx, tx, inventorydb.ResolveInsertedParams{Scope: scope, Rank: rank})
		}},
		{"keep what the former owner said", func() error { return q.KeepOutranked(ctx, tx, scope) }},
		{"close versions", func() (err error) {
			c.Changed, err = q.CloseVersions(ctx, tx, inventorydb.CloseVersionsParams{At: at, Rank: rank})
			return err
		}},
		{"close locations", func() error { return q.CloseLocations(ctx, tx, at) }},
		{"close relations", func() error { return q.CloseRelations(ctx, tx) }},
		{"insert locations", func() error {
			return q.InsertLocations(ctx, tx, inventorydb.InsertLocationsParams{Scope: scope, At: at})
		}},
		{"insert relations", func() error { return q.InsertRelations(ctx, tx, at) }},
		{"update resources", func() error {
			_, err := q.UpdateResources(ctx, tx, inventorydb.UpdateResourcesParams{Scope: scope, Rank: rank, At: at})
			return err
		}},
		{"take ownership", func() error {
			return q.TakeOwnership(ctx, tx, inventorydb.TakeOwnershipParams{Scope: scope, Rank: rank})
		}},
		{"write witnesses", func() error {
			return q.WriteWitnesses(ctx, tx, inventorydb.WriteWitnessesParams{Scope: scope, Rank: rank, Manager: w.manager, At: at})
		}},
		{"announce changes", func() error {
			_, err := q.AnnounceChanges(ctx, tx)
			return err
		}},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			return fmt.Errorf("%s: %w", s.what, postgres.Classify(err))
		}
	}
	return nil
}

// retryConflict repeats f after a deadlock or serialization failure, a few times with jitter.
func retryConflict(ctx context.Context, f func() error) error {
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || attempt == 6 || !errors.Is(err, fault.Conflict) {
			return err
		}
		wait := time.Duration(rand.Int64N(int64(attempt) * int64(20*time.Millisecond))) //nolint:gosec // jitter, no secret
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}
