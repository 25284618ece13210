package sample

import (
	"iter"
	"math/bits"
	"slices"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// estate is the plan of everything: which scopes there are and how many rows of which family each
// has. Its size does not depend on the scale; rows are made when they are asked for.
type estate struct {
	settings
	epoch    time.Time
	families map[cloud.ProviderID][]*family
	byKey    map[string]*family
	scopes   []*scope
	index    map[scopeKey]*scope
	counts   map[bulkKey]int
}

type bulkKey struct {
	at  place
	fam *family
}

type scopeKey struct{ account, region, api string }

// part is the bulk of one family in a scope.
type part struct {
	fam *family
	n   int
}

// scope is one listing of a cloud, or what a state or a controller says about several of them.
type scope struct {
	provider.Scope
	at       place
	parts    []part
	named    []named
	witness  witness  // nil: the cloud's own listing
	declares []*scope // what a witness speaks about
	alone    bool     // no other witness speaks about it
	outage   outage
}

func newEstate(s settings, epoch time.Time) *estate {
	e := &estate{
		settings: s, epoch: epoch, index: map[scopeKey]*scope{}, counts: map[bulkKey]int{}, byKey: map[string]*family{},
		families: map[cloud.ProviderID][]*family{
			cloud.AWS: awsFamilies(), cloud.Azure: azureFamilies(), cloud.GCP: gcpFamilies(), cloud.Kubernetes: kubernetesFamilies(),
		},
	}
	for _, list := range e.families {
		for _, f := range list {
			f.complete()
			e.byKey[f.key] = f
		}
	}
	rows := slices.Concat(serviceRows(), troubleRows())
	e.planScopes(rows)
	e.planFaults()
	e.planBulk(s.Scale - len(rows) - deniedRows)
	e.planWitnesses()
	if s.Scopes > 0 && s.Scopes < len(e.scopes) {
		e.scopes = e.scopes[:s.Scopes]
	}
	return e
}

// planScopes makes a scope for every account, region and API, and hangs the named rows into them.
func (e *estate) planScopes(rows []named) {
	for _, a := range accounts {
		for _, region := range a.regions {
			for _, f := range e.families[a.provider] {
				if f.weight > 0 {
					e.scope(place{a, region}, f)
				}
			}
		}
		for _, n := range rows {
			if at := placeNamed(n.at); at.account == a {
				s := e.scope(at, e.family(n.family))
				s.named = append(s.named, n)
			}
		}
	}
}

// scope returns the scope that lists the family in the place.
func (e *estate) scope(at place, f *family) *scope {
	key := scopeKey{at.account.id, at.region, f.api}
	s := e.index[key]
	if s == nil {
		s = &scope{at: at, Scope: provider.Scope{Account: at.account.public(), Region: at.region, API: f.api, Rank: provider.RankProvider}}
		if at.account.provider == cloud.Azure || at.account.provider == cloud.GCP {
			s.Rank, s.Eventual = provider.RankIndex, true
		}
		e.add(s)
	}
	if k := f.native.Kind; !slices.Contains(s.Kinds, k) {
		s.Kinds = append(s.Kinds, k)
	}
	return s
}

func (e *estate) add(s *scope) {
	e.scopes = append(e.scopes, s)
	e.index[scopeKey{s.Account.ID, s.Region, s.API}] = s
}

func (a *account) public() provider.Account {
	return provider.Account{
		Provider: a.provider, ID: a.id, Name: a.name, Parent: a.parent,
		Tags: []cloud.Tag{{Namespace: cloud.NamespaceTag, Key: "unit", Value: a.unit}},
	}
}

// planBulk shares n rows out by weight: providers first, then account, region and family. Each
// part gets the difference of two rounded running sums, so that the parts add up to n exactly.
func (e *estate) planBulk(n int) {
	shares := uint64(0)
	for _, p := range providerShares {
		shares += p.share
	}
	total, done := uint64(max(n, 0)), uint64(0)
	running := uint64(0)
	for _, p := range providerShares {
		running += p.share
		upTo := portion(total, running, shares)
		e.shareOut(p.provider, upTo-done)
		done = upTo
	}
}

func (e *estate) shareOut(p cloud.ProviderID, n uint64) {
	var parts []bulkKey
	weights := []uint64{0}
	sum := uint64(0)
	for _, a := range accounts {
		if a.provider != p {
			continue
		}
		for _, region := range a.regions {
			inRegion := uint64(0)
			for _, other := range accounts {
				if other.provider == p && slices.Contains(other.regions, region) {
					inRegion += other.weight
				}
			}
			for _, f := range e.families[p] {
				if f.weight == 0 {
					continue
				}
				sum += 1000 * regionWeights[p][region] * a.weight * f.weight / inRegion
				parts, weights = append(parts, bulkKey{place{a, region}, f}), append(weights, sum)
			}
		}
	}
	for i, k := range parts {
		count := int(portion(n, weights[i+1], sum) - portion(n, weights[i], sum))
		e.give(k, count)
	}
}

// give adds a bulk of n rows.
func (e *estate) give(k bulkKey, n int) {
	s := e.scope(k.at, k.fam)
	s.parts = append(s.parts, part{k.fam, n})
	e.counts[k] = n
}

// portion is n*part/whole, rounded down, in whole numbers: floats differ between machines.
func portion(n, part, whole uint64) uint64 {
	hi, lo := bits.Mul64(n, part)
	q, _ := bits.Div64(hi, lo, whole)
	return q
}

// family panics on a key that is in no table.
func (e *estate) family(key string) *family {
	f := e.byKey[key]
	if f == nil {
		panic("sample: no family " + key)
	}
	return f
}

// idOf is the native id of something that is named.
func (e *estate) idOf(family, at, name string) string {
	f, p := e.family(family), placeNamed(at)
	return f.id(p, name, e.namedHash(f, p, name))
}

func (e *estate) namedHash(f *family, at place, name string) uint64 {
	return hash(at.account.id, at.region, f.key, name) ^ e.Seed
}

// rows makes the rows of a cloud's scope, those that keep wants by their manager. What is named comes first.
func (e *estate) rows(s *scope, keep func(managers) bool) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for _, n := range s.named {
			if keep(n.managers()) && !yield(e.namedRow(n)) {
				return
			}
		}
		for _, p := range s.parts {
			for i := range p.n {
				h := bulkHash(e.Seed, s.at, p.fam, i)
				if e.deleted(h) || !keep(bulkManagers(p.fam, h)) {
					continue
				}
				if !yield(e.bulkRow(s.at, p.fam, i, h)) {
					return
				}
			}
		}
	}
}
