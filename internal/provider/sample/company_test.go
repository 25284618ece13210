package sample_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/sample"
)

// document is what the test reads of a causeway/v1 document.
type document struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Title, Parent, Owner string
		Accounts             []string
		Adapter, Schedule    string
		Sample               map[string]any
	}
}

// TestDocuments reads the documents back: strict YAML in which four units claim every account once.
func TestDocuments(t *testing.T) {
	t.Parallel()
	d := yaml.NewDecoder(bytes.NewReader(sample.Documents(5000)))
	d.KnownFields(true)
	kinds, claimed := map[string]int{}, map[string]string{}
	for {
		var doc document
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds[doc.Kind]++
		if doc.APIVersion != "causeway/v1" || doc.Metadata.Name == "" {
			t.Errorf("document %+v has another version or no name", doc)
		}
		switch doc.Kind {
		case "Unit":
			if doc.Spec.Title == "" || doc.Spec.Owner == "" || doc.Spec.Parent != "organisation" {
				t.Errorf("unit %s: title %q, owner %q, parent %q", doc.Metadata.Name, doc.Spec.Title, doc.Spec.Owner, doc.Spec.Parent)
			}
			for _, a := range doc.Spec.Accounts {
				if claimed[a] != "" {
					t.Errorf("%s is claimed by %s and by %s", a, claimed[a], doc.Metadata.Name)
				}
				claimed[a] = doc.Metadata.Name
			}
		case "Source":
			settings, err := json.Marshal(doc.Spec.Sample)
			if err != nil {
				t.Fatal(err)
			}
			if err := sample.Factory().Check(settings); err != nil {
				t.Errorf("the adapter refuses its own settings %s: %v", settings, err)
			}
			if doc.Spec.Adapter != "sample" || doc.Spec.Sample["scale"] != 5000 {
				t.Errorf("source %+v, want the adapter sample at scale 5000", doc.Spec)
			}
		}
	}
	if kinds["Unit"] != 4 || kinds["Source"] != 1 || len(kinds) != 2 {
		t.Errorf("the documents are %v, want four units and a source", kinds)
	}
	c := newCensus(t, `{"scale": 1000}`)
	for id, a := range c.accounts {
		if claimed[string(a.Provider)+":"+id] == "" {
			t.Errorf("no unit claims %s %s (%s)", a.Provider, id, a.Name)
		}
	}
	if len(claimed) != 40 || len(c.accounts) != 40 {
		t.Errorf("%d accounts are claimed and %d exist, want 40", len(claimed), len(c.accounts))
	}
}

// TestServices finds every service at both of its sites.
func TestServices(t *testing.T) {
	t.Parallel()
	c := newCensus(t, `{"scale": 1000, "fail": false}`)
	services := sample.Services()
	if len(services) != 20 {
		t.Errorf("there are %d services, want 20", len(services))
	}
	for _, s := range services {
		if s.RTO <= 0 || s.RPO <= 0 || s.Tier < 1 || s.Tier > 3 || s.Owner == "" || len(s.Classes) == 0 || s.Selector != "tag:service="+s.Name {
			t.Errorf("service %+v lacks an objective, tier, owner, class or selector", s)
		}
		if !slices.ContainsFunc(sample.Units(), func(u sample.Unit) bool { return u.Name == s.Unit }) {
			t.Errorf("service %s belongs to the unknown unit %q", s.Name, s.Unit)
		}
		if s.Active.Provider == s.Standby.Provider {
			t.Errorf("service %s stands by in its own cloud %s", s.Name, s.Active.Provider)
		}
		for role, at := range map[string]sample.Site{"active": s.Active, "standby": s.Standby} {
			if !c.has(s.Name, "db.relational", at) {
				t.Errorf("service %s has no database at its %s site %+v", s.Name, role, at)
			}
			api := c.named(s.Name + "-api")
			if !slices.ContainsFunc(api, func(r provider.Resource) bool { return c.accounts[r.AccountID].Name == at.Cluster }) {
				t.Errorf("service %s does not run on %s, the cluster of its %s site", s.Name, at.Cluster, role)
			}
		}
	}
}

func (c *census) has(service string, kind cloud.Kind, at sample.Site) bool {
	for _, r := range c.resources {
		if r.Kind == kind && tagOf(r, "service") == service && r.Region == at.Region && c.accounts[r.AccountID].Name == at.Account &&
			strings.HasPrefix(r.Name, service+"-db-") {
			return true
		}
	}
	return false
}

// TestRelations counts the edges that lead nowhere: only those that a trouble cuts on purpose.
func TestRelations(t *testing.T) {
	t.Parallel()
	c := newCensus(t, `{"fail": false}`)
	edges := map[string]int{}
	var loose []string
	for _, r := range c.resources {
		for _, rel := range r.Relations {
			edges[string(rel.Type)]++
			if to, ok := c.resources[rel.NativeID]; !ok || to.Provider != rel.Provider {
				loose = append(loose, r.Name)
			}
		}
	}
	slices.Sort(loose)
	if want := []string{"kyc-docs-old-scanner", "nordhaven-customer-profile-partner-feed"}; !slices.Equal(loose, want) {
		t.Errorf("the edges of %v lead nowhere, want only those of %v", loose, want)
	}
	for _, typ := range []string{"replica_of", "backup_of", "runs_on", "attached_to", "encrypted_by"} {
		if edges[typ] < 20 {
			t.Errorf("%d edges of type %s, want at least 20", edges[typ], typ)
		}
	}
}
