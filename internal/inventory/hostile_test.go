package inventory_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
)

func TestStrangeValuesAreStored(t *testing.T) {
	t.Parallel()
	odd := bucket("nul\x00 and \xff\xfe")
	odd.NativeID, odd.NativeType, odd.Region, odd.Zone, odd.Ref = "arn:\x00odd\xff", "AWS::\x00Odd", "eu\x00\xff", "z\x00", "r\x00\xff"
	odd.Tags = []cloud.Tag{{Key: "k\x00", Value: "v\xff"}}
	odd.Attributes = map[string]any{"nul": "a\x00b", "text": `a\u0000b`, "slash": `\` + "\x00", "bad": "\xff"}
	odd.Locations = []provider.Location{{Facet: provider.FacetRest, Place: "p\x00", Detail: "d\xff", Evidence: provider.Evidence{API: "a\x00", Field: "f\xff", Value: "v\x00"}}}
	odd.Relations = []provider.Relation{{Type: provider.RelatesPartOf, Provider: cloud.AWS, NativeID: "to\x00\xff"}}
	large := bucket(strings.Repeat("ä", 5000))
	large.NativeID = "arn:aws:s3:::large"
	large.Attributes = map[string]any{"policy": strings.Repeat("x", 1<<20)}
	large.Tags = []cloud.Tag{{Key: strings.Repeat("k", 9000), Value: strings.Repeat("ö", 9000)}, {Key: "owner", Value: strings.Repeat("o", 9000)}}
	large.Region = strings.Repeat("r", 9000)
	odd.AccountID, large.AccountID = "acct\x00\xff", fakeAccount.ID
	s := scope("s3.buckets")
	s.Account.Name = strings.Repeat("n", 9000)
	e := &estate{scopes: []provider.Scope{s}, rows: map[string][]provider.Resource{"s3.buckets": {odd, large, bucket("plain")}}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	run := r.sync("prod")
	if run.State != inventory.RunOK || run.Counts.New != 3 {
		t.Fatalf("run is %s with %+v and problem %v, want 3 new rows", run.State, run.Counts, run.Problem)
	}
	if run = r.sync("prod"); run.Counts.Changed != 0 {
		t.Errorf("%d rows changed in a repeated sync, want none: what is stored differs from what is compared", run.Counts.Changed)
	}
	var listed, attributes int
	if err := r.db.QueryRow(context.Background(), "SELECT count(*) FROM resource_list").Scan(&listed); err != nil || listed != 3 {
		t.Errorf("%d rows are listed (%v), want 3", listed, err)
	}
	q := "SELECT max(octet_length(attributes->>'policy')) FROM resources"
	if err := r.db.QueryRow(context.Background(), q).Scan(&attributes); err != nil || attributes != 1<<20 {
		t.Errorf("an attribute of 1 MB is kept with %d bytes (%v)", attributes, err)
	}
	var got map[string]any
	q = "SELECT attributes FROM resources WHERE attributes ? 'nul'"
	if err := r.db.QueryRow(context.Background(), q).Scan(&got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"nul": "ab", "text": `a\u0000b`, "slash": `\`, "bad": "\uFFFD"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("only NUL is dropped (-want +got):\n%s", diff)
	}
}

func TestRowRepeatedAcrossPagesCountsOnce(t *testing.T) {
	t.Parallel()
	// More rows than one batch holds, so that repeats meet within a batch and across batches.
	rows := buckets(2500)
	rows = append(rows, rows[:700]...)
	rows = append(rows, rows[2400], rows[2400])
	e := &estate{scopes: []provider.Scope{scope("s3.buckets"), scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": rows}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	run := r.sync("prod")
	if run.State != inventory.RunOK || run.Counts.New != 2500 || run.Counts.Changed != 0 || run.ScopesPlanned != 1 {
		t.Errorf("run: %s, %d scopes, %+v, want ok, one scope and 2500 new rows", run.State, run.ScopesPlanned, run.Counts)
	}
	r.wantStates("each row once", map[string]int{"live": 2500})
	var kept int64
	if err := r.db.QueryRow(context.Background(), "SELECT rows FROM scopes").Scan(&kept); err != nil || kept != 2500 {
		t.Errorf("the ledger has %d rows (%v), want 2500", kept, err)
	}
}

func TestRowTheDatabaseRefusesFailsItsScopeOnly(t *testing.T) {
	t.Parallel()
	bad := bucket("bad")
	bad.Locations = []provider.Location{{Facet: provider.FacetRest, Place: "x", Countries: []string{"DE"}, Meaning: "no such meaning"}}
	e := &estate{
		scopes: []provider.Scope{scope("s3.buckets"), scope("other")},
		rows:   map[string][]provider.Resource{"s3.buckets": buckets(3), "other": {bad}},
	}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	run := r.sync("prod")
	if run.State != inventory.RunPartial || run.ScopesFailed != 1 {
		t.Errorf("run is %s with %d failed scopes (%v), want partial with 1", run.State, run.ScopesFailed, run.Problem)
	}
	r.wantStates("the other scope is up to date", map[string]int{"live": 3})
}

func TestResourceWithoutIDFailsItsScope(t *testing.T) {
	t.Parallel()
	none := bucket("none")
	none.NativeID = "\x00"
	e := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": append(buckets(2), none)}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	run := r.sync("prod")
	failed, err := r.svc.FailedScopes(context.Background(), cloud.FullAccess(), run.ID)
	if err != nil || len(failed) != 1 || failed[0].ProblemCode != string(provider.ProblemInvalid) {
		t.Errorf("failed scopes %+v, %v, want one that is invalid", failed, err)
	}
	r.wantStates("what came before stays", map[string]int{"live": 2})
}

func TestPlanThatStopsHalfWayRetiresNothing(t *testing.T) {
	t.Parallel()
	e := &estate{
		scopes: []provider.Scope{scope("one"), scope("two")},
		rows:   map[string][]provider.Resource{"one": buckets(3), "two": {bucket("b")}},
	}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	r.sync("prod")
	e.scopes, e.planErr = e.scopes[:1], errors.New("the second page of accounts did not come")
	run := r.sync("prod")
	if run.State != inventory.RunPartial {
		t.Errorf("run is %s, want partial", run.State)
	}
	r.wantStates("an incomplete plan is no proof", map[string]int{"live": 4})
	if got := r.scopeStates(); got["lost"] != 0 {
		t.Errorf("scopes %v, want none lost", got)
	}
}

// scopeStates counts the scopes of the ledger by state.
func (r *rig) scopeStates() map[string]int {
	r.t.Helper()
	return r.count("SELECT state, count(*) FROM scopes GROUP BY 1")
}

// count reads names with numbers.
func (r *rig) count(sql string, args ...any) map[string]int {
	r.t.Helper()
	rows, err := r.db.Query(context.Background(), sql, args...)
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
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}
