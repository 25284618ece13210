package inventory

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// scopeAttempts is how often a scope that did not answer is listed in one run.
const scopeAttempts = 3

// listScope lists one scope and closes its line in the ledger. What is wrong with the scope ends
// there; an error means that the run cannot go on.
func (r *run) listScope(ctx context.Context, reader provider.Reader, p planned) error {
	if p.Err != nil {
		return r.fail(ctx, p, provider.ProblemOf(p.Err))
	}
	if older := refuseOlder(p); older != nil {
		return r.fail(ctx, p, older)
	}
	w, err := r.s.openScope(ctx, p.id, p.Scope)
	if errors.Is(err, errBusy) {
		return r.fail(ctx, p, &provider.Problem{
			Code: provider.ProblemUnreachable, Text: "Another process of the console lists this scope right now.", Fix: "Nothing to do: its result counts.",
		})
	}
	if err != nil {
		return err
	}
	defer w.close(ctx)
	if err := r.s.q.BeginScope(ctx, r.s.cfg.DB, inventorydb.BeginScopeParams{RunID: r.id, ScopeID: p.id}); err != nil {
		return fmt.Errorf("begin scope %d: %w", p.id, postgres.Classify(err))
	}
	for attempt := 1; ; attempt++ {
		problem, err := r.listOnce(ctx, reader, p, w)
		if err != nil || problem == nil {
			return err
		}
		if !problem.Retryable() || attempt == scopeAttempts || r.s.cfg.Backoff == nil {
			return r.fail(ctx, p, problem)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.s.cfg.Backoff(attempt)):
		}
	}
}

// refuseOlder compares the numbered snapshots of a scope: an older one would undo a newer one.
func refuseOlder(p planned) *provider.Problem {
	if p.Lineage == "" || p.Lineage != p.lineage || p.Revision >= p.serial {
		return nil
	}
	return &provider.Problem{
		Code: provider.ProblemOlder,
		Text: fmt.Sprintf("Serial %d of %s is older than serial %d, which is already known.", p.Revision, p.Account.Name, p.serial),
		Fix:  "Check which copy of the state is the current one. If this is a rollback, write it with a higher serial (terraform state push does).",
	}
}

// listOnce reads a scope to its end and closes it. A problem means that the listing is not complete:
// what came before it is kept, and nothing is taken to be gone.
func (r *run) listOnce(ctx context.Context, reader provider.Reader, p planned, w *scopeWriter) (*provider.Problem, error) {
	if err := w.forgetSeen(ctx); err != nil {
		return nil, err
	}
	var observed time.Time
	for res, err := range reader.Resources(ctx, p.Scope) {
		if err == nil {
			err = r.stage(ctx, w, p, &res)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			if ferr := r.flush(ctx, w, p); ferr != nil {
				return refused(ferr)
			}
			return provider.ProblemOf(err), nil
		}
		if res.Observed.After(observed) {
			observed = res.Observed
		}
		if w.full() {
			if err := r.flush(ctx, w, p); err != nil {
				return refused(err)
			}
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := r.flush(ctx, w, p); err != nil {
		return refused(err)
	}
	return nil, r.closeScope(ctx, w, p, observed)
}

// refused makes rows that the database cannot hold a problem of their scope: one strange answer of a
// provider must not end the sync of everything else.
func refused(err error) (*provider.Problem, error) {
	if !errors.Is(err, fault.Invalid) {
		return nil, err
	}
	return &provider.Problem{
		Code: provider.ProblemInvalid, Text: "The answer holds values that cannot be stored.",
		Fix: "See the server's log for this run, and report it with the adapter's name.", Err: err,
	}, nil
}

// stage adds one resource to the batch, with the account it belongs to.
func (r *run) stage(ctx context.Context, w *scopeWriter, p planned, res *provider.Resource) error {
	acct := p.acct
	if res.AccountID != "" && (res.AccountID != p.Account.ID || res.Provider != p.Account.Provider) {
		var err error
		if acct, err = r.account(ctx, provider.Account{Provider: res.Provider, ID: res.AccountID}); err != nil {
			return err
		}
	}
	row, err := stageRow(res, p.Scope, acct, r.where)
	if err != nil {
		return err
	}
	w.add(row)
	return nil
}

func (r *run) flush(ctx context.Context, w *scopeWriter, p planned) error {
	c, err := w.flush(ctx)
	if err != nil {
		return err
	}
	return r.progress(ctx, p, c)
}

func (r *run) progress(ctx context.Context, p planned, c Counts) error {
	r.mu.Lock()
	r.counts.add(c)
	r.mu.Unlock()
	err := r.s.q.AddProgress(ctx, r.s.cfg.DB, inventorydb.AddProgressParams{
		RunID: r.id, ScopeID: p.id, Seen: c.Seen, New: c.New, Changed: c.Changed, Gone: c.Gone,
	})
	if err != nil {
		return fmt.Errorf("write progress: %w", postgres.Classify(err))
	}
	return r.s.announceRun(ctx, r.id)
}

// closeScope draws the conclusion from a complete listing.
func (r *run) closeScope(ctx context.Context, w *scopeWriter, p planned, observed time.Time) error {
	res, err := w.closeListed(ctx, p.Eventual, p.released)
	if err != nil {
		return err
	}
	if res.gone > 0 {
		if err := r.progress(ctx, p, Counts{Gone: res.gone}); err != nil {
			return err
		}
	}
	if res.held > 0 {
		return r.hold(ctx, p, res)
	}
	err = r.s.q.CloseScopeOK(ctx, r.s.cfg.DB, inventorydb.CloseScopeOKParams{
		RunID: r.id, ScopeID: p.id, Observed: nullable(observed.UTC()), Rows: res.rows, Lineage: p.Lineage, Serial: p.Revision,
	})
	if err != nil {
		return fmt.Errorf("close scope %d: %w", p.id, postgres.Classify(err))
	}
	return r.closed(ctx, false)
}

func (r *run) hold(ctx context.Context, p planned, res closeResult) error {
	err := r.s.q.CloseScopeHeld(ctx, r.s.cfg.DB, inventorydb.CloseScopeHeldParams{
		RunID: r.id, ScopeID: p.id, HeldRows: res.held,
		ProblemText: fmt.Sprintf("A complete listing no longer shows %d of %d resources. They are kept until somebody confirms.", res.held, res.rows),
		ProblemFix:  "If they are really gone, choose Let them go. If not, check the source's rights and filters.",
	})
	if err != nil {
		return fmt.Errorf("hold scope %d: %w", p.id, postgres.Classify(err))
	}
	return r.closed(ctx, true)
}

func (r *run) fail(ctx context.Context, p planned, problem *provider.Problem) error {
	r.log.WarnContext(ctx, "scope failed", "account", p.Account.ID, "region", p.Region, "api", p.API, "code", problem.Code, "err", problem)
	err := r.s.q.CloseScopeFailed(ctx, r.s.cfg.DB, inventorydb.CloseScopeFailedParams{
		RunID: r.id, ScopeID: p.id, ProblemCode: string(problem.Code), ProblemText: clean(problem.Text), ProblemFix: clean(problem.Fix),
	})
	if err != nil {
		return fmt.Errorf("note the failure of scope %d: %w", p.id, postgres.Classify(err))
	}
	return r.closed(ctx, true)
}

func (r *run) closed(ctx context.Context, failed bool) error {
	r.mu.Lock()
	r.done++
	if failed {
		r.failed++
	}
	r.mu.Unlock()
	return r.s.announceRun(ctx, r.id)
}

// retire deals with scopes that a complete plan no longer holds. Whether they should go depends on
// why: a person who narrowed the source meant it; a scope that vanished by itself may have vanished
// because a right was taken away, and its resources are kept as stale.
func (r *run) retire(ctx context.Context, plan []planned) error {
	ids := make([]int64, len(plan))
	for i, p := range plan {
		ids[i] = p.id
	}
	q, db := r.s.q, r.s.cfg.DB
	rows, err := q.UnplannedScopes(ctx, db, inventorydb.UnplannedScopesParams{SourceID: r.source.ID, Planned: ids})
	if err != nil {
		return fmt.Errorf("look for vanished scopes: %w", postgres.Classify(err))
	}
	for _, row := range rows {
		if row.Revision == r.source.Revision {
			err = q.MarkScopeLost(ctx, db, inventorydb.MarkScopeLostParams{
				ID: row.ID, ProblemText: "The source no longer offers this account, region or API, although its settings are the same.",
				ProblemFix: "If it was closed on purpose, remove the scope; its resources then end as scope_removed. Otherwise check the source's rights.",
			})
		} else {
			err = r.s.removeScope(ctx, row.ID, GoneSourceChanged)
		}
		if err != nil {
			return fmt.Errorf("retire scope %d: %w", row.ID, postgres.Classify(err))
		}
	}
	return nil
}

// removeScope ends a scope's witnesses and its line in the ledger.
func (s *Syncer) removeScope(ctx context.Context, id int64, reason GoneReason) error {
	w, err := s.openScope(ctx, id, provider.Scope{})
	if err != nil {
		return err
	}
	defer w.close(ctx)
	if _, err := w.endAll(ctx, reason); err != nil {
		return err
	}
	if err := s.q.MarkScopeRemoved(ctx, s.cfg.DB, id); err != nil {
		return fmt.Errorf("remove scope %d: %w", id, postgres.Classify(err))
	}
	return nil
}

// forgetSeen begins a new listing on the same connection.
func (w *scopeWriter) forgetSeen(ctx context.Context) error {
	w.rows = w.rows[:0]
	clear(w.at)
	return postgres.TempLike(ctx, w.conn.Conn(), nil, []string{"resource_seen"})
}
