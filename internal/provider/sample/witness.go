package sample

import (
	"strings"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// managers says who speaks about a resource.
type managers struct {
	cloud      bool // it exists
	terraform  bool
	crossplane int // 1: a cluster-scoped object, 2: a namespaced one, 3: both, in the middle of a migration
}

func exists(m managers) bool { return m.cloud }

// bulkManagers leaves about six in a hundred to nobody.
func bulkManagers(f *family, h uint64) managers {
	m := managers{cloud: true}
	if f.provider == cloud.Kubernetes || f.terraform == "" {
		return m
	}
	switch n := h >> 20 % 100; {
	case n < 78:
		m.terraform = true
	case n < 94:
		m.crossplane = 1 + int(n%2)
	}
	return m
}

// managers of what is named: by Terraform unless said otherwise.
func (n named) managers() managers {
	switch n.managed {
	case "":
		return managers{cloud: true, terraform: true}
	case unmanaged:
		return managers{cloud: true}
	case crossplane:
		return managers{cloud: true, crossplane: 1}
	case twin:
		return managers{cloud: true, crossplane: 3}
	case declaredOnly:
		return managers{terraform: true}
	}
	panic("sample: no manager " + n.managed)
}

// witness turns a cloud's row into what somebody else says of it.
type witness interface {
	speaksOf(managers) bool
	say(r *row) provider.Resource
}

// state is a Terraform state.
type state struct{ observed time.Time }

func (state) speaksOf(m managers) bool { return m.terraform }

func (s state) say(r *row) provider.Resource {
	native, _ := cloud.FindNativeType(cloud.Terraform, r.fam.terraform)
	out := r.Resource
	out.NativeType, out.Kind, out.Portability = r.fam.terraform, native.Kind, native.Portability
	out.Observed, out.Relations = s.observed, nil
	address := r.fam.terraform + "." + strings.ReplaceAll(r.idName, "-", "_")
	if r.svc != nil {
		address = "module." + strings.ReplaceAll(r.svc.Name, "-", "_") + "." + address
	}
	out.Ref = address
	out.Locations = []provider.Location{{
		Facet: provider.FacetRest, Place: r.Region, Meaning: cloud.FindPlace(r.Provider, r.Region).Meaning,
		Evidence: provider.Evidence{API: "terraform.state", Field: address + ".region", Value: r.Region},
	}}
	return out
}

// objects are Crossplane's managed resources of one group of providers.
type objects struct {
	cluster *account
	scoped  int // 1: cluster-scoped (v1), 2: namespaced (v2)
}

func (o objects) speaksOf(m managers) bool { return m.crossplane&o.scoped != 0 }

func (o objects) say(r *row) provider.Resource {
	kind, family, _ := strings.Cut(r.fam.crossplane, ".")
	group, path := family+"."+string(r.Provider)+".upbound.io", kind+"/"+r.idName
	if o.scoped == 2 {
		group, path = family+"."+string(r.Provider)+".m.upbound.io", kind+"/"+namespace(r.idName)+"/"+r.idName
	}
	out := r.Resource
	out.NativeType, out.Relations = kind+"."+group, nil
	out.Ref = "k8s://" + o.cluster.id + "/" + group + "/v1beta1/" + path
	out.Locations = []provider.Location{{
		Facet: provider.FacetRest, Place: r.Region, Meaning: cloud.FindPlace(r.Provider, r.Region).Meaning,
		Evidence: provider.Evidence{API: group, Field: "spec.forProvider.region", Value: r.Region},
	}}
	return out
}

// planWitnesses adds a Terraform state for every cloud account, and Crossplane's objects in the
// payments cluster, old and new, for each cloud.
func (e *estate) planWitnesses() {
	listings := e.scopes
	about := func(keep func(*scope) bool) []*scope {
		var found []*scope
		for _, s := range listings {
			if keep(s) && !s.alone {
				found = append(found, s)
			}
		}
		return found
	}
	for _, a := range accounts {
		if a.provider == cloud.Kubernetes || a.provider == cloud.Terraform {
			continue
		}
		workspace := accountNamed("cloud-foundation")
		if a.unit == unitPayments || a.unit == unitRetail {
			workspace = accountNamed("business-services")
		}
		h := hash("state", a.name) ^ e.Seed
		e.add(&scope{
			at: place{workspace, ""}, witness: state{e.epoch.Add(-time.Duration(h%(48*3600)) * time.Second)},
			declares: about(func(s *scope) bool { return s.at.account == a }),
			Scope: provider.Scope{
				Account: workspace.public(), API: "state/" + a.name, Rank: provider.RankDeclared, Manager: "terraform",
				Revision: int64(40 + h%400), Lineage: guid("lineage", a.name),
			},
		})
	}
	hub := accountNamed("eks-fra-prod-01")
	for _, p := range []cloud.ProviderID{cloud.AWS, cloud.Azure, cloud.GCP} {
		declares := about(func(s *scope) bool { return s.at.account.provider == p })
		for scoped, group := range []string{string(p) + ".upbound.io", string(p) + ".m.upbound.io"} {
			e.add(&scope{
				at: place{hub, ""}, witness: objects{hub, scoped + 1}, declares: declares,
				Scope: provider.Scope{Account: hub.public(), API: group, Rank: provider.RankOperator, Manager: "crossplane"},
			})
		}
	}
}
