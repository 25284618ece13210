// Package pgtest gives every test a fresh database of its own on a real Postgres. A template
// database is migrated once per migration hash; each test gets a clone, which takes some tens of
// milliseconds. The server is private, on a Unix socket, shared by all test processes of this
// user, and stops when the last of them ends. A missing Postgres fails the run.
package pgtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/embedded"
)

// EnvBin names the folder of the Postgres programs to test with; empty: the newest found.
const EnvBin = "CAUSEWAY_TEST_POSTGRES_BIN"

const watchEnv = "CAUSEWAY_PGTEST_WATCH"

// A test binary starts itself again as the watcher of the server; see package embedded.
func init() {
	if dir := os.Getenv(watchEnv); dir != "" {
		if err := embedded.Watch(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// New returns a pool on a fresh, migrated database, working as the application's role. Both end
// with the test.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Pool(t, URL(t))
}

// Pool opens another pool on a database that URL gave.
func Pool(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(context.Background(), url, postgres.Options{AppName: t.Name(), MaxConns: 12})
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL returns the owner's connection string of a fresh, migrated database.
func URL(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	admin, template, err := cluster()
	if err != nil {
		t.Fatalf("no Postgres to test with: %v", err)
	}
	name := "t_" + randomName()
	if err := exec(ctx, admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name, template)); err != nil {
		t.Fatalf("clone the test database: %v", err)
	}
	t.Cleanup(func() {
		if err := exec(ctx, admin, fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return strings.Replace(admin, "dbname=postgres", "dbname="+name, 1)
}

type clusterResult struct {
	admin, template string
	err             error
}

var theCluster = sync.OnceValue(func() clusterResult {
	admin, template, err := startCluster(context.Background())
	return clusterResult{admin, template, err}
})

func cluster() (admin, template string, err error) {
	r := theCluster()
	return r.admin, r.template, r.err
}

func startCluster(ctx context.Context) (admin, template string, err error) {
	bin, err := embedded.Find(os.Getenv(EnvBin))
	if err != nil {
		return "", "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", "", fmt.Errorf("find the test binary: %w", err)
	}
	dir := filepath.Join("/tmp", fmt.Sprintf("causeway-pgtest-%d-%d", os.Getuid(), bin.Major))
	srv, err := embedded.Start(ctx, embedded.Options{
		Dir: dir, BinDir: bin.Dir, Throwaway: true,
		Watcher: []string{self}, WatcherEnv: []string{watchEnv + "=" + dir},
	})
	if err != nil {
		return "", "", err
	}
	keepOpen = append(keepOpen, srv)
	admin = strings.Replace(srv.URL, "dbname=causeway", "dbname=postgres", 1)
	hash, err := postgres.MigrationsHash()
	if err != nil {
		return "", "", err
	}
	template = "template_" + hash
	return admin, template, makeTemplate(ctx, admin, template)
}

// keepOpen holds the server's lock for the life of the test process.
var keepOpen []*embedded.Server

// makeTemplate migrates a template once, however many processes ask. It is built under another
// name and renamed when ready, so that a killed run leaves no half-made one.
func makeTemplate(ctx context.Context, admin, template string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(7301)"); err != nil {
		return fmt.Errorf("lock the template: %w", err)
	}
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&exists); err != nil {
		return fmt.Errorf("look for the template: %w", err)
	}
	if exists {
		return nil
	}
	if err := dropAbandoned(ctx, conn); err != nil {
		return err
	}
	raw := template + "_new"
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + raw + " WITH (FORCE)", "CREATE DATABASE " + raw} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make the template: %w", err)
		}
	}
	if err := postgres.Migrate(ctx, strings.Replace(admin, "dbname=postgres", "dbname="+raw, 1), slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+raw+" RENAME TO "+template); err != nil {
		return fmt.Errorf("name the template: %w", err)
	}
	return nil
}

// dropAbandoned drops the databases of test processes that were killed before they could.
func dropAbandoned(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "SELECT datname::text FROM pg_database WHERE datname LIKE 't\\_%'")
	if err != nil {
		return fmt.Errorf("look for abandoned databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for abandoned databases: %w", err)
	}
	for _, name := range names {
		var pid int
		if _, err := fmt.Sscanf(name, "t_%d_", &pid); err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue
		}
		if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			return fmt.Errorf("drop the abandoned database %s: %w", name, err)
		}
	}
	return nil
}

func exec(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func randomName() string {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // never returns an error since Go 1.24
	}
	return strconv.Itoa(os.Getpid()) + "_" + hex.EncodeToString(b[:])
}
