package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/web/api"
)

// twoUnits are retail and bank, each with a source. The source of retail also sees an account that
// bank claims, and cannot read it.
const twoUnits = `
apiVersion: causeway/v1
kind: Unit
metadata: {name: retail}
spec: {title: Retail}
---
apiVersion: causeway/v1
kind: Unit
metadata: {name: bank}
spec: {title: Bank, accounts: ["aws:2222"]}
---
apiVersion: causeway/v1
kind: Source
metadata: {name: shop}
spec: {adapter: shelf, schedule: manual, unit: retail, shelf: {colour: red}}
---
apiVersion: causeway/v1
kind: Source
metadata: {name: vault}
spec: {adapter: shelf, schedule: manual, unit: bank}
`

func newTwoUnits(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	denied := &provider.Problem{Code: provider.ProblemDenied, Text: "s3:ListAllMyBuckets was denied.", Fix: "Grant it."}
	r.shelf.put("shop", &shelved{
		scopes: []provider.Scope{shelfScope("1111", nil), shelfScope("2222", denied)},
		rows:   map[string][]provider.Resource{"1111": {shelfBucket("carts"), shelfBucket("orders")}},
		tests:  []provider.TestResult{{Permission: provider.Permission{Call: "s3:ListAllMyBuckets", Why: "buckets"}, Account: "2222", Problem: "denied", Fix: "Grant it."}},
	})
	r.shelf.put("vault", &shelved{
		scopes: []provider.Scope{shelfScope("3333", nil)},
		rows:   map[string][]provider.Resource{"3333": {shelfBucket("ledger")}},
	})
	for _, res := range r.apply(r.admin, twoUnits, api.ApplyOptions{}) {
		if res.Outcome != api.Created {
			t.Fatalf("%+v", res)
		}
	}
	r.sync("shop")
	r.sync("vault")
	return r
}

func TestBackendShowsOnlyTheCallersUnits(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	viewer := r.token(auth.Viewer, "retail")
	reader := as(viewer, auth.SourceRead)

	sources, err := r.b.Sources(ctx, reader)
	if err != nil || len(sources) != 1 || sources[0].Name != "shop" || sources[0].Unit != "retail" || sources[0].Settings != nil {
		t.Errorf("sources: %+v, %v", sources, err)
	}
	_, err = r.b.Source(ctx, reader, "vault")
	wantSays(t, err, fault.NotFound, `There is no source "vault".`)
	_, err = r.b.Scopes(ctx, reader, api.ScopeQuery{Source: "vault", Limit: 10})
	wantSays(t, err, fault.NotFound, "vault")
	_, err = r.b.Runs(ctx, reader, "vault", 10)
	wantSays(t, err, fault.NotFound, "vault")

	runs, err := r.b.Runs(ctx, as(r.admin, auth.SourceRead), "vault", 10)
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs of vault: %+v, %v", runs, err)
	}
	_, err = r.b.Run(ctx, reader, runs[0].ID)
	wantSays(t, err, fault.NotFound, "There is no run")

	if diff := cmp.Diff([]string{"carts", "orders"}, r.names(viewer, "")); diff != "" {
		t.Errorf("resources of retail (-want +got):\n%s", diff)
	}
	hidden, err := r.b.Resources(ctx, as(r.admin, auth.InventoryRead), api.ResourceQuery{Query: "unit:bank", Limit: 10})
	if err != nil || len(hidden.Items) != 1 || hidden.Items[0].Unit != "bank" {
		t.Fatalf("resources of bank: %+v, %v", hidden, err)
	}
	_, err = r.b.Resource(ctx, as(viewer, auth.InventoryRead), hidden.Items[0].ID)
	wantSays(t, err, fault.NotFound, "There is no resource")
}

func TestBackendHidesForeignAccountsOfAnOwnSource(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	for _, c := range []struct {
		who            auth.Principal
		scopes, failed int
	}{{r.token(auth.Viewer, "retail"), 1, 0}, {r.admin, 2, 1}} {
		who := as(c.who, auth.SourceRead)
		ledger, err := r.b.Scopes(ctx, who, api.ScopeQuery{Source: "shop", Limit: 10})
		if err != nil || len(ledger.Items) != c.scopes {
			t.Errorf("%s: ledger %+v, %v; want %d scopes", c.who.Name, ledger, err, c.scopes)
		}
		runs, err := r.b.Runs(ctx, who, "shop", 10)
		if err != nil || len(runs) != 1 {
			t.Fatalf("runs %+v, %v", runs, err)
		}
		run, err := r.b.Run(ctx, who, runs[0].ID)
		if err != nil || run.State != "partial" || run.ScopesFailed != 1 || len(run.FailedScopes) != c.failed {
			t.Errorf("%s: run %+v, %v; want %d failed scopes shown", c.who.Name, run, err, c.failed)
		}
	}
}

func TestBackendHidesSettingsOfAForeignSource(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	for unit, want := range map[string]string{"retail": `{"colour": "red"}`, "bank": ""} { // shop reads an account of bank's
		src, err := r.b.Source(t.Context(), as(r.token(auth.Viewer, unit), auth.SourceRead), "shop")
		if err != nil || string(src.Settings) != want {
			t.Errorf("a viewer of %s reads the settings %q, %v; want %q", unit, src.Settings, err, want)
		}
	}
}

func TestBackendRefusesWhatIsOnlySeen(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	viewer := r.token(auth.Viewer, "retail")
	before := r.count("runs")
	_, err := r.b.Sync(ctx, as(viewer, auth.SyncRun), "shop")
	wantSays(t, err, fault.Denied, "needs the role operator")
	_, err = r.b.Push(ctx, as(viewer, auth.InventoryPush), "shop", []byte("{}"))
	wantSays(t, err, fault.Denied, "needs the role operator")
	_, err = r.b.Test(ctx, as(viewer, auth.SyncRun), "shop")
	wantSays(t, err, fault.Denied, "needs the role operator")
	_, err = r.b.Sync(ctx, as(viewer, auth.SyncRun), "vault")
	wantSays(t, err, fault.NotFound, "vault")
	open, err := r.b.Sync(ctx, as(r.admin, auth.SyncRun), "shop")
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.b.Cancel(ctx, as(viewer, auth.SyncRun), open.ID)
	wantSays(t, err, fault.Denied, "needs the role operator")
	if n := r.count("runs"); n != before+1 {
		t.Errorf("%d runs, want %d", n, before+1)
	}
	var tried []string
	entries, err := audit.Recent(ctx, r.db, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Outcome == audit.Denied && e.Actor.Name == viewer.Name && e.Actor.RequestID == rigOrigin.RequestID {
			tried = append(tried, e.Object)
		}
	}
	if diff := cmp.Diff([]string{"cancel run/" + open.ID, "test source/shop", "push source/shop", "sync source/shop"}, tried); diff != "" {
		t.Errorf("refusals on record, newest first (-want +got):\n%s", diff)
	}
}
