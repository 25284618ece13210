package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
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

// Migrate brings the schema up to this build's. It connects as the owner; several processes that
// call it at once wait for each other.
func Migrate(ctx context.Context, url string, log *slog.Logger) error {
	pool, err := Open(ctx, url, Options{Owner: true, AppName: "migrate", MaxConns: 4})
	if err != nil {
		return err
	}
	defer pool.Close()
	p, err := gooseProvider(pool)
	if err != nil {
		return err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate the schema: %w", Classify(err))
	}
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("migrate the job tables: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the job tables: %w", Classify(err))
	}
	for _, r := range done {
		log.InfoContext(ctx, "migrated", "version", r.Source.Version, "file", r.Source.Path, "took", r.Duration)
	}
	return nil
}

// Migrations lists the schema's steps and which of them the database has.
func Migrations(ctx context.Context, url string) ([]Migration, error) {
	pool, err := Open(ctx, url, Options{Owner: true, AppName: "migrate", MaxConns: 2})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	p, err := gooseProvider(pool)
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema's state: %w", Classify(err))
	}
	out := make([]Migration, len(status))
	for i, s := range status {
		out[i] = Migration{Version: s.Source.Version, Name: s.Source.Path, Applied: s.State == goose.StateApplied}
	}
	return out, nil
}

// RequireSchema refuses an older schema than this build's, and says the command. A newer one is
// tolerated: code runs before and after its migration.
func RequireSchema(ctx context.Context, url string) error {
	steps, err := Migrations(ctx, url)
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
		return fault.Say(fault.Conflict, "The database's schema is %d migrations behind this version of the console. Run `console migrate up` first.", missing)
	}
	return nil
}

func gooseProvider(pool *pgxpool.Pool) (*goose.Provider, error) {
	files, err := fs.Sub(db.Migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("make the migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool), files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	return p, nil
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
