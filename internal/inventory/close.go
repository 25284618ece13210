package inventory

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
)

// closeRows is how many witnesses end in one transaction.
const closeRows = 5000

// The brake: a complete listing that would end more than both of these waits for a person.
const (
	brakeRows  = 20
	brakeShare = 0.30
)

// brakes reports whether losing unseen of total rows has to be confirmed.
func brakes(unseen, total int64) bool {
	return unseen > brakeRows && float64(unseen) > brakeShare*float64(total)
}

// closeResult says what a complete listing ended.
type closeResult struct {
	rows int64 // what the scope shows now
	gone int64 // witnesses that ended
	held int64 // what the brake keeps; nothing ended then
}

// closeListed draws the conclusion from a complete listing: what the scope did not show misses it
// once, and ends when it missed often enough.
func (w *scopeWriter) closeListed(ctx context.Context, eventual, released bool) (closeResult, error) {
	n, err := w.q.CountUnseen(ctx, w.conn, w.scope)
	if err != nil {
		return closeResult{}, fmt.Errorf("count what scope %d no longer shows: %w", w.scope, postgres.Classify(err))
	}
	res := closeResult{rows: n.Total - n.Unseen}
	if n.Unseen == 0 {
		return res, nil
	}
	if brakes(n.Unseen, n.Total) && !released {
		return closeResult{rows: n.Total, held: n.Unseen}, nil
	}
	strikes := int16(1)
	if eventual {
		strikes = 2
	}
	missed, err := w.missOnce(ctx)
	if err != nil {
		return closeResult{}, err
	}
	for {
		ended, err := w.endBatch(ctx, GoneDeleted, func(tx pgx.Tx) ([]int64, error) {
			return w.q.EndUnseen(ctx, tx, inventorydb.EndUnseenParams{
				Scope: w.scope, Strikes: strikes, MaxRows: closeRows, Reason: string(GoneDeleted),
			})
		})
		if err != nil {
			return closeResult{}, err
		}
		if ended == 0 {
			break
		}
		res.gone += ended
	}
	if eventual {
		err = w.settleAll(ctx, missed)
	}
	return res, err
}

func (w *scopeWriter) missOnce(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := retryConflict(ctx, func() (err error) {
		ids, err = w.q.MissOnce(ctx, w.conn, w.scope)
		return postgres.Classify(err)
	})
	if err != nil {
		return nil, fmt.Errorf("note what scope %d missed: %w", w.scope, err)
	}
	return ids, nil
}

// endAll ends every witness of the scope: it was removed from its source, or lost for good.
func (w *scopeWriter) endAll(ctx context.Context, reason GoneReason) (int64, error) {
	var total int64
	for {
		n, err := w.endBatch(ctx, reason, func(tx pgx.Tx) ([]int64, error) {
			return w.q.EndScopeWitnesses(ctx, tx, inventorydb.EndScopeWitnessesParams{Scope: w.scope, MaxRows: closeRows, Reason: string(reason)})
		})
		if err != nil || n == 0 {
			return total, err
		}
		total += n
	}
}

// endBatch ends a bounded number of witnesses and settles their resources in one transaction.
func (w *scopeWriter) endBatch(ctx context.Context, reason GoneReason, end func(pgx.Tx) ([]int64, error)) (int64, error) {
	var n int64
	err := retryConflict(ctx, func() error {
		return postgres.InTx(ctx, w.conn, func(tx pgx.Tx) error {
			ids, err := end(tx)
			if err != nil {
				return fmt.Errorf("end witnesses of scope %d: %w", w.scope, postgres.Classify(err))
			}
			n = int64(len(ids))
			return w.settle(ctx, tx, ids, reason)
		})
	})
	return n, err
}

func (w *scopeWriter) settleAll(ctx context.Context, ids []int64) error {
	for len(ids) > 0 {
		part := ids[:min(closeRows, len(ids))]
		ids = ids[len(part):]
		err := retryConflict(ctx, func() error {
			return postgres.InTx(ctx, w.conn, func(tx pgx.Tx) error { return w.settle(ctx, tx, part, GoneDeleted) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// settle decides what becomes of resources that lost or missed a witness: gone when nobody shows
// them, missing when only a document still declares them or their listing missed them, otherwise
// they stay, perhaps with another witness as the owner of their description.
func (w *scopeWriter) settle(ctx context.Context, tx pgx.Tx, ids []int64, reason GoneReason) error {
	if len(ids) == 0 {
		return nil
	}
	locked, err := w.q.LockResources(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("lock resources: %w", postgres.Classify(err))
	}
	rows, err := w.q.JudgeAbsent(ctx, tx, ids)
	if err != nil {
		return fmt.Errorf("judge absent resources: %w", postgres.Classify(err))
	}
	var gone, missing, orphaned []int64
	for _, r := range rows {
		if r.Verdict == "gone" {
			gone = append(gone, r.ID)
			continue
		}
		if r.Verdict == "missing" && r.State == "live" {
			missing = append(missing, r.ID)
		}
		if r.Orphaned {
			orphaned = append(orphaned, r.ID)
		}
	}
	return w.writeAbsent(ctx, tx, absent{gone, missing, orphaned, ids, reason, locked.At})
}

type absent struct {
	gone, missing, orphaned, touched []int64
	reason                           GoneReason
	at                               time.Time
}

func (w *scopeWriter) writeAbsent(ctx context.Context, tx pgx.Tx, a absent) error {
	q := w.q
	var err error
	do := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	if len(a.gone) > 0 {
		do(func() error {
			return q.CloseVersionsOf(ctx, tx, inventorydb.CloseVersionsOfParams{At: a.at, Reason: string(a.reason), Ids: a.gone})
		})
		do(func() error {
			return q.CloseLocationsOf(ctx, tx, inventorydb.CloseLocationsOfParams{Ids: a.gone, At: a.at})
		})
		do(func() error { return q.DropRelationsOf(ctx, tx, a.gone) })
		do(func() error {
			reason := string(a.reason)
			return q.MarkGone(ctx, tx, inventorydb.MarkGoneParams{At: &a.at, Reason: &reason, Ids: a.gone})
		})
	}
	if len(a.missing) > 0 {
		do(func() error {
			return q.CloseVersionsOf(ctx, tx, inventorydb.CloseVersionsOfParams{At: a.at, Reason: "missing", Ids: a.missing})
		})
		do(func() error { return q.MarkMissing(ctx, tx, inventorydb.MarkMissingParams{At: &a.at, Ids: a.missing}) })
	}
	if len(a.orphaned) > 0 {
		do(func() error { return q.HandOver(ctx, tx, a.orphaned) })
	}
	do(func() error {
		_, err := q.Announce(ctx, tx, inventorydb.AnnounceParams{Topic: FeedResource, Ids: a.touched})
		return err
	})
	if err != nil {
		return fmt.Errorf("write absent resources: %w", postgres.Classify(err))
	}
	return nil
}
