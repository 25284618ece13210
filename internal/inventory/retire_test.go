package inventory_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/provider"
)

func TestCanceledRunKeepsWhatItMerged(t *testing.T) {
	t.Parallel()
	e := &estate{
		scopes: []provider.Scope{scope("one"), scope("two")},
		rows:   map[string][]provider.Resource{"one": {bucket("a")}, "two": buckets(10)},
	}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")

	ctx := context.Background()
	e.scopes = e.scopes[1:]
	e.rows["two"] = append(buckets(3), buckets(5000)[100:]...)
	run, err := r.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	canceled := make(chan struct{})
	e.onRow = func(_ string, n int) {
		if n != 4000 {
			return
		}
		if err := r.svc.CancelRun(ctx, mara, run.ID); err != nil {
			t.Error(err)
		}
		close(canceled)
	}
	e.hold = true // after its last row, the listing waits for the cancellation
	if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
		t.Fatal(err)
	}
	<-canceled
	if err := r.projector.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := r.svc.Run(ctx, cloud.FullAccess(), run.ID)
	if err != nil || got.State != inventory.RunCanceled || got.Finished.IsZero() {
		t.Fatalf("run %+v, %v, want canceled and finished", got, err)
	}
	states := r.states()
	if states["live"] <= 11 || len(states) != 1 {
		t.Errorf("states %v, want what was merged, and nothing missing or gone", states)
	}
	if diff := cmp.Diff(map[string]int{"ok": 2}, r.scopeStates()); diff != "" {
		t.Errorf("scopes stand where they stood, and none is lost (-want +got):\n%s", diff)
	}
	if err := r.svc.CancelRun(ctx, mara, run.ID); !errors.Is(err, fault.Conflict) {
		t.Errorf("canceling what has ended: %v, want a conflict", err)
	}
}

func TestRunCanceledInTheQueueListsNothing(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(3)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	ctx := context.Background()
	run, err := r.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.svc.CancelRun(ctx, mara, run.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
		t.Fatal(err)
	}
	got, err := r.svc.Run(ctx, cloud.FullAccess(), run.ID)
	if err != nil || got.State != inventory.RunCanceled || e.listings != 0 {
		t.Errorf("run is %s after %d listings (%v), want canceled after none", got.State, e.listings, err)
	}
}

func TestScopeThatVanishes(t *testing.T) {
	t.Parallel()
	e := &estate{
		scopes: []provider.Scope{scope("one"), scope("two")},
		rows:   map[string][]provider.Resource{"one": buckets(3), "two": {bucket("b"), bucket("c")}},
	}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	all := e.scopes

	e.scopes = all[:1]
	r.sync("prod")
	r.wantStates("by itself: its rows stay", map[string]int{"live": 5})
	if diff := cmp.Diff(map[string]int{"ok": 1, "lost": 1}, r.scopeStates()); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	e.scopes = all
	r.sync("prod")
	if diff := cmp.Diff(map[string]int{"ok": 2}, r.scopeStates()); diff != "" {
		t.Errorf("it is offered again (-want +got):\n%s", diff)
	}

	e.scopes = all[:1]
	_, err := r.svc.PutSource(context.Background(), mara, inventory.PutSource{
		Name: "prod", Adapter: "aws", Enabled: true, Settings: json.RawMessage(`{"apis": ["one"]}`), Force: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.sync("prod")
	r.wantStates("by changed settings", map[string]int{"live": 3, "gone:source_changed": 2})
	if diff := cmp.Diff(map[string]int{"ok": 1, "removed": 1}, r.scopeStates()); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestRemoveScope(t *testing.T) {
	t.Parallel()
	e := &estate{
		scopes: []provider.Scope{scope("one"), scope("two")},
		rows:   map[string][]provider.Resource{"one": buckets(3), "two": {bucket("b"), bucket("c")}},
	}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	ctx := context.Background()
	var id int64
	if err := r.db.QueryRow(ctx, "SELECT id FROM scopes WHERE api = 'two'").Scan(&id); err != nil {
		t.Fatal(err)
	}
	if err := r.svc.RemoveScope(ctx, mara, id); !errors.Is(err, fault.Conflict) {
		t.Errorf("removing a scope that is offered: %v, want a conflict", err)
	}
	e.scopes = e.scopes[:1]
	r.sync("prod")
	if err := r.svc.RemoveScope(ctx, mara, id); err != nil {
		t.Fatal(err)
	}
	r.project()
	r.wantStates("a person said so", map[string]int{"live": 3, "gone:scope_removed": 2})
}

func TestDeletedSourceLeavesWhatOthersShow(t *testing.T) {
	t.Parallel()
	one := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(5)}}
	two := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(2)}}
	r := newRig(t, one.factory("aws"), two.factory("other"))
	r.source("prod", "aws")
	r.source("again", "other")
	r.sync("prod")
	one.rows["s3.buckets"][0].Attributes = map[string]any{"versioning": "Suspended"}
	r.sync("prod")
	one.rows["s3.buckets"][0].Attributes = bucket("x").Attributes
	r.sync("prod")
	r.sync("again")

	ctx := context.Background()
	waiting, err := r.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.svc.DeleteSource(ctx, mara, "prod"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.svc.Run(ctx, cloud.FullAccess(), waiting.ID); err != nil || got.State != inventory.RunCanceled {
		t.Errorf("the run that waited is %s (%v), want canceled", got.State, err)
	}
	r.retire()
	r.wantStates("others keep theirs", map[string]int{"live": 2, "gone:scope_removed": 3})
	var versions int
	if err := r.db.QueryRow(ctx, "SELECT count(*) FROM resource_history WHERE name = 'bucket-0000'").Scan(&versions); err != nil || versions != 2 {
		t.Errorf("%d former versions are kept (%v), want 2", versions, err)
	}
	r.sync("again")
	proved := r.count("SELECT s.name, count(*) FROM locations l JOIN scopes p ON p.id = l.scope_id JOIN sources s ON s.id = p.source_id GROUP BY 1")
	if diff := cmp.Diff(map[string]int{"again": 2}, proved); diff != "" {
		t.Errorf("locations are proved by the source that is left (-want +got):\n%s", diff)
	}
	r.source("prod", "aws")
	r.sync("prod")
	r.wantStates("the name can be used again", map[string]int{"live": 5, "gone:scope_removed": 3})
}

func TestSourceDeletedWhileItsRunIsOpen(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(3)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	ctx := context.Background()
	run, err := r.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	e.onRow = func(_ string, n int) {
		if n != 0 {
			return
		}
		if err := r.svc.DeleteSource(ctx, mara, "prod"); err != nil {
			t.Error(err)
		}
		if due := r.retire(); due != 1 {
			t.Errorf("%d retirements are due while the scope is being read, want 1", due)
		}
	}
	if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
		t.Fatal(err)
	}
	if due := r.retire(); due != 0 {
		t.Errorf("%d retirements are due after the run, want none", due)
	}
	if live := r.states()["live"]; live != 0 {
		t.Errorf("%d resources of a deleted source are live", live)
	}
	got, err := r.svc.Run(ctx, cloud.FullAccess(), run.ID)
	if err != nil || !got.State.Ended() {
		t.Errorf("run is %s (%v), want an end", got.State, err)
	}
}

// retire does once what is due for deleted sources, and says how much of it is due again.
func (r *rig) retire() int {
	r.t.Helper()
	ctx := context.Background()
	for key := range r.count("SELECT key, 1 FROM due_work WHERE kind = $1", string(inventory.RetireWork)) {
		if err := r.svc.HandleRetire(ctx, jobs.Work{Kind: inventory.RetireWork, Key: key}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.project()
	return len(r.count("SELECT key, 1 FROM due_work WHERE kind = $1", string(inventory.RetireWork)))
}

func (r *rig) project() {
	r.t.Helper()
	if err := r.projector.Drain(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.checkFacets()
}
