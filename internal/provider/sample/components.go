package sample

import (
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// named is one resource that the tables of this package name.
type named struct {
	family  string // key
	at      string // "account region"
	name    string
	service string
	class   string
	managed string // "": by Terraform
	edit    func(*row)
}

// Who manages what is named, beside Terraform.
const (
	unmanaged    = "none"
	crossplane   = "crossplane"
	twin         = "crossplane v1 and v2"
	declaredOnly = "terraform, but gone from the cloud"
)

// component is a part of a service at its two sites. Families are by provider.
type component struct {
	families        map[cloud.ProviderID]string
	active, standby string // what follows the service's name
	replicated      bool   // the standby is a replica of the active part
}

func families(aws, azure, gcp string) map[cloud.ProviderID]string {
	return map[cloud.ProviderID]string{cloud.AWS: aws, cloud.Azure: azure, cloud.GCP: gcp}
}

// components every service has. A replica's edge leads from the standby to the active site.
var components = []component{
	{families("rds.instance", "azure.postgres", "gcp.sql"), "-db-prod", "-db-prod-replica", true},
	{families("s3.bucket", "azure.storage", "gcp.bucket"), "-objects", "-objects-dr", true},
	{families("elasticache.group", "azure.redis", "gcp.redis"), "-cache", "-cache-dr", false},
	{families("kafka.cluster", "azure.eventhub", "gcp.topic"), "-events", "-events-mirror", true},
	{families("kms.key", "azure.vault", "gcp.key"), "-kms-root", "-kms-dr", false},
	{families("secretsmanager.secret", "azure.identity", "gcp.secret"), "-login", "-login-dr", false},
	{families("elbv2.balancer", "azure.lb", "gcp.rule"), "-lb", "-lb-dr", false},
}

// serviceRows names what the services are made of, and the clusters that they run on.
func serviceRows() []named {
	var rows []named
	for _, name := range []string{"eks-fra-prod-01", "gke-fra-prod-02", "aks-ams-dr-01"} {
		home := clusterHomes[name]
		rows = append(rows, named{family: home.family, at: home.at, name: name, class: "internal"})
	}
	for i := range services {
		s := &services[i]
		rows = append(rows, deployment(s, s.Active), deployment(s, s.Standby))
		for _, c := range components {
			rows = append(rows, c.rows(s)...)
		}
		if s.Active.Provider == cloud.AWS { // the last daily copy, where it belongs
			db := s.Name + "-db-prod"
			rows = append(rows, named{"rds.snapshot", where(s.Active), db + "-snap-local", s.Name, s.Classes[0], "", func(r *row) {
				r.Relations = nil
				r.relate(provider.RelatesBackupOf, "rds.instance", where(s.Active), db)
			}})
		}
	}
	return rows
}

func where(s Site) string { return s.Account + " " + s.Region }

func deployment(s *Service, at Site) named {
	a := accountNamed(at.Cluster)
	return named{"k8s.apps/v1/Deployment", a.name + " " + a.regions[0], s.Name + "-api", s.Name, "internal", unmanaged, nil}
}

// rows are the component at both sites. What trouble.go names instead is left out.
func (c component) rows(s *Service) []named {
	active := named{c.families[s.Active.Provider], where(s.Active), s.Name + c.active, s.Name, s.Classes[0], managerOf(s.Name + c.active), nil}
	standby := named{c.families[s.Standby.Provider], where(s.Standby), s.Name + c.standby, s.Name, s.Classes[0], managerOf(s.Name + c.standby), nil}
	active.name, standby.name = spelled(active), spelled(standby)
	active.edit = sameVersion
	standby.edit = func(r *row) {
		sameVersion(r)
		if c.replicated {
			r.relate(provider.RelatesReplicaOf, active.family, active.at, active.name)
		}
	}
	if replaced[standby.name] {
		return []named{active}
	}
	return []named{active, standby}
}

// sameVersion keeps both sites of a service on one version of their database.
func sameVersion(r *row) {
	if r.Kind == "db.relational" {
		r.Attributes["engine_version"] = "15.8"
	}
}

// spelled gives a name the form that its family allows: a storage account has no dashes, a
// multi-Region key says what it is.
func spelled(n named) string {
	if n.family == "azure.storage" {
		name := "st" + strings.ReplaceAll(n.name, "-", "")
		return name[:min(len(name), 24)]
	}
	return n.name
}

// managerOf spreads the named parts: most are Terraform's, some Crossplane's.
func managerOf(name string) string {
	switch {
	case strings.HasSuffix(name, "-cache"):
		return twinIf(name == "orders-cache")
	case strings.HasSuffix(name, "-db-prod-replica"), strings.HasSuffix(name, "-lb-dr"):
		return crossplane
	}
	return ""
}

func twinIf(yes bool) string {
	if yes {
		return twin
	}
	return crossplane
}
