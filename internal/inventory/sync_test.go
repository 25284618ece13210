package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/provider"
)

// estate is a provider whose answers a test decides.
type estate struct {
	mu       sync.Mutex
	scopes   []provider.Scope
	rows     map[string][]provider.Resource // by scope API
	fail     map[string]error               // by scope API: the error after its rows
	planErr  error
	onRow    func(api string, n int) // called before each row
	hold     bool                    // a listing ends only with its context
	listings int
}

func (e *estate) Scopes(context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		for _, s := range e.scopes {
			if !yield(s, nil) {
				return
			}
		}
		if e.planErr != nil {
			yield(provider.Scope{}, e.planErr)
		}
	}
}

func (e *estate) Resources(ctx context.Context, s provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		e.mu.Lock()
		e.listings++
		rows, fail := e.rows[s.API], e.fail[s.API]
		e.mu.Unlock()
		for i, r := range rows {
			if e.onRow != nil {
				e.onRow(s.API, i)
			}
			if ctx.Err() != nil {
				yield(provider.Resource{}, ctx.Err())
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if e.hold {
			<-ctx.Done()
			fail = ctx.Err()
		}
		if fail != nil {
			yield(provider.Resource{}, fail)
		}
	}
}

func (e *estate) Close() error { return nil }

func (e *estate) factory(adapter string) provider.Factory {
	return provider.Factory{
		Adapter: adapter, Title: adapter, Badge: cloud.AWS,
		Check: func(json.RawMessage) error { return nil },
		Open:  func(context.Context, provider.Source) (provider.Reader, error) { return e, nil },
	}
}

var fakeAccount = provider.Account{Provider: cloud.AWS, ID: "111122223333", Name: "payments-prod"}

func scope(api string) provider.Scope {
	return provider.Scope{Account: fakeAccount, Region: "eu-central-1", API: api, Rank: provider.RankProvider}
}

func bucket(name string) provider.Resource {
	return provider.Resource{
		Provider: cloud.AWS, NativeID: "arn:aws:s3:::" + name, NativeType: "AWS::S3::Bucket", Name: name, Region: "eu-central-1",
		Tags:       []cloud.Tag{{Namespace: cloud.NamespaceTag, Key: "Environment", Value: "Prod"}},
		Attributes: map[string]any{"versioning": "Enabled"},
	}
}

func buckets(n int) []provider.Resource {
	out := make([]provider.Resource, n)
	for i := range out {
		out[i] = bucket(fmt.Sprintf("bucket-%04d", i))
	}
	return out
}

// rig is an inventory over a fresh database and fake sources.
type rig struct {
	t         *testing.T
	db        *pgxpool.Pool
	syncer    *inventory.Syncer
	svc       *inventory.Service
	projector *jobs.Consumer
}

func newRig(t *testing.T, factories ...provider.Factory) *rig {
	t.Helper()
	return rigOn(t, pgtest.New(t), factories...)
}

func rigOn(t *testing.T, db *pgxpool.Pool, factories ...provider.Factory) *rig {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	syncer, err := inventory.NewSyncer(inventory.SyncerConfig{DB: db, Log: log, Factories: factories, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t: t, db: db, syncer: syncer, svc: inventory.NewService(db, factories, syncer), projector: inventory.NewProjector(db, log)}
}

var mara = audit.Actor{Name: "mara@example.org", Kind: audit.Person}

func (r *rig) source(name, adapter string) {
	r.t.Helper()
	_, err := r.svc.PutSource(context.Background(), mara, inventory.PutSource{Name: name, Adapter: adapter, Enabled: true, Force: true})
	if err != nil {
		r.t.Fatal(err)
	}
}

// sync runs one sync of a source to its end and projects it.
func (r *rig) sync(name string) inventory.Run {
	r.t.Helper()
	ctx := context.Background()
	run, err := r.svc.SyncNow(ctx, mara, name)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
		r.t.Fatal(err)
	}
	if err := r.projector.Drain(ctx); err != nil {
		r.t.Fatal(err)
	}
	run, err = r.svc.Run(ctx, cloud.FullAccess(), run.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	r.checkFacets()
	return run
}

func (r *rig) checkFacets() {
	r.t.Helper()
	off, err := r.svc.FacetDrift(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	if off != 0 {
		r.t.Errorf("facet counts are %d rows off the list", off)
	}
}

// states counts resources by state and tombstone reason.
func (r *rig) states() map[string]int {
	r.t.Helper()
	rows, err := r.db.Query(context.Background(), "SELECT state || COALESCE(':' || gone_reason, ''), count(*) FROM resources GROUP BY 1")
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var k string
		var n int
		if err := rows.Scan(&k, &n); err != nil {
			r.t.Fatal(err)
		}
		out[k] = n
	}
	return out
}

func (r *rig) wantStates(reason string, want map[string]int) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.states()); diff != "" {
		r.t.Errorf("%s: states (-want +got):\n%s", reason, diff)
	}
}

func TestSyncLifeOfResources(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(50)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")

	run := r.sync("prod")
	if diff := cmp.Diff(inventory.Counts{Seen: 50, New: 50}, run.Counts); diff != "" || run.State != inventory.RunOK {
		t.Errorf("first sync: state %s (-want +got):\n%s", run.State, diff)
	}
	run = r.sync("prod")
	if diff := cmp.Diff(inventory.Counts{Seen: 50}, run.Counts); diff != "" {
		t.Errorf("a repeated sync changes nothing (-want +got):\n%s", diff)
	}
	e.rows["s3.buckets"][7].Attributes = map[string]any{"versioning": "Suspended"}
	run = r.sync("prod")
	if diff := cmp.Diff(inventory.Counts{Seen: 50, Changed: 1}, run.Counts); diff != "" {
		t.Errorf("one change (-want +got):\n%s", diff)
	}
	e.rows["s3.buckets"] = e.rows["s3.buckets"][:48]
	run = r.sync("prod")
	if diff := cmp.Diff(inventory.Counts{Seen: 48, Gone: 2}, run.Counts); diff != "" {
		t.Errorf("two deletions (-want +got):\n%s", diff)
	}
	r.wantStates("after deletions", map[string]int{"live": 48, "gone:deleted": 2})
	e.rows["s3.buckets"] = buckets(50)
	r.sync("prod")
	r.wantStates("an id that comes back is a new incarnation", map[string]int{"live": 50, "gone:deleted": 2})
}

func TestFailedListingRemovesNothing(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(10)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	e.rows["s3.buckets"] = buckets(3)
	e.fail = map[string]error{"s3.buckets": &provider.Problem{Code: provider.ProblemDenied, Text: "s3:ListAllMyBuckets was denied.", Fix: "Grant it."}}
	run := r.sync("prod")
	if run.State != inventory.RunFailed {
		t.Errorf("run is %s, want failed", run.State)
	}
	r.wantStates("access denied is a failed scope, never an empty one", map[string]int{"live": 10})
	failed, err := r.svc.FailedScopes(context.Background(), cloud.FullAccess(), run.ID)
	if err != nil || len(failed) != 1 || failed[0].Fix != "Grant it." || failed[0].ProblemCode != "denied" {
		t.Errorf("failed scopes: %+v, %v", failed, err)
	}
}

func TestEventualListingNeedsTwoMisses(t *testing.T) {
	t.Parallel()
	s := scope("rex")
	s.Eventual, s.Rank = true, provider.RankIndex
	e := &estate{scopes: []provider.Scope{s}, rows: map[string][]provider.Resource{"rex": buckets(10)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	e.rows["rex"] = buckets(9)
	r.sync("prod")
	r.wantStates("one miss", map[string]int{"live": 9, "missing": 1})
	e.rows["rex"] = buckets(10)
	r.sync("prod")
	r.wantStates("it is back", map[string]int{"live": 10})
	e.rows["rex"] = buckets(9)
	r.sync("prod")
	r.sync("prod")
	r.wantStates("two misses", map[string]int{"live": 9, "gone:deleted": 1})
}

func TestBrakeHoldsMassDelete(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(100)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	e.rows["s3.buckets"] = buckets(69)
	run := r.sync("prod")
	r.wantStates("31 of 100 are held", map[string]int{"live": 100})
	if run.State != inventory.RunFailed || run.ScopesFailed != 1 {
		t.Errorf("run: %s with %d failed scopes, want failed with 1", run.State, run.ScopesFailed)
	}
	failed, err := r.svc.FailedScopes(context.Background(), cloud.FullAccess(), run.ID)
	if err != nil || len(failed) != 1 || failed[0].State != inventory.ScopeHeld {
		t.Fatalf("held scope: %+v, %v", failed, err)
	}
	if _, err := r.svc.ReleaseHeld(context.Background(), mara, failed[0].ID); err != nil {
		t.Fatal(err)
	}
	r.sync("prod")
	r.wantStates("released", map[string]int{"live": 69, "gone:deleted": 31})
	e.rows["s3.buckets"] = buckets(49)
	r.sync("prod")
	r.wantStates("20 rows pass", map[string]int{"live": 49, "gone:deleted": 51})
}

func TestTwoWitnessesOneResource(t *testing.T) {
	t.Parallel()
	aws := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(4)}}
	st := provider.Scope{
		Account: provider.Account{Provider: cloud.Terraform, ID: "lineage-1", Name: "network"}, API: "terraform.state",
		Rank: provider.RankDeclared, Manager: "terraform",
	}
	declared := buckets(3)
	for i := range declared {
		declared[i].Attributes, declared[i].AccountID, declared[i].Ref = nil, fakeAccount.ID, fmt.Sprintf("aws_s3_bucket.b[%d]", i)
	}
	tf := &estate{scopes: []provider.Scope{st}, rows: map[string][]provider.Resource{"terraform.state": declared}}
	r := newRig(t, aws.factory("aws"), tf.factory("terraform"))
	r.source("state", "terraform")
	r.source("prod", "aws")

	r.sync("state")
	r.wantStates("declared only", map[string]int{"live": 3})
	r.sync("prod")
	r.wantStates("joined", map[string]int{"live": 4})
	var attrs string
	q := "SELECT attributes::text FROM resources WHERE name = 'bucket-0000'"
	if err := r.db.QueryRow(context.Background(), q).Scan(&attrs); err != nil || attrs != `{"versioning": "Enabled"}` {
		t.Errorf("the closer witness describes it: got %s, %v", attrs, err)
	}
	managed := map[string]int{}
	rows, err := r.db.Query(context.Background(), "SELECT managed, count(*) FROM resource_list GROUP BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m string
		var n int
		if err := rows.Scan(&m, &n); err != nil {
			t.Fatal(err)
		}
		managed[m] = n
	}
	if diff := cmp.Diff(map[string]int{"terraform": 3, "none": 1}, managed); diff != "" {
		t.Errorf("managed (-want +got):\n%s", diff)
	}
	aws.rows["s3.buckets"] = buckets(4)[1:]
	r.sync("prod")
	r.wantStates("still declared, no longer there", map[string]int{"live": 3, "missing": 1})
	r.sync("state")
	r.wantStates("a document does not bring it back", map[string]int{"live": 3, "missing": 1})
	tf.rows["terraform.state"] = declared[1:]
	r.sync("state")
	r.wantStates("nobody shows it", map[string]int{"live": 3, "gone:deleted": 1})
	aws.rows["s3.buckets"] = buckets(4)[:3]
	r.sync("prod")
	r.wantStates("unmanaged one deleted", map[string]int{"live": 3, "gone:deleted": 2})
}
