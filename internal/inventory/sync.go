package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// SyncWork is the kind of due work that syncs one source; its key is the source's id.
const SyncWork jobs.Kind = "sync"

// SyncerConfig is what a Syncer needs.
type SyncerConfig struct {
	DB        *pgxpool.Pool
	Log       *slog.Logger
	Factories []provider.Factory
	Secret    func(name string) (string, error)
	Clock     func() time.Time
	Parallel  int // scopes at once per source; 0: 4
	// Backoff is how long to wait before attempt n (1, 2, …) at a scope that did not answer. Nil: no
	// second attempt beyond the adapter's own.
	Backoff func(n int) time.Duration
}

// Syncer reads sources into the inventory.
type Syncer struct {
	cfg    SyncerConfig
	limits *Limits
	q      *inventorydb.Queries
	slots  chan struct{} // one for each scope that holds a connection
}

// NewSyncer checks the configuration.
func NewSyncer(cfg SyncerConfig) (*Syncer, error) {
	if cfg.DB == nil || cfg.Log == nil || cfg.Clock == nil {
		return nil, errors.New("inventory: DB, Log and Clock are needed")
	}
	if cfg.Parallel == 0 {
		cfg.Parallel = 4
	}
	return &Syncer{
		cfg: cfg, limits: NewLimits(cfg.Clock), q: inventorydb.New(),
		// A scope holds one connection and needs a second one now and then: were all of them held, every
		// scope would wait for every other. The other half is for that, and for pages.
		slots: make(chan struct{}, max(1, cfg.DB.Config().MaxConns/2)),
	}, nil
}

// HandleWork syncs the source that is due. It is the jobs.Handler of SyncWork.
func (s *Syncer) HandleWork(ctx context.Context, w jobs.Work) error {
	source, err := uuid.Parse(w.Key)
	if err != nil {
		return fmt.Errorf("due sync %q: %w", w.Key, err)
	}
	id, err := s.openRun(ctx, source, w.Fence)
	if err != nil || id == uuid.Nil {
		return err
	}
	return s.Run(ctx, id, w.Fence)
}

// openRun finds the run that somebody asked for or that a dead process left, or makes one by schedule.
func (s *Syncer) openRun(ctx context.Context, source uuid.UUID, fence int64) (uuid.UUID, error) {
	var id uuid.UUID
	err := postgres.InTx(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		row, err := s.q.SourceByID(ctx, tx, source)
		if err != nil {
			return fmt.Errorf("source %s: %w", source, postgres.Classify(err))
		}
		open, err := s.q.OpenRun(ctx, tx, source)
		switch {
		case err == nil:
			id = open.ID
		case errors.Is(postgres.Classify(err), fault.NotFound) && !row.Enabled:
			return nil
		case errors.Is(postgres.Classify(err), fault.NotFound):
			if id, err = insertRun(ctx, tx, newRun{Source: source, Trigger: BySchedule}); err != nil {
				return err
			}
		default:
			return fmt.Errorf("look for an open run: %w", postgres.Classify(err))
		}
		if err := s.q.FenceRun(ctx, tx, inventorydb.FenceRunParams{ID: id, Fence: fence}); err != nil {
			return fmt.Errorf("fence run %s: %w", id, postgres.Classify(err))
		}
		return nil
	})
	return id, err
}

// Run carries one run out under its fence. Problems of scopes end in the ledger, not here; an error
// means that the run itself could not go on, and it stays open for whoever claims it next.
func (s *Syncer) Run(ctx context.Context, id uuid.UUID, fence int64) error {
	begun, err := s.q.BeginRun(ctx, s.cfg.DB, inventorydb.BeginRunParams{ID: id, Fence: fence})
	if err != nil {
		if errors.Is(postgres.Classify(err), fault.NotFound) {
			return nil // it ended, or a newer lease has it
		}
		return fmt.Errorf("begin run %s: %w", id, postgres.Classify(err))
	}
	src, err := s.q.SourceByID(ctx, s.cfg.DB, begun.SourceID)
	if err != nil {
		return fmt.Errorf("source of run %s: %w", id, postgres.Classify(err))
	}
	r := &run{
		s: s, id: id, source: sourceFromRow(inventorydb.SourcesRow(src)), payload: begun.Payload,
		log: s.cfg.Log.With("source", src.Name, "run", id), accounts: map[cloud.AccountRef]int64{},
	}
	r.log.InfoContext(ctx, "sync begins", "attempt", begun.Attempt, "trigger", begun.Trigger)
	state, problem := RunCanceled, (*provider.Problem)(nil)
	if !begun.Cancel {
		state, problem, err = r.execute(ctx)
	}
	if err != nil && ctx.Err() != nil {
		return err // the process stops or lost its lease: the run goes on elsewhere
	}
	if err != nil {
		state, problem = RunFailed, provider.ProblemOf(err)
		r.log.ErrorContext(ctx, "sync failed", "err", err)
	}
	return r.finish(ctx, state, problem)
}

// finish closes the run's line in the ledger.
func (r *run) finish(ctx context.Context, state RunState, problem *provider.Problem) error {
	s, id := r.s, r.id
	end := inventorydb.FinishRunParams{ID: id, State: string(state)}
	if problem != nil {
		end.ProblemCode, end.ProblemText, end.ProblemFix = string(problem.Code), clean(problem.Text), clean(problem.Fix)
	}
	if err := s.q.FinishRun(ctx, s.cfg.DB, end); err != nil {
		return fmt.Errorf("finish run %s: %w", id, postgres.Classify(err))
	}
	r.log.InfoContext(ctx, "sync ended", "state", state, "seen", r.counts.Seen, "new", r.counts.New, "changed", r.counts.Changed, "gone", r.counts.Gone)
	return s.announceRun(ctx, id)
}

// announceRun wakes the pages that show the run.
func (s *Syncer) announceRun(ctx context.Context, id uuid.UUID) error {
	if err := s.q.NotifyRun(ctx, s.cfg.DB, id.String()); err != nil {
		return fmt.Errorf("announce run %s: %w", id, postgres.Classify(err))
	}
	return nil
}

// run is one sync under way.
type run struct {
	s       *Syncer
	id      uuid.UUID
	source  Source
	payload []byte
	log     *slog.Logger
	where   places

	mu       sync.Mutex
	accounts map[cloud.AccountRef]int64
	counts   Counts
	done     int
	failed   int
}

// errCanceled ends a run that a person stopped.
var errCanceled = errors.New("canceled by a person")

// execute plans and lists, and says how the run ended.
func (r *run) execute(ctx context.Context) (RunState, *provider.Problem, error) {
	reader, err := r.open(ctx)
	if err != nil {
		return RunFailed, provider.ProblemOf(err), nil
	}
	defer reader.Close()
	if r.where, err = r.s.ownPlaces(ctx); err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopped := r.watchCancel(ctx, cancel)
	defer stopped()
	plan, planErr, err := r.plan(ctx, reader)
	if err == nil {
		err = r.listAll(ctx, reader, plan)
	}
	if errors.Is(context.Cause(ctx), errCanceled) {
		return RunCanceled, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	if planErr == nil && r.payload == nil {
		if err := r.retire(ctx, plan); err != nil {
			return "", nil, err
		}
	}
	switch {
	case planErr != nil && len(plan) == 0:
		return RunFailed, provider.ProblemOf(planErr), nil
	case planErr != nil:
		return RunPartial, provider.ProblemOf(planErr), nil
	case r.failed > 0 && r.failed == r.done:
		return RunFailed, nil, nil
	case r.failed > 0:
		return RunPartial, nil, nil
	}
	return RunOK, nil, nil
}

// open makes the reader of the source, or of what was pushed.
func (r *run) open(ctx context.Context) (provider.Reader, error) {
	f, ok := r.s.factory(r.source.Adapter)
	if !ok {
		return nil, &provider.Problem{
			Code: provider.ProblemInvalid, Text: fmt.Sprintf("This version of the console has no adapter %q.", r.source.Adapter),
			Fix: "Correct spec.adapter of the source, or update the console.",
		}
	}
	if r.payload != nil {
		if f.OpenPush == nil {
			return nil, &provider.Problem{Code: provider.ProblemInvalid, Text: fmt.Sprintf("The adapter %q takes no pushes.", r.source.Adapter)}
		}
		return f.OpenPush(r.payload)
	}
	return f.Open(ctx, provider.Source{
		Name: r.source.Name, Settings: r.source.Settings, Secret: r.s.cfg.Secret, Limit: r.s.limits, Clock: r.s.cfg.Clock,
	})
}

func (s *Syncer) factory(adapter string) (provider.Factory, bool) {
	for _, f := range s.cfg.Factories {
		if f.Adapter == adapter {
			return f, true
		}
	}
	return provider.Factory{}, false
}

func (s *Syncer) ownPlaces(ctx context.Context) (places, error) {
	rows, err := s.q.OwnRegions(ctx, s.cfg.DB)
	if err != nil {
		return nil, fmt.Errorf("read own regions: %w", postgres.Classify(err))
	}
	p := places{}
	for _, r := range rows {
		p[[2]string{r.Provider, r.Code}] = r.Country
	}
	return p, nil
}

// watchCancel ends the run's context soon after a person asked for it.
func (r *run) watchCancel(ctx context.Context, cancel context.CancelCauseFunc) (wait func()) {
	ctx, stop := context.WithCancel(ctx)
	var g errgroup.Group
	g.Go(func() error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			asked, err := r.s.q.CancelAsked(ctx, r.s.cfg.DB, r.id)
			if err == nil && asked {
				cancel(errCanceled)
				return nil
			}
		}
	})
	return func() {
		stop()
		g.Wait() //nolint:errcheck // it returns no error
	}
}

// planned is a scope with its line in the ledger.
type planned struct {
	provider.Scope
	id       int64
	acct     int64
	lineage  string
	serial   int64
	released bool
}

// plan writes the scopes that exist now into the ledger. incomplete says why the list of scopes is
// not complete; what came before is listed all the same.
func (r *run) plan(ctx context.Context, reader provider.Reader) (out []planned, incomplete, err error) {
	ids, known := []int64{}, map[int64]bool{}
	for sc, err := range reader.Scopes(ctx) {
		if err != nil {
			incomplete = err
			break
		}
		p, err := r.planOne(ctx, sc)
		if err != nil {
			return nil, nil, err
		}
		if known[p.id] {
			r.log.WarnContext(ctx, "the adapter offers a scope twice", "account", sc.Account.ID, "region", sc.Region, "api", sc.API)
			continue
		}
		known[p.id] = true
		out, ids = append(out, p), append(ids, p.id)
	}
	db := r.s.cfg.DB
	if err := r.s.q.PlanRunScopes(ctx, db, inventorydb.PlanRunScopesParams{RunID: r.id, ScopeIds: ids}); err != nil {
		return nil, nil, fmt.Errorf("write the plan: %w", postgres.Classify(err))
	}
	if err := r.s.q.SetPlanned(ctx, db, inventorydb.SetPlannedParams{ID: r.id, Planned: int32(len(ids))}); err != nil { //nolint:gosec // thousands
		return nil, nil, fmt.Errorf("write the plan: %w", postgres.Classify(err))
	}
	return out, incomplete, nil
}

func (r *run) planOne(ctx context.Context, sc provider.Scope) (planned, error) {
	sc.Region, sc.API, sc.Manager, sc.Lineage = clean(sc.Region), clean(sc.API), clean(sc.Manager), clean(sc.Lineage)
	acct, err := r.account(ctx, sc.Account)
	if err != nil {
		return planned{}, err
	}
	kinds := make([]string, len(sc.Kinds))
	for i, k := range sc.Kinds {
		kinds[i] = string(k)
	}
	row, err := r.s.q.EnsureScope(ctx, r.s.cfg.DB, inventorydb.EnsureScopeParams{
		SourceID: r.source.ID, AccountID: acct, Region: sc.Region, Api: sc.API, Kinds: kinds,
		Rank: int16(sc.Rank), Manager: sc.Manager, Eventual: sc.Eventual, SourceRevision: r.source.Revision,
	})
	if err != nil {
		return planned{}, fmt.Errorf("write scope %s %s %s: %w", sc.Account.ID, sc.Region, sc.API, postgres.Classify(err))
	}
	return planned{Scope: sc, id: row.ID, acct: acct, lineage: row.Lineage, serial: row.Serial, released: row.HeldRelease}, nil
}

// account finds or makes the account, once a run.
func (r *run) account(ctx context.Context, a provider.Account) (int64, error) {
	ref := cloud.AccountRef{Provider: a.Provider, ID: a.ID}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.accounts[ref]; ok {
		return known, nil
	}
	tags, err := encodeTags(a.Tags)
	if err != nil {
		return 0, fmt.Errorf("encode tags of account %s: %w", a.ID, err)
	}
	acct, err := r.s.ensureAccount(ctx, inventorydb.EnsureAccountParams{
		Provider: string(a.Provider), NativeID: clean(a.ID), Name: short(cmp.Or(a.Name, a.ID), maxName), Parent: clean(a.Parent), Tags: tags, FallbackUnit: r.source.UnitID,
	})
	if err != nil {
		return 0, err
	}
	r.accounts[ref] = acct
	return acct, nil
}

func (s *Syncer) ensureAccount(ctx context.Context, p inventorydb.EnsureAccountParams) (int64, error) {
	var id int64
	err := postgres.InTx(ctx, s.cfg.DB, func(tx pgx.Tx) error {
		row, err := s.q.EnsureAccount(ctx, tx, p)
		if err != nil {
			return fmt.Errorf("write account %s %s: %w", p.Provider, p.NativeID, postgres.Classify(err))
		}
		id = row.ID
		if !row.Fresh {
			return nil
		}
		err = s.q.BeginAccountUnit(ctx, tx, inventorydb.BeginAccountUnitParams{AccountID: row.ID, UnitID: row.UnitID})
		if err != nil {
			return fmt.Errorf("write the unit of account %s: %w", p.NativeID, postgres.Classify(err))
		}
		return nil
	})
	return id, err
}

// listAll lists every planned scope, several at once.
func (r *run) listAll(ctx context.Context, reader provider.Reader, plan []planned) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.s.cfg.Parallel)
	for _, p := range plan {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error { return r.listScope(gctx, reader, p) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}
