package providertest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway/causeway/internal/provider"
)

// checkSecrets searches everything a Reader yields, in clear and in base64.
func checkSecrets(t testing.TB, s Subject) {
	t.Helper()
	l := healthy(t, s)
	for _, how := range []func(testing.TB) provider.Reader{s.Faults.Denied, s.Faults.PageTwo} {
		if how == nil {
			continue
		}
		for _, err := range list(t.Context(), t, open(t, how)).problems() {
			searchSecrets(t, s.Secrets, "an error", err.Error())
			p := provider.ProblemOf(err)
			searchSecrets(t, s.Secrets, "a problem", p.Text+p.Fix)
		}
	}
	for k, sl := range l.each() {
		searchSecrets(t, s.Secrets, k.String(), mustJSON(t, sl.scope))
		for _, r := range sl.rows {
			searchSecrets(t, s.Secrets, fmt.Sprintf("%s: %s", k, r.NativeID), mustJSON(t, r))
		}
	}
}

func searchSecrets(t testing.TB, secrets []string, where, text string) {
	t.Helper()
	for i, secret := range secrets {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
			if containsJSON(text, form) {
				t.Errorf("%s shows planted secret %d", where, i+1)
			}
		}
	}
}

// checkStable lists twice with one Reader and once with another.
func checkStable(t testing.TB, s Subject) {
	t.Helper()
	r := open(t, s.Open)
	first := list(t.Context(), t, r)
	for what, second := range map[string]listing{"the same reader": list(t.Context(), t, r), "a new reader": healthy(t, s)} {
		if diff := diffListings(first, second); diff != "" {
			t.Errorf("%s lists the unchanged estate differently (-first +second):\n%s", what, diff)
		}
	}
}

// checkConcurrent lists from several goroutines at once; the race detector watches.
func checkConcurrent(t testing.TB, s Subject) {
	t.Helper()
	const readers = 4
	r := open(t, s.Open)
	want := list(t.Context(), t, r)
	got := make([]listing, readers)
	var wg sync.WaitGroup
	for i := range readers {
		wg.Go(func() { got[i] = list(t.Context(), t, r) })
	}
	wg.Wait()
	for i := range got {
		if diff := diffListings(want, got[i]); diff != "" {
			t.Errorf("goroutine %d lists another estate (-alone +together):\n%s", i+1, diff)
		}
	}
}

// checkRepeated wants the listing to complete with the rows of the healthy estate.
func checkRepeated(t testing.TB, s Subject) {
	t.Helper()
	got := list(t.Context(), t, open(t, s.Faults.Repeated))
	for _, err := range got.problems() {
		t.Errorf("repeated rows make an error: %v", err)
	}
	noSilentLoss(t, healthy(t, s), got)
}

func checkClose(t testing.TB, s Subject) {
	t.Helper()
	r := open(t, s.Open)
	for i := range 2 {
		if err := r.Close(); err != nil {
			t.Errorf("close number %d: %v", i+1, err)
		}
	}
}

// noSilentLoss demands of every scope that it failed or shows all that it has.
func noSilentLoss(t testing.TB, want, got listing) {
	t.Helper()
	for k, w := range want.each() {
		g := got.scopes[k]
		switch {
		case g == nil && got.err == nil:
			t.Errorf("%s is missing from a list of scopes that claims to be complete", k)
		case g != nil && g.err == nil:
			if lost := missing(w.rows, g.rows); len(lost) > 0 {
				t.Errorf("%s ends without an error but lacks %d of %d rows, such as %s: they would be taken to be gone",
					k, len(lost), len(w.rows), lost[0])
			}
		}
	}
}

// missing returns the ids of want that got does not have.
func missing(want, got []provider.Resource) []string {
	have := map[rowKey]bool{}
	for _, r := range got {
		have[rowKey{r.Provider, r.NativeID}] = true
	}
	var lost []string
	for _, r := range want {
		if !have[rowKey{r.Provider, r.NativeID}] {
			lost = append(lost, r.NativeID)
		}
	}
	return lost
}

// diffListings compares all that two listings show. When the source's clock said so may differ.
func diffListings(a, b listing) string {
	opts := cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Transformer("UTC", func(t time.Time) string { return t.Format(time.RFC3339Nano) }),
	}
	flat := func(l listing) (map[scopeKey]provider.Scope, map[scopeKey]map[rowKey]provider.Resource) {
		scopes, rows := map[scopeKey]provider.Scope{}, map[scopeKey]map[rowKey]provider.Resource{}
		for k, sl := range l.each() {
			scopes[k], rows[k] = sl.scope, map[rowKey]provider.Resource{}
			for _, r := range sl.rows {
				r.Observed = time.Time{}
				rows[k][rowKey{r.Provider, r.NativeID}] = r
			}
		}
		return scopes, rows
	}
	aScopes, aRows := flat(a)
	bScopes, bRows := flat(b)
	if reflect.DeepEqual(aScopes, bScopes) && reflect.DeepEqual(aRows, bRows) {
		return "" // the usual case, and many times faster than a diff
	}
	return cmp.Diff(aScopes, bScopes, opts) + cmp.Diff(aRows, bRows, opts)
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Errorf("encode what was yielded: %v", err)
	}
	return string(b)
}
