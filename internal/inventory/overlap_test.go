package inventory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
)

// someBuckets shows each of n buckets with the given probability, as one of three versions, in a
// random order.
func someBuckets(rng *rand.Rand, n int, share float64) []provider.Resource {
	var out []provider.Resource
	for i := range n {
		if rng.Float64() >= share {
			continue
		}
		b := bucket(fmt.Sprintf("bucket-%04d", i))
		version := rng.IntN(3)
		b.Attributes = map[string]any{"version": version}
		b.Locations = []provider.Location{{Facet: provider.FacetRest, Place: []string{"eu-central-1", "eu-west-1", "us-east-1"}[version]}}
		out = append(out, b)
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// wantSoundHistory checks what must hold whenever no sync is under way.
func (r *rig) wantSoundHistory(when string) {
	r.t.Helper()
	for what, sql := range map[string]string{
		"versions end before they begin":       "SELECT count(*) FROM resource_history WHERE valid_to <= valid_from",
		"locations end before they begin":      "SELECT count(*) FROM location_history WHERE valid_to < valid_from",
		"versions overlap":                     "SELECT count(*) FROM resource_history a JOIN resource_history b USING (resource_id) WHERE a.valid_to < b.valid_to AND b.valid_from < a.valid_to",
		"locations overlap":                    "SELECT count(*) FROM location_history a JOIN location_history b USING (resource_id, ord) WHERE a.valid_to < b.valid_to AND b.valid_from < a.valid_to",
		"versions reach into the present one":  "SELECT count(*) FROM resource_history h JOIN resources r ON r.id = h.resource_id WHERE h.valid_to > r.valid_from",
		"locations reach into the present one": "SELECT count(*) FROM location_history h JOIN locations l USING (resource_id, ord) WHERE h.valid_to > l.valid_from",
		"live resources that nobody shows":     "SELECT count(*) FROM resources r WHERE r.state <> 'gone' AND NOT EXISTS (SELECT FROM witnesses w WHERE w.resource_id = r.id)",
		"gone resources that somebody shows":   "SELECT count(*) FROM resources r WHERE r.state = 'gone' AND EXISTS (SELECT FROM witnesses w WHERE w.resource_id = r.id)",
		"tombstones without a date":            "SELECT count(*) FROM resources WHERE (state = 'gone') <> (gone_at IS NOT NULL AND gone_reason IS NOT NULL)",
		"live resources without a location":    "SELECT count(*) FROM resources r WHERE r.state = 'live' AND NOT EXISTS (SELECT FROM locations l WHERE l.resource_id = r.id)",
		"owners that are no witness":           "SELECT count(*) FROM resources r WHERE r.state <> 'gone' AND NOT EXISTS (SELECT FROM witnesses w WHERE w.resource_id = r.id AND w.scope_id = r.owner_scope)",
	} {
		var n int
		if err := r.db.QueryRow(context.Background(), sql).Scan(&n); err != nil {
			r.t.Fatal(err)
		}
		if n != 0 {
			r.t.Errorf("%s: %d %s", when, n, what)
		}
	}
}

// together runs one sync of each source at the same time.
func (r *rig) together(names ...string) {
	r.t.Helper()
	ctx := context.Background()
	var g errgroup.Group
	for _, name := range names {
		run, err := r.svc.SyncNow(ctx, mara, name)
		if err != nil {
			r.t.Fatal(err)
		}
		g.Go(func() error {
			if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
				return err
			}
			got, err := r.svc.Run(ctx, cloud.FullAccess(), run.ID)
			if err == nil && got.State != inventory.RunOK {
				err = fmt.Errorf("run of %s is %s: %v", name, got.State, got.Problem)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		r.t.Fatal(err)
	}
}

// Two scopes of one rank, and one that lags behind, show the same resources at the same time.
func TestConcurrentScopesKeepHistorySound(t *testing.T) {
	t.Parallel()
	const rounds, n = 40, 20 // below the brake
	estates := map[string]*estate{}
	var factories []provider.Factory
	for name, rank := range map[string]provider.Rank{"one": provider.RankProvider, "two": provider.RankProvider, "lags": provider.RankIndex} {
		s := scope("s3.buckets")
		s.Rank = rank
		estates[name] = &estate{scopes: []provider.Scope{s}, rows: map[string][]provider.Resource{}}
		factories = append(factories, estates[name].factory(name))
	}
	r := newRig(t, factories...)
	for name := range estates {
		r.source(name, name)
	}
	rng := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a test that repeats itself
	for round := range rounds {
		for _, name := range []string{"one", "two", "lags"} {
			estates[name].rows["s3.buckets"] = someBuckets(rng, n, 0.5)
		}
		r.together("one", "two", "lags")
		r.wantSoundHistory(fmt.Sprintf("round %d", round))
		r.project()
		if t.Failed() {
			return
		}
	}
	for _, e := range estates {
		e.rows["s3.buckets"] = buckets(n)
	}
	r.together("one", "two", "lags")
	r.project()
	if live := r.states()["live"]; live != n {
		t.Errorf("%d resources are live in the end, want %d", live, n)
	}
}

// The facet counts equal the list after every step of a long random walk over three sources.
func TestFacetsEqualTheListAfterAnything(t *testing.T) {
	t.Parallel()
	const steps = 60
	estates := map[string]*estate{}
	var factories []provider.Factory
	for name, rank := range map[string]provider.Rank{"cloud": provider.RankProvider, "index": provider.RankIndex, "state": provider.RankDeclared} {
		s := scope("s3.buckets")
		s.Rank, s.Eventual = rank, rank == provider.RankIndex
		if rank == provider.RankDeclared {
			s.Manager = "terraform"
		}
		estates[name] = &estate{scopes: []provider.Scope{s}, rows: map[string][]provider.Resource{}, fail: map[string]error{}}
		factories = append(factories, estates[name].factory(name))
	}
	r := newRig(t, factories...)
	acct := []cloud.AccountRef{{Provider: fakeAccount.Provider, ID: fakeAccount.ID}}
	r.putUnit(inventory.PutUnit{Slug: "payments"})
	rng := rand.New(rand.NewPCG(3, 5)) //nolint:gosec // a test that repeats itself
	names := []string{"cloud", "index", "state"}
	for _, name := range names {
		r.source(name, name)
	}
	for range steps {
		name := names[rng.IntN(len(names))]
		e := estates[name]
		e.rows["s3.buckets"] = someBuckets(rng, 20, rng.Float64())
		delete(e.fail, "s3.buckets")
		switch rng.IntN(8) {
		case 0:
			e.fail["s3.buckets"] = &provider.Problem{Code: provider.ProblemDenied, Text: "denied"}
		case 1:
			r.putUnit(inventory.PutUnit{Slug: "payments", Accounts: acct})
			r.move()
		case 2:
			r.putUnit(inventory.PutUnit{Slug: "payments"})
			r.move()
		case 3:
			if err := r.svc.DeleteSource(context.Background(), mara, name); err != nil {
				t.Fatal(err)
			}
			r.retire()
			r.source(name, name)
		}
		r.sync(name) // checks the counts
		r.wantSoundHistory("after a sync of " + name)
		if t.Failed() {
			return
		}
	}
}
