package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

// world is a command line in a test: its input, its surroundings, and what came of it.
type world struct {
	app      *app
	env      map[string]string
	out, err bytes.Buffer
	code     int
}

// newWorld makes a command line that finds a server of canned facts.
func newWorld(t *testing.T, f *apitest.Fake) *world {
	t.Helper()
	w := &world{env: map[string]string{tokenEnv: apitest.Token}}
	if f != nil {
		w.env[serverEnv] = f.Serve(t)
	}
	w.app = &app{
		in: strings.NewReader(""), out: &w.out, err: &w.err, getenv: func(name string) string { return w.env[name] },
		client: newHTTPClient(), wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		adapters: []provider.Factory{{
			Adapter: "aws", Fields: []provider.Field{{Name: "regions"}, {Name: "endpoint"}},
			Check: func(raw json.RawMessage) error {
				if bytes.Contains(raw, []byte("regoins")) || bytes.Contains(raw, []byte("localhost")) {
					return fault.Say(fault.Invalid, "only the server can judge this")
				}
				return nil
			},
		}, {Adapter: "terraform"}},
	}
	return w
}

// run runs one command line; what it wrote before is forgotten.
func (w *world) run(ctx context.Context, args ...string) {
	w.out.Reset()
	w.err.Reset()
	w.code = w.app.execute(ctx, args)
}

// want checks exit code, standard output and standard error.
func (w *world) want(t *testing.T, code int, out, err string) {
	t.Helper()
	if w.code != code {
		t.Errorf("exit code %d, want %d", w.code, code)
	}
	if diff := cmp.Diff(out, w.out.String()); diff != "" {
		t.Errorf("standard output (-want +got):\n%s", diff)
	}
	got := w.err.String()
	for name, value := range map[string]string{"SERVER": w.env[serverEnv]} {
		if value != "" {
			got = strings.ReplaceAll(got, value, name)
		}
	}
	if diff := cmp.Diff(err, got); diff != "" {
		t.Errorf("standard error (-want +got):\n%s", diff)
	}
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func running(source, state string, done, planned, bad int, rows int64) api.RunDetail {
	return api.RunDetail{Run: api.Run{Source: source, State: state, ScopesDone: done, ScopesPlanned: planned, ScopesFailed: bad, RowsSeen: rows}}
}
