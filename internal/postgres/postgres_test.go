package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

// with replaces one setting of a pgtest URL.
func with(url, key, value string) string {
	head, query, _ := strings.Cut(url, "?")
	parts := strings.Split(query, "&")
	for i, p := range parts {
		if strings.HasPrefix(p, key+"=") {
			parts[i] = key + "=" + value
			return head + "?" + strings.Join(parts, "&")
		}
	}
	return url + "&" + key + "=" + value
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobodyListens := closed.Addr().String()
	closed.Close()
	fresh := "fresh_" + strings.ToLower(t.Name())
	execOwner(t, url, "CREATE ROLE "+fresh+" LOGIN")
	t.Cleanup(func() { execOwner(t, url, "DROP ROLE "+fresh) })

	for _, c := range []struct {
		name, url string
		owner     bool
		kind      error
		want      string
	}{
		{"not a URL", "postgres://user:s3cret@host:not-a-port/db", true, fault.Invalid, "It looks like postgres://"},
		{"not Postgres", "mysql://root:s3cret@host/db", true, fault.Invalid, "It looks like postgres://"},
		{"nobody listens", "postgres://me:s3cret@" + nobodyListens + "/orders?sslmode=disable", true, fault.Unavailable, `database "orders" on 127.0.0.1:`},
		{"no such database", with(url, "dbname", "nowhere"), true, fault.Unavailable, "createdb nowhere"},
		{"no such user", with(url, "user", "nobody_here"), true, fault.Unavailable, "Check user and password"},
		{"user without the role", with(url, "user", fresh), false, fault.Unavailable, "GRANT causeway_app TO"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool, err := postgres.Open(t.Context(), c.url, postgres.Options{Owner: c.owner})
			if err == nil {
				pool.Close()
				t.Fatal("opened")
			}
			text, ok := fault.Text(err)
			if !ok || !strings.Contains(text, c.want) {
				t.Errorf("got %q (public %t), want it to say %q", text, ok, c.want)
			}
			if !errors.Is(err, c.kind) {
				t.Errorf("kind of %v is not %v", err, c.kind)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3cret") {
				t.Errorf("the password stands in %q", err)
			}
		})
	}
}

func execOwner(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestOpenTakesTheRole(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	for owner, want := range map[bool]string{false: postgres.AppRole, true: "causeway_owner"} {
		pool, err := postgres.Open(t.Context(), url, postgres.Options{Owner: owner})
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		var role, zone string
		if err := pool.QueryRow(t.Context(), "SELECT current_user::text, current_setting('timezone')").Scan(&role, &zone); err != nil {
			t.Fatal(err)
		}
		if role != want || zone != "UTC" {
			t.Errorf("owner %t: works as %s in %s, want %s in UTC", owner, role, zone, want)
		}
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if _, err := db.Exec(t.Context(), "CREATE TEMPORARY TABLE probe (id int)"); err != nil {
		t.Fatal(err)
	}
	const unit = "INSERT INTO units (id, parent_id, slug, title) VALUES ("
	const root = "'00000000-0000-7000-8000-000000000001'"
	for _, c := range []struct {
		name, sql string
		kind      error
	}{
		{"no rows", "SELECT id FROM units WHERE slug = 'nowhere'", fault.NotFound},
		{"unique", unit + "gen_random_uuid(), " + root + ", 'organisation', '')", fault.Conflict},
		{"foreign key", unit + "gen_random_uuid(), gen_random_uuid(), 'x', '')", fault.Invalid},
		{"check", unit + "gen_random_uuid(), " + root + ", 'NOT A SLUG', '')", fault.Invalid},
		{"not null", unit + "gen_random_uuid(), " + root + ", 'y', NULL)", fault.Invalid},
		{"bad text", "SELECT 'x'::uuid", fault.Invalid},
		{"rights", "DELETE FROM audit_entries", fault.Denied},
		{"a bug of ours", "SELECT nothing FROM units", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got any
			err := db.QueryRow(t.Context(), c.sql).Scan(&got)
			if err == nil {
				t.Fatal("no error")
			}
			classified := postgres.Classify(err)
			if !errors.Is(classified, err) {
				t.Errorf("%v lost its cause %v", classified, err)
			}
			if kind := fault.Kind(classified); kind != c.kind {
				t.Errorf("%v is %v, want %v", classified, kind, c.kind)
			}
		})
	}
	if err := postgres.Classify(nil); err != nil {
		t.Errorf("Classify(nil) = %v", err)
	}
}

func TestClassifyServerGone(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, sql := range map[string]string{
		"canceled": "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(10)", "terminated": "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(10)",
	} {
		if _, err := db.Exec(t.Context(), sql); !errors.Is(postgres.Classify(err), fault.Unavailable) {
			t.Errorf("%s: got %v, want it unavailable", name, postgres.Classify(err))
		}
	}
	late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if _, err := db.Exec(late, "SELECT 1"); !errors.Is(postgres.Classify(err), fault.Unavailable) {
		t.Errorf("a timeout: got %v, want it unavailable", postgres.Classify(err))
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := db.Exec(gone, "SELECT 1"); fault.Kind(postgres.Classify(err)) != nil {
		t.Errorf("a caller who left: got %v, want no kind", postgres.Classify(err))
	}
}

func TestInTx(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	insert := func(slug string, after error) error {
		return postgres.InTx(t.Context(), db, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), "INSERT INTO units (id, parent_id, slug, title) VALUES (gen_random_uuid(), '00000000-0000-7000-8000-000000000001', $1, '')", slug); err != nil {
				return err
			}
			return after
		})
	}
	sentinel := errors.New("changed my mind")
	if err := insert("kept", nil); err != nil {
		t.Fatal(err)
	}
	if err := insert("dropped", sentinel); !errors.Is(err, sentinel) {
		t.Errorf("got %v, want the function's own error", err)
	}
	for slug, want := range map[string]int{"kept": 1, "dropped": 0} {
		if got := count(t, db, "SELECT count(*) FROM units WHERE slug = '"+slug+"'"); got != want {
			t.Errorf("%s: %d rows, want %d", slug, got, want)
		}
	}
	func() {
		defer func() { recover() }()
		postgres.InTx(t.Context(), db, func(pgx.Tx) error { panic("in a transaction") }) //nolint:errcheck // it panics
	}()
	if n := db.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections still taken after a panic in a transaction", n)
	}
}

func TestInTxDeferredConstraintIsClassified(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	execOwner(t, url, "CREATE TABLE later (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
	db := pgtest.Pool(t, url)
	err := postgres.InTx(t.Context(), db, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO later VALUES (1), (1)")
		return err
	})
	if !errors.Is(err, fault.Conflict) {
		t.Errorf("got %v, want the commit's error as a conflict", err)
	}
}

func TestNow(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	first, err := postgres.Now(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	second, err := postgres.Now(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if !second.After(first) || first.Location() != time.UTC {
		t.Errorf("the clock said %s and then %s, want it to run, in UTC", first, second)
	}
}

func count(t *testing.T, db *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
