package query_test

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/query"
)

// benchRows is the size of the estate that the targets are about.
const benchRows = 1_000_000

// The estate of the benchmarks: 40 accounts of very different size in 3 providers and 8 units,
// 27 regions, 36 kinds, 20 services, 5 tags a row. An account decides provider, unit and its few
// regions; a service its owner and class; as in an estate that people made.
const benchEstate = `
INSERT INTO units (id, parent_id, slug, title)
SELECT ('00000000-0000-7000-9000-00000000000' || u)::uuid, '00000000-0000-7000-8000-000000000001', 'unit-' || u, 'Unit ' || u FROM generate_series(1, 8) u;
INSERT INTO sources (id, name, adapter, unit_id) VALUES ('00000000-0000-7000-a000-000000000001', 'all', 'bench', '00000000-0000-7000-8000-000000000001');
INSERT INTO accounts (provider, native_id, name, unit_id)
SELECT (ARRAY['aws', 'aws', 'azure', 'gcp'])[1 + a % 4], lpad(a::text, 12, '7'), 'account-' || lpad(a::text, 2, '0'),
    ('00000000-0000-7000-9000-00000000000' || CASE WHEN a = 39 THEN 8 ELSE 1 + a % 7 END)::uuid
FROM generate_series(0, 39) a;
INSERT INTO scopes (source_id, account_id, region, api, rank, state, last_ok_at)
SELECT '00000000-0000-7000-a000-000000000001', a.id, r::text, k::text, 10, 'ok',
    CASE WHEN (a.id + r * k) % 50 > 0 THEN now() - (a.id * 37 + r * 11 + k * 7) % 5000 * interval '13 seconds' END
FROM accounts a, generate_series(0, 5) r, generate_series(0, 35) k;
`

const benchList = `
INSERT INTO resource_list (id, unit_id, provider, account_id, account, kind, native_type, name, native_id, search, region, country, countries,
    data_class, residency, cost, managed, managers, service, owner, portability, state, tags, scope_id, created_at, changed_at)
SELECT r.i, a.unit_id, a.provider, a.id, a.name, r.kind, r.kind || '/' || a.provider, r.name, r.native_id, lower(r.name || ' ' || r.tail), r.region,
    r.country, CASE WHEN r.i % 9 = 0 THEN ARRAY[r.country, 'US'] ELSE ARRAY[r.country] END, r.class,
    CASE WHEN r.class IN ('', 'public') THEN 5 WHEN r.h2 < 3 THEN 1 WHEN r.h2 < 30 THEN 2 WHEN r.h2 < 35 THEN 3 ELSE 4 END,
    CASE WHEN r.h1 % 10 < 7 THEN round((r.h3 ^ 3 / 1000000.0)::numeric, 2) END, r.managed, ARRAY[r.managed], r.service, r.owner,
    (ARRAY['standard', 'equivalent', 'proprietary'])[1 + r.k % 3], CASE WHEN r.h2 = 999 THEN 'gone' WHEN r.h2 > 995 THEN 'missing' ELSE 'live' END,
    ARRAY['env', 'env=' || r.env, 'team', 'team=' || r.owner, 'cost-center', 'cost-center=' || r.h1 % 200, 'app', 'app=' || r.service || r.h3 % 40,
        'created-by', 'created-by=user' || r.h3] || CASE WHEN r.i % 20000 = 0 THEN ARRAY['legal-hold', 'legal-hold=yes'] ELSE '{}' END,
    a.scope0 + r.rno * 36 + r.k, now() - r.h3 * interval '1 day', now() - ((r.i * 7919) % 31536000) * interval '1 second'
FROM (
    SELECT h.*, kinds.k, (ARRAY['compute.instance', 'storage.disk', 'storage.snapshot', 'storage.bucket', 'network.vpc', 'network.firewall', 'iam.identity', 'observability.log', 'compute.container', 'security.secret', 'security.key', 'compute.function', 'db.relational', 'messaging.queue', 'dns.zone', 'network.ingress', 'compute.group', 'registry.image', 'network.gateway', 'db.nosql', 'db.cache', 'backup.vault', 'compute.cluster', 'messaging.stream', 'cdn.distribution', 'storage.file', 'data.analytics', 'db.search', 'dns.traffic', 'dr.replication', 'fleet.cluster', 'fleet.machine', 'iac.stack', 'ml.endpoint', 'workflow.engine', 'tenancy.scope'])[1 + kinds.k] AS kind, sv.service, sv.owner, sv.class, rg.rno,
        'region-' || lpad(((h.acc * 5 + rg.rno * rg.rno) % 27)::text, 2, '0') AS region,
        (ARRAY['DE', 'IE', 'NL', 'FR', 'SE', 'US', 'GB', 'SG', 'JP'])[1 + ((h.acc * 5 + rg.rno * rg.rno) % 27) % 9] AS country,
        CASE WHEN h.h1 % 100 < 45 THEN 'prod' WHEN h.h1 % 100 < 75 THEN 'dev' WHEN h.h1 % 100 < 95 THEN 'test' ELSE 'stage' END AS env,
        CASE WHEN h.h2 % 100 < 70 THEN 'terraform' WHEN h.h2 % 100 < 80 THEN 'crossplane' ELSE 'none' END AS managed,
        sv.service || '-' || (ARRAY['db', 'cache', 'api', 'export', 'logs', 'queue', 'web', 'snapshot'])[1 + h.h3 % 8] || '-' || to_hex(h.i) AS name,
        'id-' || md5(h.i::text) AS tail, 'arn:cloud:' || h.acc || ':thing/id-' || md5(h.i::text) AS native_id
    FROM (
        SELECT i, hashint8extended(i, 1) & 1023 AS h1, (hashint8extended(i, 2) & 65535) % 1000 AS h2, (hashint8extended(i, 3) & 65535) % 1000 AS h3,
            floor(40 * power((hashint8extended(i, 4) & 65535) / 65536.0, 2.5))::int AS acc,
            (hashint8extended(i, 5) & 65535) / 65536.0 AS f5, (hashint8extended(i, 6) & 65535) / 65536.0 AS f6, (hashint8extended(i, 7) & 65535) / 65536.0 AS f7
        FROM generate_series(1::bigint, $1::bigint) i
    ) h
    CROSS JOIN LATERAL (SELECT floor(36 * power(h.f5, 2))::int AS k) kinds
    CROSS JOIN LATERAL (SELECT floor(6 * power(h.f6, 2))::int AS rno) rg
    CROSS JOIN LATERAL (SELECT floor(4 * power(h.f7, 1.5))::int AS sno) sn
    CROSS JOIN LATERAL (
        SELECT CASE WHEN sn.sno = 3 THEN '' ELSE 'service-' || lpad(((h.acc * 3 + sn.sno) % 20)::text, 2, '0') END AS service,
            'team-' || (h.acc * 3 + sn.sno) % 20 / 2 AS owner,
            (ARRAY['personal', 'internal', 'financial', 'public', ''])[1 + (h.acc * 3 + sn.sno) % 20 % 5] AS class
    ) sv
) r
JOIN (SELECT a.*, (SELECT min(s.id) FROM scopes s WHERE s.account_id = a.id) AS scope0, right(a.name, 2)::int AS no FROM accounts a) a ON a.no = r.acc
`

// envBench names an empty, migrated database to build the estate in, or one that has it already:
// building takes minutes. Without it every run builds its own.
const envBench = "CAUSEWAY_BENCH_DATABASE"

// big returns a database with the estate. It is loaded before its secondary indexes exist, because
// loading into them takes several times as long.
func big(b *testing.B) *pgxpool.Pool {
	b.Helper()
	ctx := context.Background()
	url := os.Getenv(envBench)
	if url == "" {
		url = pgtest.URL(b)
	}
	owner, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer owner.Close(ctx)
	run := func(sql string, args ...any) {
		if _, err := owner.Exec(ctx, sql, args...); err != nil {
			b.Fatalf("%.80s: %v", sql, err)
		}
	}
	var built bool
	if err := owner.QueryRow(ctx, "SELECT EXISTS (SELECT FROM resource_list)").Scan(&built); err != nil {
		b.Fatal(err)
	}
	if built {
		return pgtest.Pool(b, url)
	}
	rows, err := owner.Query(ctx, "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'resource_list' AND indexname <> 'resource_list_pkey'")
	if err != nil {
		b.Fatal(err)
	}
	type index struct{ Name, Def string }
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		b.Fatal(err)
	}
	run("SET maintenance_work_mem = '512MB'")
	run(benchEstate)
	for _, i := range indexes {
		run("DROP INDEX " + i.Name)
	}
	run(benchList, benchRows)
	for _, i := range indexes {
		run(i.Def)
	}
	run(fillFacets)
	run("VACUUM ANALYZE resource_list")
	run("ANALYZE")
	return pgtest.Pool(b, url)
}

func BenchmarkMillion(b *testing.B) {
	db, ctx := big(b), context.Background()
	now := time.Now()
	filter := func(text string, access cloud.Access) query.Filter {
		return query.Filter{Query: mustParse(b, text), Access: access, Now: now}
	}
	full := cloud.FullAccess()
	small := cloud.UnitAccess([]string{"00000000-0000-7000-9000-000000000008"})
	large := cloud.UnitAccess([]string{"00000000-0000-7000-9000-000000000001", "00000000-0000-7000-9000-000000000002"})
	page := func(name, text string, access cloud.Access, by query.Sort, desc bool) {
		l := query.List{Filter: filter(text, access), Sort: by, Desc: desc}
		measure(b, "page/"+name, func() error { _, err := l.Run(ctx, db); return err })
	}
	for _, by := range query.Sorts() {
		page("sort/"+string(by), "", full, by, false)
		page("sort/-"+string(by), "", full, by, true)
	}
	for _, by := range []query.Sort{query.ByName, query.ByResidency, query.BySeen, query.ByProvider} {
		c := deepCursor(ctx, b, db, query.List{Filter: filter("", full), Sort: by})
		l := query.List{Filter: filter("", full), Sort: by, Cursor: c}
		measure(b, "page/deep/"+string(by), func() error { _, err := l.Run(ctx, db); return err })
		l.Back = true
		measure(b, "page/deep-back/"+string(by), func() error { _, err := l.Run(ctx, db); return err })
	}
	for _, q := range benchQueries {
		for _, by := range []query.Sort{query.ByName, query.ByResidency, query.ByProvider, query.ByCost, query.BySeen} {
			page(q.name+"/"+string(by), q.text, full, by, false)
			page(q.name+"/-"+string(by), q.text, full, by, true)
		}
	}
	for name, access := range map[string]cloud.Access{"small-unit": small, "large-units": large} {
		for _, by := range []query.Sort{query.ByName, query.ByResidency, query.ByProvider, query.BySeen} {
			page(name+"/"+string(by), "", access, by, false)
		}
		page(name+"/tag-common/name", "tag:env=prod", access, query.ByName, false)
	}
	for _, q := range append(slices.Clone(benchQueries), benchQuery{"unfiltered", ""}) {
		f := filter(q.text, full)
		measure(b, "facets/"+q.name, func() error { _, err := query.Facets{Filter: f}.Run(ctx, db); return err })
		measure(b, "count/"+q.name, func() error { _, err := query.Count{Filter: f}.Run(ctx, db); return err })
	}
	f := filter("", small)
	measure(b, "facets/small-unit", func() error { _, err := query.Facets{Filter: f}.Run(ctx, db); return err })
}

// BenchmarkPlans is where the limit between the two plans comes from: the same pages both ways, for
// filters that find about 1,000 to 200,000 rows.
func BenchmarkPlans(b *testing.B) {
	db, ctx := big(b), context.Background()
	for _, q := range []benchQuery{
		{"1000", "tag:created-by=user17"},
		{"5000", "tag:cost-center=17"},
		{"10000", "account:account-39"},
		{"20000", "tag:created-by=user1*,created-by=user20 tag:env=prod managed:none"},
		{"40000", "account:account-03"},
		{"200000", "account:account-00"},
	} {
		for _, by := range []query.Sort{query.ByCost, query.ByName, query.ByProvider, query.BySeen} {
			for _, desc := range []bool{false, true} {
				l := query.List{Filter: query.Filter{Query: mustParse(b, q.text), Access: cloud.FullAccess(), Now: time.Now()}, Sort: by, Desc: desc}
				name := q.name + "/" + string(by) + map[bool]string{true: "-desc"}[desc]
				measure(b, name+"/in-order", func() error { _, err := l.InOrder().Run(ctx, db); return err })
				measure(b, name+"/filter-first", func() error { _, err := l.FilterFirst().Run(ctx, db); return err })
			}
		}
	}
}

type benchQuery struct{ name, text string }

var benchQueries = []benchQuery{
	{"name-rare", "api-3039"},
	{"name-common", "snapshot"},
	{"name-none", "zebra"},
	{"tag-rare", "tag:legal-hold"},
	{"tag-medium", "tag:cost-center=17"},
	{"tag-common", "tag:env=prod"},
	{"tag-pattern", "tag:app=service-0*"},
	{"three", "provider:azure region:region-0* tag:env=prod"},
	{"three-dimensions", "account:account-1* kind:db,storage residency:violation"},
	{"account-small", "account:account-39"},
	{"account-large", "account:account-00"},
	{"region", "region:region-05"},
	{"cost", "cost:>900"},
	{"seen", "seen:>12h"},
	{"negated", "-tag:env=prod -managed:terraform"},
	{"changed", "changed:<1d"},
}

// measure runs f for every iteration and reports what a person would wait.
func measure(b *testing.B, name string, f func() error) {
	b.Run(name, func(b *testing.B) {
		if err := f(); err != nil { // caches warm: a person pages on
			b.Fatal(err)
		}
		var took []time.Duration
		for b.Loop() {
			begin := time.Now()
			if err := f(); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(begin))
		}
		slices.Sort(took)
		ms := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
		b.ReportMetric(ms(0.5), "p50-ms")
		b.ReportMetric(ms(0.95), "p95-ms")
		b.ReportMetric(0, "ns/op")
	})
}

// deepCursor is a place in the middle of the list.
func deepCursor(ctx context.Context, b *testing.B, db *pgxpool.Pool, l query.List) *query.Cursor {
	b.Helper()
	keys := map[query.Sort]string{query.ByName: "service-09", query.ByResidency: "3", query.ByProvider: "azure", query.BySeen: time.Now().Add(-9 * time.Hour).Format(time.RFC3339)}
	l.Cursor = &query.Cursor{Sort: l.Sort, Key: keys[l.Sort], ID: benchRows / 2}
	p, err := l.Run(ctx, db)
	if err != nil || p.Next == nil {
		b.Fatalf("no page in the middle by %s: %v", l.Sort, err)
	}
	return p.Next
}
