package aws

import (
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// place is where a listing happens: all that a from function needs to know besides the row.
type place struct {
	Partition string // aws, aws-cn, aws-us-gov, aws-eusc
	Account   string
	Region    string
}

// arn names a resource of this account and region.
func (p place) arn(service, resource string) string {
	return "arn:" + p.Partition + ":" + service + ":" + p.Region + ":" + p.Account + ":" + resource
}

// at is the location of a facet in this region.
func (p place) at(f provider.Facet, e provider.Evidence) provider.Location {
	return provider.Location{Facet: f, Place: p.Region, Evidence: e}
}

// inZone is the location of a facet in a zone of this region. A Local Zone or Wavelength zone
// (us-west-2-lax-1a) may lie in another country than its region, and an Outpost stands wherever its
// owner put it: neither is taken for the region.
func (p place) inZone(f provider.Facet, zone, outpost string, e provider.Evidence) provider.Location {
	switch {
	case outpost != "":
		return unknown(f, "Outpost "+outpost, e)
	case zone != "" && !ordinaryZone(p.Region, zone):
		return provider.Location{Facet: f, Place: zone, Detail: "zone outside the region " + p.Region, Meaning: cloud.MeaningUnknown, Evidence: e}
	}
	return p.at(f, e)
}

// ordinaryZone reports whether zone is region and a letter.
func ordinaryZone(region, zone string) bool {
	letter, ok := strings.CutPrefix(zone, region)
	return ok && len(letter) == 1
}

// unknown is a location that exists, but not where we could see it.
func unknown(f provider.Facet, detail string, e provider.Evidence) provider.Location {
	return provider.Location{Facet: f, Detail: detail, Meaning: cloud.MeaningUnknown, Evidence: e}
}

// regionOf returns the region in an ARN, "" where there is none.
func regionOf(name string) string {
	a, err := arn.Parse(name)
	if err != nil {
		return ""
	}
	return a.Region
}

// kmsKey is the ARN of a key, however a service names it; "" for an alias, which may point
// elsewhere tomorrow.
func (p place) kmsKey(name string) string {
	switch {
	case name == "" || strings.Contains(name, "alias/"):
		return ""
	case strings.HasPrefix(name, "arn:"):
		return name
	}
	return p.arn("kms", "key/"+name)
}

// links collects relations to other AWS resources, leaving out those without an id.
type links []provider.Relation

func (l *links) add(t provider.RelationType, nativeID string) {
	if nativeID == "" {
		return
	}
	*l = append(*l, provider.Relation{Type: t, Provider: cloud.AWS, NativeID: nativeID})
}

// attrs are kept attributes; a value that says nothing is left out.
type attrs map[string]any

func (a attrs) text(name string, v *string) {
	if s := sdk.ToString(v); s != "" {
		a[name] = s
	}
}

func (a attrs) flag(name string, v *bool) {
	if v != nil {
		a[name] = *v
	}
}

func (a attrs) number(name string, v *int32) {
	if v != nil {
		a[name] = *v
	}
}

func (a attrs) list(name string, v []string) {
	if len(v) > 0 {
		a[name] = slices.Sorted(slices.Values(v))
	}
}

// word is text for the SDK's enumerations.
func word[T ~string](a attrs, name string, v T) {
	if v != "" {
		a[name] = string(v)
	}
}

// instant is t in UTC, zero where the provider does not say.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// tags reads a list of the SDK's own tag type, in the order of their keys.
func tags[T any](list []T, pair func(T) (key, value *string)) []cloud.Tag {
	out := make([]cloud.Tag, 0, len(list))
	for _, t := range list {
		k, v := pair(t)
		out = append(out, cloud.Tag{Namespace: cloud.NamespaceTag, Key: sdk.ToString(k), Value: sdk.ToString(v)})
	}
	slices.SortFunc(out, func(a, b cloud.Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// tagMap reads tags that come as a map.
func tagMap(m map[string]string) []cloud.Tag {
	out := make([]cloud.Tag, 0, len(m))
	for k, v := range m {
		out = append(out, cloud.Tag{Namespace: cloud.NamespaceTag, Key: k, Value: v})
	}
	slices.SortFunc(out, func(a, b cloud.Tag) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// nameFrom is the Name tag, or the id where nobody gave a name.
func nameFrom(list []cloud.Tag, id string) string {
	for _, t := range list {
		if t.Key == "Name" && strings.TrimSpace(t.Value) != "" {
			return t.Value
		}
	}
	return id
}

// lastPart is the name at the end of an ARN, or s itself.
func lastPart(s string) string {
	return s[strings.LastIndexAny(s, ":/")+1:]
}

// meaningOf leaves a place to be judged by itself, and says that none is unknown.
func meaningOf(region string) cloud.Meaning {
	if region == "" {
		return cloud.MeaningUnknown
	}
	return ""
}
