package audit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	db, ctx := pgtest.New(t), context.Background()
	want := audit.Entry{
		Actor:  audit.Actor{Name: "mara@example.org", Kind: audit.Person, Remote: "192.0.2.7", RequestID: "r-1"},
		Action: "source.create", Object: "source/prod-aws", Outcome: audit.Done, Detail: map[string]any{"adapter": "aws"},
	}
	if err := audit.Append(ctx, db, want); err != nil {
		t.Fatal(err)
	}
	got, err := audit.Recent(ctx, db, "source/prod-aws", 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 {
		t.Fatalf("got %d entries, want 1", len(got))
	}
	want.Seq, want.ID, want.At = got[0].Seq, got[0].ID, got[0].At
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

func TestTrailIsAppendOnly(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	app := pgtest.Pool(t, url)
	owner, err := postgres.Open(ctx, url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if err := audit.Append(ctx, app, audit.Entry{Actor: audit.SystemActor(), Action: "x.y"}); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"UPDATE audit_entries SET actor = 'other'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"} {
		for name, pool := range map[string]*pgxpool.Pool{"application": app, "owner": owner} {
			if _, err := pool.Exec(ctx, sql); !errors.Is(postgres.Classify(err), fault.Denied) {
				t.Errorf("%s as %s: got %v, want it denied", sql, name, err)
			}
		}
	}
}
