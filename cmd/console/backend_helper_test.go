package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/sample"
	"github.com/causeway/causeway/internal/provider/terraform"
	"github.com/causeway/causeway/internal/web/api"
)

// shelf is a provider whose scopes and rows a test decides, by source.
type shelf struct {
	mu      sync.Mutex
	sources map[string]*shelved
}

type shelved struct {
	scopes []provider.Scope
	rows   map[string][]provider.Resource // by account
	tests  []provider.TestResult
}

func (s *shelf) put(source string, what *shelved) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[source] = what
}

func (s *shelf) factory() provider.Factory {
	return provider.Factory{
		Adapter: "shelf", Title: "Shelf", Badge: cloud.AWS, Fields: []provider.Field{{Name: "colour"}},
		Check: func(raw json.RawMessage) error {
			if strings.Contains(string(raw), "grey") {
				return fault.Say(fault.Invalid, "A shelf cannot be grey.").In("colour")
			}
			return nil
		},
		Open: func(_ context.Context, src provider.Source) (provider.Reader, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if found := s.sources[src.Name]; found != nil {
				return found, nil
			}
			return nil, &provider.Problem{Code: provider.ProblemUnreachable, Text: "There is no shelf " + src.Name + ".", Fix: "Put one up."}
		},
	}
}

func (s *shelved) Scopes(context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		for _, sc := range s.scopes {
			if !yield(sc, nil) {
				return
			}
		}
	}
}

func (s *shelved) Resources(_ context.Context, sc provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		for _, r := range s.rows[sc.Account.ID] {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *shelved) Test(context.Context) iter.Seq2[provider.TestResult, error] {
	return func(yield func(provider.TestResult, error) bool) {
		for _, r := range s.tests {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *shelved) Close() error { return nil }

func shelfScope(account string, err error) provider.Scope {
	return provider.Scope{
		Account: provider.Account{Provider: cloud.AWS, ID: account, Name: "account-" + account}, Region: "eu-central-1", API: "s3.buckets",
		Kinds: []cloud.Kind{"storage.bucket"}, Rank: provider.RankProvider, Err: err,
	}
}

func shelfBucket(name string) provider.Resource {
	return provider.Resource{
		Provider: cloud.AWS, NativeID: "arn:aws:s3:::" + name, NativeType: "AWS::S3::Bucket", Name: name, Region: "eu-central-1",
		Tags:       []cloud.Tag{{Namespace: cloud.NamespaceTag, Key: "Env", Value: "Prod"}},
		Attributes: map[string]any{"versioning": "Enabled"},
	}
}

// rig is the JSON interface over a fresh database and fake sources.
type rig struct {
	t         *testing.T
	db        *pgxpool.Pool
	shelf     *shelf
	inv       *inventory.Service
	syncer    *inventory.Syncer
	projector *jobs.Consumer
	auth      *auth.Service
	b         backend
	admin     auth.Principal
	tokens    int
}

var rigNow = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, db: pgtest.New(t), shelf: &shelf{sources: map[string]*shelved{}}}
	log := slog.New(slog.DiscardHandler)
	list := []provider.Factory{r.shelf.factory(), terraform.Factory(terraform.Config{Root: t.TempDir()}), sample.Factory()}
	var err error
	r.syncer, err = inventory.NewSyncer(inventory.SyncerConfig{DB: r.db, Log: log, Factories: list, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	r.inv = inventory.NewService(r.db, list, r.syncer)
	r.projector = inventory.NewProjector(r.db, log)
	if r.auth, err = auth.New(auth.Config{DB: r.db, Log: log}); err != nil {
		t.Fatal(err)
	}
	r.b = backend{inventory: r.inv, auth: r.auth, clock: func() time.Time { return rigNow }, zone: time.UTC, currency: "EUR"}
	r.admin = r.token(auth.Admin, "")
	return r
}

// token is somebody with a role on a unit.
func (r *rig) token(role auth.Role, unit string) auth.Principal {
	r.t.Helper()
	r.tokens++
	text, _, err := r.auth.CreateToken(r.t.Context(), audit.SystemActor(), auth.NewToken{Name: fmt.Sprintf("token-%d", r.tokens), Role: role, Unit: unit})
	if err != nil {
		r.t.Fatal(err)
	}
	p, err := r.auth.Token(r.t.Context(), text)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

var rigOrigin = auth.Origin{Remote: "192.0.2.7", RequestID: "r-1"}

func as(p auth.Principal, perm auth.Permission) api.Caller { return callerOf(p, rigOrigin, perm) }

// decode reads documents as the server does.
func (r *rig) decode(text string) []document.Document {
	r.t.Helper()
	docs, err := serverDecoder(r.inv.Adapters()).Decode("test.yaml", []byte(text))
	if err != nil {
		r.t.Fatal(err)
	}
	return docs
}

func (r *rig) apply(p auth.Principal, text string, o api.ApplyOptions) []api.ApplyResult {
	r.t.Helper()
	results, err := r.b.Apply(r.t.Context(), as(p, auth.SourceWrite), r.decode(text), o)
	if err != nil {
		r.t.Fatal(err)
	}
	return results
}

// outcomes are results in short: "Unit retail created 1".
func outcomes(results []api.ApplyResult) []string {
	out := make([]string, len(results))
	for i, r := range results {
		revision := "-"
		if r.Revision != nil {
			revision = fmt.Sprint(*r.Revision)
		}
		out[i] = strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", r.Kind, r.Name, r.Outcome, revision, r.Field))
	}
	return out
}

// run carries an open run out, and projects what it found.
func (r *rig) run(open api.Run, err error) api.RunDetail {
	r.t.Helper()
	ctx := r.t.Context()
	if err != nil {
		r.t.Fatal(err)
	}
	found, err := r.b.findRun(ctx, as(r.admin, auth.SourceRead), open.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.syncer.Run(ctx, found.ID, 0); err != nil {
		r.t.Fatal(err)
	}
	if err := r.projector.Drain(ctx); err != nil {
		r.t.Fatal(err)
	}
	ended, err := r.b.Run(ctx, as(r.admin, auth.SourceRead), open.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return ended
}

func (r *rig) sync(source string) api.RunDetail {
	r.t.Helper()
	return r.run(r.b.Sync(r.t.Context(), as(r.admin, auth.SyncRun), source))
}

// names are the resources that a query finds.
func (r *rig) names(p auth.Principal, query string) []string {
	r.t.Helper()
	page, err := r.b.Resources(r.t.Context(), as(p, auth.InventoryRead), api.ResourceQuery{Query: query, Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	out := []string{}
	for _, res := range page.Items {
		out = append(out, res.Name)
	}
	return out
}

// count counts the rows of a table.
func (r *rig) count(table string) (n int) {
	r.t.Helper()
	if err := r.db.QueryRow(r.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// wantSays checks that err is of a kind and tells a person what contains.
func wantSays(t *testing.T, err, kind error, contains string) {
	t.Helper()
	text, ok := fault.Text(err)
	if !errors.Is(fault.Kind(err), kind) || !ok || !strings.Contains(text, contains) {
		t.Errorf("got %v (kind %v), want kind %v and a text with %q", err, fault.Kind(err), kind, contains)
	}
}
