package query

import (
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
)

// word is a value with what it is called.
type word struct {
	value, title string
}

func providerWords() []word {
	var out []word
	for _, p := range []cloud.ProviderID{cloud.AWS, cloud.Azure, cloud.GCP, cloud.Kubernetes, cloud.Terraform} {
		out = append(out, word{string(p), p.Badge().Title})
	}
	return out
}

func kindWords() []word {
	kinds := cloud.Kinds()
	out := make([]word, len(kinds))
	for i, k := range kinds {
		out[i] = word{string(k.Kind), k.Title}
	}
	return out
}

func regionWords() []word {
	regions := cloud.Regions()
	out := make([]word, len(regions))
	for i, r := range regions {
		out[i] = word{r.Code, r.Title}
	}
	return out
}

func countryWords() []word {
	var out []word
	for _, r := range cloud.Regions() {
		w := word{r.Country, cloud.CountryName(r.Country)}
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b word) int { return strings.Compare(a.title, b.title) })
	return out
}

// classWords are the classes every organisation has; it may define more.
func classWords() []word {
	return []word{
		{"public", "Public"},
		{"internal", "Internal"},
		{"personal", "Personal data"},
		{"special", "Special categories"},
		{"health", "Health records"},
		{"payment", "Payment data"},
		{"financial", "Financial records"},
		{"government", "Government data"},
		{"important_data", "Important data"},
		{"secret", "Secret"},
	}
}

// residencies are in the order the read model numbers them.
var residencies = []word{
	{"unjudged", "Not judged"},
	{"violation", "Violation"},
	{"unknown", "Unknown"},
	{"waived", "Waived"},
	{"compliant", "Compliant"},
	{"na", "Not applicable"},
}

func residencyWords() []word { return append(slices.Clone(residencies[1:]), residencies[0]) }

func managedWords() []word {
	return []word{{"terraform", "Terraform"}, {"crossplane", "Crossplane"}, {"none", "Unmanaged"}}
}

func portabilityWords() []word {
	return []word{
		{string(cloud.Standard), "Standard: an open protocol"},
		{string(cloud.Equivalent), "Equivalent: the same job elsewhere"},
		{string(cloud.Proprietary), "Proprietary: no second vendor"},
		{string(cloud.PortabilityUnknown), "Not graded"},
	}
}

func stateWords() []word {
	return []word{{"live", "Live"}, {"missing", "Missing from the last listing"}, {"gone", "Gone"}}
}

func isWord(words []word, s string) bool {
	return slices.ContainsFunc(words, func(w word) bool { return w.value == s })
}

// matching returns the words that a value means: itself, those of its pattern, and for a kind
// without a dot every kind of that group or ending.
func matching(s spec, v Value) []string {
	var out []string
	for _, w := range s.words() {
		if w.value == v.Text() || v.Glob() && globMatch(v.parts, w.value) || s.name == Kind && !v.Glob() && kindPart(w.value, v.Text()) {
			out = append(out, w.value)
		}
	}
	return out
}

func kindPart(kind, part string) bool {
	group, rest, ok := strings.Cut(kind, ".")
	return ok && (group == part || rest == part)
}

// globMatch reports whether s is the parts in order, with anything between them.
func globMatch(parts []string, s string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}
