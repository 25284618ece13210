package providertest

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// patience bounds every listing of the suite, so that an adapter that hangs is named and not
// only killed with the whole test binary.
const patience = time.Minute

// scopeKey identifies a scope within its source.
type scopeKey struct {
	provider             cloud.ProviderID
	account, region, api string
}

func keyOf(s provider.Scope) scopeKey {
	return scopeKey{s.Account.Provider, s.Account.ID, s.Region, s.API}
}

func (k scopeKey) String() string {
	return fmt.Sprintf("scope %s %s %q %s", k.provider, k.account, k.region, k.api)
}

// rowKey identifies a resource.
type rowKey struct {
	provider cloud.ProviderID
	id       string
}

// listing is everything a Reader showed.
type listing struct {
	scopes map[scopeKey]*scopeListing
	order  []scopeKey
	err    error // of the iterator of scopes
}

type scopeListing struct {
	scope provider.Scope
	rows  []provider.Resource
	err   error // Scope.Err, or what the iterator of resources ended with
}

func (l listing) each() iter.Seq2[scopeKey, *scopeListing] {
	return func(yield func(scopeKey, *scopeListing) bool) {
		for _, k := range l.order {
			if !yield(k, l.scopes[k]) {
				return
			}
		}
	}
}

// problems returns every error of the listing.
func (l listing) problems() []error {
	var all []error
	if l.err != nil {
		all = append(all, l.err)
	}
	for _, s := range l.each() {
		if s.err != nil {
			all = append(all, s.err)
		}
	}
	return all
}

// list reads everything, and reports what breaks the rules of the two iterators themselves.
func list(ctx context.Context, t testing.TB, r provider.Reader) listing {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l := listing{scopes: map[scopeKey]*scopeListing{}}
	scopes, err := drain(t, "Scopes", r.Scopes(ctx))
	l.err = err
	for _, s := range scopes {
		k := keyOf(s)
		if l.scopes[k] != nil {
			t.Errorf("%s is yielded twice: a scope is identified by (account, region, API)", k)
			continue
		}
		got := &scopeListing{scope: s, err: s.Err}
		if s.Err == nil {
			got.rows, got.err = drain(t, "Resources of "+k.String(), r.Resources(ctx, s))
		}
		l.scopes[k] = got
		l.order = append(l.order, k)
	}
	return l
}

// drain reads an iterator to its end. An error must be the last thing it yields.
func drain[T any](t testing.TB, what string, seq iter.Seq2[T, error]) ([]T, error) {
	t.Helper()
	var (
		all  []T
		last error
	)
	for v, err := range seq {
		if last != nil {
			t.Errorf("%s goes on after its error %q: an error is yielded last", what, last)
			return all, last
		}
		if err != nil {
			last = err
			continue
		}
		all = append(all, v)
	}
	return all, last
}

// open opens a Reader that is closed with the test.
func open(t testing.TB, how func(testing.TB) provider.Reader) provider.Reader {
	t.Helper()
	if how == nil {
		t.Fatalf("Subject.Open is not set")
	}
	r := how(t)
	if r == nil {
		t.Fatalf("the subject opened no Reader")
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close the reader: %v", err)
		}
	})
	return r
}

// healthy lists the estate of Subject.Open, which must work.
func healthy(t testing.TB, s Subject) listing {
	t.Helper()
	l := list(t.Context(), t, open(t, s.Open))
	for _, err := range l.problems() {
		t.Errorf("the healthy estate does not list: %v", err)
	}
	rows := 0
	for _, sl := range l.each() {
		rows += len(sl.rows)
	}
	if rows == 0 {
		t.Errorf("the healthy estate has no rows: nothing would be tested")
	}
	return l
}
