package inventory_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/provider"
)

func TestThrottledPaceRecovers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	l := inventory.NewLimits(func() time.Time { return now })
	key := provider.LimitKey{Provider: cloud.AWS, Account: "1", Region: "eu-central-1", API: "ec2", PerSecond: 20}
	other := key
	other.Region = "eu-west-1"
	pace := func(after time.Duration, want float64) {
		t.Helper()
		now = now.Add(after)
		if err := l.Wait(context.Background(), key); err != nil {
			t.Fatal(err)
		}
		if got := l.Pace(key); got < want-1e-9 || got > want+1e-9 {
			t.Errorf("pace is %v calls a second, want %v", got, want)
		}
	}
	pace(0, 20)
	l.Throttled(key)
	pace(0, 10)
	l.Throttled(key)
	pace(29*time.Second, 5)
	pace(time.Second, 7)
	l.Throttled(key) // the quiet time begins anew
	pace(29*time.Second, 3.5)
	pace(61*time.Second, 9.5)
	pace(time.Hour, 20)
	if got := l.Pace(other); got != 20 {
		t.Errorf("another region goes at %v, want 20: it was never throttled", got)
	}
	for range 20 {
		l.Throttled(key)
	}
	if got := l.Pace(key); got != 0.1 {
		t.Errorf("the slowest pace is %v, want 0.1", got)
	}
	pace(10*time.Minute, 20)
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	l := inventory.NewLimits(time.Now)
	key := provider.LimitKey{Provider: cloud.AWS, API: "ec2", PerSecond: 0.001}
	ctx, cancel := context.WithCancel(context.Background())
	if err := l.Wait(ctx, key); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := l.Wait(ctx, key); err == nil {
		t.Error("waiting went on after the context ended")
	}
}

func TestScopeThatDoesNotAnswerIsTriedAgain(t *testing.T) {
	t.Parallel()
	throttled := &provider.Problem{Code: provider.ProblemThrottled, Text: "Rate exceeded."}
	denied := &provider.Problem{Code: provider.ProblemDenied, Text: "Denied."}
	for _, tt := range []struct {
		name     string
		problem  *provider.Problem
		answers  int // the listing that answers at last; 0: none
		state    inventory.RunState
		listings int
		live     int
	}{
		{"answers the second time", throttled, 2, inventory.RunOK, 2, 5},
		{"never answers", throttled, 0, inventory.RunFailed, 3, 5},
		{"cannot be helped by waiting", denied, 0, inventory.RunFailed, 1, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := &estate{
				scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(5)},
				fail: map[string]error{"one": tt.problem},
			}
			var waits []int
			db := pgtest.New(t)
			syncer, err := inventory.NewSyncer(inventory.SyncerConfig{
				DB: db, Log: slog.New(slog.DiscardHandler), Factories: []provider.Factory{e.factory("aws")}, Clock: time.Now,
				Backoff: func(n int) time.Duration {
					waits = append(waits, n)
					if n+1 == tt.answers {
						e.mu.Lock()
						delete(e.fail, "one")
						e.mu.Unlock()
					}
					return time.Millisecond
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			r := rigOn(t, db, e.factory("aws"))
			r.syncer = syncer
			r.source("prod", "aws")
			run := r.sync("prod")
			if run.State != tt.state || e.listings != tt.listings || len(waits) != tt.listings-1 {
				t.Errorf("run is %s after %d listings and %d waits, want %s after %d", run.State, e.listings, len(waits), tt.state, tt.listings)
			}
			if live := r.states()["live"]; live != tt.live {
				t.Errorf("%d rows, want %d: what came before a failure is kept", live, tt.live)
			}
		})
	}
}

func TestPartitionsAreMadeForTheMonthsToCome(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	if err := r.svc.ScheduleUpkeep(ctx); err != nil {
		t.Fatal(err)
	}
	months := func(parent string) map[string]int {
		return r.count("SELECT right(inhrelid::regclass::text, 7), 1 FROM pg_inherits WHERE inhparent = $1::text::regclass", parent)
	}
	want := r.count("SELECT to_char(date_trunc('month', now()) + make_interval(months => m), 'YYYY_MM'), 1 FROM generate_series(0, 2) m")
	for _, parent := range []string{"resource_history", "location_history"} {
		if diff := cmp.Diff(want, months(parent)); diff != "" {
			t.Errorf("partitions of %s (-want +got):\n%s", parent, diff)
		}
	}
	closeVersion := func() error {
		_, err := r.db.Exec(ctx, `INSERT INTO resource_history SELECT 1, '2031-03-01', '2031-03-31 23:59:59.999999Z', '', '', '', '', '', 1,
			gen_random_uuid(), '', '', '', '[]', '{}', 'live', 'changed'`)
		return err
	}
	if closeVersion() == nil {
		t.Fatal("a version was closed in a month without a partition")
	}
	for range 2 {
		if _, err := r.db.Exec(ctx, "SELECT ensure_month_partition('resource_history', '2031-03-17')"); err != nil {
			t.Fatal(err)
		}
	}
	if err := closeVersion(); err != nil {
		t.Errorf("the last instant of a month has no place in its partition: %v", err)
	}
	if _, err := r.db.Exec(ctx, "SELECT ensure_month_partition('runs; DROP TABLE runs', '2031-03-17')"); err == nil {
		t.Error("a partition of what is not partitioned was made")
	}
}

func TestListingsLeaveConnectionsForOthers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	half := int(db.Config().MaxConns / 2)
	var factories []provider.Factory
	var mu sync.Mutex
	now, most, enough := 0, 0, make(chan struct{})
	var names []string
	for i := range 5 {
		apis := []string{"a", "b", "c", "d"}
		e := &estate{rows: map[string][]provider.Resource{}}
		for _, api := range apis {
			e.scopes = append(e.scopes, scope(api))
			e.rows[api] = buckets(2)
		}
		e.onRow = func(_ string, n int) {
			mu.Lock()
			if n == 1 {
				now--
				mu.Unlock()
				return
			}
			now++
			if most = max(most, now); most == half && now == half {
				select {
				case <-enough:
				default:
					close(enough)
				}
			}
			mu.Unlock()
			<-enough // as many as there may be list at once
		}
		name := fmt.Sprintf("source-%d", i)
		names = append(names, name)
		factories = append(factories, e.factory(name))
	}
	r := rigOn(t, db, factories...)
	for _, name := range names {
		r.source(name, name)
	}
	r.together(names...)
	if most != half {
		t.Errorf("%d scopes held a connection at once, want %d of %d", most, half, db.Config().MaxConns)
	}
}
