package inventory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
)

func TestPutRegion(t *testing.T) {
	t.Parallel()
	r, ctx := newRig(t), context.Background()
	lat, long := 50.11, 8.68
	fra := inventory.Region{Provider: "own", Code: "fra-1", Title: "Frankfurt", Country: "DE", Latitude: &lat, Longitude: &long}
	with := func(f func(*inventory.Region)) inventory.Region {
		c := fra
		f(&c)
		return c
	}
	for _, c := range []struct {
		reason string
		put    inventory.PutRegion
		want   inventory.PutResult
		fails  error
		field  string
	}{
		{reason: "tried only", put: inventory.PutRegion{Region: fra, DryRun: true}, want: inventory.PutResult{Action: inventory.Created, Revision: 1}},
		{reason: "new", put: inventory.PutRegion{Region: fra}, want: inventory.PutResult{Action: inventory.Created, Revision: 1}},
		{reason: "the same", put: inventory.PutRegion{Region: fra}, want: inventory.PutResult{Action: inventory.Unchanged, Revision: 1}},
		{
			reason: "a change that has seen something else", put: inventory.PutRegion{Region: with(func(x *inventory.Region) { x.Country, x.Revision = "FR", 7 })},
			fails: fault.Conflict, field: "metadata.revision",
		},
		{
			reason: "a change that has", put: inventory.PutRegion{Region: with(func(x *inventory.Region) { x.Latitude, x.Longitude, x.Revision = nil, nil, 1 })},
			want: inventory.PutResult{Action: inventory.Updated, Revision: 2},
		},
		{reason: "forced", put: inventory.PutRegion{Region: fra, Force: true}, want: inventory.PutResult{Action: inventory.Updated, Revision: 3}},
		{
			reason: "no country", put: inventory.PutRegion{Region: with(func(x *inventory.Region) { x.Country = "Germany" }), Force: true},
			fails: fault.Invalid, field: "spec.country",
		},
		{
			reason: "a built-in one", put: inventory.PutRegion{Region: inventory.Region{Provider: cloud.AWS, Code: "eu-central-1", Title: "Here", Country: "FR"}},
			fails: fault.Invalid, field: "spec.code",
		},
	} {
		got, err := r.svc.PutRegion(ctx, mara, c.put)
		var said *fault.Public
		if c.fails != nil && (!errors.As(err, &said) || !errors.Is(err, c.fails) || said.Field != c.field) {
			t.Errorf("%s: %v, want %v in %s", c.reason, err, c.fails, c.field)
		}
		if c.fails == nil && (err != nil || got != c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.reason, got, err, c.want)
		}
	}
	got, err := r.svc.OwnRegions(ctx)
	fra.Revision = 3
	if diff := cmp.Diff([]inventory.Region{fra}, got); diff != "" || err != nil {
		t.Errorf("own regions: %v (-want +got):\n%s", err, diff)
	}
	entries, err := audit.Recent(ctx, r.db, "region/own.fra-1", 10)
	if err != nil || len(entries) != 3 || entries[2].Action != "region.create" || entries[0].Action != "region.change" || entries[0].Actor != mara {
		t.Errorf("audit trail: %+v, %v; want one creation and two changes", entries, err)
	}
}

func TestRegionDecidesCountryAtTheNextSync(t *testing.T) {
	t.Parallel()
	shelf := provider.Resource{Provider: "own", NativeID: "rack-1", NativeType: "rack", Kind: "storage.bucket", Region: "fra-1"}
	e := &estate{scopes: []provider.Scope{scope("racks")}, rows: map[string][]provider.Resource{"racks": {shelf}}}
	r := newRig(t, e.factory("aws"))
	r.source("prod", "aws")
	for _, c := range []struct{ declared, want string }{{"", ""}, {"DE", "DE"}, {"FR", "FR"}} {
		if c.declared != "" {
			_, err := r.svc.PutRegion(context.Background(), mara, inventory.PutRegion{
				Region: inventory.Region{Provider: "own", Code: "fra-1", Title: "Rack room", Country: c.declared}, Force: true,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		r.sync("prod")
		var got string
		if err := r.db.QueryRow(context.Background(), "SELECT country FROM resource_list").Scan(&got); err != nil || got != c.want {
			t.Errorf("declared %q: country %q, %v", c.declared, got, err)
		}
	}
}

func TestRehearse(t *testing.T) {
	t.Parallel()
	e := &estate{}
	r, ctx := newRig(t, e.factory("aws")), context.Background()
	count := func() (n int) {
		if err := r.db.QueryRow(ctx, "SELECT (SELECT count(*) FROM units) + (SELECT count(*) FROM sources) + (SELECT count(*) FROM audit_entries)").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	err := r.svc.Rehearse(ctx, func(trial *inventory.Service) error {
		if _, err := trial.PutUnit(ctx, mara, inventory.PutUnit{Slug: "Bad Name", Title: "x"}); !errors.Is(err, fault.Invalid) {
			t.Errorf("a bad name: %v", err)
		}
		if _, err := trial.PutUnit(ctx, mara, inventory.PutUnit{Slug: "retail", Title: "Retail"}); err != nil {
			return err // what failed before undid only itself
		}
		res, err := trial.PutSource(ctx, mara, inventory.PutSource{Name: "prod", Adapter: "aws", Unit: "retail", Enabled: true})
		if res.Action != inventory.Created {
			t.Errorf("a source in the unit that was just made: %+v, %v", res, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := count(); after != before {
		t.Errorf("%d rows became %d", before, after)
	}
	stop := errors.New("stop")
	if err := r.svc.Rehearse(ctx, func(*inventory.Service) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error within: %v", err)
	}
}
