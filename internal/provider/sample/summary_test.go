package sample_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var update = flag.Bool("update", false, "write testdata/summary.txt anew")

// TestSummary pins what the default estate is made of, failing scopes left out.
func TestSummary(t *testing.T) {
	t.Parallel()
	got := newCensus(t, `{}`).summary()
	const file = "testdata/summary.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the default estate is another; run the test with -update if that is meant (-want +got):\n%s", diff)
	}
}

// census is every resource of an estate once, as its closest witness describes it.
type census struct {
	scopes    int
	failed    []string
	resources map[string]provider.Resource
	witnesses map[string][]provider.Resource // by native id, the cloud's own included
	managers  map[string][]string
	ranks     map[string]provider.Rank
	accounts  map[string]provider.Account
}

func newCensus(t testing.TB, settings string) *census {
	t.Helper()
	c := &census{
		resources: map[string]provider.Resource{}, witnesses: map[string][]provider.Resource{}, managers: map[string][]string{},
		ranks: map[string]provider.Rank{}, accounts: map[string]provider.Account{},
	}
	r := open(t, settings, nil)
	for s, err := range r.Scopes(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c.scopes++
		c.accounts[s.Account.ID] = s.Account
		if s.Err != nil {
			c.failed = append(c.failed, s.Account.Name+" "+s.Region+" "+s.API+": "+string(provider.ProblemOf(s.Err).Code))
			continue
		}
		for res, err := range r.Resources(t.Context(), s) {
			if err != nil {
				c.failed = append(c.failed, s.Account.Name+" "+s.Region+" "+s.API+": "+string(provider.ProblemOf(err).Code))
				continue
			}
			c.add(s, res)
		}
	}
	return c
}

func (c *census) add(s provider.Scope, r provider.Resource) {
	id := r.NativeID
	c.witnesses[id] = append(c.witnesses[id], r)
	if s.Manager != "" {
		c.managers[id] = append(c.managers[id], s.Manager)
	}
	if rank, known := c.ranks[id]; !known || s.Rank < rank {
		c.resources[id], c.ranks[id] = r, s.Rank
	}
}

// named returns the resources with the name.
func (c *census) named(name string) []provider.Resource {
	var found []provider.Resource
	for _, id := range slices.Sorted(maps.Keys(c.resources)) {
		if c.resources[id].Name == name {
			found = append(found, c.resources[id])
		}
	}
	return found
}

func (c *census) summary() string {
	counts := map[string]map[string]int{}
	count := func(what, value string) {
		if counts[what] == nil {
			counts[what] = map[string]int{}
		}
		counts[what][value]++
	}
	for id, r := range c.resources {
		count("provider", string(r.Provider))
		count("kind", string(r.Kind))
		count("region", r.Region)
		count("account", c.accounts[r.AccountID].Name)
		managed := slices.Compact(slices.Sorted(slices.Values(c.managers[id])))
		count("managed by", strings.Join(managed, " and "))
		for _, l := range r.Locations {
			count("facet", string(l.Facet))
		}
		count("service", tagOf(r, "service"))
		count("data", tagOf(r, "data"))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "resources %d\naccounts %d\nscopes %d\nfailed\n  %s\n", len(c.resources), len(c.accounts), c.scopes, strings.Join(c.failed, "\n  "))
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%s %d\n", what, len(counts[what]))
		for _, value := range slices.Sorted(maps.Keys(counts[what])) {
			fmt.Fprintf(&b, "  %-32s %d\n", cmpOr(value, "(none)"), counts[what][value])
		}
	}
	return b.String()
}

func cmpOr(v, empty string) string {
	if v == "" {
		return empty
	}
	return v
}

func tagOf(r provider.Resource, key string) string {
	for _, t := range r.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// countryOf is where the region of a cloud's resource is.
func countryOf(r provider.Resource) string {
	reg, _ := cloud.FindRegion(r.Provider, r.Region)
	return reg.Country
}
