package sample_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// troubles asserts each line of the table in doc.go. A check returns what is wrong, or "".
var troubles = []struct {
	trouble string // as in doc.go
	name    string // of the resource; "" for the estate as a whole
	check   func(c *census, r provider.Resource) string
}{
	{"backup copied abroad", "orders-db-prod-snap-daily", copiedAbroad("orders-db-prod", "personal")},
	{"backup copied abroad", "ledger-dump-2025q4", copiedAbroad("ledger-core-db-prod", "financial")},
	{"replica abroad", "ledger-replica-use1", func(c *census, r provider.Resource) string {
		from, _ := related(c, r, provider.RelatesReplicaOf)
		return want(countryOf(from) == "DE" && countryOf(r) == "US" && slices.Contains(places(from, provider.FacetReplica), "us-east-1"), "is a replica of %q in %s, itself in %s", from.Name, countryOf(from), countryOf(r))
	}},
	{"untagged bucket", "nordhaven-tmp-upload-7f3a", func(_ *census, r provider.Resource) string {
		return want(len(r.Tags) == 0 && r.Kind == "storage.bucket", "is a %s with %d tags", r.Kind, len(r.Tags))
	}},
	{"scope denied", "", failed("payments-prod ap-south-1 ec2: denied")},
	{"scope throttled half-way", "", failed("sub-retail-prod southafricanorth resourcegraph: throttled")},
	{"region not enabled", "", failed("sandbox me-central-1 ec2: disabled")},
	{"unmanaged database", "merchant-portal-reporting-db", func(c *census, r provider.Resource) string {
		return want(len(c.managers[r.NativeID]) == 0 && r.Kind == "db.relational", "is a %s managed by %v", r.Kind, c.managers[r.NativeID])
	}},
	{"geo-redundant pair in another law", "stnhretailbr", pairIn("brazilsouth", "BR", "southcentralus", "US")},
	{"geo-redundant pair across a border", "stnhstatementsgeo", pairIn("northeurope", "IE", "westeurope", "NL")},
	{"geo-redundant pair across a border", "stnhpaymentsgeo", pairIn("westeurope", "NL", "northeurope", "IE")},
	{"replicated to an unknown account", "nordhaven-customer-profile-partner-feed", func(c *census, r provider.Resource) string {
		l := facet(r, provider.FacetReplica)
		_, known := c.accounts[l.Evidence.Value]
		_, target := related(c, r, provider.RelatesReplicates)
		return want(l.Meaning == cloud.MeaningUnknown && l.Evidence.Value != "" && !known && !target, "replicates to account %q (known %t, bucket known %t), meaning %q", l.Evidence.Value, known, target, l.Meaning)
	}},
	{"multi-region bucket", "nordhaven-archive-statements-eu", func(_ *census, r provider.Resource) string {
		p := cloud.FindPlace(cloud.GCP, r.Locations[0].Place)
		return want(r.Locations[0].Meaning == cloud.AnyOf && len(p.Countries) == 27, "is in %v of %d countries", r.Locations[0].Meaning, len(p.Countries))
	}},
	{"topic that may be anywhere", "fraud-scoring-signals", func(_ *census, r provider.Resource) string {
		return want(len(r.Locations) == 1 && r.Locations[0].Meaning == cloud.MeaningUnknown && r.Region == "global", "has the locations %+v", r.Locations)
	}},
	{"global table with a replica abroad", "card-auth-sessions-global", func(_ *census, r provider.Resource) string {
		return want(countryOf(r) == "IE" && slices.Contains(places(r, provider.FacetReplica), "us-east-1"), "has replicas in %v", places(r, provider.FacetReplica))
	}},
	{"machine with a metadata location only", "arc-branch-unplaced-17", func(_ *census, r provider.Resource) string {
		return want(facet(r, provider.FacetMetadata).Place == "westeurope" && facet(r, provider.FacetRest).Meaning == cloud.MeaningUnknown, "has the locations %+v", r.Locations)
	}},
	{"multi-region key", "ledger-core-root-mrk", func(_ *census, r provider.Resource) string {
		return want(strings.Contains(r.NativeID, ":key/mrk-") && len(places(r, provider.FacetKey)) == 3, "%s has keys in %v", r.NativeID, places(r, provider.FacetKey))
	}},
	{"database without replica or backup", "hr-payroll-archive-db", func(c *census, r provider.Resource) string {
		pointing := 0
		for _, other := range c.resources {
			for _, rel := range other.Relations {
				if rel.NativeID == r.NativeID && (rel.Type == provider.RelatesReplicaOf || rel.Type == provider.RelatesBackupOf) && other.Name != "" {
					pointing++
				}
			}
		}
		copies := len(places(r, provider.FacetReplica)) + len(places(r, provider.FacetBackup))
		return want(copies == 0 && pointing == 0 && r.Attributes["backup_retention_days"] == 0, "has %d copies and %d resources that point to it", copies, pointing)
	}},
	{"standby in another jurisdiction", "ledger-core-db-prod-replica", func(c *census, r provider.Resource) string {
		from, ok := related(c, r, provider.RelatesReplicaOf)
		return want(ok && countryOf(from) == "DE" && countryOf(r) == "CH", "is in %s, what it stands by for in %s", countryOf(r), countryOf(from))
	}},
	{"engines that do not match", "card-auth-db-standby", func(c *census, r provider.Resource) string {
		active := c.named("card-auth-db-prod")[0]
		return want(active.Attributes["engine"] == "postgres" && r.Attributes["engine"] == "MySQL", "runs %v beside %v", r.Attributes["engine"], active.Attributes["engine"])
	}},
	{"minor version behind", "orders-db-prod-replica", func(c *census, r provider.Resource) string {
		active, _ := related(c, r, provider.RelatesReplicaOf)
		return want(active.Attributes["engine_version"] == "15.8" && r.Attributes["engine_version"] == "15.6", "runs %v beside %v", r.Attributes["engine_version"], active.Attributes["engine_version"])
	}},
	{"Crossplane v1 and v2 twin", "orders-cache", func(c *census, r provider.Resource) string {
		refs := ""
		for _, w := range c.witnesses[r.NativeID] {
			refs += w.Ref + " "
		}
		return want(strings.Contains(refs, ".aws.upbound.io/") && strings.Contains(refs, ".aws.m.upbound.io/"), "is known to Crossplane as %s", refs)
	}},
	{"EU-looking code outside the EU", "nordhaven-statements-london", outsideEU("eu-west-2", "GB")},
	{"EU-looking code outside the EU", "nordhaven-wealth-reports-zurich", outsideEU("eu-central-2", "CH")},
	{"EU-looking code outside the EU", "nordhaven-ledger-archive-zurich", outsideEU("europe-west6", "CH")},
	{"orphan snapshot", "kyc-docs-old-scanner", func(c *census, r provider.Resource) string {
		_, exists := related(c, r, provider.RelatesBackupOf)
		return want(len(r.Relations) == 1 && !exists, "is a backup of something that exists: %+v", r.Relations)
	}},
	{"declared, but gone from the cloud", "legacy-batch-db", func(c *census, r provider.Resource) string {
		return want(len(c.witnesses[r.NativeID]) == 1 && slices.Equal(c.managers[r.NativeID], []string{"terraform"}), "has the witnesses %v", c.managers[r.NativeID])
	}},
	{"very long name", "", func(c *census, _ provider.Resource) string {
		longest := 0
		for _, r := range c.resources {
			longest = max(longest, len(r.Name))
		}
		return want(longest >= 240 && longest <= 255, "the longest name has %d bytes, want 240 to the 255 that EC2 allows", longest)
	}},
	{"names in other scripts", "", func(c *census, _ provider.Resource) string {
		scripts := []*unicode.RangeTable{unicode.Han, unicode.Cyrillic, unicode.Arabic, unicode.Devanagari}
		for _, r := range c.resources {
			if !slices.ContainsFunc(scripts, func(s *unicode.RangeTable) bool {
				return !strings.ContainsFunc(r.Name, func(l rune) bool { return unicode.Is(s, l) })
			}) {
				return ""
			}
		}
		return "no name is written in every one of four scripts"
	}},
	{"fifty tags", "stnhmanytags", func(_ *census, r provider.Resource) string {
		return want(len(r.Tags) == 50, "has %d tags", len(r.Tags))
	}},
	{"no data class", "orders-dlq", func(c *census, r provider.Resource) string {
		return want(tagOf(r, "data") == "" && tagOf(r, "service") == "orders", "has the class %q", tagOf(r, "data"))
	}},
}

func TestTroubles(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, settings := range []string{`{}`, `{"seed": 99, "scale": 1000}`} {
		c := newCensus(t, settings)
		for _, tr := range troubles {
			if !strings.Contains(string(doc), "//\t"+tr.trouble+" ") || !strings.Contains(string(doc), tr.name) {
				t.Errorf("the table in doc.go does not name %q with %s", tr.trouble, tr.name)
			}
			var r provider.Resource
			if tr.name != "" {
				found := c.named(tr.name)
				if len(found) != 1 {
					t.Errorf("%s %s: %d resources have the name %s, want 1", settings, tr.trouble, len(found), tr.name)
					continue
				}
				r = found[0]
			}
			if wrong := tr.check(c, r); wrong != "" {
				t.Errorf("%s %s: %s %s", settings, tr.trouble, tr.name, wrong)
			}
		}
	}
	lines := strings.Count(string(doc[strings.Index(string(doc), "# Troubles"):]), "\n//\t") - 1 // one line is a continuation
	named := map[string]bool{}
	for _, tr := range troubles {
		named[tr.trouble] = true
	}
	if lines != len(named) {
		t.Errorf("doc.go lists %d troubles, this test asserts %d", lines, len(named))
	}
}

func want(ok bool, format string, args ...any) string {
	if ok {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

func failed(scope string) func(*census, provider.Resource) string {
	return func(c *census, _ provider.Resource) string {
		return want(slices.Contains(c.failed, scope), "the failed scopes are %v", c.failed)
	}
}

func copiedAbroad(db, class string) func(*census, provider.Resource) string {
	return func(c *census, r provider.Resource) string {
		from, ok := related(c, r, provider.RelatesBackupOf)
		l := facet(r, provider.FacetBackup)
		return want(ok && from.Name == db && countryOf(from) == "DE" && l.Place == "us-east-1" && l.Evidence.Value == "eu-central-1" && tagOf(r, "data") == class,
			"is a %s backup of %q at %+v", tagOf(r, "data"), from.Name, l)
	}
}

func pairIn(home, homeCountry, pair, pairCountry string) func(*census, provider.Resource) string {
	return func(_ *census, r provider.Resource) string {
		other, _ := cloud.FindRegion(cloud.Azure, facet(r, provider.FacetReplica).Place)
		return want(r.Region == home && countryOf(r) == homeCountry && other.Code == pair && other.Country == pairCountry,
			"is in %s with a replica in %s (%s)", r.Region, other.Code, other.Country)
	}
}

func outsideEU(region, country string) func(*census, provider.Resource) string {
	return func(_ *census, r provider.Resource) string {
		eu, _ := cloud.FindCountry(countryOf(r))
		return want(r.Region == region && eu.Code == country && !eu.EU, "is in %s, %s", r.Region, eu.Code)
	}
}

// related follows the first edge of a type.
func related(c *census, r provider.Resource, t provider.RelationType) (provider.Resource, bool) {
	for _, rel := range r.Relations {
		if rel.Type == t {
			to, ok := c.resources[rel.NativeID]
			return to, ok
		}
	}
	return provider.Resource{}, false
}

func facet(r provider.Resource, f provider.Facet) provider.Location {
	for _, l := range r.Locations {
		if l.Facet == f {
			return l
		}
	}
	return provider.Location{}
}

func places(r provider.Resource, f provider.Facet) []string {
	var all []string
	for _, l := range r.Locations {
		if l.Facet == f {
			all = append(all, l.Place)
		}
	}
	return all
}
