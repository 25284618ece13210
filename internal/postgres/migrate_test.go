package postgres_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

// empty returns the owner's URL of a database without a schema.
func empty(t *testing.T) string {
	t.Helper()
	url, name := pgtest.URL(t), "empty_"+strings.ToLower(t.Name())
	execOwner(t, url, "CREATE DATABASE "+name)
	t.Cleanup(func() { execOwner(t, url, "DROP DATABASE "+name+" WITH (FORCE)") })
	return with(url, "dbname", name)
}

func TestMigrateIsIdempotent(t *testing.T) {
	t.Parallel()
	url := empty(t)
	for i, wantLog := range []bool{true, false} {
		var log bytes.Buffer
		if err := postgres.Migrate(t.Context(), url, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if got := strings.Contains(log.String(), "msg=migrated"); got != wantLog {
			t.Errorf("run %d: logged a migration %t, want %t: %s", i, got, wantLog, log.String())
		}
	}
	if err := postgres.RequireSchema(t.Context(), url); err != nil {
		t.Errorf("after migrating: %v", err)
	}
}

func TestMigrateConcurrently(t *testing.T) {
	t.Parallel()
	url := empty(t)
	var g errgroup.Group
	for range 4 {
		g.Go(func() error { return postgres.Migrate(t.Context(), url, slog.New(slog.DiscardHandler)) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := postgres.RequireSchema(t.Context(), url); err != nil {
		t.Errorf("after migrating: %v", err)
	}
}

func TestMigrationsOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	url := empty(t)
	steps, err := postgres.Migrations(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) < 2 {
		t.Fatalf("got %d steps, want all of the schema's", len(steps))
	}
	for i, s := range steps {
		if s.Applied || s.Version != int64(i+1) || !strings.HasSuffix(s.Name, ".sql") {
			t.Errorf("step %d is %+v, want it numbered, named and not applied", i, s)
		}
	}
	owner, err := postgres.Open(t.Context(), url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if n := count(t, owner, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("asking for the state made %d tables", n)
	}
}

func TestRequireSchema(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, spoil, want string
	}{
		{"older", "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)", "console migrate up"},
		{"older job tables", "DELETE FROM river_migration WHERE version = (SELECT max(version) FROM river_migration)", "job tables are behind"},
		{"newer", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.URL(t)
			execOwner(t, url, c.spoil)
			err := postgres.RequireSchema(t.Context(), url)
			if c.want == "" {
				if err != nil {
					t.Errorf("a newer schema: %v, want it tolerated", err)
				}
				return
			}
			text, _ := fault.Text(err)
			if !strings.Contains(text, c.want) || !errors.Is(err, fault.Conflict) {
				t.Errorf("got %v, want a conflict that says %q", err, c.want)
			}
		})
	}
}

// In production the console signs in as a user who owns nothing.
func TestRequireSchemaAsPlainUser(t *testing.T) {
	t.Parallel()
	url, user := pgtest.URL(t), "plain_"+strings.ToLower(t.Name())
	execOwner(t, url, "CREATE ROLE "+user+" LOGIN IN ROLE "+postgres.AppRole)
	t.Cleanup(func() { execOwner(t, url, "DROP ROLE "+user) })
	if err := postgres.RequireSchema(t.Context(), with(url, "user", user)); err != nil {
		t.Error(err)
	}
}

func TestMigrationsHashIsStable(t *testing.T) {
	t.Parallel()
	first, err := postgres.MigrationsHash()
	if err != nil {
		t.Fatal(err)
	}
	second, err := postgres.MigrationsHash()
	if err != nil {
		t.Fatal(err)
	}
	if first != second || len(first) != 16 {
		t.Errorf("got %q and %q, want the same 16 digits", first, second)
	}
}
