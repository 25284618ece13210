package inventory_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/query"
)

func (r *rig) putUnit(p inventory.PutUnit) {
	r.t.Helper()
	p.Force, p.Title = true, p.Slug
	if _, err := r.svc.PutUnit(context.Background(), mara, p); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) unit(slug string) uuid.UUID {
	r.t.Helper()
	units, err := r.svc.Units(context.Background())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, u := range units {
		if u.Slug == slug {
			return u.ID
		}
	}
	r.t.Fatalf("there is no unit %s", slug)
	return uuid.Nil
}

// move lets accounts follow their units, and projects.
func (r *rig) move() {
	r.t.Helper()
	if err := r.svc.HandleMove(context.Background(), jobs.Work{Kind: inventory.MoveWork, Key: "accounts"}); err != nil {
		r.t.Fatal(err)
	}
	r.project()
}

// sees counts what a person with a role in one unit is shown: by the total, by the list, by the facets.
func (r *rig) sees(acc cloud.Access) [3]int64 {
	r.t.Helper()
	ctx := context.Background()
	total, err := r.svc.Count(ctx, query.Count{Filter: query.Filter{Access: acc}})
	if err != nil {
		r.t.Fatal(err)
	}
	page, err := r.svc.List(ctx, query.List{Filter: query.Filter{Access: acc}, Limit: 100})
	if err != nil {
		r.t.Fatal(err)
	}
	facets, err := r.svc.Facets(ctx, query.Facets{Filter: query.Filter{Access: acc}, Dimensions: []query.Field{query.Provider}})
	if err != nil {
		r.t.Fatal(err)
	}
	var ticked int64
	for _, f := range facets {
		for _, v := range f.Values {
			ticked += v.N
		}
	}
	return [3]int64{total.N, int64(len(page.Rows)), ticked}
}

func TestResourcesFollowTheirAccount(t *testing.T) {
	t.Parallel()
	e := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(30)}}
	r := newRig(t, e.factory("aws"))
	acct := []cloud.AccountRef{{Provider: fakeAccount.Provider, ID: fakeAccount.ID}}
	r.putUnit(inventory.PutUnit{Slug: "payments", Accounts: acct})
	r.putUnit(inventory.PutUnit{Slug: "lending"})
	r.source("prod", "aws")
	r.sync("prod")
	payments, lending := cloud.UnitAccess([]string{r.unit("payments").String()}), cloud.UnitAccess([]string{r.unit("lending").String()})
	if got, want := r.sees(payments), [3]int64{30, 30, 30}; got != want {
		t.Errorf("payments sees %v, want %v", got, want)
	}
	if got := r.sees(lending); got != [3]int64{} {
		t.Errorf("lending sees %v of another unit", got)
	}
	_, err := r.svc.PutUnit(context.Background(), mara, inventory.PutUnit{Slug: "lending", Title: "lending", Accounts: acct, Force: true})
	if !errors.Is(err, fault.Conflict) {
		t.Errorf("claiming another unit's account: %v, want a conflict", err)
	}

	r.putUnit(inventory.PutUnit{Slug: "payments"})
	r.putUnit(inventory.PutUnit{Slug: "lending", Accounts: acct})
	r.move()
	if got := r.sees(payments); got != [3]int64{} {
		t.Errorf("payments still sees %v after its account moved", got)
	}
	if got, want := r.sees(lending), [3]int64{30, 30, 30}; got != want {
		t.Errorf("lending sees %v, want %v", got, want)
	}
	var id int64
	if err := r.db.QueryRow(context.Background(), "SELECT min(id) FROM resources").Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := r.svc.Resource(context.Background(), payments, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("payments opens a resource of lending: %v, want not found", err)
	}
	owned := r.count("SELECT u.slug || CASE WHEN x.valid_to = 'infinity' THEN '' ELSE ' before' END, 1 FROM account_units x JOIN units u ON u.id = x.unit_id")
	if diff := cmp.Diff(map[string]int{"payments before": 1, "lending": 1}, owned); diff != "" {
		t.Errorf("ownership is dated (-want +got):\n%s", diff)
	}
	run := r.sync("prod")
	if run.Counts.Changed != 0 || run.Counts.New != 0 {
		t.Errorf("a move is no change of the resources: %+v", run.Counts)
	}
}

func TestListedAccountsFollowTheirName(t *testing.T) {
	t.Parallel()
	declared := buckets(3)
	for i := range declared {
		declared[i].AccountID = fakeAccount.ID
	}
	tf := &estate{scopes: []provider.Scope{{
		Account: provider.Account{Provider: cloud.Terraform, ID: "lineage-1", Name: "network"}, API: "terraform.state", Rank: provider.RankDeclared,
	}}, rows: map[string][]provider.Resource{"terraform.state": declared}}
	aws := &estate{scopes: []provider.Scope{scope("s3.buckets")}, rows: map[string][]provider.Resource{"s3.buckets": buckets(5)[3:]}}
	r := newRig(t, tf.factory("terraform"), aws.factory("aws"))
	r.source("state", "terraform")
	r.source("prod", "aws")
	r.sync("state")
	r.sync("prod")
	r.move()
	got := r.count("SELECT account, count(*) FROM resource_list GROUP BY 1")
	if diff := cmp.Diff(map[string]int{fakeAccount.Name: 5}, got); diff != "" {
		t.Errorf("an account has one name, whoever told it and when (-want +got):\n%s", diff)
	}
	got = r.count("SELECT account, sum(n)::bigint FROM resource_facets WHERE n <> 0 GROUP BY 1")
	if diff := cmp.Diff(map[string]int{fakeAccount.Name: 5}, got); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}
}

func TestPushDuringARunIsRefused(t *testing.T) {
	t.Parallel()
	pulled := &estate{scopes: []provider.Scope{scope("one")}, rows: map[string][]provider.Resource{"one": buckets(2)}}
	pushed := &estate{scopes: []provider.Scope{scope("two")}, rows: map[string][]provider.Resource{"two": {bucket("pushed")}}}
	f := pulled.factory("aws")
	f.AcceptPush = func(_ json.RawMessage, body []byte) ([]byte, error) { return body, nil }
	f.OpenPush = func([]byte) (provider.Reader, error) { return pushed, nil }
	r := newRig(t, f)
	r.source("prod", "aws")
	ctx := context.Background()
	open, err := r.svc.SyncNow(ctx, mara, "prod")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.svc.Push(ctx, mara, "prod", []byte("{}")); !errors.Is(err, fault.Conflict) {
		t.Errorf("pushing while a run is open: %v, want a conflict", err)
	}
	if err := r.syncer.Run(ctx, open.ID, 0); err != nil {
		t.Fatal(err)
	}
	run, err := r.svc.Push(ctx, mara, "prod", []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.syncer.Run(ctx, run.ID, 0); err != nil {
		t.Fatal(err)
	}
	r.project()
	r.wantStates("a push shows one scope and says nothing of the others", map[string]int{"live": 3})
	if diff := cmp.Diff(map[string]int{"ok": 2}, r.scopeStates()); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	payloads := r.count("SELECT 'kept', count(*) FROM runs WHERE payload IS NOT NULL")
	if payloads["kept"] != 0 {
		t.Errorf("%d payloads outlive their run", payloads["kept"])
	}
}
