package inventory_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/provider"
)

// bulk is an estate made by formula, so that its size costs no memory. changed is how many rows in
// a hundred differ from the first state.
type bulk struct {
	scopes, perScope int
	changed          int
}

const bulkAccounts = 40

var bulkRegions = []string{"eu-central-1", "eu-west-1", "eu-north-1", "us-east-1", "ap-southeast-1"}

var bulkTypes = []string{
	"AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::Snapshot", "AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::DynamoDB::Table",
	"AWS::Lambda::Function", "AWS::KMS::Key",
}

func (b *bulk) Scopes(context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		for i := range b.scopes {
			a := i % bulkAccounts
			s := provider.Scope{
				Account: provider.Account{Provider: cloud.AWS, ID: fmt.Sprintf("%012d", 100000000000+a), Name: fmt.Sprintf("account-%02d", a)},
				Region:  bulkRegions[i/bulkAccounts%len(bulkRegions)], API: fmt.Sprintf("family.%d", i), Rank: provider.RankProvider,
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (b *bulk) Resources(_ context.Context, s provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		n, err := strconv.Atoi(strings.TrimPrefix(s.API, "family."))
		if err != nil {
			yield(provider.Resource{}, err)
			return
		}
		for i := range b.perScope {
			if !yield(b.row(s, n, i), nil) {
				return
			}
		}
	}
}

func (b *bulk) row(s provider.Scope, n, i int) provider.Resource {
	typ := bulkTypes[n%len(bulkTypes)]
	name := fmt.Sprintf("%s-%s-%06d", []string{"orders", "payments", "ledger", "search", "claims"}[i%5], []string{"api", "db", "cache", "events"}[i%4], i)
	state := "running"
	if i%100 < b.changed {
		state = "stopped"
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: fmt.Sprintf("arn:aws:x:%s:%s:thing/%d-%s", s.Region, s.Account.ID, n, name), NativeType: typ, Name: name,
		Region: s.Region, Created: time.Date(2025, 1, 1, 0, 0, i%86400, 0, time.UTC),
		Tags: []cloud.Tag{
			{Namespace: cloud.NamespaceTag, Key: "env", Value: []string{"prod", "prod", "stage", "dev"}[i%4]},
			{Namespace: cloud.NamespaceTag, Key: "team", Value: fmt.Sprintf("team-%02d", i%30)},
			{Namespace: cloud.NamespaceTag, Key: "cost-center", Value: fmt.Sprintf("cc-%d", i%12)},
			{Namespace: cloud.NamespaceTag, Key: "service", Value: []string{"orders", "payments", "ledger"}[i%3]},
		},
		Attributes: map[string]any{"state": state, "type": "m7i.large", "encrypted": true, "vpc": "vpc-0123456789abcdef0", "zone": s.Region + "a"},
	}
}

func (b *bulk) Close() error { return nil }

// BenchmarkSync measures a first load, an unchanged and a 5 % changed sync beside a bare COPY of the
// same rows into tables with the same indexes, in the same run. Rows by CAUSEWAY_TEST_ROWS
// (default 1,000,000). Run with -benchtime=1x.
func BenchmarkSync(b *testing.B) {
	rows := 1_000_000
	if v := os.Getenv("CAUSEWAY_TEST_ROWS"); v != "" {
		var err error
		if rows, err = strconv.Atoi(v); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		benchSync(b, rows)
	}
}

func benchSync(b *testing.B, rows int) {
	ctx := context.Background()
	db := pgtest.Pool(b, pgtest.URL(b))
	e := &bulk{scopes: 200, perScope: rows / 200}
	src := &estate{}
	f := src.factory("bulk")
	f.Open = func(context.Context, provider.Source) (provider.Reader, error) { return e, nil }
	log := slog.New(slog.DiscardHandler)
	syncer, err := inventory.NewSyncer(inventory.SyncerConfig{DB: db, Log: log, Factories: []provider.Factory{f}, Clock: time.Now, Parallel: 2})
	if err != nil {
		b.Fatal(err)
	}
	svc := inventory.NewService(db, []provider.Factory{f}, syncer)
	if _, err := svc.PutSource(ctx, mara, inventory.PutSource{Name: "bulk", Adapter: "bulk", Enabled: true}); err != nil {
		b.Fatal(err)
	}
	one := func(name string) float64 {
		start := time.Now()
		benchRun(b, db, svc, syncer, log)
		rate := float64(rows) / time.Since(start).Seconds()
		b.ReportMetric(rate, name+"-rows/s")
		b.Logf("%s: %d rows in %s, %.0f rows/s", name, rows, time.Since(start).Round(time.Millisecond), rate)
		return rate
	}
	first := one("first")
	one("unchanged")
	e.changed = 5
	one("changed5")
	bare := benchCopy(b, db, rows)
	b.ReportMetric(bare, "copy-rows/s")
	b.ReportMetric(first/bare, "first/copy")
	b.ReportMetric(peakMB(b), "peak-MB")
}

// benchRun syncs with the projector at work beside it, and ends when the list is up to date.
func benchRun(b *testing.B, db *pgxpool.Pool, svc *inventory.Service, syncer *inventory.Syncer, log *slog.Logger) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	projector := inventory.NewProjector(db, log)
	done := make(chan error, 1)
	go func() { done <- projector.Run(ctx) }()
	run, err := svc.SyncNow(ctx, mara, "bulk")
	if err != nil {
		b.Fatal(err)
	}
	if err := syncer.Run(ctx, run.ID, 0); err != nil {
		b.Fatal(err)
	}
	if err := projector.Drain(ctx); err != nil {
		b.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	run, err = svc.Run(context.Background(), cloud.FullAccess(), run.ID)
	if err != nil || run.State != inventory.RunOK {
		b.Fatalf("run ended %s: %v", run.State, err)
	}
}

// benchCopy copies the synced rows into empty tables of the same shape and indexes, and times that.
func benchCopy(b *testing.B, db *pgxpool.Pool, rows int) float64 {
	ctx := context.Background()
	owner, err := postgres.Open(ctx, db.Config().ConnString(), postgres.Options{Owner: true, MaxConns: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer owner.Close()
	conn, err := owner.Acquire(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	var total time.Duration
	for _, t := range []string{"resources", "witnesses", "locations", "resource_list"} {
		dump, err := os.Create(b.TempDir() + "/" + t)
		if err != nil {
			b.Fatal(err)
		}
		pg := conn.Conn().PgConn()
		if _, err := pg.CopyTo(ctx, dump, "COPY "+t+" TO STDOUT (FORMAT binary)"); err != nil {
			b.Fatal(err)
		}
		if _, err := conn.Exec(ctx, fmt.Sprintf("CREATE TABLE bare_%s (LIKE %s INCLUDING ALL)", t, t)); err != nil {
			b.Fatal(err)
		}
		if _, err := dump.Seek(0, 0); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if _, err := pg.CopyFrom(ctx, dump, fmt.Sprintf("COPY bare_%s FROM STDIN (FORMAT binary)", t)); err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		b.Logf("bare COPY of %s: %s", t, took.Round(time.Millisecond))
		total += took
		if err := dump.Close(); err != nil {
			b.Fatal(err)
		}
	}
	return float64(rows) / total.Seconds()
}

// peakMB is the largest resident size of this process so far, where the system tells.
func peakMB(b *testing.B) float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Logf("no peak memory: %v", err)
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	return 0
}
