package inventory_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/provider"
)

const crashEnv = "CAUSEWAY_TEST_CRASH_DATABASE"

func crashEstate() *estate {
	return &estate{
		scopes: []provider.Scope{scope("one"), scope("two"), scope("three")},
		rows:   map[string][]provider.Resource{"one": buckets(5000), "two": nil, "three": buckets(30)},
	}
}

func crashRunner(t *testing.T, db *pgxpool.Pool, e *estate) (*rig, *jobs.Runner) {
	t.Helper()
	r := rigOn(t, db, e.factory("aws"))
	runner, err := jobs.New(jobs.Config{
		DB: db, Log: slog.New(slog.DiscardHandler), Lease: time.Second, Poll: 50 * time.Millisecond,
		Handlers: map[jobs.Kind]jobs.Handler{inventory.SyncWork: r.syncer.HandleWork},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, runner
}

// TestCrashChild is the process that dies; it does nothing unless the test below started it.
func TestCrashChild(t *testing.T) {
	url := os.Getenv(crashEnv)
	if url == "" {
		return
	}
	e := crashEstate()
	e.onRow = func(api string, n int) {
		if api == "one" && n == 4500 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL) //nolint:errcheck // there is no afterwards
		}
	}
	_, runner := crashRunner(t, pgtest.Pool(t, url), e)
	if err := runner.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestKilledSyncIsFinishedByAnotherProcess(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db := pgtest.Pool(t, url)
	e := crashEstate()
	r, runner := crashRunner(t, db, e)
	r.source("prod", "aws")
	run, err := r.svc.SyncNow(context.Background(), mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.count=1")
	child.Env = append(os.Environ(), crashEnv+"="+url)
	if out, err := child.CombinedOutput(); err == nil {
		t.Fatalf("the child should have been killed:\n%s", out)
	}
	if n := r.states()["live"]; n == 0 || n >= 5000 {
		t.Fatalf("%d rows were merged before the kill, want some and not all", n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	finishRun(ctx, t, r, runner, run)
	r.wantStates("after the second process", map[string]int{"live": 5000})

	undisturbed := newRig(t, crashEstate().factory("aws"))
	undisturbed.source("prod", "aws")
	undisturbed.sync("prod")
	if diff := cmp.Diff(undisturbed.fingerprint(), r.fingerprint()); diff != "" {
		t.Errorf("inventory differs from an undisturbed sync (-undisturbed +resumed):\n%s", diff)
	}
}

// finishRun lets a runner work until the run has ended, then projects.
func finishRun(ctx context.Context, t *testing.T, r *rig, runner *jobs.Runner, run inventory.Run) {
	t.Helper()
	work, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	wake, unlisten := postgres.Listen(work, r.db, "causeway_runs", slog.New(slog.DiscardHandler))
	defer unlisten()
	go func() { done <- runner.Run(work) }()
	for {
		var state string
		if err := r.db.QueryRow(ctx, "SELECT state FROM runs WHERE id = $1", run.ID).Scan(&state); err != nil {
			t.Fatal(err)
		}
		if inventory.RunState(state).Ended() {
			break
		}
		select {
		case <-wake:
		case <-ctx.Done():
			t.Fatal("the run was not taken over")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := r.projector.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	r.checkFacets()
}

// fingerprint is everything a sync decides, without ids and times.
func (r *rig) fingerprint() []string {
	r.t.Helper()
	rows, err := r.db.Query(context.Background(), `
		SELECT concat_ws('|', r.native_id, r.incarnation, r.hash, r.state, l.managed, l.country, l.tags,
			(SELECT count(*) FROM witnesses w WHERE w.resource_id = r.id), (SELECT count(*) FROM locations x WHERE x.resource_id = r.id))
		FROM resources r JOIN resource_list l ON l.id = r.id ORDER BY 1`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			r.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func TestTwoProcessesNeverListOneScopeAtOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db1, db2 := pgtest.Pool(t, url), pgtest.Pool(t, url)
	holding, release := make(chan struct{}), make(chan struct{})
	first := &estate{scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(3)}}
	first.onRow = func(_ string, n int) {
		if n == 1 {
			close(holding)
			<-release
		}
	}
	second := &estate{scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(3)}}
	r1, r2 := rigOn(t, db1, first.factory("aws")), rigOn(t, db2, second.factory("aws"))
	r1.source("prod", "aws")
	ctx := context.Background()
	run, err := r1.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r1.syncer.Run(ctx, run.ID, 0) }()
	<-holding
	if err := r2.syncer.Run(ctx, run.ID, 0); err != nil {
		t.Fatal(err)
	}
	if second.listings != 0 {
		t.Error("the second process listed a scope that the first one holds")
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r1.wantStates("first process went on", map[string]int{"live": 3})
}
