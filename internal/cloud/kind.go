package cloud

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/kinds.csv
var kindsCSV []byte

// Kind is the normalised kind of a resource, such as "storage.bucket": what it is, whoever runs it.
type Kind string

// KindOther is the kind of a native type the table does not know. It is listed, and never folded away.
const KindOther Kind = "other"

// Portability grades what a move to another vendor takes.
type Portability string

// Standard: an open protocol that two or more vendors serve. Equivalent: the same job behind
// another API, moved by a tool. Proprietary: no second vendor. Unknown: the type is not graded.
const (
	Standard           Portability = "standard"
	Equivalent         Portability = "equivalent"
	Proprietary        Portability = "proprietary"
	PortabilityUnknown Portability = "unknown"
)

// NativeType is what the table knows of one type of one provider.
type NativeType struct {
	Kind        Kind
	Service     string // the provider's product name
	Portability Portability
	Equivalents map[ProviderID]string // product names elsewhere
}

// KindInfo describes a normalised kind.
type KindInfo struct {
	Kind  Kind
	Title string // singular, as a person would say it
	Core  bool   // bears data or compute, so it is shown by default
}

var kindInfos = []KindInfo{
	{"backup.vault", "Backup vault", true},
	{"cdn.distribution", "CDN distribution", true},
	{"compute.cluster", "Cluster", true},
	{"compute.container", "Container workload", true},
	{"compute.function", "Function", true},
	{"compute.group", "Instance group", false},
	{"compute.instance", "Virtual machine", true},
	{"data.analytics", "Analytics", true},
	{"db.cache", "Cache", true},
	{"db.nosql", "NoSQL database", true},
	{"db.relational", "Relational database", true},
	{"db.search", "Search domain", true},
	{"dns.traffic", "Traffic policy", true},
	{"dns.zone", "DNS zone", true},
	{"dr.replication", "Replication", true},
	{"fleet.cluster", "Fleet cluster", true},
	{"fleet.machine", "Fleet machine", true},
	{"iac.stack", "Infrastructure stack", false},
	{"iam.identity", "Identity", false},
	{"messaging.queue", "Queue", true},
	{"messaging.stream", "Event stream", true},
	{"ml.endpoint", "ML endpoint", true},
	{"network.firewall", "Firewall", false},
	{"network.gateway", "Network gateway", false},
	{"network.ingress", "Load balancer", true},
	{"network.vpc", "Network", false},
	{"observability.log", "Log store", true},
	{"registry.image", "Image registry", true},
	{"security.key", "Encryption key", true},
	{"security.secret", "Secret", true},
	{"storage.bucket", "Object bucket", true},
	{"storage.disk", "Disk", true},
	{"storage.file", "File share", true},
	{"storage.snapshot", "Snapshot", true},
	{"tenancy.scope", "Account scope", false},
	{"workflow.engine", "Workflow", true},
	{KindOther, "Other", true},
}

// Kinds returns every normalised kind, in alphabetical order with "other" last.
func Kinds() []KindInfo { return kindInfos }

// Title returns the words for k, or k itself where it is not one of ours.
func (k Kind) Title() string {
	for _, i := range kindInfos {
		if i.Kind == k {
			return i.Title
		}
	}
	return string(k)
}

type nativeKey struct {
	provider ProviderID
	typ      string
}

var nativeTable = sync.OnceValue(func() map[nativeKey]NativeType {
	t := map[nativeKey]NativeType{}
	for _, f := range mustCSV(kindsCSV) {
		eq := map[ProviderID]string{}
		for p, v := range map[ProviderID]string{AWS: f["equivalent_aws"], Azure: f["equivalent_azure"], GCP: f["equivalent_gcp"]} {
			if v != "" {
				eq[p] = v
			}
		}
		t[nativeKey{ProviderID(f["provider"]), strings.ToLower(f["native_type"])}] = NativeType{
			Kind: Kind(f["kind"]), Service: f["service_name"], Portability: Portability(f["portability"]), Equivalents: eq,
		}
	}
	return t
})

// FindNativeType looks a native type up, ignoring case (Azure spells its types in many ways).
func FindNativeType(p ProviderID, typ string) (NativeType, bool) {
	n, ok := nativeTable()[nativeKey{p, strings.ToLower(typ)}]
	return n, ok
}

// Core reports whether resources of kind k bear data or compute. A kind we do not know counts as
// core: it is never folded away.
func (k Kind) Core() bool {
	for _, i := range kindInfos {
		if i.Kind == k {
			return i.Core
		}
	}
	return true
}
