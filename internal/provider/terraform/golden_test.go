package terraform

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/provider"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shapedStates are states in the shape the real providers write, by name.
func shapedStates(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/shaped/*.tfstate")
	if err != nil || len(paths) < 4 {
		t.Fatalf("shaped states: %v, %v", paths, err)
	}
	states := map[string][]byte{}
	for _, p := range paths {
		states[strings.TrimSuffix(filepath.Base(p), ".tfstate")] = readFile(t, p)
	}
	return states
}

func readFile(t testing.TB, p string) []byte {
	t.Helper()
	b, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustRedact(t testing.TB, state []byte, name string) Snapshot {
	t.Helper()
	s, err := Redact(bytes.NewReader(state), name)
	if err != nil {
		t.Fatalf("redact %s: %v", name, err)
	}
	return s
}

// resourcesOf lists a reader of one state.
func resourcesOf(t testing.TB, r provider.Reader) []provider.Resource {
	t.Helper()
	var out []provider.Resource
	for sc, err := range r.Scopes(t.Context()) {
		if err != nil || sc.Err != nil {
			t.Fatalf("scope %v: %v, %v", sc.Account, err, sc.Err)
		}
		for res, err := range r.Resources(t.Context(), sc) {
			if err != nil {
				t.Fatalf("resources of %v: %v", sc.Account, err)
			}
			out = append(out, res)
		}
	}
	return out
}

func TestShapedStates(t *testing.T) {
	for name, state := range shapedStates(t) {
		t.Run(name, func(t *testing.T) {
			s := mustRedact(t, state, name)
			got := toJSON(t, struct {
				Dropped   Dropped
				Resources []provider.Resource
			}{s.Dropped, resourcesOf(t, PushReader(s))})
			golden := filepath.Join("testdata/shaped", name+".golden.json")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(readFile(t, golden)), string(got)); diff != "" {
				t.Errorf("resources (-want +got; go test -update writes them anew):\n%s", diff)
			}
			if strings.Contains(string(got), "planted") {
				t.Errorf("a planted secret is shown")
			}
		})
	}
}

func toJSON(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
