package inventory

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/provider"
)

// resourceKey is the identity of a thing in 16 bytes: whatever adapter saw it, (provider, native
// id) decides.
func resourceKey(p cloud.ProviderID, nativeID string) uuid.UUID {
	return digest([]byte(string(p) + "\x00" + nativeID))
}

func digest(b []byte) uuid.UUID {
	sum := sha256.Sum256(b)
	return uuid.UUID(sum[:16])
}

// places turns location strings into countries: own data centres first, then the providers' tables.
type places map[[2]string]string

func (p places) find(id cloud.ProviderID, location string) cloud.Place {
	if country, ok := p[[2]string{string(id), location}]; ok {
		return cloud.Place{Countries: []string{country}, Meaning: cloud.AllOf}
	}
	return cloud.FindPlace(id, location)
}

// stagedLocation and stagedRelation are what the merge reads from the jsonb columns of the stage.
type stagedLocation struct {
	Ord       int16             `json:"ord"`
	Facet     provider.Facet    `json:"facet"`
	Place     string            `json:"place"`
	Countries []string          `json:"countries"`
	Meaning   cloud.Meaning     `json:"meaning"`
	Detail    string            `json:"detail"`
	Evidence  provider.Evidence `json:"evidence"`
}

type stagedRelation struct {
	Type     provider.RelationType `json:"type"`
	Key      uuid.UUID             `json:"to_key"`
	Provider cloud.ProviderID      `json:"to_provider"`
	Native   string                `json:"to_native"`
}

// content is what a witness says, in the order that its hash is taken over. When it was observed is
// not part of it: a repeated sync of an unchanged estate changes nothing.
type content struct {
	Type        string            `json:"t"`
	Kind        cloud.Kind        `json:"k"`
	Name        string            `json:"n"`
	Account     int64             `json:"a"`
	Region      string            `json:"r"`
	Zone        string            `json:"z"`
	Portability cloud.Portability `json:"p"`
	Created     time.Time         `json:"c"`
	Ref         string            `json:"f"`
	Tags        json.RawMessage   `json:"g"`
	Attributes  json.RawMessage   `json:"b"`
	Locations   json.RawMessage   `json:"l"`
	Relations   json.RawMessage   `json:"e"`
}

// stageRow turns a resource into the row that the merge takes. acct is the account it belongs to.
func stageRow(r *provider.Resource, s provider.Scope, acct int64, where places) (inventorydb.StageResourcesParams, error) {
	var none inventorydb.StageResourcesParams
	if clean(r.NativeID) == "" {
		return none, &provider.Problem{Code: provider.ProblemInvalid, Text: fmt.Sprintf("A %s named %q came without an id.", r.NativeType, r.Name)}
	}
	kind, portability := classify(r)
	native, name := clean(r.NativeID), r.Name
	if name == "" {
		name = lastSegment(r.NativeID)
	}
	c := content{
		Type: short(r.NativeType, maxName), Kind: kind, Name: short(name, maxName), Account: acct, Region: short(r.Region, maxName),
		Zone: clean(r.Zone), Portability: portability, Created: r.Created.UTC(), Ref: clean(r.Ref),
	}
	var err error
	if c.Tags, err = encodeTags(r.Tags); err != nil {
		return none, fmt.Errorf("encode tags of %s: %w", r.NativeID, err)
	}
	if c.Attributes, err = encodeAttributes(r.Attributes); err != nil {
		return none, fmt.Errorf("encode attributes of %s: %w", r.NativeID, err)
	}
	if c.Locations, err = encodeLocations(r, kind, s, where); err != nil {
		return none, fmt.Errorf("encode locations of %s: %w", r.NativeID, err)
	}
	if c.Relations, err = encodeRelations(r.Relations); err != nil {
		return none, fmt.Errorf("encode relations of %s: %w", r.NativeID, err)
	}
	all, err := json.Marshal(c)
	if err != nil {
		return none, fmt.Errorf("encode %s: %w", r.NativeID, err)
	}
	return inventorydb.StageResourcesParams{
		Key: resourceKey(r.Provider, native), Hash: digest(all), Provider: string(r.Provider), NativeID: native,
		NativeType: c.Type, Kind: string(kind), Name: c.Name, AccountID: acct, Region: c.Region, Zone: c.Zone,
		Portability: string(portability), CreatedAt: nullable(c.Created), ObservedAt: nullable(r.Observed.UTC()),
		Tags: c.Tags, Attributes: c.Attributes, Ref: c.Ref, Locations: c.Locations, Relations: c.Relations,
	}, nil
}

// classify fills in kind and portability from the table where the adapter did not decide.
func classify(r *provider.Resource) (cloud.Kind, cloud.Portability) {
	kind, portability := r.Kind, r.Portability
	if n, ok := cloud.FindNativeType(r.Provider, r.NativeType); ok {
		kind = cmp.Or(kind, n.Kind)
		portability = cmp.Or(portability, n.Portability)
	}
	return cmp.Or(kind, cloud.KindOther), cmp.Or(portability, cloud.PortabilityUnknown)
}

func lastSegment(id string) string {
	if i := strings.LastIndexAny(strings.TrimRight(id, "/:"), "/:"); i >= 0 {
		return id[i+1:]
	}
	return id
}

// clean makes text storable: Postgres takes no NUL, and broken UTF-8 is refused.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// The longest texts that the list's indexes take with room to spare, in bytes. No provider allows
// more; a Kubernetes annotation or a hand-written state may.
const (
	maxName     = 500
	maxTagKey   = 500
	maxTagValue = 1000
)

// short is clean text of at most limit bytes; what is cut off shows.
func short(s string, limit int) string {
	s = clean(s)
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func encodeTags(tags []cloud.Tag) (json.RawMessage, error) {
	if len(tags) == 0 {
		return json.RawMessage("[]"), nil
	}
	sorted := slices.Clone(tags)
	slices.SortFunc(sorted, func(a, b cloud.Tag) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
	})
	for i, t := range sorted {
		sorted[i].Key, sorted[i].Value = short(t.Key, maxTagKey), short(t.Value, maxTagValue)
		if t.Namespace == "" {
			sorted[i].Namespace = cloud.NamespaceTag
		}
	}
	return json.Marshal(sorted)
}

// nulEscape finds an escaped NUL in JSON text, after any number of whole escaped backslashes.
var nulEscape = regexp.MustCompile(`(\\\\)|\\u0000`)

// encodeAttributes drops NUL, the one character that jsonb refuses. An escaped backslash before
// "u0000" is plain text and stays.
func encodeAttributes(a map[string]any) (json.RawMessage, error) {
	if len(a) == 0 {
		return json.RawMessage("{}"), nil
	}
	b, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	return nulEscape.ReplaceAll(b, []byte("$1")), nil
}

func encodeRelations(rel []provider.Relation) (json.RawMessage, error) {
	if len(rel) == 0 {
		return json.RawMessage("[]"), nil
	}
	out := make([]stagedRelation, 0, len(rel))
	for _, r := range rel {
		native := clean(r.NativeID)
		if native == "" {
			continue
		}
		out = append(out, stagedRelation{Type: r.Type, Key: resourceKey(r.Provider, native), Provider: r.Provider, Native: native})
	}
	slices.SortFunc(out, func(a, b stagedRelation) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Native, b.Native))
	})
	return json.Marshal(slices.Compact(out))
}

// encodeLocations resolves countries. A resource with a region but without a stated location is at
// rest there, or keeps metadata there when its kind bears no data.
func encodeLocations(r *provider.Resource, kind cloud.Kind, s provider.Scope, where places) (json.RawMessage, error) {
	locs := r.Locations
	if len(locs) == 0 && r.Region != "" {
		facet := provider.FacetMetadata
		if kind.Core() {
			facet = provider.FacetRest
		}
		locs = []provider.Location{{Facet: facet, Place: r.Region, Evidence: provider.Evidence{API: s.API, Field: "region", Value: r.Region}}}
	}
	out := make([]stagedLocation, len(locs))
	for i, l := range locs {
		place := cloud.Place{Countries: l.Countries, Meaning: l.Meaning}
		if len(l.Countries) == 0 {
			place = where.find(r.Provider, l.Place)
		}
		if place.Meaning == "" {
			place.Meaning = cloud.MeaningUnknown
			if len(place.Countries) > 0 {
				place.Meaning = cloud.AllOf
			}
		}
		if place.Countries == nil {
			place.Countries = []string{}
		}
		out[i] = stagedLocation{
			Ord: int16(i), Facet: l.Facet, Place: clean(l.Place), Countries: place.Countries, Meaning: place.Meaning, //nolint:gosec // a resource has a handful
			Detail: clean(l.Detail), Evidence: provider.Evidence{API: clean(l.Evidence.API), Field: clean(l.Evidence.Field), Value: clean(l.Evidence.Value)},
		}
	}
	return json.Marshal(out)
}
