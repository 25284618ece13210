package sample

import (
	"fmt"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// Google Cloud is read through Cloud Asset Inventory, which lists every type of a project in one call.
const (
	gcpAPI   = "cloudasset"
	gcpField = "Asset.resource.location"
)

func gcpFamilies() []*family {
	list := []*family{
		{key: "instance", typ: "compute.googleapis.com/Instance", weight: 13, words: "vm-batch vm-app", terraform: "google_compute_instance", crossplane: "Instance.compute", id: zonal("compute", "instances"), fill: fillGCE},
		{key: "disk", typ: "compute.googleapis.com/Disk", weight: 14, words: "disk-data disk-boot", terraform: "google_compute_disk", crossplane: "Disk.compute", id: zonal("compute", "disks"), fill: fillPD},
		{key: "snapshot", typ: "compute.googleapis.com/Snapshot", weight: 8, words: "snap-daily snap-weekly", terraform: "google_compute_snapshot", crossplane: "Snapshot.compute", id: global("compute", "snapshots"), fill: fillPDSnapshot},
		{key: "bucket", typ: "storage.googleapis.com/Bucket", weight: 9, words: "landing exports models", terraform: "google_storage_bucket", crossplane: "Bucket.storage", worldwide: true, id: gcsName, fill: fillGCS},
		{key: "sql", typ: "sqladmin.googleapis.com/Instance", weight: 4, words: "pg", terraform: "google_sql_database_instance", crossplane: "DatabaseInstance.sql", id: sqlName, fill: fillCloudSQL},
		{key: "dataset", typ: "bigquery.googleapis.com/Dataset", weight: 7, words: "marts staging", terraform: "google_bigquery_dataset", crossplane: "Dataset.bigquery", id: datasetName},
		{key: "topic", typ: "pubsub.googleapis.com/Topic", weight: 6, words: "events alerts", terraform: "google_pubsub_topic", crossplane: "Topic.pubsub", id: flat("pubsub", "topics"), fill: fillTopic},
		{key: "run", typ: "run.googleapis.com/Service", weight: 6, words: "api web worker", terraform: "google_cloud_run_v2_service", crossplane: "V2Service.cloudrun", id: regional("run", "services"), fill: processing},
		{key: "function", typ: "cloudfunctions.googleapis.com/Function", weight: 4, words: "fn-import fn-score", terraform: "google_cloudfunctions2_function", crossplane: "Function.cloudfunctions2", id: regional("cloudfunctions", "functions"), fill: processing},
		{key: "secret", typ: "secretmanager.googleapis.com/Secret", weight: 5, words: "db-login api-key", terraform: "google_secret_manager_secret", crossplane: "Secret.secretmanager", id: flat("secretmanager", "secrets")},
		{key: "key", typ: "cloudkms.googleapis.com/CryptoKey", weight: 3, words: "key", terraform: "google_kms_crypto_key", crossplane: "CryptoKey.kms", id: keyName, fill: keyOnly},
		{key: "account", typ: "iam.googleapis.com/ServiceAccount", weight: 5, words: "sa-job sa-app", terraform: "google_service_account", crossplane: "ServiceAccount.cloudplatform", id: serviceAccountName, fill: everywhere},
		{key: "redis", typ: "redis.googleapis.com/Instance", weight: 2, words: "cache", terraform: "google_redis_instance", crossplane: "Instance.redis", id: regional("redis", "instances"), fill: engine("redis", "7.2", "7.0")},
		{key: "network", typ: "compute.googleapis.com/Network", weight: 1, words: "net", terraform: "google_compute_network", crossplane: "Network.compute", id: global("compute", "networks"), fill: everywhere},
		{key: "rule", typ: "compute.googleapis.com/ForwardingRule", weight: 3, words: "lb", terraform: "google_compute_forwarding_rule", crossplane: "ForwardingRule.compute", id: regionalCompute("forwardingRules"), fill: processing},
		{key: "gke", typ: "container.googleapis.com/Cluster", terraform: "google_container_cluster", crossplane: "Cluster.container", id: regional("container", "clusters")},
	}
	for _, f := range list {
		f.provider, f.api, f.restAPI, f.restField = cloud.GCP, gcpAPI, gcpAPI, gcpField
		f.key = "gcp." + f.key
	}
	return list
}

func project(at place, service string) string {
	return "//" + service + ".googleapis.com/projects/" + at.account.id
}

// zoneOf depends on the name alone, because the id carries the zone.
func zoneOf(at place, name string) string { return at.region + "-" + string("abc"[hash(name)%3]) }

func zonal(service, collection string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		return project(at, service) + "/zones/" + zoneOf(at, name) + "/" + collection + "/" + name
	}
}

// global names carry the region in the bulk's names, because they are unique in the whole project.
func global(service, collection string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		return project(at, service) + "/global/" + collection + "/" + name + "-" + at.region
	}
}

func flat(service, collection string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		id := project(at, service) + "/" + collection + "/" + name
		if at.region != "" {
			id += "-" + at.region
		}
		return id
	}
}

func regional(service, collection string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		return project(at, service) + "/locations/" + at.region + "/" + collection + "/" + name
	}
}

func regionalCompute(collection string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		return project(at, "compute") + "/regions/" + at.region + "/" + collection + "/" + name
	}
}

func gcsName(_ place, name string, _ uint64) string { return "//storage.googleapis.com/" + name }

func sqlName(at place, name string, _ uint64) string {
	return "//cloudsql.googleapis.com/projects/" + at.account.id + "/instances/" + name + "-" + at.region
}

func datasetName(at place, name string, _ uint64) string {
	return project(at, "bigquery") + "/datasets/" + strings.ReplaceAll(name+"_"+at.region, "-", "_")
}

func keyName(at place, name string, _ uint64) string {
	return project(at, "cloudkms") + "/locations/" + at.region + "/keyRings/nordhaven/cryptoKeys/" + name
}

func serviceAccountName(at place, _ string, h uint64) string {
	return fmt.Sprintf("%s/serviceAccounts/1%020d", project(at, "iam"), h)
}

// everywhere says that the thing belongs to no region, although it is named after one.
func everywhere(r *row) {
	r.Region = "global"
	r.Locations = nil
	r.locate(provider.FacetMetadata, r.Region, provider.Evidence{API: gcpAPI, Field: gcpField, Value: r.Region})
}

func fillGCE(r *row) {
	r.Zone = zoneOf(r.at, r.idName)
	r.Attributes["machine_type"] = r.pick("n2-standard-4", "e2-standard-2", "c3-standard-8")
	r.Tags = append(r.Tags, cloud.Tag{Namespace: cloud.NamespaceNetTag, Key: r.pick("allow-health-check", "internal-only")})
	processing(r)
}

func fillPD(r *row) {
	r.Zone = zoneOf(r.at, r.idName)
	r.Attributes["size_gib"] = []int{50, 100, 375, 500}[r.draw(4)]
	r.relateBulk(provider.RelatesAttachedTo, "gcp.instance")
}

func fillPDSnapshot(r *row) {
	r.Locations[0].Facet = provider.FacetBackup
	r.Locations[0].Evidence.Field = "Snapshot.storageLocations[]"
	r.relateBulk(provider.RelatesBackupOf, "gcp.disk")
}

func fillGCS(r *row) {
	r.Attributes["location_type"] = "region"
	r.Locations[0].Evidence = provider.Evidence{API: "storage.buckets.list", Field: "location", Value: strings.ToUpper(r.Region)}
	r.relateBulk(provider.RelatesEncrypted, "gcp.key")
}

func fillCloudSQL(r *row) {
	engine("POSTGRES", "15", "16")(r)
	r.Attributes["availability_type"] = r.pick("REGIONAL", "REGIONAL", "ZONAL")
	r.locate(provider.FacetBackup, r.Region, provider.Evidence{API: gcpAPI, Field: "Instance.settings.backupConfiguration.location", Value: r.Region})
}

// fillTopic gives a topic of the bulk a storage policy: without one its messages may be anywhere.
func fillTopic(r *row) {
	r.Locations[0].Evidence.Field = "Topic.messageStoragePolicy.allowedPersistenceRegions[]"
}
