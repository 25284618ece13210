package sample

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

func kubernetesFamilies() []*family {
	list := []*family{
		{typ: "v1/Node", weight: 4, words: "pool-general pool-memory", fill: processing},
		{typ: "apps/v1/Deployment", weight: 20, words: "api web worker relay", fill: fillWorkload},
		{typ: "apps/v1/StatefulSet", weight: 5, words: "store queue", fill: fillWorkload},
		{typ: "batch/v1/CronJob", weight: 6, words: "cleanup report", fill: processing},
		{typ: "v1/Service", weight: 20, words: "api web worker relay", fill: processing},
		{typ: "networking.k8s.io/v1/Ingress", weight: 6, words: "public internal", fill: processing},
		{typ: "v1/PersistentVolumeClaim", weight: 10, words: "data logs"},
		{typ: "v1/Secret", weight: 16, words: "db-login tls api-key"},
		{typ: "v1/ServiceAccount", weight: 8, words: "api worker"},
		{typ: "cert-manager.io/v1/Certificate", weight: 4, words: "cert"},
		{typ: "velero.io/v1/Schedule", weight: 1, words: "backup"},
	}
	for _, f := range list {
		f.provider, f.api, f.key = cloud.Kubernetes, f.typ, "k8s."+f.typ
		f.id = objectID(f.typ)
		f.restAPI, f.restField = "v1/Node", "metadata.labels[topology.kubernetes.io/region]"
	}
	return list
}

// objectID begins with the cluster's uid: two clusters may hold objects of one name.
func objectID(typ string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		if typ == "v1/Node" {
			return "k8s://" + at.account.id + "/" + typ + "/" + name
		}
		return "k8s://" + at.account.id + "/" + typ + "/" + namespace(name) + "/" + name
	}
}

// namespace is the service that the object belongs to.
func namespace(name string) string {
	for i := range services {
		s := services[i].Name
		if len(name) > len(s) && name[:len(s)] == s && name[len(s)] == '-' {
			return s
		}
	}
	return "default"
}

func fillWorkload(r *row) {
	r.Attributes["namespace"] = namespace(r.idName)
	r.Attributes["replicas"] = []int{2, 3, 4, 6, 10, 24}[r.draw(6)]
	processing(r)
	r.Relations = append(r.Relations, provider.Relation{Type: provider.RelatesRunsOn, Provider: r.at.clusterCloud(), NativeID: r.est.clusterID(r.at)})
}

// clusterHomes says what a cluster is to its cloud, and where.
var clusterHomes = map[string]struct{ family, at string }{
	"eks-fra-prod-01": {"eks.cluster", "payments-prod eu-central-1"},
	"gke-fra-prod-02": {"gcp.gke", "hg-search-prod europe-west3"},
	"aks-ams-dr-01":   {"azure.aks", "sub-payments-dr westeurope"},
}

func (p place) clusterCloud() cloud.ProviderID {
	return placeNamed(clusterHomes[p.account.name].at).account.provider
}

// clusterID is the native id of the cluster as its cloud lists it.
func (e *estate) clusterID(p place) string {
	home := clusterHomes[p.account.name]
	return e.idOf(home.family, home.at, p.account.name)
}
