//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/test/e2e/harness"
)

// A console that is killed in the middle of its first sync, and started again, knows in the end what
// one knows that nothing happened to.
func TestKilledInTheMiddleOfASync(t *testing.T) {
	t.Parallel()
	calm := harness.StartDemo(t, "")
	want := calm.WaitSynced(t, "sample", syncTime)
	estate := calm.Estate(t)
	if len(estate) < 10_000 {
		t.Fatalf("the sample estate has %d resources, want more than 10,000", len(estate))
	}
	stopDemo(t, calm)

	c := harness.StartDemo(t, "")
	half := int64(0)
	c.Until(t, "in the middle of a sync", syncTime, func(ctx context.Context) error {
		s, err := c.Source(ctx, "sample")
		if err != nil {
			return err
		}
		if s.Rows == 0 {
			return errors.New("nothing is read yet")
		}
		half = s.Rows
		return nil
	})
	c.Kill(t)
	if half >= want.Rows {
		t.Fatalf("the sync had ended, with %d resources, before the kill", half)
	}
	again := harness.StartDemo(t, c.Dir)
	got := again.WaitSynced(t, "sample", syncTime)
	if got.Rows != want.Rows || got.Scopes != want.Scopes || got.ScopesOK != want.ScopesOK {
		t.Errorf("the ledger says %+v, want %+v", got, want)
	}
	if diff := cmp.Diff(estate, again.Estate(t)); diff != "" {
		t.Errorf("the inventory differs from an undisturbed one (-want +got):\n%.2000s", diff)
	}
	stopDemo(t, again)
}
