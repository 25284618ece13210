package query_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/query"
)

// atom is a term with what it means, said a second time in plain Go.
type atom struct {
	field query.Field
	text  string
	match func(query.Row) bool
}

func (e *estate) atoms() []atom {
	one := func(f query.Field, text string, get func(query.Row) string, values ...string) atom {
		return atom{f, text, func(r query.Row) bool { return slices.Contains(values, get(r)) }}
	}
	kind := func(r query.Row) string { return string(r.Kind) }
	lower := strings.ToLower
	cost := func(text string, f func(float64) bool) atom {
		return atom{query.Cost, text, func(r query.Row) bool { return r.Cost.Valid && f(r.Cost.Decimal.InexactFloat64()) }}
	}
	tag := func(text string, f func([]string) bool) atom {
		return atom{query.Tag, text, func(r query.Row) bool { return f(r.Tags) }}
	}
	name := func(text string, f func(string) bool) atom {
		return atom{query.Text, text, func(r query.Row) bool { return f(searchText(r)) }}
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, berlin) }
	hours := func(n int) time.Time { return e.now.Add(-time.Duration(n) * time.Hour) }
	return []atom{
		one(query.Provider, "provider:aws", func(r query.Row) string { return string(r.Provider) }, "aws"),
		one(query.Provider, "provider:azure,gcp", func(r query.Row) string { return string(r.Provider) }, "azure", "gcp"),
		one(query.Account, "account:sandbox", func(r query.Row) string { return r.Account }, "sandbox"),
		one(query.Account, `account:"100%_a",ANALYTICS*`, func(r query.Row) string { return r.Account }, "100%_a", "Analytics X"),
		one(query.Account, "account:111111111111,payments-dev", func(r query.Row) string { return r.Account }, "payments-prod", "payments-dev"),
		one(query.Account, "account:payments-*", func(r query.Row) string { return r.Account }, "payments-prod", "payments-dev"),
		one(query.Kind, "kind:db.*", kind, "db.relational", "db.cache"),
		one(query.Kind, "kind:cluster,other", kind, "compute.cluster", "fleet.cluster", "other"),
		one(query.Kind, "kind:storage", kind, "storage.bucket", "storage.snapshot"),
		one(query.Region, "region:eu-*,westeurope", func(r query.Row) string { return r.Region }, "eu-central-1", "eu-west-1", "westeurope"),
		one(query.Region, "region:none", func(r query.Row) string { return r.Region }, ""),
		one(query.Region, "region:*", func(r query.Row) string { return r.Region }, "eu-central-1", "eu-west-1", "us-east-1", "westeurope"),
		one(query.Country, "country:de,unknown", func(r query.Row) string { return r.Country }, "DE", ""),
		{query.Touches, "touches:US,NL", func(r query.Row) bool {
			return slices.Contains(r.Countries, "US") || slices.Contains(r.Countries, "NL")
		}},
		{query.Touches, "touches:*", func(r query.Row) bool { return len(r.Countries) > 0 }},
		{query.Touches, "touches:D*", func(r query.Row) bool { return slices.Contains(r.Countries, "DE") }},
		one(query.Class, "class:personal,custom-*", func(r query.Row) string { return r.Class }, "personal", "custom-x"),
		one(query.Residency, "residency:fail,unjudged", func(r query.Row) string { return r.Residency.Word() }, "violation", "unjudged"),
		one(query.Residency, "residency:pass", func(r query.Row) string { return r.Residency.Word() }, "compliant"),
		{query.Residency, "residency:*", func(r query.Row) bool { return r.Residency != query.NotJudged }},
		one(query.Managed, "managed:none,unknown", func(r query.Row) string { return r.Managed }, "none", ""),
		one(query.Service, `service:"none",ledger`, func(r query.Row) string { return r.Service }, "none", "ledger"),
		one(query.Service, `service:none`, func(r query.Row) string { return r.Service }, ""),
		one(query.Owner, `owner:"team pay"`, func(r query.Row) string { return r.Owner }, "team pay"),
		one(query.Unit, "unit:retail", func(r query.Row) string { return r.UnitID }, e.units["retail"], e.units["retail-shops"]),
		one(query.Unit, "unit:retail-*,labs", func(r query.Row) string { return r.UnitID }, e.units["retail-shops"], e.units["labs"]),
		one(query.Portability, "portability:proprietary,unknown", func(r query.Row) string { return string(r.Portability) }, "proprietary", "unknown"),
		one(query.State, "state:missing", func(r query.Row) string { return r.State }, "missing"),
		one(query.State, "state:gone,live", func(r query.Row) string { return r.State }, "gone", "live"),
		{query.State, "state:*", func(query.Row) bool { return true }},
		one(query.Type, "type:AWS::*,x_y", func(r query.Row) string { return r.NativeType }, "AWS::S3::Bucket", "x_y"),
		cost("cost:>100", func(c float64) bool { return c > 100 }),
		cost("cost:<=20.5,300..320", func(c float64) bool { return c <= 20.5 || c >= 300 && c <= 320 }),
		cost("cost:0", func(c float64) bool { return c == 0 }),
		{query.Cost, "cost:unknown", func(r query.Row) bool { return !r.Cost.Valid }},
		tag("tag:env=prod", func(t []string) bool { return slices.Contains(t, "env=prod") }),
		tag("tag:env=p*", func(t []string) bool { return slices.Contains(t, "env=prod") || slices.Contains(t, "env=preprod") }),
		tag("tag:team,env=", func(t []string) bool { return slices.Contains(t, "team") || slices.Contains(t, "env=") }),
		tag(`tag:team="a b"`, func(t []string) bool { return slices.Contains(t, "team=a b") }),
		tag("tag:e*v", func(t []string) bool { return slices.Contains(t, "env") }),
		{query.Name, "name:orders*", func(r query.Row) bool { return strings.HasPrefix(lower(r.Name), "orders") }},
		{query.Name, "name:ORDERS,*_log", func(r query.Row) bool {
			return lower(r.Name) == "orders" || strings.HasSuffix(r.Name, "_log")
		}},
		{query.ID, "id:arn:x:orders/Id-1*", func(r query.Row) bool { return strings.HasPrefix(r.NativeID, "arn:x:orders/Id-1") }},
		{query.ID, "id:*/Id-77", func(r query.Row) bool { return r.ID == 77 }},
		{query.ID, "id:" + idOf(e.rows[4]), func(r query.Row) bool { return r.ID == 5 }},
		name(`"orders"`, func(s string) bool { return strings.Contains(s, "orders") }),
		name(`"pay%c",_log`, func(s string) bool { return strings.Contains(s, "pay%c") || strings.Contains(s, "_log") }),
		name(`"back\\slash"`, func(s string) bool { return strings.Contains(s, `back\slash`) }),
		name(`ÜNÏ*ä`, func(s string) bool { return strings.Contains(s, "ünïcode ä") }),
		name(`o*-1`, func(s string) bool {
			_, rest, ok := strings.Cut(s, "o")
			return ok && strings.Contains(rest, "-1")
		}),
		{query.Text, `"` + e.rows[8].NativeID + `"`, func(r query.Row) bool { return r.ID == 9 }},
		{query.Seen, "seen:<2h", func(r query.Row) bool { return r.Seen != nil && r.Seen.After(hours(2)) }},
		{query.Seen, "seen:>1d", func(r query.Row) bool { return r.Seen == nil || r.Seen.Before(hours(24)) }},
		{query.Seen, "seen:never", func(r query.Row) bool { return r.Seen == nil }},
		{query.Created, "created:<30d", func(r query.Row) bool { return r.Created != nil && r.Created.After(hours(720)) }},
		{query.Created, "created:unknown,>=10w", func(r query.Row) bool { return r.Created == nil || !r.Created.After(hours(1680)) }},
		{query.Changed, "changed:2026-11-01..2026-11-10", func(r query.Row) bool {
			return !r.Changed.Before(day(2026, 11, 1)) && r.Changed.Before(day(2026, 11, 11))
		}},
		{query.Changed, "changed:>2026-11-10", func(r query.Row) bool { return !r.Changed.Before(day(2026, 11, 11)) }},
		{query.Changed, "changed:<=2026-10-05t12:00", func(r query.Row) bool { return !r.Changed.After(time.Date(2026, 10, 5, 12, 0, 0, 0, berlin)) }},
		{query.Changed, "changed:10d..20d", func(r query.Row) bool { return !r.Changed.After(hours(240)) && !r.Changed.Before(hours(480)) }},
	}
}

func idOf(r query.Row) string { return `"` + r.NativeID + `"` }

// berlin has days that are not UTC's.
var berlin = time.FixedZone("CET", 3600)

// asked is a random query with what it should find.
type asked struct {
	atoms   []atom
	negated []bool
	access  cloud.Access
}

func (e *estate) ask(rnd *rand.Rand) asked {
	all := e.atoms()
	a := asked{access: cloud.FullAccess()}
	for range rnd.IntN(4) {
		a.atoms, a.negated = append(a.atoms, pick(rnd, all...)), append(a.negated, rnd.IntN(4) == 0)
	}
	if rnd.IntN(2) == 0 {
		var units []string
		for _, slug := range unitSlugs {
			if rnd.IntN(2) == 0 {
				units = append(units, e.units[slug])
			}
		}
		a.access = cloud.UnitAccess(units)
	}
	return a
}

func (a asked) String() string {
	var out []string
	for i, t := range a.atoms {
		out = append(out, strings.Repeat("-", map[bool]int{true: 1}[a.negated[i]])+t.text)
	}
	return strings.Join(out, " ")
}

// matches evaluates the query without the terms on one field.
func (a asked) matches(r query.Row, without query.Field) bool {
	if !a.access.Sees(r.UnitID) {
		return false
	}
	hideGone := without != query.State
	for i, t := range a.atoms {
		if t.field == query.State && !a.negated[i] {
			hideGone = false
		}
		if without != query.Text && t.field == without {
			continue
		}
		if t.match(r) == a.negated[i] {
			return false
		}
	}
	return !hideGone || r.State != "gone"
}

func (e *estate) filter(t testing.TB, a asked) query.Filter {
	return query.Filter{Query: mustParse(t, a.String()), Access: a.access, Now: e.now, Zone: berlin}
}

func TestListAgainstNaive(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 400), context.Background()
	rnd := rand.New(rand.NewPCG(3, 5))
	asks := make([]asked, 0, 300)
	for _, a := range e.atoms() { // every atom alone, plain and negated
		asks = append(asks, asked{atoms: []atom{a}, negated: []bool{false}, access: cloud.FullAccess()},
			asked{atoms: []atom{a}, negated: []bool{true}, access: cloud.FullAccess()})
	}
	for range 150 {
		asks = append(asks, e.ask(rnd))
	}
	for _, a := range asks {
		l := query.List{Filter: e.filter(t, a), Sort: pick(rnd, query.Sorts()...), Desc: rnd.IntN(2) == 0, Limit: 1 + rnd.IntN(40)}
		switch rnd.IntN(3) {
		case 0:
			l = l.InOrder()
		case 1:
			l = l.FilterFirst()
		}
		want := e.expect(a, l.Sort, l.Desc)
		forward, last := walk(ctx, t, e, l)
		if diff := gocmp.Diff(ids(want), ids(forward)); diff != "" {
			t.Fatalf("%q by %s desc=%v limit %d (-want +got):\n%s", a, l.Sort, l.Desc, l.Limit, diff)
		}
		if diff := gocmp.Diff(want, forward, cmpopts.EquateEmpty(), gocmp.Comparer(sameDecimal)); diff != "" {
			t.Fatalf("%q: rows (-want +got):\n%s", a, diff)
		}
		l.Back, l.Cursor = true, last
		back, _ := walk(ctx, t, e, l)
		slices.Reverse(back)
		if diff := gocmp.Diff(ids(want[:len(back)]), ids(back)); diff != "" || len(want)-len(back) > l.Limit {
			t.Fatalf("%q by %s desc=%v limit %d backwards (-want +got):\n%s", a, l.Sort, l.Desc, l.Limit, diff)
		}
	}
}

func sameDecimal(a, b decimal.NullDecimal) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Decimal.Equal(b.Decimal))
}

// walk reads page after page to the end, through encoded cursors. Backwards, rows come last first.
// It returns the cursor that leads back from the last page.
func walk(ctx context.Context, t *testing.T, e *estate, l query.List) ([]query.Row, *query.Cursor) {
	t.Helper()
	var out []query.Row
	for range len(e.rows) + 2 {
		p, err := l.Run(ctx, e.db)
		if err != nil {
			t.Fatalf("%q: %v", l.Query, err)
		}
		rows, next, prev := slices.Clone(p.Rows), p.Next, p.Prev
		if l.Back {
			slices.Reverse(rows)
			next, prev = prev, next
		}
		out = append(out, rows...)
		if next == nil {
			return out, prev
		}
		c, err := query.DecodeCursor(next.Encode())
		if err != nil {
			t.Fatal(err)
		}
		l.Cursor = &c
	}
	t.Fatalf("%q: paging does not end", l.Query)
	return nil, nil
}

func ids(rows []query.Row) []int64 {
	out := []int64{}
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

func (e *estate) expect(a asked, by query.Sort, desc bool) []query.Row {
	out := []query.Row{}
	for _, r := range e.rows {
		if a.matches(r, query.Text) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y query.Row) int {
		c := compareBy(by, x, y)
		if c == 0 && by == query.BySeen {
			c = cmp.Compare(x.ScopeID, y.ScopeID)
		}
		if c == 0 {
			c = cmp.Compare(x.ID, y.ID)
		}
		if desc {
			return -c
		}
		return c
	})
	return out
}

func compareBy(by query.Sort, x, y query.Row) int {
	attention := []query.ResidencyState{query.Violation, query.Unknown, query.Waived, query.Compliant, query.NotApplicable, query.NotJudged}
	orMinusOne := func(d decimal.NullDecimal) decimal.Decimal {
		if d.Valid {
			return d.Decimal
		}
		return decimal.NewFromInt(-1)
	}
	orNever := func(t *time.Time) int64 {
		if t == nil {
			return -1 << 62
		}
		return t.UnixMicro()
	}
	text := map[query.Sort]func(query.Row) string{
		query.ByName: func(r query.Row) string { return r.Name }, query.ByKind: func(r query.Row) string { return string(r.Kind) },
		query.ByProvider: func(r query.Row) string { return string(r.Provider) }, query.ByAccount: func(r query.Row) string { return r.Account },
		query.ByRegion: func(r query.Row) string { return r.Region }, query.ByCountry: func(r query.Row) string { return r.Country },
		query.ByClass: func(r query.Row) string { return r.Class }, query.ByManaged: func(r query.Row) string { return r.Managed },
		query.ByService: func(r query.Row) string { return r.Service },
	}
	switch by {
	case query.ByResidency:
		return cmp.Compare(slices.Index(attention, x.Residency), slices.Index(attention, y.Residency))
	case query.ByCost:
		return orMinusOne(x.Cost).Cmp(orMinusOne(y.Cost))
	case query.ByChanged:
		return x.Changed.Compare(y.Changed)
	case query.BySeen:
		return cmp.Compare(orNever(x.Seen), orNever(y.Seen))
	default:
		return cmp.Compare(text[by](x), text[by](y))
	}
}

func TestCountsAgainstNaive(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 400), context.Background()
	rnd := rand.New(rand.NewPCG(8, 9))
	for range 120 {
		a := e.ask(rnd)
		want := e.expect(a, query.ByName, false)
		got, err := query.Count{Filter: e.filter(t, a)}.Run(ctx, e.db)
		if err != nil {
			t.Fatal(err)
		}
		sum, costed := decimal.Zero, int64(0)
		for _, r := range want {
			if r.Cost.Valid {
				sum, costed = sum.Add(r.Cost.Decimal), costed+1
			}
		}
		if got.N != int64(len(want)) || got.Capped || got.Costed != costed || !got.Cost.Equal(sum) {
			t.Fatalf("%q: got %+v, want %d that cost %s (%d)", a, got, len(want), sum, costed)
		}
		e.checkFacets(ctx, t, a)
	}
}

func (e *estate) checkFacets(ctx context.Context, t *testing.T, a asked) {
	t.Helper()
	f := e.filter(t, a)
	facets, err := query.Facets{Filter: f}.Run(ctx, e.db)
	if err != nil {
		t.Fatal(err)
	}
	value := map[query.Field]func(query.Row) string{
		query.Provider: func(r query.Row) string { return string(r.Provider) }, query.Residency: func(r query.Row) string { return r.Residency.Word() },
		query.Country: func(r query.Row) string { return r.Country }, query.Class: func(r query.Row) string { return r.Class },
		query.Managed: func(r query.Row) string { return r.Managed }, query.Kind: func(r query.Row) string { return string(r.Kind) },
		query.Account: func(r query.Row) string { return r.Account }, query.State: func(r query.Row) string { return r.State },
	}
	for i, facet := range facets {
		if facet.Field != query.FacetFields()[i] || facet.Capped || facet.More {
			t.Fatalf("%q: facet %d is %+v", a, i, facet)
		}
		want, got := map[string]int64{}, map[string]int64{}
		for _, r := range e.rows {
			if a.matches(r, facet.Field) {
				want[value[facet.Field](r)]++
			}
		}
		for _, v := range facet.Values {
			if v.N > 0 {
				got[v.Value] = v.N
			}
			if v.Ticked != f.Query.Has(facet.Field, v.Value) || v.N == 0 && !v.Ticked {
				t.Fatalf("%q: %s value %+v", a, facet.Field, v)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: facet %s (-want +got):\n%s", a, facet.Field, diff)
		}
	}
}

func TestAccessNeverLeaks(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 120), context.Background()
	for _, text := range []string{"", "tag:env", "unit:retail", "state:* provider:aws", `"orders"`, "seen:never"} {
		for _, access := range []cloud.Access{{}, cloud.UnitAccess(nil), cloud.UnitAccess([]string{e.units["labs"]})} {
			f := query.Filter{Query: mustParse(t, text), Access: access, Now: e.now}
			for _, by := range query.Sorts() {
				p, err := query.List{Filter: f, Sort: by, Limit: 500}.Run(ctx, e.db)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range p.Rows {
					if !access.Sees(r.UnitID) {
						t.Fatalf("%q shows row %d of unit %s", text, r.ID, r.UnitID)
					}
				}
			}
			total, err := query.Count{Filter: f}.Run(ctx, e.db)
			if err != nil {
				t.Fatal(err)
			}
			facets, err := query.Facets{Filter: f}.Run(ctx, e.db)
			if err != nil {
				t.Fatal(err)
			}
			if len(access.Units()) > 0 {
				continue // counts against a naive evaluation: TestCountsAgainstNaive
			}
			if total.N != 0 || !total.Cost.IsZero() {
				t.Errorf("%q without access counts %+v", text, total)
			}
			for _, facet := range facets {
				for _, v := range facet.Values {
					if v.N > 0 {
						t.Errorf("%q without access: facet %s has %+v", text, facet.Field, v)
					}
				}
			}
		}
	}
}

func TestCapsAreSaid(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 200), context.Background()
	f := query.Filter{Query: mustParse(t, "tag:env state:*"), Access: cloud.FullAccess(), Now: e.now}
	total, err := query.Count{Filter: f, Cap: 10}.Run(ctx, e.db)
	if err != nil || total.N != 10 || !total.Capped {
		t.Errorf("capped count: %+v, %v", total, err)
	}
	facets, err := query.Facets{Filter: f, Cap: 10, Max: 2}.Run(ctx, e.db)
	if err != nil {
		t.Fatal(err)
	}
	for _, facet := range facets {
		if !facet.Capped || facet.Field == query.Kind && (!facet.More || len(facet.Values) != 2) {
			t.Errorf("capped facet: %+v", facet)
		}
	}
}

func TestDrops(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 200), context.Background()
	q := mustParse(t, "provider:aws name:no-such-thing tag:env")
	drops, err := query.Count{Filter: query.Filter{Query: q, Access: cloud.FullAccess(), Now: e.now}}.Drops(ctx, e.db)
	if err != nil || len(drops) != 1 || drops[0].Term.String() != "name:no-such-thing" || drops[0].Query.String() != "provider:aws tag:env" || drops[0].Total.N == 0 {
		t.Errorf("got %+v, %v", drops, err)
	}
}

func TestCursorIsChecked(t *testing.T) {
	t.Parallel()
	good := query.Cursor{Sort: query.ByCost, Key: "12.50", ID: 7}
	if c, err := query.DecodeCursor(good.Encode()); err != nil || c != good {
		t.Errorf("got %+v, %v", c, err)
	}
	for _, c := range []query.Cursor{
		{Sort: "nonsense", Key: "x"},
		{Sort: query.ByCost, Key: "1e9"},
		{Sort: query.ByCost, Key: "x"},
		{Sort: query.ByResidency, Key: "1.5"},
		{Sort: query.BySeen, Key: "yesterday"},
		{Sort: query.ByName, Key: "a\x00"},
		{Sort: query.ByName, ID: -1},
	} {
		if _, err := query.DecodeCursor(c.Encode()); !errors.Is(err, fault.Invalid) {
			t.Errorf("%+v is taken: %v", c, err)
		}
	}
	for _, s := range []string{"", "!", "e30", "bm9uc2Vuc2U"} {
		if _, err := query.DecodeCursor(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q is taken: %v", s, err)
		}
	}
	l := query.List{Filter: query.Filter{Access: cloud.FullAccess()}, Sort: query.ByName, Cursor: &good}
	if _, err := l.Run(context.Background(), nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("a cursor of another order is taken: %v", err)
	}
	if _, _, err := query.ParseSort("size"); !errors.Is(err, fault.Invalid) || !strings.Contains(fmt.Sprint(err), "residency") {
		t.Errorf("sort by size: %v", err)
	}
}

func TestOneRow(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t, 60), context.Background()
	labs := cloud.UnitAccess([]string{e.units["labs"]})
	for _, want := range e.rows {
		for _, access := range []cloud.Access{{}, labs, cloud.FullAccess()} {
			got, ok, err := query.One(ctx, e.db, access, want.ID)
			if err != nil {
				t.Fatal(err)
			}
			if ok != access.Sees(want.UnitID) || (ok && (got.ID != want.ID || got.NativeID != want.NativeID || got.State != want.State)) {
				t.Fatalf("row %d of unit %s, state %s: got %t, %+v", want.ID, want.UnitID, want.State, ok, got)
			}
		}
	}
	if _, ok, err := query.One(ctx, e.db, cloud.FullAccess(), 1<<40); ok || err != nil {
		t.Errorf("a row that is not there: %t, %v", ok, err)
	}
}
