package web

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/provider"
)

// vaults is an adapter whose sources have one account and one bucket, named after the source.
type vaults struct{ name string }

func (v vaults) Scopes(context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		yield(provider.Scope{Account: provider.Account{Provider: cloud.AWS, ID: v.name + "-account", Name: v.name + "-account"}, API: "=api", Rank: provider.RankProvider}, nil)
	}
}

func (v vaults) Resources(context.Context, provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		yield(provider.Resource{Provider: cloud.AWS, NativeID: "arn:aws:s3:::" + v.name, NativeType: "AWS::S3::Bucket", Name: "=" + v.name}, nil)
	}
}

func (vaults) Close() error { return nil }

func vaultsFactory() provider.Factory {
	return provider.Factory{
		Adapter: "vaults", Title: "Vaults", Badge: cloud.AWS, Check: func(json.RawMessage) error { return nil },
		Open: func(_ context.Context, src provider.Source) (provider.Reader, error) { return vaults{src.Name}, nil },
	}
}

// neighbours is a console with two units, retail and bank, that have a source each: shop and vault.
type neighbours struct {
	*console
	inv      *inventory.Service
	resource map[string]int64 // by source
	scope    map[string]int64
	run      map[string]uuid.UUID
	unit     map[string]uuid.UUID
}

func startNeighbours(t *testing.T) neighbours {
	t.Helper()
	n := neighbours{
		console: start(t, nil, nil), resource: map[string]int64{}, scope: map[string]int64{}, run: map[string]uuid.UUID{}, unit: map[string]uuid.UUID{},
	}
	log, factories := slog.New(slog.DiscardHandler), []provider.Factory{vaultsFactory()}
	syncer, err := inventory.NewSyncer(inventory.SyncerConfig{DB: n.db, Log: log, Factories: factories, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	n.inv = inventory.NewService(n.db, factories, syncer)
	n.s.inventory, n.s.views, n.s.sources = n.inv, n.inv, n.inv
	ctx, actor := t.Context(), audit.Actor{Name: "mara@example.org", Kind: audit.Person}
	for unit, source := range map[string]string{"retail": "shop", "bank": "vault"} {
		if _, err := n.inv.PutUnit(ctx, actor, inventory.PutUnit{Slug: unit, Title: unit}); err != nil {
			t.Fatal(err)
		}
		if _, err := n.inv.PutSource(ctx, actor, inventory.PutSource{Name: source, Adapter: "vaults", Unit: unit, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		run, err := n.inv.SyncNow(ctx, actor, source)
		if err != nil {
			t.Fatal(err)
		}
		if err := syncer.Run(ctx, run.ID, 0); err != nil {
			t.Fatal(err)
		}
		n.run[source] = run.ID
		n.scope[source] = n.id("SELECT p.id FROM scopes p JOIN sources s ON s.id = p.source_id WHERE s.name = $1", source)
		n.resource[source] = n.id("SELECT id FROM resources WHERE name = $1", "="+source)
	}
	if err := inventory.NewProjector(n.db, log).Drain(ctx); err != nil {
		t.Fatal(err)
	}
	units, err := n.inv.Units(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		n.unit[u.Slug] = u.ID
	}
	return n
}

func (n neighbours) id(sql, name string) (id int64) {
	if err := n.db.QueryRow(context.Background(), sql, name).Scan(&id); err != nil {
		panic(err)
	}
	return id
}

// of is a browser of somebody with a role in one unit.
func (n neighbours) of(t *testing.T, role string) *browser {
	t.Helper()
	b := n.browser(t)
	if r := b.post("/sign-in/demo", url.Values{"role": {role}, "return": {"/settings"}}); r.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d %s", role, r.StatusCode, r.text)
	}
	return b
}

// An administrator of one unit meets nothing of another one, on whatever page.
func TestUnitsAreApart(t *testing.T) {
	t.Parallel()
	n := startNeighbours(t)
	b := n.of(t, "admin@retail")
	for _, source := range []string{"shop", "vault"} {
		status := map[string]int{"shop": http.StatusOK, "vault": http.StatusNotFound}[source]
		for _, path := range []string{
			fmt.Sprintf("/inventory/%d", n.resource[source]), fmt.Sprintf("/inventory/%d/peek", n.resource[source]),
			"/sources/" + source, "/sources/" + source + "?tab=runs", "/sources/" + source + "?tab=settings",
			"/sources/" + source + "?tab=permissions", "/sources/" + source + "/scopes.csv",
		} {
			if r := b.get(path); r.StatusCode != status {
				t.Errorf("GET %s: %d, want %d", path, r.StatusCode, status)
			}
		}
	}
	wantStatus(t, b.get("/runs/"+n.run["vault"].String()+"/events"), http.StatusNotFound)
	for _, path := range []string{"/inventory", "/inventory?q=unit:bank", "/inventory?q=vault", "/inventory.csv", "/inventory/facets", "/sources", "/sources.csv"} {
		r := b.get(path)
		wantStatus(t, r, http.StatusOK)
		if words := strings.ReplaceAll(r.text, path[strings.Index(path, "=")+1:], ""); strings.Contains(words, "vault-account") || strings.Contains(words, "arn:aws:s3:::vault") || strings.Contains(r.text, "/sources/vault") {
			t.Errorf("GET %s shows the neighbour's", path)
		}
	}
	before := n.state()
	for _, path := range []string{
		"/sources/vault", "/sources/vault/delete", "/sources/vault/sync", "/sources/vault/test", "/runs/" + n.run["vault"].String() + "/cancel",
		fmt.Sprintf("/scopes/%d/release", n.scope["vault"]), fmt.Sprintf("/scopes/%d/keep", n.scope["vault"]), fmt.Sprintf("/scopes/%d/remove", n.scope["vault"]),
	} {
		wantStatus(t, b.post(path, url.Values{"name": {"vault"}, "revision": {"1"}, "schedule": {"manual"}, "unit": {"retail"}}), http.StatusNotFound)
	}
	// Connecting a source under the name of one that is hidden must not take it over.
	form := url.Values{"adapter": {"vaults"}, "step": {stepConnect}, "name": {"vault"}, "schedule": {"manual"}, "unit": {"retail"}}
	wantStatus(t, b.post(connectPath, form), http.StatusUnprocessableEntity, "There is a source named")
	form.Set("name", "till")
	form.Set("unit", "bank")
	wantStatus(t, b.post(connectPath, form), http.StatusForbidden)
	wantStatus(t, b.post("/sources/shop", url.Values{"revision": {"1"}, "schedule": {"manual"}, "unit": {"bank"}}), http.StatusForbidden)
	if after := n.state(); after != before {
		t.Errorf("sources and runs before: %s, after: %s", before, after)
	}
}

// Who sees a source only because it reads an account of theirs learns how fresh that is, and no more.
func TestForeignSourceOfAnOwnAccount(t *testing.T) {
	t.Parallel()
	n := startNeighbours(t)
	_, err := n.inv.PutUnit(t.Context(), audit.Actor{Name: "mara@example.org", Kind: audit.Person}, inventory.PutUnit{
		Slug: "bank", Title: "bank", Accounts: []cloud.AccountRef{{Provider: cloud.AWS, ID: "shop-account"}}, Force: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.inv.HandleMove(t.Context(), jobs.Work{Kind: inventory.MoveWork}); err != nil {
		t.Fatal(err)
	}
	b := n.of(t, "admin@bank")
	wantStatus(t, b.get("/sources/shop"), http.StatusOK, "shop-account")
	wantStatus(t, b.get("/sources/shop?tab=settings"), http.StatusForbidden)
	wantStatus(t, b.get("/sources/shop/role"), http.StatusForbidden)
	for _, verb := range []string{"", "/test", "/sync", "/delete"} {
		wantStatus(t, b.post("/sources/shop"+verb, url.Values{"name": {"shop"}, "revision": {"1"}, "schedule": {"manual"}, "unit": {"bank"}}), http.StatusForbidden)
	}
	wantStatus(t, b.post("/runs/"+n.run["shop"].String()+"/cancel", nil), http.StatusForbidden)
}

// state is what a neighbour could have changed.
func (n neighbours) state() (out string) {
	sql := `SELECT (SELECT string_agg(concat_ws(' ', s.name, u.slug, s.revision, s.deleted_at), ', ' ORDER BY s.name) FROM sources s JOIN units u ON u.id = s.unit_id)
		|| (SELECT string_agg(concat_ws(' ', id, state, cancel), ', ' ORDER BY id) FROM runs)
		|| (SELECT string_agg(concat_ws(' ', id, state, held_release), ', ' ORDER BY id) FROM scopes)`
	if err := n.db.QueryRow(context.Background(), sql).Scan(&out); err != nil {
		panic(err)
	}
	return out
}

func TestViewsAreSharedWithOwnUnitsOnly(t *testing.T) {
	t.Parallel()
	n := startNeighbours(t)
	retail, bank := n.of(t, "viewer@retail"), n.of(t, "operator@bank")
	save := func(b *browser, name, unit string) response {
		return b.post("/inventory/views", url.Values{"name": {name}, "q": {"kind:bucket"}, "unit": {unit}, "cols": {"kind", "no such"}})
	}
	wantStatus(t, save(retail, "theirs", n.unit["bank"].String()), http.StatusBadRequest, "unit that you see")
	wantStatus(t, retail.post("/inventory/views", url.Values{"name": {"odd"}, "sort": {"no such"}}), http.StatusBadRequest)
	wantStatus(t, save(retail, "tills of retail", n.unit["retail"].String()), http.StatusSeeOther)
	if r := bank.get("/inventory"); strings.Contains(r.text, "tills of retail") {
		t.Error("a view shared with retail is shown to bank")
	}
	if r := retail.get("/inventory"); !strings.Contains(r.text, "tills of retail") || strings.Contains(r.text, ">odd<") {
		t.Error("a view is shown where it was saved, and one that was refused is not saved")
	}
	var id uuid.UUID
	if err := n.db.QueryRow(t.Context(), "SELECT id FROM saved_views").Scan(&id); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, bank.post("/inventory/views/"+id.String(), url.Values{"name": {"mine"}}), http.StatusNotFound)
	wantStatus(t, bank.post("/inventory/views/"+id.String()+"/delete", nil), http.StatusNotFound)
	r := retail.post("/inventory/views/"+id.String(), url.Values{"name": {"tills of retail"}, "return": {"//elsewhere.example"}})
	if to := r.Header.Get("Location"); to != "/" {
		t.Errorf("changing a view leads to %q, want / and not another site", to)
	}
}

func TestFilesAreNoFormulas(t *testing.T) {
	t.Parallel()
	n := startNeighbours(t)
	b := n.of(t, "viewer@retail")
	for _, path := range []string{"/inventory.csv", "/sources/shop/scopes.csv"} {
		r := b.get(path)
		wantStatus(t, r, http.StatusOK, "'=")
		if strings.Contains(r.text, ",=") || strings.Contains(r.text, "\n=") {
			t.Errorf("GET %s: a cell begins a formula:\n%s", path, r.text)
		}
		if d := r.Header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="`) {
			t.Errorf("GET %s: Content-Disposition %q", path, d)
		}
	}
	for in, want := range map[string]string{"": "", "a=1": "a=1", "=1": "'=1", "\n=1": "'\n=1", "\t=1": "'\t=1", "-1": "'-1", "@x": "'@x", "+1": "'+1"} {
		if got := csvText(in); got != want {
			t.Errorf("csvText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStrangeParametersAreNotOurFault(t *testing.T) {
	t.Parallel()
	n := startNeighbours(t)
	b := n.of(t, "admin")
	for _, path := range []string{
		"/inventory?q=%00", "/inventory?q=%ff", "/inventory?q=owner:%00", "/inventory?q=unit:%00", "/inventory?q=tag:%00=%ff", "/inventory?cursor=%00", "/inventory?sort=%00",
		"/inventory?view=%00&peek=%00", "/inventory.csv?q=%00", "/sources/%00", "/sources/%ff", "/sources/shop?state=%00&after=-1&at=-1",
		"/sources/shop/scopes.csv?state=%00", "/inventory/99999999999999999999", "/inventory/-1/peek", "/runs/%00/events", "/inventory/facets?q=%00",
	} {
		if r := b.get(path); r.StatusCode >= http.StatusInternalServerError {
			t.Errorf("GET %s: %d", path, r.StatusCode)
		}
	}
	for path, form := range map[string]url.Values{
		"/inventory/views": {"name": {"a\x00b"}, "q": {"kind:bucket"}},
		"/sources/shop":    {"name": {"shop"}, "revision": {"x"}, "schedule": {"manual"}},
		connectPath:        {"adapter": {"vaults"}, "step": {stepConnect}, "name": {"a\x00"}, "schedule": {"manual"}},
	} {
		if r := b.post(path, form); r.StatusCode >= http.StatusInternalServerError || r.StatusCode < http.StatusBadRequest {
			t.Errorf("POST %s: %d", path, r.StatusCode)
		}
	}
}
