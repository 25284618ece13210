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
	slots   chan struct{} // where the scope's slot goes back to
	q       *inventorydb.Queries
	scope   int64
	rank    int16
	manager string
	rows    []inventorydb.StageResourcesParams
	at      map[uuid.UUID]int // key -> index in rows: a row repeated across pages counts once
}

// openScope takes a connection and the scope's lock. errBusy when somebody else has it.
func (s *Syncer) openScope(ctx context.Context, id int64, sc provider.Scope) (*scopeWriter, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	conn, err := s.cfg.DB.Acquire(ctx)
	if err != nil {
		<-s.slots
		return nil, fmt.Errorf("take a connection: %w", postgres.Classify(err))
	}
	w := &scopeWriter{
		conn: conn, slots: s.slots, q: s.q, scope: id, rank: int16(sc.Rank), manager: sc.Manager,
		rows: make([]inventorydb.StageResourcesParams, 0, batchRows), at: make(map[uuid.UUID]int, batchRows),
	}
	got, err := w.q.TryLockScope(ctx, conn, int32(id)) //nolint:gosec // scopes are counted in thousands
	if err != nil || !got {
		conn.Release()
		<-s.slots
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
	<-w.slots
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
	born, err := w.lock(ctx, tx)
	if err != nil {
		return err
	}
	at, err := w.insert(ctx, tx, born, c)
	if err != nil {
		return err
	}
	return w.apply(ctx, tx, born, at, c)
}

// lock holds the known rows of the batch until the commit, and returns a time after all their
// versions began. What another scope did to them in the meantime is taken into account.
func (w *scopeWriter) lock(ctx context.Context, tx pgx.Tx) (time.Time, error) {
	locked, err := w.q.LockChanged(ctx, tx)
	if err != nil {
		return time.Time{}, fmt.Errorf("lock changed rows: %w", postgres.Classify(err))
	}
	if err := w.q.ReviseChanges(ctx, tx, inventorydb.ReviseChangesParams{Scope: w.scope, Rank: w.rank}); err != nil {
		return time.Time{}, fmt.Errorf("revise changes: %w", postgres.Classify(err))
	}
	return locked.At, nil
}

// insert makes the resources that nobody has shown before, as of born, and returns the time of
// everything else in the batch. Where another scope inserted some of them first, its rows have to
// be locked too, and that time is a later one.
func (w *scopeWriter) insert(ctx context.Context, tx pgx.Tx, born time.Time, c *Counts) (at time.Time, err error) {
	c.New, err = w.q.InsertResources(ctx, tx, inventorydb.InsertResourcesParams{Scope: w.scope, Rank: w.rank, At: born})
	if err != nil {
		return time.Time{}, fmt.Errorf("insert new resources: %w", postgres.Classify(err))
	}
	resolved, err := w.q.ResolveInserted(ctx, tx, inventorydb.ResolveInsertedParams{Scope: w.scope, Rank: w.rank})
	if err != nil {
		return time.Time{}, fmt.Errorf("resolve new resources: %w", postgres.Classify(err))
	}
	if resolved == c.New {
		return born, nil
	}
	return w.lock(ctx, tx)
}

// apply writes the changes found. Each step is one statement over the whole batch.
func (w *scopeWriter) apply(ctx context.Context, tx pgx.Tx, born, at time.Time, c *Counts) error {
	q, scope, rank := w.q, w.scope, w.rank
	steps := []struct {
		what string
		do   func() error
	}{
		{"keep what the former owner said", func() error { return q.KeepOutranked(ctx, tx, scope) }},
		{"close versions", func() (err error) {
			c.Changed, err = q.CloseVersions(ctx, tx, inventorydb.CloseVersionsParams{At: at, Rank: rank})
			return err
		}},
		{"close locations", func() error { return q.CloseLocations(ctx, tx, at) }},
		{"close relations", func() error { return q.CloseRelations(ctx, tx) }},
		{"insert locations", func() error {
			return q.InsertLocations(ctx, tx, inventorydb.InsertLocationsParams{Scope: scope, Born: born, At: at})
		}},
		{"insert relations", func() error { return q.InsertRelations(ctx, tx, born) }},
		{"update resources", func() error {
			_, err := q.UpdateResources(ctx, tx, inventorydb.UpdateResourcesParams{Scope: scope, Rank: rank, At: at})
			return err
		}},
		{"take ownership", func() error {
			return q.TakeOwnership(ctx, tx, inventorydb.TakeOwnershipParams{Scope: scope, Rank: rank})
		}},
		{"prove locations", func() error { return q.ProveLocations(ctx, tx, scope) }},
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
