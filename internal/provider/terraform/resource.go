package terraform

import (
	"maps"
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// evidenceAPI is what evidence of a state names as its source.
const evidenceAPI = "terraform state"

// converter makes resources of the objects of one state. It keeps the ids it gave out: an id is
// given once, and what would repeat one is known by its address.
type converter struct {
	scope string // Snapshot.ScopeID
	given map[[2]string]bool
}

func newConverter(scope string) *converter {
	return &converter{scope: scope, given: map[[2]string]bool{}}
}

// resource describes an object as this state witnesses it.
func (c *converter) resource(o Object) provider.Resource {
	own := identity{provider: cloud.Terraform, id: "terraform://" + c.scope + "/" + o.Address, nativeType: o.Type}
	ref := o.Address
	if o.Deposed != "" {
		own.id += "#deposed-" + o.Deposed
		ref += " (deposed " + o.Deposed + ")" // as terraform itself writes it
	}
	id := identify(o)
	switch {
	case id.provider == "":
		id = own
		id.region = regionOfZone("", strings.ToLower(first(o.Attributes["region"], o.Attributes["location"], o.Attributes["zone"])))
	case id.id == "":
		id.id = own.id
	}
	if key := [2]string{string(id.provider), id.id}; c.given[key] {
		own.region = id.region
		id = own
	} else {
		c.given[key] = true
	}
	r := provider.Resource{
		Provider: id.provider, NativeID: id.id, NativeType: id.nativeType, AccountID: id.account, Region: id.region,
		Zone: zoneOf(o), Name: nameOf(o, id), Tags: tagsOf(o), Attributes: attributesOf(o), Ref: ref,
	}
	r.Kind, r.Portability = kindOf(o, id)
	r.Locations = locationsOf(o, id, r.Kind)
	r.Relations = relationsOf(o)
	return r
}

// kindOf takes the kind of Terraform's type, which often says more than the native one (a web app and
// a function app are one ARM type), and grades engines that decide portability.
func kindOf(o Object, id identity) (cloud.Kind, cloud.Portability) {
	kind := cloud.KindOther
	if n, ok := cloud.FindNativeType(id.provider, id.nativeType); ok {
		kind = n.Kind
	}
	if n, ok := cloud.FindNativeType(cloud.Terraform, o.Type); ok {
		kind = n.Kind
	}
	engine := strings.ToLower(first(o.Attributes["engine"], o.Attributes["database_version"]))
	if kind == "db.relational" && (strings.HasPrefix(engine, "sqlserver") || strings.HasPrefix(engine, "oracle") || strings.HasPrefix(engine, "custom-")) {
		return kind, cloud.Equivalent
	}
	return kind, ""
}

func zoneOf(o Object) string {
	z := lastSegment(first(o.Attributes["availability_zone"], o.Attributes["zone"]))
	if !zonePattern.MatchString(z) {
		return ""
	}
	return z
}

// nameOf is what a person would call it.
func nameOf(o Object, id identity) string {
	name := first(o.Attributes["metadata.name"], o.Attributes["name"], o.Tags["Name"])
	if name == "" && id.provider != cloud.Terraform {
		name = id.id[strings.LastIndexAny(id.id, "/:")+1:]
	}
	return first(name, o.Address)
}

func tagsOf(o Object) []cloud.Tag {
	ns := cloud.NamespaceTag
	if f := family(o.Type); f == "google" || f == "kubernetes" {
		ns = cloud.NamespaceLabel
	}
	tags := make([]cloud.Tag, 0, len(o.Tags))
	for _, k := range slices.Sorted(maps.Keys(o.Tags)) {
		tags = append(tags, cloud.Tag{Namespace: ns, Key: k, Value: o.Tags[k]})
	}
	return tags
}

func attributesOf(o Object) map[string]any {
	at := map[string]any{"terraform_type": o.Type, "terraform_provider": o.Provider}
	for k, v := range o.Attributes {
		at[k] = v
	}
	if o.Tainted {
		at["tainted"] = true
	}
	if o.Deposed != "" {
		at["deposed"] = o.Deposed
	}
	return at
}

// locationsOf tells where the thing is, and where the state says that copies are. Kinds that hold no
// data are at a place too; it is recorded as metadata and not judged.
func locationsOf(o Object, id identity, kind cloud.Kind) []provider.Location {
	var out []provider.Location
	add := func(facet provider.Facet, place, field, value string) {
		out = append(out, provider.Location{
			Facet: facet, Place: place, Evidence: provider.Evidence{API: evidenceAPI, Field: "attributes." + field, Value: value},
		})
	}
	facet := provider.FacetRest
	for _, i := range cloud.Kinds() {
		if i.Kind == kind && !i.Core {
			facet = provider.FacetMetadata
		}
	}
	if id.region != "" {
		field := regionField(o)
		add(facet, id.region, field, o.Attributes[field])
	}
	for _, r := range o.Replicas {
		place := r
		if id.provider == cloud.Azure {
			place = azureRegion(r)
		}
		if place != id.region {
			block := replicaBlocks[o.Type]
			add(provider.FacetReplica, place, block[0]+"[]."+block[1], r)
		}
	}
	for _, field := range []string{"kms_key_arn", "kms_key_id"} {
		if a, ok := parseARN(o.Attributes[field]); ok && a.service == "kms" && a.region != "" {
			add(provider.FacetKey, a.region, field, o.Attributes[field])
			break
		}
	}
	if o.Type == "azurerm_storage_account" {
		if place, field := storageReplica(o, id); place != "" {
			add(provider.FacetReplica, place, field, o.Attributes[field])
		}
	}
	return out
}

// regionField names the attribute that the region was read from.
func regionField(o Object) string {
	for _, f := range []string{"region", "location", "arn", "zone", "availability_zone", "identity.region", "self_link"} {
		if v := o.Attributes[f]; v != "" && (f != "arn" || !strings.HasPrefix(v, "arn:aws:s3:::")) {
			return f
		}
	}
	return "id"
}

// storageReplica is where a geo-redundant storage account keeps its copy: what it says, or else the
// pair of its region.
func storageReplica(o Object, id identity) (place, field string) {
	if !strings.Contains(o.Attributes["account_replication_type"], "G") {
		return "", "" // LRS and ZRS stay in the region
	}
	if s := azureRegion(o.Attributes["secondary_location"]); s != "" {
		return s, "secondary_location"
	}
	r, _ := cloud.FindRegion(cloud.Azure, id.region)
	return r.Paired, "account_replication_type"
}

// relationsOf reads the edges that name another thing by its own id.
func relationsOf(o Object) []provider.Relation {
	if family(o.Type) != "aws" {
		return nil
	}
	var out []provider.Relation
	for _, e := range []struct {
		attr    string
		service string
		typ     provider.RelationType
	}{
		{"replicate_source_db", "rds", provider.RelatesReplicaOf},
		{"replication_source_identifier", "rds", provider.RelatesReplicaOf},
		{"kms_key_id", "kms", provider.RelatesEncrypted},
		{"kms_key_arn", "kms", provider.RelatesEncrypted},
	} {
		v := o.Attributes[e.attr]
		if a, ok := parseARN(v); ok && a.service == e.service && !slices.ContainsFunc(out, func(r provider.Relation) bool { return r.NativeID == v }) {
			out = append(out, provider.Relation{Type: e.typ, Provider: cloud.AWS, NativeID: v})
		}
	}
	return out
}
