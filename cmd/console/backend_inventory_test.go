package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/web/api"
)

func TestBackendResourcesArePagedAndSorted(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	who := as(r.admin, auth.InventoryRead)
	var got []string
	ask := api.ResourceQuery{Query: "provider:aws", Sort: "-name", Limit: 2}
	for {
		page, err := r.b.Resources(ctx, who, ask)
		if err != nil {
			t.Fatal(err)
		}
		for _, res := range page.Items {
			got = append(got, res.Name)
		}
		if page.Next == "" {
			break
		}
		ask.Cursor = string(page.Next)
	}
	if diff := cmp.Diff([]string{"orders", "ledger", "carts"}, got); diff != "" {
		t.Errorf("all pages (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		ask  api.ResourceQuery
		says string
	}{
		{api.ResourceQuery{Query: "regoin:eu-*"}, "region"},
		{api.ResourceQuery{Sort: "colour"}, `sorted by "colour"`},
		{api.ResourceQuery{Cursor: "?"}, "Start again from the first page."},
		{api.ResourceQuery{Sort: "kind", Cursor: ask.Cursor}, "Start again from the first page."},
	} {
		_, err := r.b.Resources(ctx, who, c.ask)
		wantSays(t, err, fault.Invalid, c.says)
	}
}

func TestBackendResourceDetail(t *testing.T) {
	t.Parallel()
	r, ctx := newTwoUnits(t), t.Context()
	ledger, orders := shelfBucket("ledger"), provider.Resource{}
	orders.Provider, orders.NativeID = cloud.AWS, "arn:aws:s3:::orders"
	ledger.Attributes = map[string]any{"versioning": "Suspended"}
	ledger.Relations = []provider.Relation{
		{Type: provider.RelatesReplicates, Provider: orders.Provider, NativeID: orders.NativeID},
		{Type: provider.RelatesReplicates, Provider: cloud.AWS, NativeID: "arn:aws:s3:::elsewhere"},
	}
	r.shelf.put("vault", &shelved{scopes: []provider.Scope{shelfScope("3333", nil)}, rows: map[string][]provider.Resource{"3333": {ledger}}})
	if run := r.sync("vault"); run.RowsChanged != 1 {
		t.Fatalf("run %+v", run)
	}
	page, err := r.b.Resources(ctx, as(r.admin, auth.InventoryRead), api.ResourceQuery{Query: `"ledger"`, Limit: 1})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	d, err := r.b.Resource(ctx, as(r.token(auth.Viewer, "bank"), auth.InventoryRead), page.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.Items[0], d.Resource); diff != "" {
		t.Errorf("the detail begins as the list does (-list +detail):\n%s", diff)
	}
	var got map[string]any
	if err := json.Unmarshal(encode(t, d), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"provider": "aws", "native_id": "arn:aws:s3:::ledger", "kind": "storage.bucket", "account": "account-3333", "account_id": "3333",
		"unit": "bank", "region": "eu-central-1", "country": "DE", "countries": []any{"DE"}, "state": "live", "residency": "unjudged",
		"managed": "none", "tags": []any{"env", "env=prod"}, "attributes": map[string]any{"versioning": "Suspended"},
		"labels": []any{map[string]any{"namespace": "tag", "key": "Env", "value": "Prod", "inherited": false}},
		"class":  nil, "cost": nil, "owner": nil, "service": nil, "zone": nil, "created_at": nil, "missing_since": nil, "gone_at": nil, "gone_reason": nil,
	} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(d.Locations) != 1 || d.Locations[0].Facet != "rest" || d.Locations[0].Evidence.Field != "region" || d.Locations[0].Proved.IsZero() {
		t.Errorf("locations %+v", d.Locations)
	}
	if len(d.Witnesses) != 1 || d.Witnesses[0].Source != "vault" || !d.Witnesses[0].Owner || d.Witnesses[0].State != "ok" {
		t.Errorf("witnesses %+v", d.Witnesses)
	}
	if len(d.History) != 1 || string(d.History[0].Attributes) != `{"versioning": "Enabled"}` || d.History[0].To.IsZero() {
		t.Errorf("history %+v", d.History)
	}
	// orders is there, but of a unit that this viewer has no role in.
	if len(d.Relations) != 2 || d.Relations[0].ID != nil || d.Relations[1].ID != nil || d.Relations[1].NativeID != "arn:aws:s3:::orders" {
		t.Errorf("relations %+v", d.Relations)
	}
	whole, err := r.b.Resource(ctx, as(r.admin, auth.InventoryRead), d.ID)
	if err != nil || whole.Relations[0].ID != nil || whole.Relations[1].ID == nil || whole.Relations[1].Name != "orders" {
		t.Errorf("relations as an administrator sees them: %+v, %v", whole.Relations, err)
	}
}

func TestNewAPI(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	viewer := r.token(auth.Viewer, "bank")
	a, err := newAPI(apiConfig{
		Inventory: r.inv, Auth: r.auth, Clock: r.b.clock, Zone: r.b.zone, Version: "test",
		Asks: func(echo.Context) (auth.Principal, auth.Origin) { return viewer, rigOrigin },
	})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	for _, route := range a.Routes() {
		e.Add(route.Method, route.Path, route.Handler)
		if !auth.Permission(route.Permission).Known() {
			t.Errorf("%s %s asks for %q, which is no permission", route.Method, route.Path, route.Permission)
		}
	}
	rec := httptest.NewRecorder()
	// shop is another unit's, but it reads an account of theirs: they see it, and count that account.
	e.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/v1/sources", nil))
	var page api.Page[map[string]any]
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || len(page.Items) != 2 || page.Items[0]["name"] != "shop" || page.Items[0]["scopes"] != 1.0 || page.Items[1]["name"] != "vault" {
		t.Errorf("%d %s: %v", rec.Code, rec.Body, err)
	}
	if _, err := newAPI(apiConfig{}); err == nil {
		t.Error("an interface over nothing was made")
	}
}
