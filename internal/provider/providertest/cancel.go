package providertest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/provider"
)

// prompt is how long an iterator may take to end once its context has; generous, because a shared
// machine is slow, and far below any network timeout.
const prompt = 10 * time.Second

// checkCanceled ends the context before a listing and after its first row.
func checkCanceled(t testing.TB, s Subject) {
	t.Helper()
	r := open(t, s.Open)
	full := list(t.Context(), t, r)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	within(t, "Scopes of an ended context", func() {
		n, err := 0, error(nil)
		for _, e := range r.Scopes(ended) {
			n, err = n+1, e
		}
		wantCanceled(t, "Scopes", n >= len(full.order), err)
	})
	for k, sl := range full.each() {
		within(t, k.String(), func() {
			rows, err := drain(t, k.String(), r.Resources(ended, sl.scope))
			wantCanceled(t, "Resources of "+k.String(), len(rows) >= len(sl.rows) && len(rows) > 0, err)
		})
	}
	for k, sl := range full.each() {
		if len(sl.rows) > 1 {
			cancelMidway(t, r, k, sl)
			break
		}
	}
}

func cancelMidway(t testing.TB, r provider.Reader, k scopeKey, sl *scopeListing) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	within(t, k.String(), func() {
		n, last := 0, error(nil)
		for _, err := range r.Resources(ctx, sl.scope) {
			cancel()
			if last = err; err == nil {
				n++
			}
		}
		wantCanceled(t, "Resources of "+k.String()+" after its first row", n >= len(sl.rows), last)
	})
}

// checkStalled ends the context while a call hangs.
func checkStalled(t testing.TB, s Subject) {
	t.Helper()
	r := open(t, s.Faults.Stalled)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var got listing
	within(t, "a stalled listing", func() { got = list(ctx, t, r) })
	for _, err := range got.problems() {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return
		}
	}
	t.Errorf("a stalled call ended without the context's error: %v", got.problems())
}

// wantCanceled accepts a listing that was complete all the same; it must not claim to be when it is not.
func wantCanceled(t testing.TB, what string, complete bool, err error) {
	t.Helper()
	switch {
	case err == nil && !complete:
		t.Errorf("%s ended without an error although its context had: an unread listing looks complete", what)
	case err != nil && !errors.Is(err, context.Canceled):
		t.Errorf("%s ended with %v, which does not wrap context.Canceled", what, err)
	}
}

// checkBreak stops after the first item of each iterator and looks for goroutines left behind.
func checkBreak(t testing.TB, s Subject) {
	t.Helper()
	r := open(t, s.Open)
	full := list(t.Context(), t, r)
	before := goroutines()
	within(t, "stopping early", func() {
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("an iterator goes on after its consumer stopped: %v", p)
			}
		}()
		for _, err := range r.Scopes(t.Context()) {
			if err != nil {
				t.Errorf("Scopes begins with an error: %v", err)
			}
			break
		}
		for k, sl := range full.each() {
			for _, err := range r.Resources(t.Context(), sl.scope) {
				if err != nil {
					t.Errorf("%s begins with an error: %v", k, err)
				}
				break
			}
		}
	})
	if left := waitGone(before); left != "" {
		t.Errorf("a goroutine is left after the consumer stopped:\n%s", left)
	}
}

// within runs f and reports when it does not end promptly.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(prompt):
		t.Fatalf("%s did not end within %s", what, prompt)
	}
}

// own takes the suite's functions and files out of a stack.
var own = strings.NewReplacer("/internal/provider/providertest.", "", "/internal/provider/providertest/", "")

// goroutines returns the stacks of the goroutines that run code of an adapter, by their id.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	found := map[string]string{}
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		var id int
		if _, err := fmt.Sscanf(stack, "goroutine %d ", &id); err != nil {
			continue
		}
		code := own.Replace(stack)
		if strings.Contains(code, "/internal/provider/") && !strings.Contains(stack, "testing.tRunner") {
			found[fmt.Sprint(id)] = stack
		}
	}
	return found
}

// waitGone waits for goroutines that were not there before to end, and returns one that does not.
func waitGone(before map[string]string) string {
	deadline := time.After(prompt / 5)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		left := ""
		for id, stack := range goroutines() {
			if before[id] == "" {
				left = stack
			}
		}
		if left == "" {
			return ""
		}
		select {
		case <-deadline:
			return left
		case <-tick.C:
		}
	}
}
