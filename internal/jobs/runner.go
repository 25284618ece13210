package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/jobs/jobsdb"
	"github.com/causeway/causeway/internal/postgres"
)

// Work is one claimed piece of due work.
type Work struct {
	Kind  Kind
	Key   string
	Fence int64
}

// Handler carries out one piece of work. Its context ends when the lease is lost or the process
// stops; what it has not finished is claimed again. It must be safe to run twice.
type Handler func(ctx context.Context, w Work) error

// Config is what a Runner needs.
type Config struct {
	DB       *pgxpool.Pool
	Log      *slog.Logger
	Handlers map[Kind]Handler
	Workers  int           // handlers at once in this process; 0: 4
	Lease    time.Duration // how long a dead process keeps its work; 0: 30 s
	Poll     time.Duration // how often to look without being woken; 0: 1 s
}

// Runner claims due work and carries it out.
type Runner struct {
	cfg   Config
	owner string
	river *river.Client[pgx.Tx]
}

// New checks the configuration and prepares River.
func New(cfg Config) (*Runner, error) {
	if cfg.DB == nil || cfg.Log == nil {
		return nil, errors.New("jobs: DB and Log are needed")
	}
	if cfg.Workers == 0 {
		cfg.Workers = 4
	}
	if cfg.Lease == 0 {
		cfg.Lease = 30 * time.Second
	}
	if cfg.Poll == 0 {
		cfg.Poll = time.Second
	}
	r := &Runner{cfg: cfg, owner: uuid.NewString()}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{runner: r})
	client, err := river.NewClient(riverpgxv5.New(cfg.DB), &river.Config{
		Queues:              map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}},
		Workers:             workers,
		JobTimeout:          -1,         // leases decide, not a clock
		ReindexerIndexNames: []string{}, // the application's role owns no index
		SoftStopTimeout:     5 * time.Second,
		Logger:              slog.New(quiet{cfg.Log.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the job queue: %w", err)
	}
	r.river = client
	return r, nil
}

// Run works until ctx ends, then lets running handlers stop and returns.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.river.Start(ctx); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.dispatch(gctx) })
	err := g.Wait()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if stopErr := r.river.StopAndCancel(stop); stopErr != nil && !errors.Is(stopErr, context.Canceled) {
		err = errors.Join(err, fmt.Errorf("stop the job queue: %w", stopErr))
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// dispatch claims what is due, woken by a notification or the poll.
func (r *Runner) dispatch(ctx context.Context) error {
	wake, stop := postgres.Listen(ctx, r.cfg.DB, "causeway_due", r.cfg.Log)
	defer stop()
	tick := time.NewTicker(r.cfg.Poll)
	defer tick.Stop()
	for {
		for {
			n, err := r.RunOnce(ctx)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				r.cfg.Log.ErrorContext(ctx, "claiming due work failed", "err", err)
			}
			if n == 0 {
				break
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-tick.C:
		}
	}
}

// RunOnce claims a batch of due work and hands it to River, and says how much that was.
func (r *Runner) RunOnce(ctx context.Context) (int, error) {
	kinds := make([]string, 0, len(r.cfg.Handlers))
	for k := range r.cfg.Handlers {
		kinds = append(kinds, string(k))
	}
	n := 0
	err := postgres.InTx(ctx, r.cfg.DB, func(tx pgx.Tx) error {
		rows, err := jobsdb.New().ClaimWork(ctx, tx, jobsdb.ClaimWorkParams{Owner: r.owner, Lease: r.cfg.Lease, Kinds: kinds, MaxRows: 16})
		if err != nil {
			return fmt.Errorf("claim due work: %w", postgres.Classify(err))
		}
		n = len(rows)
		for _, row := range rows {
			args := workArgs{Work: row.Kind, Key: row.Key, Fence: row.Fence, Owner: r.owner, Due: row.DueAt}
			if _, err := r.river.InsertTx(ctx, tx, args, &river.InsertOpts{MaxAttempts: 1}); err != nil {
				return fmt.Errorf("enqueue %s %s: %w", row.Kind, row.Key, err)
			}
		}
		return nil
	})
	return n, err
}

// retryPause is how long work whose handler failed rests, unless its rhythm is faster.
const retryPause = 30 * time.Second

// workArgs is the job as River stores it.
type workArgs struct {
	Work  string `json:"work"`
	Key   string `json:"key"`
	Fence int64  `json:"fence"`
	Owner string `json:"owner"`
	// Due is when the work was due as it was claimed.
	Due time.Time `json:"due"`
}

func (workArgs) Kind() string { return "due_work" }

type worker struct {
	river.WorkerDefaults[workArgs]
	runner *Runner
}

// Work runs the handler under a heartbeat. Whichever process River gives the job to takes the lease
// over from the process that claimed it.
func (w *worker) Work(ctx context.Context, job *river.Job[workArgs]) error {
	r, a := w.runner, job.Args
	handler, ok := r.cfg.Handlers[Kind(a.Work)]
	if !ok {
		return river.JobCancel(fmt.Errorf("no handler for %s", a.Work))
	}
	if held, err := r.extend(ctx, a); err != nil || !held {
		return errors.Join(err, river.JobCancel(fmt.Errorf("lease %d of %s %s is over", a.Fence, a.Work, a.Key)))
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	g, gctx := errgroup.WithContext(run)
	g.Go(func() error {
		defer cancel()
		return handler(gctx, Work{Kind: Kind(a.Work), Key: a.Key, Fence: a.Fence})
	})
	g.Go(func() error { return r.beat(gctx, a) })
	err := g.Wait()
	if ctx.Err() != nil {
		// The process stops: give the work back at once instead of letting the lease run out.
		return r.giveBack(ctx, a, err)
	}
	if err != nil {
		r.cfg.Log.ErrorContext(ctx, "job failed", "job", a.Work, "key", a.Key, "err", err)
		if _, rerr := jobsdb.New().RetryWork(ctx, r.cfg.DB, jobsdb.RetryWorkParams{Kind: a.Work, Key: a.Key, Fence: a.Fence, Pause: retryPause}); rerr != nil {
			return fmt.Errorf("put off %s %s: %w", a.Work, a.Key, postgres.Classify(rerr))
		}
		return nil
	}
	if _, ferr := jobsdb.New().FinishWork(ctx, r.cfg.DB, jobsdb.FinishWorkParams{Kind: a.Work, Key: a.Key, Fence: a.Fence, Claimed: a.Due}); ferr != nil {
		return fmt.Errorf("finish %s %s: %w", a.Work, a.Key, postgres.Classify(ferr))
	}
	return nil
}

// beat extends the lease until ctx ends; a lost lease is an error that ends the handler.
func (r *Runner) beat(ctx context.Context, a workArgs) error {
	tick := time.NewTicker(r.cfg.Lease / 3)
	defer tick.Stop()
	last := time.Now() //nolint:forbidigo // how long this process was cut off, by its own clock
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		held, err := r.extend(ctx, a)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil && !held:
			return fmt.Errorf("lease of %s %s was taken over", a.Work, a.Key)
		case err == nil:
			last = time.Now() //nolint:forbidigo // as above
		case time.Since(last) > r.cfg.Lease: //nolint:forbidigo // as above
			return fmt.Errorf("lease of %s %s could not be extended: %w", a.Work, a.Key, err)
		}
	}
}

func (r *Runner) extend(ctx context.Context, a workArgs) (bool, error) {
	n, err := jobsdb.New().ExtendLease(ctx, r.cfg.DB, jobsdb.ExtendLeaseParams{
		Owner: a.Owner, Lease: r.cfg.Lease, Kind: a.Work, Key: a.Key, Fence: a.Fence,
	})
	if err != nil {
		return false, fmt.Errorf("extend the lease of %s %s: %w", a.Work, a.Key, postgres.Classify(err))
	}
	return n == 1, nil
}

func (r *Runner) giveBack(ctx context.Context, a workArgs, err error) error {
	free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	n, relErr := jobsdb.New().ReleaseLease(free, r.cfg.DB, jobsdb.ReleaseLeaseParams{Kind: a.Work, Key: a.Key, Fence: a.Fence})
	if relErr != nil {
		return errors.Join(err, fmt.Errorf("give back %s %s: %w", a.Work, a.Key, postgres.Classify(relErr)))
	}
	r.cfg.Log.InfoContext(free, "work given back", "job", a.Work, "key", a.Key, "held", n == 1)
	return err
}

// quiet lets only warnings and errors of the queue through: its chatter is not ours.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
