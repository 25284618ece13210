package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/causeway/causeway/db"
	"github.com/causeway/causeway/internal/fault"
)

// riverVersion is the River schema this build works with; part of the migrations' hash.
const riverVersion = "river v0.51.1"

// Migration is one step of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied bool
}

// migrationLock is the advisory lock that migrating processes hold, so that one works and the others wait.
const migrationLock = 7302

// Migrate brings the schema up to this build's. It connects as the owner; several processes that
// call it at once wait for each other.
func Migrate(ctx context.Context, url string, log *slog.Logger) error {
	pool, err := Open(ctx, url, Options{Owner: true, AppName: "migrate", MaxConns: 4})
	if err != nil {
		return err
	}
	defer pool.Close()
	unlock, err := lockMigrations(ctx, pool)
	if err != nil {
		return err
	}
	defer unlock()
	p, err := gooseProvider(pool)
	if err != nil {
		return err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate the schema: %w", Classify(err))
	}
	// goose makes its table before the first migration grants anything, and serve reads it as the application.
	if _, err := pool.Exec(ctx, "GRANT SELECT ON "+goose.DefaultTablename+" TO "+AppRole); err != nil {
		return fmt.Errorf("let %s read the schema's version: %w", AppRole, Classify(err))
	}
	m, err := riverMigrator(pool)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job tables: %w", Classify(err))
	}
	for _, r := range done {
		log.InfoContext(ctx, "migrated", "version", r.Source.Version, "file", r.Source.Path, "took", r.Duration)
	}
	return nil
}

// lockMigrations waits for the lock by asking again and again: a session that waits inside
// pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY of whoever has the lock would
// wait for that session in turn.
func lockMigrations(ctx context.Context, pool *pgxpool.Pool) (unlock func(), err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to migrate: %w", Classify(err))
	}
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		var locked bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", migrationLock).Scan(&locked); err != nil {
			conn.Release()
			return nil, fmt.Errorf("lock the migrations: %w", Classify(err))
		}
		if locked {
			// The lock goes with its session, and the session must not go back to the pool with it.
			return func() { conn.Hijack().Close(context.WithoutCancel(ctx)) }, nil
		}
		select {
		case <-ctx.Done():
			conn.Release()
			return nil, fmt.Errorf("wait for another process that migrates: %w", ctx.Err())
		case <-again.C:
		}
	}
}

// Migrations lists the schema's steps and which of them the database has. It changes nothing.
func Migrations(ctx context.Context, url string) ([]Migration, error) {
	pool, err := Open(ctx, url, Options{Owner: true, AppName: "migrate", MaxConns: 2})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	return migrations(ctx, pool)
}

func migrations(ctx context.Context, pool *pgxpool.Pool) ([]Migration, error) {
	p, err := gooseProvider(pool)
	if err != nil {
		return nil, err
	}
	applied, err := appliedVersions(ctx, pool)
	if err != nil {
		return nil, err
	}
	var out []Migration
	for _, s := range p.ListSources() {
		out = append(out, Migration{Version: s.Version, Name: s.Path, Applied: applied[s.Version]})
	}
	return out, nil
}

// appliedVersions reads goose's table. Asking goose itself would make the table where it is missing.
func appliedVersions(ctx context.Context, pool *pgxpool.Pool) (map[int64]bool, error) {
	var exists bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", goose.DefaultTablename).Scan(&exists); err != nil {
		return nil, fmt.Errorf("look for the schema's versions: %w", Classify(err))
	}
	applied := map[int64]bool{}
	if !exists {
		return applied, nil
	}
	rows, err := pool.Query(ctx, "SELECT version_id FROM "+goose.DefaultTablename+" WHERE is_applied")
	if err != nil {
		return nil, fmt.Errorf("read the schema's versions: %w", Classify(err))
	}
	versions, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("read the schema's versions: %w", Classify(err))
	}
	for _, v := range versions {
		applied[v] = true
	}
	return applied, nil
}

// RequireSchema refuses an older schema than this build's, and says the command. A newer one is
// tolerated: code runs before and after its migration.
func RequireSchema(ctx context.Context, url string) error {
	pool, err := Open(ctx, url, Options{Owner: true, AppName: "check schema", MaxConns: 2})
	if err != nil {
		return err
	}
	defer pool.Close()
	steps, err := migrations(ctx, pool)
	if err != nil {
		return err
	}
	missing := 0
	for _, s := range steps {
		if !s.Applied {
			missing++
		}
	}
	if missing > 0 {
		return fault.Say(fault.Conflict, "The database's schema is behind this version of the console: %d of its %d migrations are missing. Run `console migrate up` first.", missing, len(steps))
	}
	m, err := riverMigrator(pool)
	if err != nil {
		return err
	}
	res, err := m.Validate(ctx, nil)
	if err != nil {
		return fmt.Errorf("read the version of the job tables: %w", Classify(err))
	}
	if !res.OK {
		return fault.Say(fault.Conflict, "The database's job tables are behind this version of the console. Run `console migrate up` first.")
	}
	return nil
}

func gooseProvider(pool *pgxpool.Pool) (*goose.Provider, error) {
	files, err := fs.Sub(db.Migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool), files)
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	return p, nil
}

func riverMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("read the job tables' migrations: %w", err)
	}
	return m, nil
}

// MigrationsHash names the schema this build migrates to. Test databases are cached under it.
func MigrationsHash() (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, riverVersion)
	err := fs.WalkDir(db.Migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(db.Migrations, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n", path, len(b))
		h.Write(b)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("hash the migrations: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}
