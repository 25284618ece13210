package query_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/query"
)

// estate is a small, varied inventory: the rows as Go knows them, and the same in a database.
type estate struct {
	db    *pgxpool.Pool
	rows  []query.Row
	units map[string]string // slug to id
	now   time.Time
}

const rootUnit = "00000000-0000-7000-8000-000000000001"

var (
	unitSlugs  = []string{"retail", "retail-shops", "bank", "labs"} // retail-shops lies below retail
	accountIDs = []string{"111111111111", "sub-aaaa-1", "proj-x", "222222222222", "Sub_%bbbb"}
)

func newEstate(t testing.TB, n int) *estate {
	t.Helper()
	e := &estate{db: pgtest.New(t), units: map[string]string{}, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	rnd := rand.New(rand.NewPCG(7, 11))
	e.addUnits(t)
	scopes := e.addScopes(t, e.addAccounts(t))
	for i := range n {
		e.rows = append(e.rows, e.row(rnd, int64(i+1), scopes))
	}
	e.copyRows(t)
	e.exec(t, fillFacets)
	e.exec(t, "ANALYZE resource_list, scopes")
	return e
}

// fillFacets counts what the projector keeps counted.
const fillFacets = `INSERT INTO resource_facets (id, unit_id, provider, account_id, account, kind, region, country, data_class, residency,
    managed, service, owner, portability, state, n, cost, costed)
SELECT gen_random_uuid(), unit_id, provider, account_id, account, kind, region, country, data_class, residency, managed, service, owner,
    portability, state, count(*), COALESCE(sum(cost), 0), count(cost)
FROM resource_list GROUP BY unit_id, provider, account_id, account, kind, region, country, data_class, residency, managed, service, owner,
    portability, state`

func (e *estate) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := e.db.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (e *estate) addUnits(t testing.TB) {
	for _, slug := range unitSlugs {
		parent := rootUnit
		if p, _, ok := strings.Cut(slug, "-"); ok {
			parent = e.units[p]
		}
		id := uuid.NewString()
		e.units[slug] = id
		e.exec(t, "INSERT INTO units (id, parent_id, slug, title) VALUES ($1::text::uuid, $2::text::uuid, $3, $3)", id, parent, slug)
	}
}

type account struct {
	id       int64
	name     string
	native   string
	provider cloud.ProviderID
	unit     string
}

func (e *estate) addAccounts(t testing.TB) []account {
	var out []account
	providers := []cloud.ProviderID{cloud.AWS, cloud.Azure, cloud.GCP, cloud.AWS, cloud.Azure}
	names := []string{"payments-prod", "sandbox", "Analytics X", "payments-dev", "100%_a"}
	for i, native := range accountIDs {
		a := account{name: names[i], native: native, provider: providers[i], unit: e.units[unitSlugs[i%len(unitSlugs)]]}
		err := e.db.QueryRow(context.Background(), "INSERT INTO accounts (provider, native_id, name, unit_id) VALUES ($1, $2, $3, $4::text::uuid) RETURNING id",
			a.provider, native, a.name, a.unit).Scan(&a.id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

type scope struct {
	id    int64
	seen  *time.Time
	state string
	account
}

func (e *estate) addScopes(t testing.TB, accounts []account) []scope {
	source := uuid.NewString()
	e.exec(t, "INSERT INTO sources (id, name, adapter, unit_id) VALUES ($1::text::uuid, 'all', 'test', $2::text::uuid)", source, rootUnit)
	var out []scope
	for i := range 20 {
		s := scope{account: accounts[i%len(accounts)], state: []string{"ok", "failed"}[i/4%2]}
		if i%7 != 0 { // some were never read completely, some at the very same time
			at := e.now.Add(-time.Duration(i/2*i) * 17 * time.Minute)
			s.seen = &at
		}
		err := e.db.QueryRow(context.Background(), `INSERT INTO scopes (source_id, account_id, region, api, rank, state, last_ok_at)
			VALUES ($1::text::uuid, $2, 'r', $3, 10, $4, $5) RETURNING id`, source, s.account.id, fmt.Sprint(i), s.state, s.seen).Scan(&s.id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func pick[T any](rnd *rand.Rand, from ...T) T { return from[rnd.IntN(len(from))] }

func (e *estate) row(rnd *rand.Rand, id int64, scopes []scope) query.Row {
	s := pick(rnd, scopes...)
	name := pick(rnd, "orders", "Orders-DB", "payments_log", "pay%cent", `back\slash`, "ünïcode Ä", "a b", "snap") + pick(rnd, "", "-1", "-2", fmt.Sprint("-", id))
	r := query.Row{
		ID: id, UnitID: s.unit, Provider: s.provider, AccountID: s.account.id, Account: s.name, ScopeID: s.id, ScopeState: s.state, Seen: s.seen,
		Kind: pick[cloud.Kind](rnd, "storage.bucket", "storage.snapshot", "db.relational", "db.cache", "compute.cluster", "fleet.cluster", "other"), Name: name,
		NativeID: "arn:x:" + strings.ToLower(name) + "/Id-" + fmt.Sprint(id), NativeType: pick(rnd, "AWS::S3::Bucket", "aws::rds", "x_y"),
		Region: pick(rnd, "eu-central-1", "eu-west-1", "us-east-1", "westeurope", ""), Country: pick(rnd, "DE", "IE", "US", ""),
		Countries: pick(rnd, []string{}, []string{"DE"}, []string{"DE", "US"}, []string{"IE", "NL"}), Class: pick(rnd, "personal", "internal", "custom-x", ""),
		Residency: query.ResidencyState(rnd.IntN(6)), Managed: pick(rnd, "terraform", "crossplane", "none", ""), Managers: []string{},
		Service: pick(rnd, "orders", "ledger", "none", "unknown", ""), Owner: pick(rnd, "team-orders", "team pay", ""),
		Portability: pick(rnd, cloud.Standard, cloud.Equivalent, cloud.Proprietary, cloud.PortabilityUnknown),
		State:       pick(rnd, "live", "live", "live", "missing", "gone"),
		Tags:        pick(rnd, []string{}, []string{"env", "env=prod"}, []string{"env", "env=preprod", "team", "team=a b"}, []string{"en", "en=x", "env", "env="}),
		Changed:     e.now.Add(-time.Duration(rnd.IntN(2000)) * time.Hour),
	}
	if rnd.IntN(3) > 0 {
		r.Cost = decimal.NewNullDecimal(decimal.New(int64(rnd.IntN(40)), -1).Mul(decimal.NewFromInt(int64(rnd.IntN(100)))))
	}
	if rnd.IntN(3) > 0 {
		at := e.now.Add(-time.Duration(rnd.IntN(5000)) * time.Hour)
		r.Created = &at
	}
	return r
}

// searchText is what the projector writes.
func searchText(r query.Row) string {
	return strings.ToLower(r.Name + " " + r.NativeID[strings.LastIndexAny(r.NativeID, "/:")+1:])
}

func (e *estate) copyRows(t testing.TB) {
	cols := []string{
		"id", "unit_id", "provider", "account_id", "account", "kind", "native_type", "name", "native_id", "search", "region", "country", "countries",
		"data_class", "residency", "cost", "managed", "managers", "service", "owner", "portability", "state", "tags", "scope_id", "created_at", "changed_at",
	}
	// Not in the order of their ids, so that no test passes by the order of the heap.
	shuffled := slices.Clone(e.rows)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	_, err := e.db.CopyFrom(context.Background(), pgx.Identifier{"resource_list"}, cols, pgx.CopyFromSlice(len(shuffled), func(i int) ([]any, error) {
		r := shuffled[i]
		return []any{
			r.ID, uuid.MustParse(r.UnitID), string(r.Provider), r.AccountID, r.Account, string(r.Kind), r.NativeType, r.Name, r.NativeID, searchText(r),
			r.Region, r.Country, r.Countries, r.Class, int16(r.Residency), r.Cost, r.Managed, r.Managers, r.Service, r.Owner, string(r.Portability),
			r.State, r.Tags, r.ScopeID, r.Created, r.Changed,
		}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
}
