package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/auth/authtest"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

var (
	origin = auth.Origin{Remote: "192.0.2.7", RequestID: "r-1", Agent: "browser"}
	system = audit.SystemActor()
)

// world is a service with an identity provider on a fresh database.
type world struct {
	db    *pgxpool.Pool
	idp   *authtest.IDP
	svc   *auth.Service
	units map[string]uuid.UUID
}

func newWorld(t *testing.T, mappings string, change ...func(*auth.OIDCConfig)) *world {
	t.Helper()
	w := &world{db: pgtest.New(t), idp: authtest.New(t)}
	c := auth.OIDCConfig{
		Issuer: w.idp.URL, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret,
		PublicURL: "https://console.example.org", HTTP: w.idp.Client(), Clock: time.Now, Title: "Example",
	}
	for _, f := range change {
		f(&c)
	}
	idp, err := auth.NewOIDC(c)
	if err != nil {
		t.Fatal(err)
	}
	maps, err := auth.ParseMappings(mappings)
	if err != nil {
		t.Fatal(err)
	}
	w.svc, err = auth.New(auth.Config{DB: w.db, Log: slog.New(slog.DiscardHandler), OIDC: idp, Mappings: maps})
	if err != nil {
		t.Fatal(err)
	}
	w.units = makeUnits(t, w.db)
	return w
}

// makeUnits builds organisation > retail > (web, shops), organisation > bank.
func makeUnits(t *testing.T, db *pgxpool.Pool) map[string]uuid.UUID {
	t.Helper()
	units := map[string]uuid.UUID{"organisation": uuid.MustParse(auth.RootUnit)}
	for _, u := range []struct{ slug, parent string }{{"retail", "organisation"}, {"bank", "organisation"}, {"web", "retail"}, {"shops", "retail"}} {
		units[u.slug] = uuid.New()
		_, err := db.Exec(t.Context(), "INSERT INTO units (id, parent_id, slug, title) VALUES ($1, $2, $3, $3)", units[u.slug], units[u.parent], u.slug)
		if err != nil {
			t.Fatal(err)
		}
	}
	return units
}

// begin starts a sign-in and lets the provider answer.
func (w *world) begin(t *testing.T, returnTo string) auth.Callback {
	t.Helper()
	a, err := w.svc.BeginOIDC(t.Context(), returnTo, "")
	if err != nil {
		t.Fatal(err)
	}
	return callback(w.idp.Visit(t, a.URL), a.Browser)
}

func callback(back *url.URL, browser string) auth.Callback {
	q := back.Query()
	return auth.Callback{
		State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error"),
		ErrorDescription: q.Get("error_description"), Browser: browser,
	}
}

func (w *world) signIn(t *testing.T) auth.SignedIn {
	t.Helper()
	in, err := w.svc.FinishOIDC(t.Context(), w.begin(t, "/"), origin)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// later makes the database believe that d has passed for every session and token.
func (w *world) later(t *testing.T, d time.Duration) {
	t.Helper()
	for _, sql := range []string{
		"UPDATE sessions SET last_seen_at = last_seen_at - $1::interval, rotated_at = rotated_at - $1::interval, expires_at = expires_at - $1::interval",
		"UPDATE api_tokens SET expires_at = expires_at - $1::interval, last_used_at = last_used_at - $1::interval",
		"UPDATE sign_in_attempts SET expires_at = expires_at - $1::interval",
		"UPDATE keyring SET created_at = created_at - $1::interval",
	} {
		if _, err := w.db.Exec(t.Context(), sql, d); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) trail(t *testing.T) []audit.Entry {
	t.Helper()
	entries, err := audit.Recent(context.Background(), w.db, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// wantSays checks that err is of a kind and tells a person what contains.
func wantSays(t *testing.T, err, kind error, contains string) {
	t.Helper()
	text, ok := fault.Text(err)
	if !errors.Is(fault.Kind(err), kind) || !ok || !strings.Contains(text, contains) {
		t.Errorf("got %v (kind %v), want kind %v and a text with %q", err, fault.Kind(err), kind, contains)
	}
}
