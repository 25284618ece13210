package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

const kind jobs.Kind = "test"

var quiet = slog.New(slog.DiscardHandler)

func newRunner(t *testing.T, db *pgxpool.Pool, lease time.Duration, h jobs.Handler) *jobs.Runner {
	t.Helper()
	r, err := jobs.New(jobs.Config{DB: db, Log: quiet, Lease: lease, Poll: 20 * time.Millisecond, Handlers: map[jobs.Kind]jobs.Handler{kind: h}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// start runs a runner until the returned function is called.
func start(t *testing.T, r *jobs.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("runner: %v", err)
		}
	})
}

func TestDueWorkIsDoneOnceByManyProcesses(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	const n = 40
	var mu sync.Mutex
	times := map[string]int{}
	all := make(chan struct{})
	h := func(_ context.Context, w jobs.Work) error {
		mu.Lock()
		defer mu.Unlock()
		times[w.Key]++
		if len(times) == n {
			close(all)
		}
		return nil
	}
	db := pgtest.Pool(t, url)
	for i := range n {
		key := string(rune('a'+i%26)) + string(rune('a'+i/26))
		if err := jobs.Schedule(ctx, db, kind, key, 0); err != nil {
			t.Fatal(err)
		}
		if err := jobs.MakeDue(ctx, db, kind, key); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		defer start(t, newRunner(t, pgtest.Pool(t, url), time.Minute, h))()
	}
	<-all
	mu.Lock()
	defer mu.Unlock()
	for key, c := range times {
		if c != 1 {
			t.Errorf("%s was done %d times, want once", key, c)
		}
	}
}

func TestLostLeaseEndsTheHandlerAndAnotherTakesOver(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	db := pgtest.Pool(t, url)
	if err := jobs.Schedule(ctx, db, kind, "k", time.Hour); err != nil {
		t.Fatal(err)
	}
	began, ended := make(chan int64, 4), make(chan error, 4)
	stop := start(t, newRunner(t, pgtest.Pool(t, url), 300*time.Millisecond, func(ctx context.Context, w jobs.Work) error {
		began <- w.Fence
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}))
	defer stop()
	first := <-began
	// Another process claims the row, as if this one had been silent for too long.
	_, err := db.Exec(ctx, "UPDATE due_work SET fence = fence + 1, lease_owner = 'other', lease_until = clock_timestamp() + interval '1 hour'")
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler under fence %d ended with %v, want it canceled", first, err)
	}
	var fence int64
	var owner string
	if err := db.QueryRow(ctx, "SELECT fence, lease_owner FROM due_work").Scan(&fence, &owner); err != nil {
		t.Fatal(err)
	}
	if fence != first+1 || owner != "other" {
		t.Errorf("the old holder moved the row: fence %d owner %q", fence, owner)
	}
}

func TestStoppedRunnerGivesWorkBack(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	db := pgtest.Pool(t, url)
	if err := jobs.Schedule(ctx, db, kind, "k", time.Hour); err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{}, 1)
	stop := start(t, newRunner(t, pgtest.Pool(t, url), time.Hour, func(ctx context.Context, _ jobs.Work) error {
		began <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}))
	<-began
	stop()
	again := make(chan struct{}, 1)
	defer start(t, newRunner(t, pgtest.Pool(t, url), time.Hour, func(context.Context, jobs.Work) error {
		again <- struct{}{}
		return nil
	}))()
	<-again // with a lease of an hour: only because it was given back
}

func TestWorkAskedForMeanwhileIsDoneAgain(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	var times atomic.Int32
	twice := make(chan struct{})
	r := newRunner(t, db, time.Minute, func(ctx context.Context, w jobs.Work) error {
		switch times.Add(1) {
		case 1: // its result was not seen by whoever asks now
			return jobs.MakeDue(ctx, db, kind, w.Key)
		case 2:
			close(twice)
		}
		return nil
	})
	if err := jobs.Schedule(ctx, db, kind, "a", 0); err != nil {
		t.Fatal(err)
	}
	if err := jobs.MakeDue(ctx, db, kind, "a"); err != nil {
		t.Fatal(err)
	}
	stop := start(t, r)
	defer stop()
	select {
	case <-twice:
	case <-time.After(30 * time.Second):
		t.Fatal("what was asked for while the work was under way was forgotten")
	}
	stop()
	if n := times.Load(); n != 2 {
		t.Errorf("done %d times, want 2", n)
	}
}

func TestFailedWorkStaysDue(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	failed := make(chan struct{}, 8)
	r := newRunner(t, db, time.Minute, func(context.Context, jobs.Work) error {
		failed <- struct{}{}
		return errors.New("the database went away for a moment")
	})
	if err := jobs.Schedule(ctx, db, kind, "a", 0); err != nil {
		t.Fatal(err)
	}
	if err := jobs.MakeDue(ctx, db, kind, "a"); err != nil {
		t.Fatal(err)
	}
	stop := start(t, r)
	defer stop()
	<-failed
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for owner := "somebody"; owner != ""; { // until the runner has put it off
		if err := db.QueryRow(ctx, "SELECT lease_owner FROM due_work WHERE key = 'a'").Scan(&owner); err != nil {
			t.Fatal(err)
		}
	}
	var due, rests bool
	if err := db.QueryRow(ctx, "SELECT due_at <= clock_timestamp(), lease_until > clock_timestamp() FROM due_work WHERE key = 'a'").Scan(&due, &rests); err != nil || !due || !rests {
		t.Errorf("work that failed: due %v, rests a little %v, %v", due, rests, err)
	}
	if len(failed) != 0 {
		t.Error("work that failed was tried again at once")
	}
}

func TestWorkThatLosesItsRhythmIsDoneOnceMore(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	for _, every := range []time.Duration{time.Hour, 0} { // due now, asked for, and then only when asked
		if err := jobs.Schedule(ctx, db, kind, "a", every); err != nil {
			t.Fatal(err)
		}
	}
	var due bool
	if err := db.QueryRow(ctx, "SELECT due_at <= clock_timestamp() FROM due_work WHERE key = 'a'").Scan(&due); err != nil || !due {
		t.Errorf("work that was due when it lost its rhythm: due %v, %v", due, err)
	}
}

func TestScheduleKeepsTheNextTime(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	due := func() (at time.Time, every time.Duration) {
		t.Helper()
		if err := db.QueryRow(ctx, "SELECT due_at, every FROM due_work").Scan(&at, &every); err != nil {
			t.Fatal(err)
		}
		return at, every
	}
	set := func(every time.Duration) {
		t.Helper()
		if err := jobs.Schedule(ctx, db, kind, "k", every); err != nil {
			t.Fatal(err)
		}
	}
	set(time.Hour)
	before, _ := due()
	set(time.Hour)
	if after, _ := due(); !after.Equal(before) {
		t.Errorf("the same rhythm moved the next time from %s to %s", before, after)
	}
	if _, err := db.Exec(ctx, "UPDATE due_work SET due_at = clock_timestamp() + interval '1 hour'"); err != nil {
		t.Fatal(err)
	}
	set(time.Minute)
	now, err := postgres.Now(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	if at, every := due(); every != time.Minute || at.After(now.Add(time.Minute)) {
		t.Errorf("a shorter rhythm takes effect at once: due %s, every %s", at, every)
	}
	if err := jobs.MakeDue(ctx, db, kind, "other"); !errors.Is(err, fault.NotFound) {
		t.Errorf("unknown work: %v, want not found", err)
	}
}

func TestFeedIsGapFreeAndInCommitOrder(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	db := pgtest.Pool(t, url)
	const writers, each = 6, 40
	var committed atomic.Int64
	errRollback := errors.New("roll back")
	var g errgroup.Group
	for w := range writers {
		g.Go(func() error {
			for i := range each {
				err := postgres.InTx(ctx, db, func(tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, "SELECT feed_append('t', ARRAY[$1::bigint])", w*each+i); err != nil {
						return err
					}
					if i%5 == 4 {
						return errRollback
					}
					return nil
				})
				if err == nil {
					committed.Add(1)
				} else if !errors.Is(err, errRollback) {
					return err
				}
			}
			return nil
		})
	}
	var seen []int64
	c := &jobs.Consumer{Name: "c", Topics: []string{"t"}, DB: pgtest.Pool(t, url), Log: quiet, Apply: func(_ context.Context, _ pgx.Tx, ch []jobs.Change) error {
		for _, x := range ch {
			seen = append(seen, x.Seq)
		}
		return nil
	}}
	read := make(chan error, 1)
	writing := make(chan struct{})
	go func() {
		for {
			select {
			case <-writing:
				read <- c.Drain(ctx)
				return
			default:
				if _, err := c.RunOnce(ctx); err != nil {
					read <- err
					return
				}
			}
		}
	}()
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	close(writing)
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	if int64(len(seen)) != committed.Load() {
		t.Errorf("saw %d changes, %d were committed", len(seen), committed.Load())
	}
	for i, s := range seen {
		if s != int64(i+1) {
			t.Fatalf("change %d has number %d: a gap, or out of order", i, s)
		}
	}
}

func TestFailedApplyMovesNothing(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	if _, err := db.Exec(ctx, "SELECT feed_append('t', '{7}')"); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	c := &jobs.Consumer{Name: "c", Topics: []string{"t"}, DB: db, Log: quiet, Apply: func(context.Context, pgx.Tx, []jobs.Change) error { return boom }}
	if _, err := c.RunOnce(ctx); !errors.Is(err, boom) {
		t.Fatalf("got %v, want the error of Apply", err)
	}
	var got []int64
	c.Apply = func(_ context.Context, _ pgx.Tx, ch []jobs.Change) error {
		got = append(got, ch[0].IDs...)
		return nil
	}
	if n, err := c.RunOnce(ctx); err != nil || n != 1 || len(got) != 1 || got[0] != 7 {
		t.Errorf("after the failure: %d changes, ids %v, %v", n, got, err)
	}
}
