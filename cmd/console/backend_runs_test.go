package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider/terraform"
	"github.com/causeway/causeway/internal/web/api"
)

func TestBackendSync(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	operator := as(r.token(auth.Operator, "retail"), auth.SyncRun)
	first, err := r.b.Sync(ctx, operator, "shop")
	if err != nil || first.State != "queued" || first.Trigger != "person" || string(first.RequestedBy) != operator.Actor.Name {
		t.Fatalf("sync: %+v, %v", first, err)
	}
	second, err := r.b.Sync(ctx, as(r.admin, auth.SyncRun), "shop")
	if err != nil || second.ID != first.ID {
		t.Errorf("a second request joins run %s: got %s, %v", first.ID, second.ID, err)
	}
	src, err := r.b.Source(ctx, operator, "shop")
	if err != nil || src.OpenRun == nil || src.OpenRun.ID != first.ID || string(src.Settings) != `{"colour": "red"}` {
		t.Errorf("source with its open run: %+v, %v", src, err)
	}
	canceled, err := r.b.Cancel(ctx, operator, first.ID)
	if err != nil || !canceled.CancelAsked {
		t.Errorf("cancel: %+v, %v", canceled, err)
	}
	r.run(first, nil)
	_, err = r.b.Cancel(ctx, operator, first.ID)
	wantSays(t, err, fault.Conflict, "has ended already")

	_, err = r.b.Sync(ctx, operator, "shopp")
	wantSays(t, err, fault.NotFound, `There is no source "shopp".`)
	_, err = r.b.Run(ctx, operator, "latest")
	wantSays(t, err, fault.NotFound, `There is no run "latest".`)
	_, err = r.b.Cancel(ctx, operator, "0199a0c4-0000-7000-8000-000000000000")
	wantSays(t, err, fault.NotFound, "There is no run 0199a0c4")
}

func TestBackendScopesArePaged(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	admin := as(r.admin, auth.SourceRead)
	first, err := r.b.Scopes(ctx, admin, api.ScopeQuery{Source: "shop", Limit: 1})
	if err != nil || len(first.Items) != 1 || first.Next == "" {
		t.Fatalf("first page: %+v, %v", first, err)
	}
	second, err := r.b.Scopes(ctx, admin, api.ScopeQuery{Source: "shop", Limit: 1, Cursor: string(first.Next)})
	if err != nil || len(second.Items) != 1 || second.Next != "" {
		t.Fatalf("second page: %+v, %v", second, err)
	}
	ok, bad := first.Items[0], second.Items[0]
	if ok.AccountID != "1111" || ok.State != "ok" || ok.Problem != nil || ok.LastOK.IsZero() || ok.Rows != 2 || ok.Serial != nil {
		t.Errorf("scope that was read: %+v", ok)
	}
	if bad.AccountID != "2222" || bad.State != "failed" || bad.Problem == nil || bad.Problem.Fix != "Grant it." || !bad.LastOK.IsZero() {
		t.Errorf("scope that was not: %+v", bad)
	}
	failing, err := r.b.Scopes(ctx, admin, api.ScopeQuery{Source: "shop", State: "failing", Limit: 10})
	if err != nil || len(failing.Items) != 1 || failing.Items[0].ID != bad.ID {
		t.Errorf("failing scopes: %+v, %v", failing, err)
	}
	for _, cursor := range []string{"x", "-1", "99999999", string(first.Next)} {
		_, err := r.b.Scopes(ctx, admin, api.ScopeQuery{Source: "vault", Limit: 1, Cursor: cursor})
		wantSays(t, err, fault.Invalid, "not one of this ledger")
	}
}

func TestBackendTest(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	got, err := r.b.Test(t.Context(), as(r.token(auth.Operator, "retail"), auth.SyncRun), "shop")
	if err != nil {
		t.Fatal(err)
	}
	want := []api.TestResult{{Call: "s3:ListAllMyBuckets", Why: "buckets", Account: "2222", Problem: "denied", Fix: "Grant it."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tests (-want +got):\n%s", diff)
	}
}

const states = `
apiVersion: causeway/v1
kind: Source
metadata: {name: states}
spec: {adapter: terraform, schedule: manual, terraform: {push: true}}
---
apiVersion: causeway/v1
kind: Source
metadata: {name: files}
spec: {adapter: terraform, schedule: manual, terraform: {paths: ["*.tfstate"]}}
---
apiVersion: causeway/v1
kind: Source
metadata: {name: shop}
spec: {adapter: shelf, schedule: manual}
`

// redacted is a real state as console push sends it.
func redacted(t *testing.T) terraform.Snapshot {
	t.Helper()
	f, err := os.Open("../../internal/provider/terraform/testdata/real/terraform-1.11.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := terraform.Redact(f, "network")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBackendPushEndsInTheInventory(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t), t.Context()
	r.apply(r.admin, states, api.ApplyOptions{})
	pipeline := as(r.token(auth.Operator, ""), auth.InventoryPush)
	snapshot := redacted(t)
	if len(snapshot.Resources) == 0 {
		t.Fatal("the state declares nothing")
	}
	// A forged client: an attribute that no allow-list names.
	body := encode(t, snapshot)
	forged := bytes.Replace(body, []byte(`"type":"terraform_data"`), []byte(`"type":"terraform_data","attributes":{"master_password":"planted"}`), 1)
	if bytes.Equal(forged, body) {
		t.Fatal("nothing was planted")
	}
	run, err := r.b.Push(ctx, pipeline, "states", forged)
	if err != nil || run.Trigger != "push" {
		t.Fatalf("push: %+v, %v", run, err)
	}
	var stored []byte
	if err := r.db.QueryRow(ctx, "SELECT payload FROM runs WHERE id = $1", run.ID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if len(stored) == 0 || bytes.Contains(stored, []byte("planted")) {
		t.Errorf("what is stored is redacted again: %s", stored)
	}
	_, err = r.b.Push(ctx, pipeline, "states", body)
	wantSays(t, err, fault.Conflict, "Push again when it has ended.")

	ended := r.run(run, nil)
	if ended.State != "ok" || ended.RowsNew == 0 {
		t.Fatalf("run %+v", ended)
	}
	found := r.names(r.admin, "managed:terraform")
	if len(found) != int(ended.RowsNew) {
		t.Errorf("%d resources in the list, %d in the run", len(found), ended.RowsNew)
	}
	ledger, err := r.b.Scopes(ctx, as(r.admin, auth.SourceRead), api.ScopeQuery{Source: "states", Limit: 10})
	if err != nil || len(ledger.Items) != 1 {
		t.Fatalf("ledger %+v, %v", ledger, err)
	}
	if sc := ledger.Items[0]; sc.Account != "network" || sc.Serial == nil || *sc.Serial != snapshot.Serial || string(sc.Lineage) != snapshot.Lineage {
		t.Errorf("scope %+v, want serial %d of lineage %s", sc, snapshot.Serial, snapshot.Lineage)
	}
}

func TestBackendPushRefuses(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t), t.Context()
	r.apply(r.admin, states, api.ApplyOptions{})
	admin, body := as(r.admin, auth.InventoryPush), encode(t, redacted(t))
	for _, c := range []struct {
		source string
		body   []byte
		kind   error
		says   string
	}{
		{"nowhere", body, fault.NotFound, `There is no source "nowhere".`},
		{"shop", body, fault.Conflict, "Sources of the adapter shelf take no pushes."},
		{"files", body, fault.Conflict, "Push to a source with push: true."},
		{"states", []byte(`{"version": 4, "terraform_version": "1.11.0"}`), fault.Invalid, "not a redacted state"},
		{"states", []byte(strings.Replace(string(body), terraform.SnapshotFormat, "causeway.terraform/9", 1)), fault.Invalid, "this server reads causeway.terraform/1"},
	} {
		_, err := r.b.Push(ctx, admin, c.source, c.body)
		wantSays(t, err, c.kind, c.says)
	}
	if n := r.count("runs"); n != 0 {
		t.Errorf("%d runs after refusals", n)
	}
}
