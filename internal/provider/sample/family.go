package sample

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// family is one native type: how many of it there are, and what one looks like.
type family struct {
	provider cloud.ProviderID
	key      string // "ec2.volume": names the family in the tables of this package
	api      string // the scope's API that lists it; several families may share one
	typ      string // native type
	weight   uint64 // share of the bulk within one account and region; 0: only what is named
	words    string // components that its names are made of, separated by spaces
	// terraform and crossplane are what those call the type; "" where they do not have it.
	terraform, crossplane string
	// free is true when the name is a label that may change, and no part of the id.
	free      bool
	worldwide bool // names are unique in the world, so that the bulk's carry region and account
	compact   bool // names are short and without dashes
	native    cloud.NativeType
	split     []string // words
	// id makes the canonical native id. It depends on nothing but its arguments, so that a relation
	// to a row can be made without making the row.
	id func(at place, name string, h uint64) string
	// rest says where the provider tells where it is.
	restAPI, restField string
	// fill adds what is peculiar to the family: attributes, further locations, relations.
	fill func(r *row)
}

// complete adds what follows from the rest.
func (f *family) complete() {
	f.native, _ = cloud.FindNativeType(f.provider, f.typ)
	f.split = strings.Fields(f.words)
}

// place is an account and a region in it. The region "" is the account's global scope.
type place struct {
	account *account
	region  string
}

// placeNamed reads "account region".
func placeNamed(words string) place {
	name, region, _ := strings.Cut(words, " ")
	return place{accountNamed(name), region}
}

// regionCode is what a resource there shows as its region.
func (p place) regionCode() string {
	if p.region == "" {
		return "global"
	}
	return p.region
}

// country is where the region is, "" for global. A cluster stands in a region of its cloud.
func (p place) country() string {
	for _, c := range []cloud.ProviderID{p.account.provider, cloud.AWS, cloud.Azure, cloud.GCP} {
		if r, ok := cloud.FindRegion(c, p.region); ok {
			return r.Country
		}
	}
	return ""
}

// adequate is true where personal data may be: the EEA, and countries found adequate.
func (p place) adequate() bool {
	c, ok := cloud.FindCountry(p.country())
	return ok && (c.EEA || c.Code == "GB" || c.Code == "CH")
}

// hash is a 64-bit FNV-1a of the parts.
func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return h.Sum64()
}

// bulkHash seeds row i of a family in a place; everything about the row follows from it.
func bulkHash(seed uint64, at place, f *family, i int) uint64 {
	p := rand.NewPCG(seed^hash(at.account.id, at.region, f.key), uint64(i))
	return p.Uint64()
}

// bulkName is unique within a family and place.
func bulkName(at place, f *family, i int) (string, *Service) {
	svcs, words := unitServices[at.account.unit], f.split
	svc, rest := svcs[i%len(svcs)], i/len(svcs)
	word, n := words[rest%len(words)], rest/len(words)+1
	name := fmt.Sprintf("%s-%s-%02d", svc.Name, word, n)
	if !at.account.prod() {
		name += "-" + at.account.env
	}
	switch {
	case f.worldwide:
		name += "-" + at.region + "-" + at.account.short()
	case f.compact:
		short := strings.ReplaceAll(svc.Name, "-", "")
		name = fmt.Sprintf("st%s%s%s%02d", short[:min(len(short), 10)], word, at.account.env[:1], n)
	}
	return name, svc
}

var unitServices = map[string][]*Service{
	unitRetail: servicesOf(unitRetail), unitPayments: servicesOf(unitPayments),
	unitInsurance: servicesOf(unitInsurance), unitPlatform: servicesOf(unitPlatform),
}

// hexOf writes h as 16 hexadecimal digits.
func hexOf(h uint64) string { return fmt.Sprintf("%016x", h) }

// uuidOf makes a UUID of h, for ids that a provider makes at random.
func uuidOf(h uint64) string {
	p := rand.NewPCG(h, 1)
	a, b := p.Uint64(), p.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(a>>32), uint16(a>>16), uint16(a)&0xfff, uint16(b>>48)&0xfff, b&0xffffffffffff)
}

// resting is the location that nearly everything has. What bears neither data nor compute has only a
// record there. Where the proof is the resource's own ARN, that is the value.
func resting(r *row) provider.Location {
	l := provider.Location{
		Facet: provider.FacetRest, Place: r.Region, Meaning: cloud.FindPlace(r.Provider, r.Region).Meaning,
		Evidence: provider.Evidence{API: r.fam.restAPI, Field: r.fam.restField, Value: r.Region},
	}
	if !r.Kind.Core() {
		l.Facet = provider.FacetMetadata
	}
	if strings.HasSuffix(strings.ToLower(r.fam.restField), "arn") {
		l.Evidence.Value = r.NativeID
	}
	if r.Provider == cloud.Kubernetes {
		l.Countries, l.Meaning = []string{r.at.country()}, cloud.AllOf
	}
	return l
}
