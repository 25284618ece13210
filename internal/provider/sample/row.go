package sample

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// row is a resource while it is made.
type row struct {
	provider.Resource
	est    *estate
	at     place
	fam    *family
	svc    *Service // nil: belongs to no service
	class  string   // data class, "" when it carries none
	idName string   // the name that the id was made of
	index  int      // in the bulk; -1 for what is named
	h      uint64
	rnd    rand.PCG
}

// bulkRow makes row i of a family in a place.
func (e *estate) bulkRow(at place, f *family, i int, h uint64) *row {
	name, svc := bulkName(at, f, i)
	r := &row{est: e, at: at, fam: f, svc: svc, idName: name, index: i, h: h}
	r.rnd.Seed(h, 2)
	r.class = r.bulkClass()
	r.fill()
	return r
}

// namedRow makes a row that the tables of this package name.
func (e *estate) namedRow(n named) *row {
	f := e.family(n.family)
	at := placeNamed(n.at)
	r := &row{est: e, at: at, fam: f, svc: serviceNamed(n.service), class: n.class, idName: n.name, index: -1, h: e.namedHash(f, at, n.name)}
	r.rnd.Seed(r.h, 2)
	r.fill()
	if n.edit != nil {
		n.edit(r)
	}
	if also := amended[n.name]; also != nil {
		also(r)
	}
	return r
}

func (r *row) fill() {
	r.Resource = provider.Resource{
		Provider: r.fam.provider, NativeID: r.fam.id(r.at, r.idName, r.h), NativeType: r.fam.typ, Kind: r.fam.native.Kind,
		Portability: r.fam.native.Portability, Name: r.idName, AccountID: r.at.account.id, Region: r.at.regionCode(),
		Created: r.est.epoch.Add(-r.age()), Attributes: map[string]any{},
	}
	r.tag()
	r.Locations = []provider.Location{resting(r)}
	if r.fam.fill != nil {
		r.fam.fill(r)
	}
}

// age is up to four years, and up to five weeks for a snapshot.
func (r *row) age() time.Duration {
	days := 1460
	if r.fam.native.Kind == "storage.snapshot" {
		days = 35
	}
	return time.Duration(r.draw(days*24*3600)) * time.Second
}

// draw returns the next of the row's own random numbers below n.
func (r *row) draw(n int) int { return int(r.rnd.Uint64() % uint64(n)) }

func (r *row) pick(of ...string) string { return of[r.draw(len(of))] }

// bulkClass keeps what a law protects where it may be; what is named breaks that on purpose.
func (r *row) bulkClass() string {
	n := r.draw(100)
	switch {
	case n < 2:
		return ""
	case n < 14:
		return "public"
	case n < 40 || !r.at.adequate():
		return "internal"
	}
	return r.svc.Classes[n%len(r.svc.Classes)]
}

var costCenters = map[string]string{unitRetail: "CC-4100", unitPayments: "CC-4200", unitInsurance: "CC-4300", unitPlatform: "CC-4400"}

// tag writes the group's tags as each provider keeps them.
func (r *row) tag() {
	ns := cloud.NamespaceTag
	if r.fam.provider == cloud.GCP || r.fam.provider == cloud.Kubernetes {
		ns = cloud.NamespaceLabel
	}
	r.Tags = make([]cloud.Tag, 0, 6)
	r.addTag(ns, "env", r.at.account.env)
	if r.svc != nil {
		r.addTag(ns, "service", r.svc.Name)
		r.addTag(ns, "team", r.svc.Owner)
	}
	if r.class != "" {
		r.addTag(ns, "data", r.class)
	}
	cost := costCenters[r.at.account.unit]
	if ns == cloud.NamespaceLabel {
		cost = "cc-" + cost[3:] // labels are lower case
	}
	r.addTag(ns, "cost-center", cost)
	if r.fam.provider == cloud.AWS && r.fam.free {
		r.addTag(ns, "Name", r.idName)
	}
	if r.fam.provider == cloud.Azure {
		for i, t := range r.Tags { // the resource group carries them
			r.Tags[i].Inherited = t.Key == "team" || t.Key == "cost-center"
		}
	}
}

func (r *row) addTag(ns cloud.TagNamespace, key, value string) {
	r.Tags = append(r.Tags, cloud.Tag{Namespace: ns, Key: key, Value: value})
}

// setTag changes a tag in its place, or adds it.
func (r *row) setTag(key, value string) {
	if i := slices.IndexFunc(r.Tags, func(t cloud.Tag) bool { return t.Key == key }); i >= 0 {
		r.Tags[i].Value = value
		return
	}
	r.addTag(cloud.NamespaceTag, key, value)
}

// zone puts the row into one of the region's zones, which is then what proves the region.
func (r *row) zone() {
	r.Zone = r.Region + r.pick("a", "b", "c")
	r.Locations[0].Evidence.Value = r.Zone
}

// locate adds a place that the row's data touches.
func (r *row) locate(f provider.Facet, where string, ev provider.Evidence) *provider.Location {
	r.Locations = append(r.Locations, provider.Location{
		Facet: f, Place: where, Meaning: cloud.FindPlace(r.Provider, where).Meaning, Evidence: ev,
	})
	return &r.Locations[len(r.Locations)-1]
}

// relate adds an edge to something that is named.
func (r *row) relate(t provider.RelationType, family, at, name string) {
	r.Relations = append(r.Relations, provider.Relation{
		Type: t, Provider: placeNamed(at).account.provider, NativeID: r.est.idOf(family, at, name),
	})
}

// relateBulk adds an edge to one of the bulk's rows in the same place, if it has any of the family.
func (r *row) relateBulk(t provider.RelationType, family string) {
	f := r.est.family(family)
	n := r.est.counts[bulkKey{r.at, f}]
	if n == 0 {
		return
	}
	i := r.index % n
	if r.index < 0 {
		i = int(r.h % uint64(n))
	}
	name, _ := bulkName(r.at, f, i)
	r.Relations = append(r.Relations, provider.Relation{
		Type: t, Provider: f.provider, NativeID: f.id(r.at, name, bulkHash(r.est.Seed, r.at, f, i)),
	})
}
