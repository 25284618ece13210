package providertest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/causeway/causeway/internal/provider"
)

func checkDenied(t testing.TB, s Subject) {
	t.Helper()
	got := list(t.Context(), t, open(t, s.Faults.Denied))
	found := wantProblem(t, got, provider.ProblemDenied)
	if found != nil && found.Fix == "" {
		t.Errorf("the problem %q has no Fix: say what to grant, and to whom", found.Text)
	}
	noSilentLoss(t, healthy(t, s), got)
}

func checkPageTwo(t testing.TB, s Subject) {
	t.Helper()
	got := list(t.Context(), t, open(t, s.Faults.PageTwo))
	halfway := false
	for _, sl := range got.each() {
		halfway = halfway || (sl.err != nil && len(sl.rows) > 0)
	}
	if !halfway {
		t.Errorf("no scope shows its first page and then an error: the error of page two is swallowed, or the rows before it are")
	}
	noSilentLoss(t, healthy(t, s), got)
}

func checkThrottled(t testing.TB, s Subject) {
	t.Helper()
	limits := &countingLimiter{}
	r := open(t, func(t testing.TB) provider.Reader { return s.Faults.Throttled(t, limits) })
	got := list(t.Context(), t, r)
	wantProblem(t, got, provider.ProblemThrottled) //nolint:errcheck // its Fix may be empty: waiting helps
	if limits.count() == 0 {
		t.Errorf("Limiter.Throttled was not called: the pace would never shrink")
	}
	noSilentLoss(t, healthy(t, s), got)
}

// wantProblem finds the problem of the code in the listing, wherever it stands.
func wantProblem(t testing.TB, l listing, code provider.ProblemCode) *provider.Problem {
	t.Helper()
	for _, err := range l.problems() {
		var p *provider.Problem
		if !errors.As(err, &p) || p.Code != code {
			continue
		}
		if p.Text == "" {
			t.Errorf("the problem %s has no Text: say what did not answer, and what it said", code)
		}
		return p
	}
	t.Errorf("no *provider.Problem with code %q among the errors %v", code, l.problems())
	return nil
}

// countingLimiter never waits and counts what it was told.
type countingLimiter struct {
	mu        sync.Mutex
	throttled int
}

// Wait returns at once, unless ctx has ended.
func (c *countingLimiter) Wait(ctx context.Context, _ provider.LimitKey) error { return ctx.Err() }

// Throttled counts.
func (c *countingLimiter) Throttled(provider.LimitKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.throttled++
}

func (c *countingLimiter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.throttled
}

// containsJSON looks for needle as it stands and as JSON writes it, where a quote is escaped.
func containsJSON(text, needle string) bool {
	if strings.Contains(text, needle) {
		return true
	}
	b, err := json.Marshal(needle)
	return err == nil && strings.Contains(text, strings.Trim(string(b), `"`))
}
