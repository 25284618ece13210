package providertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

func checkScopes(t testing.TB, s Subject) {
	t.Helper()
	for k, sl := range healthy(t, s).each() {
		for _, p := range scopeFaults(s, sl.scope) {
			t.Errorf("%s: %s", k, p)
		}
	}
}

func scopeFaults(s Subject, sc provider.Scope) []string {
	var bad []string
	if sc.Account.Provider == "" || sc.Account.ID == "" {
		bad = append(bad, "the account has no provider or no id")
	}
	if sc.Account.Name == "" {
		bad = append(bad, "the account has no name: where the provider gives none, the id is the name")
	}
	if sc.API == "" {
		bad = append(bad, "the API is empty")
	}
	if sc.Rank == 0 {
		bad = append(bad, "the rank is 0: say how close the witness is, RankProvider for a provider's own listing")
	}
	for name, v := range map[string]string{"account id": sc.Account.ID, "region": sc.Region, "API": sc.API} {
		bad = append(bad, stringFaults(name, v)...)
	}
	if !regionKnown(s, sc.Account.Provider, sc.Region) {
		bad = append(bad, fmt.Sprintf("region %q is not one of provider %s", sc.Region, sc.Account.Provider))
	}
	if sc.Revision != 0 && sc.Lineage == "" {
		bad = append(bad, "a revision needs the lineage that it counts in")
	}
	for _, kind := range sc.Kinds {
		if !kindKnown(kind) {
			bad = append(bad, fmt.Sprintf("kind %q is not in cloud.Kinds", kind))
		}
	}
	return bad
}

func checkResources(t testing.TB, s Subject) {
	t.Helper()
	for k, sl := range healthy(t, s).each() {
		seen := map[rowKey]bool{}
		for _, r := range sl.rows {
			key := rowKey{r.Provider, r.NativeID}
			if seen[key] {
				t.Errorf("%s: %s %s is yielded twice", k, r.Provider, r.NativeID)
			}
			seen[key] = true
			for _, p := range rowFaults(s, r) {
				t.Errorf("%s: %s %q: %s", k, r.Provider, r.NativeID, p)
			}
		}
	}
}

func rowFaults(s Subject, r provider.Resource) []string {
	bad := idFaults(r)
	bad = append(bad, kindFaults(r)...)
	if !regionKnown(s, r.Provider, r.Region) {
		bad = append(bad, fmt.Sprintf("region %q is not one of provider %s, nor \"\" or \"global\"", r.Region, r.Provider))
	}
	if r.Name == "" {
		bad = append(bad, "the name is empty: where there is none, the id's last part is the name")
	}
	for name, v := range map[string]time.Time{"Created": r.Created, "Observed": r.Observed} {
		if !v.IsZero() && v.Location() != time.UTC {
			bad = append(bad, fmt.Sprintf("%s is in %s, not UTC", name, v.Location()))
		}
	}
	for name, v := range map[string]string{"name": r.Name, "zone": r.Zone, "account": r.AccountID, "ref": r.Ref} {
		bad = append(bad, textFaults(name, v)...)
	}
	bad = append(bad, tagFaults(r.Tags)...)
	for i, l := range r.Locations {
		bad = append(bad, locationFaults(i, l)...)
	}
	for i, rel := range r.Relations {
		if rel.Provider == "" || rel.NativeID == "" || !slices.Contains(relationTypes, rel.Type) {
			bad = append(bad, fmt.Sprintf("relation %d (%s to %s %q) lacks a known type, a provider or an id", i, rel.Type, rel.Provider, rel.NativeID))
		}
	}
	if b, err := json.Marshal(r.Attributes); err != nil {
		bad = append(bad, fmt.Sprintf("the attributes are not JSON: %v", err))
	} else if strings.Contains(string(b), `\u0000`) {
		bad = append(bad, "an attribute holds a NUL, which Postgres refuses")
	}
	return bad
}

var relationTypes = []provider.RelationType{
	provider.RelatesReplicaOf, provider.RelatesBackupOf, provider.RelatesReplicates, provider.RelatesAttachedTo,
	provider.RelatesRunsOn, provider.RelatesPartOf, provider.RelatesEncrypted,
}

var facets = []provider.Facet{
	provider.FacetRest, provider.FacetReplica, provider.FacetBackup, provider.FacetProcess, provider.FacetFailover,
	provider.FacetLog, provider.FacetAccess, provider.FacetKey, provider.FacetMetadata,
}

// idFaults checks that an id is what every other witness of the same thing would write.
func idFaults(r provider.Resource) []string {
	var bad []string
	if r.Provider == "" {
		bad = append(bad, "the provider is empty")
	}
	if r.NativeID == "" {
		return append(bad, "the native id is empty")
	}
	bad = append(bad, stringFaults("native id", r.NativeID)...)
	switch {
	case r.Provider == cloud.Azure && strings.HasPrefix(strings.ToLower(r.NativeID), "/") && r.NativeID != strings.ToLower(r.NativeID):
		bad = append(bad, "an ARM id is canonical in lower case only: Azure spells one id in many ways")
	case r.Provider == cloud.AWS && strings.HasPrefix(r.NativeID, "arn:") && strings.Count(r.NativeID, ":") < 5:
		bad = append(bad, "an ARN has six parts")
	case r.Provider == cloud.GCP && strings.HasPrefix(r.NativeID, "https:"):
		bad = append(bad, "a full resource name begins with //, not with https:")
	}
	return bad
}

func kindFaults(r provider.Resource) []string {
	if r.NativeType == "" {
		return []string{"the native type is empty"}
	}
	if r.Kind != "" {
		if !kindKnown(r.Kind) {
			return []string{fmt.Sprintf("kind %q is not in cloud.Kinds", r.Kind)}
		}
		return nil
	}
	if _, ok := cloud.FindNativeType(r.Provider, r.NativeType); !ok {
		return []string{fmt.Sprintf("native type %q is not in kinds.csv: add it there, or set KindOther on purpose", r.NativeType)}
	}
	return nil
}

func tagFaults(tags []cloud.Tag) []string {
	var bad []string
	seen := map[string]bool{}
	for _, tag := range tags {
		key := string(tag.Namespace) + "\x00" + tag.Key
		switch {
		case !slices.Contains([]cloud.TagNamespace{cloud.NamespaceTag, cloud.NamespaceLabel, cloud.NamespaceNetTag}, tag.Namespace):
			bad = append(bad, fmt.Sprintf("tag %q has the unknown namespace %q", tag.Key, tag.Namespace))
		case tag.Key == "":
			bad = append(bad, "a tag has no key")
		case seen[key] && !tag.Inherited:
			bad = append(bad, fmt.Sprintf("tag %q is there twice", tag.Key))
		}
		seen[key] = true
		bad = append(bad, textFaults("tag key", tag.Key)...)
		bad = append(bad, textFaults("tag "+tag.Key, tag.Value)...)
	}
	return bad
}

func locationFaults(i int, l provider.Location) []string {
	var bad []string
	if !slices.Contains(facets, l.Facet) {
		bad = append(bad, fmt.Sprintf("location %d has the unknown facet %q", i, l.Facet))
	}
	if l.Evidence.API == "" || l.Evidence.Field == "" {
		bad = append(bad, fmt.Sprintf("location %d (%s %q) has no evidence: name the call and the field it was read from", i, l.Facet, l.Place))
	}
	if l.Place == "" && len(l.Countries) == 0 && l.Meaning != cloud.MeaningUnknown {
		bad = append(bad, fmt.Sprintf("location %d (%s) names no place and no countries, and does not say that it is unknown", i, l.Facet))
	}
	for _, c := range l.Countries {
		if _, ok := cloud.FindCountry(c); !ok {
			bad = append(bad, fmt.Sprintf("location %d: country %q is not an ISO 3166-1 code we know", i, c))
		}
	}
	return bad
}

// regionKnown accepts a region of the provider, one of its multi-regions, none, and "global".
// A provider without regions of its own (Kubernetes, Terraform) runs in another's, or in an own one.
func regionKnown(s Subject, p cloud.ProviderID, code string) bool {
	if code == "" || code == "global" || slices.Contains(s.OwnRegions, code) {
		return true
	}
	if cloud.FindPlace(p, code).Meaning != cloud.MeaningUnknown && code == strings.ToLower(code) {
		return true
	}
	t := regions()
	return !t.providers[p] && t.codes[code]
}

type regionTable struct {
	providers map[cloud.ProviderID]bool // those with regions of their own
	codes     map[string]bool
}

var regions = sync.OnceValue(func() regionTable {
	t := regionTable{providers: map[cloud.ProviderID]bool{}, codes: map[string]bool{}}
	for _, r := range cloud.Regions() {
		t.providers[r.Provider], t.codes[r.Code] = true, true
	}
	return t
})

func kindKnown(k cloud.Kind) bool {
	return slices.ContainsFunc(cloud.Kinds(), func(i cloud.KindInfo) bool { return i.Kind == k })
}

// stringFaults checks a string that identifies something.
func stringFaults(name, v string) []string {
	bad := textFaults(name, v)
	if v != strings.TrimSpace(v) {
		bad = append(bad, fmt.Sprintf("%s %q begins or ends with a space", name, v))
	}
	return bad
}

// textFaults checks what Postgres demands of every text.
func textFaults(name, v string) []string {
	if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		return []string{fmt.Sprintf("%s %q is not UTF-8 without NUL", name, v)}
	}
	return nil
}
