package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/providertest"
	"github.com/causeway/causeway/internal/provider/sample"
)

func open(t testing.TB, settings string, limit provider.Limiter) provider.Reader {
	t.Helper()
	r, err := sample.Factory().Open(t.Context(), provider.Source{Name: "sample", Settings: json.RawMessage(settings), Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	const healthy, failing = `{"scale": 1500, "fail": false}`, `{"scale": 1500}`
	broken := func(t testing.TB) provider.Reader { return open(t, failing, nil) }
	providertest.Run(t, providertest.Subject{
		Open: func(t testing.TB) provider.Reader { return open(t, healthy, nil) },
		Faults: providertest.Faults{
			Denied: broken, PageTwo: broken,
			Throttled: func(t testing.TB, l provider.Limiter) provider.Reader { return open(t, failing, l) },
		},
	})
}

// TestRepeatable holds the estate against its digest, which is the same on every machine.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	const file = "testdata/digest.txt"
	got := digest(t, `{"scale": 2000, "fail": false}`)
	if *update {
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("the rows of seed 7 have the digest %s, want %s: run the test with -update if they are meant to differ", got, want)
	}
	if other := digest(t, `{"scale": 2000, "fail": false, "seed": 8}`); other == got {
		t.Errorf("seeds 7 and 8 make the same estate")
	}
}

// digest hashes every scope and row in the order in which they are yielded.
func digest(t *testing.T, settings string) string {
	t.Helper()
	r, sum := open(t, settings, nil), sha256.New()
	enc := json.NewEncoder(sum)
	for s, err := range r.Scopes(t.Context()) {
		if err != nil || enc.Encode(s) != nil {
			t.Fatalf("scope %+v: %v", s, err)
		}
		for res, err := range r.Resources(t.Context(), s) {
			if err != nil || enc.Encode(res) != nil {
				t.Fatalf("resource %+v: %v", res, err)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// TestScale counts that the scale is met to the row, and that ids stay unique when it is large.
func TestScale(t *testing.T) {
	t.Parallel()
	for _, scale := range []int{1000, sample.DefaultScale, 200_000} {
		seen := map[string]string{} // id to the scope that lists it
		r := open(t, fmt.Sprintf(`{"scale": %d, "fail": false}`, scale), nil)
		gone := 0
		for s, err := range r.Scopes(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			for res, err := range r.Resources(t.Context(), s) {
				if err != nil {
					t.Fatal(err)
				}
				where := s.Account.ID + s.Region + s.API
				switch _, known := seen[res.NativeID]; {
				case s.Manager == "" && known:
					t.Errorf("scale %d: %s is listed in %s and in %s", scale, res.NativeID, seen[res.NativeID], where)
				case s.Manager != "" && !known:
					gone++
				}
				seen[res.NativeID] = where
			}
		}
		if len(seen) != scale {
			t.Errorf("scale %d makes %d resources", scale, len(seen))
		}
		if gone != 1 {
			t.Errorf("scale %d: witnesses speak of %d resources that no cloud has, want 1", scale, gone)
		}
	}
}

// TestChangedAndDeleted compares estates that differ in one setting.
func TestChangedAndDeleted(t *testing.T) {
	t.Parallel()
	base := newCensus(t, `{"fail": false}`)
	changed := newCensus(t, `{"fail": false, "changed": 0.05}`)
	n := 0
	for id, r := range base.resources {
		other, ok := changed.resources[id]
		if !ok {
			t.Fatalf("%s is not in the changed estate: a change keeps the id", id)
		}
		if !cmp.Equal(r, other) {
			n++
		}
	}
	if share := float64(n) / float64(len(base.resources)); share < 0.045 || share > 0.055 {
		t.Errorf("changed 0.05 changes %.4f of the estate", share)
	}
	deleted := newCensus(t, `{"fail": false, "deleted": 0.1}`)
	for id := range deleted.resources {
		if _, ok := base.resources[id]; !ok {
			t.Fatalf("%s appears where only deletions were asked for", id)
		}
	}
	if share := 1 - float64(len(deleted.resources))/float64(len(base.resources)); share < 0.09 || share > 0.11 {
		t.Errorf("deleted 0.1 takes %.4f of the estate away", share)
	}
	if c := newCensus(t, `{"fail": false, "scopes": 12}`); c.scopes != 12 {
		t.Errorf("scopes 12 shows %d scopes", c.scopes)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	check := sample.Factory().Check
	for _, c := range []struct{ settings, field, says string }{
		{`{"scale": 10}`, "sample.scale", "between 1000 and 10000000"},
		{`{"changed": 5}`, "sample.changed", "share between 0 and 1"},
		{`{"deleted": -0.1}`, "sample.deleted", "share between 0 and 1"},
		{`{"scopes": -1}`, "sample.scopes", "number of scopes"},
		{`{"epoch": "yesterday"}`, "sample.epoch", "write it like"},
		{`{"size": 10}`, "sample", "It knows seed, scale"},
		{`{"scale": "many"}`, "sample", "cannot be read"},
	} {
		err := check(json.RawMessage(c.settings))
		var public *fault.Public
		if !errors.As(err, &public) || !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: error %v, want one that is invalid and public", c.settings, err)
			continue
		}
		if public.Field != c.field || !strings.Contains(public.Text(), c.says) {
			t.Errorf("%s: %q in %q, want %q in %q", c.settings, public.Text(), public.Field, c.says, c.field)
		}
	}
	for _, good := range []string{``, `{}`, `{"seed": 1, "scale": 5000, "fail": false, "changed": 0.05, "scopes": 3}`} {
		if err := check(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}
