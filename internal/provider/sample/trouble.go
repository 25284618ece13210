package sample

import (
	"fmt"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// Names that tables, tests and doc.go share.
const (
	longName  = "document-store-migration-of-the-scanned-policies-of-the-former-baltic-subsidiary-before-the-merger-of-2009-kept-for-the-statutory-retention-period-and-not-to-be-deleted-before-the-legal-department-has-released-it-in-writing-see-ticket-legal-20417"
	script    = "Überweisungen-東京-платежи-مدفوعات-कार्ड"
	strangers = "990011223344" // an account that no source of the group knows
)

// replaced are parts of services that a trouble stands in for.
var replaced = map[string]bool{"card-auth-db-prod-replica": true}

// amended are parts of services that a trouble adds something to.
var amended = map[string]func(*row){
	"orders-db-prod-replica": func(r *row) { r.Attributes["engine_version"] = "15.6" }, // behind orders-db-prod
	"ledger-core-db-prod": func(r *row) {
		r.locate(provider.FacetReplica, "us-east-1", provider.Evidence{
			API: "rds:DescribeDBInstances", Field: "ReadReplicaDBInstanceIdentifiers[]", Value: r.est.idOf("rds.instance", "ledger-prod us-east-1", "ledger-replica-use1"),
		}).Detail = "read replica ledger-replica-use1"
	},
}

// troubleRows names every trouble that the product exists to find; doc.go lists them.
func troubleRows() []named {
	var rows []named
	for _, list := range [][]named{copiesAbroad(), replication(), unknownPlaces(), keysAndStandbys(), neglected(), oddities(), pictured()} {
		rows = append(rows, list...)
	}
	return rows
}

func copiesAbroad() []named {
	snapshot := func(name, from, db, to, service, class string) named {
		return named{"rds.snapshot", to, name, service, class, "", func(r *row) {
			home := placeNamed(from)
			r.Relations = nil
			r.relate(provider.RelatesBackupOf, "rds.instance", from, db)
			r.Locations[0].Evidence = provider.Evidence{API: "rds:DescribeDBSnapshots", Field: "SourceRegion", Value: home.region}
			r.Attributes["source_region"] = home.region
		}}
	}
	return []named{
		snapshot("orders-db-prod-snap-daily", "payments-prod eu-central-1", "orders-db-prod", "payments-prod us-east-1", "orders", "personal"),
		snapshot("ledger-dump-2025q4", "ledger-prod eu-central-1", "ledger-core-db-prod", "ledger-prod us-east-1", "ledger-core", "financial"),
		{"rds.instance", "ledger-prod us-east-1", "ledger-replica-use1", "ledger-core", "financial", "", func(r *row) {
			r.relate(provider.RelatesReplicaOf, "rds.instance", "ledger-prod eu-central-1", "ledger-core-db-prod")
		}},
	}
}

func replication() []named {
	return []named{
		{"azure.storage", "sub-retail-prod brazilsouth", "stnhretailbr", "customer-profile", "personal", "", func(r *row) { pair(r, "Standard_RAGRS") }},
		{"azure.storage", "sub-retail-dr northeurope", "stnhstatementsgeo", "statements", "financial", "", func(r *row) { pair(r, "Standard_GRS") }},
		{"azure.storage", "sub-payments-prod westeurope", "stnhpaymentsgeo", "payments-core", "payment", "", func(r *row) { pair(r, "StandardV2_GZRS") }},
		{"s3.bucket", "retail-prod eu-central-1", "nordhaven-customer-profile-partner-feed", "customer-profile", "personal", "", func(r *row) {
			r.Attributes["replication"] = "Enabled"
			l := r.locate(provider.FacetReplica, "", provider.Evidence{
				API: "s3:GetBucketReplication", Field: "ReplicationConfiguration.Rules[].Destination.Account", Value: strangers,
			})
			l.Detail = "bucket partner-landing-zone of account " + strangers
			r.Relations = append(r.Relations, provider.Relation{Type: provider.RelatesReplicates, Provider: cloud.AWS, NativeID: "arn:aws:s3:::partner-landing-zone"})
		}},
		{"dynamodb.table", "cards-prod eu-west-1", "card-auth-sessions-global", "card-auth", "payment", "", func(r *row) {
			r.Attributes["global_table_version"] = "2019.11.21"
			for _, region := range []string{"eu-central-1", "us-east-1"} {
				r.locate(provider.FacetReplica, region, provider.Evidence{API: "dynamodb:DescribeTable", Field: "Replicas[].RegionName", Value: region})
			}
		}},
	}
}

// pair makes a storage account geo-redundant whatever lies between the two regions.
func pair(r *row, sku string) {
	r.Locations = r.Locations[:1]
	redundant(r, sku)
}

func unknownPlaces() []named {
	return []named{
		{"gcp.bucket", "hg-archive-prod eu", "nordhaven-archive-statements-eu", "statements", "financial", "", func(r *row) {
			r.Attributes["location_type"] = "multi-region"
			r.Locations[0].Evidence = provider.Evidence{API: "storage.buckets.list", Field: "location", Value: "EU"}
		}},
		{"gcp.topic", "hg-analytics", "fraud-scoring-signals", "fraud-scoring", "personal", "", func(r *row) {
			r.Locations = nil
			r.locate(provider.FacetRest, "", provider.Evidence{API: gcpAPI, Field: "Topic.messageStoragePolicy.allowedPersistenceRegions[]", Value: ""}).
				Detail = "no storage policy: messages may be kept in any region"
		}},
		{"azure.arc", "sub-platform-hub westeurope", "arc-branch-unplaced-17", "", "internal", unmanaged, func(r *row) {
			delete(r.Attributes, "country_or_region")
			rest, metadata := &r.Locations[0], r.Locations[1]
			rest.Countries, rest.Meaning, rest.Evidence.Value = nil, cloud.MeaningUnknown, ""
			r.Locations[1] = metadata
		}},
	}
}

func keysAndStandbys() []named {
	return []named{
		{"kms.key", "ledger-prod eu-central-1", "ledger-core-root-mrk", "ledger-core", "secret", "", func(r *row) {
			r.Attributes["multi_region"] = true
			for _, region := range []string{"eu-west-1", "us-east-1"} {
				r.locate(provider.FacetKey, region, provider.Evidence{API: "kms:DescribeKey", Field: "MultiRegionConfiguration.ReplicaKeys[].Region", Value: region}).Detail = "replica key"
			}
		}},
		// PostgreSQL at home, MySQL where it would fail over to: no replica can be kept.
		{"azure.mysql", "sub-payments-dr westeurope", "card-auth-db-standby", "card-auth", "payment", "", nil},
		{"s3.bucket", "digital-prod eu-west-2", "nordhaven-statements-london", "customer-profile", "personal", "", nil},
		{"s3.bucket", "retail-prod eu-central-2", "nordhaven-wealth-reports-zurich", "customer-profile", "personal", "", nil},
		{"gcp.bucket", "hg-archive-prod europe-west6", "nordhaven-ledger-archive-zurich", "ledger-core", "financial", "", nil},
	}
}

func neglected() []named {
	return []named{
		{"s3.bucket", "retail-prod eu-west-1", "nordhaven-tmp-upload-7f3a", "", "", unmanaged, func(r *row) { r.Tags = nil }},
		{"rds.instance", "payments-prod eu-central-1", "merchant-portal-reporting-db", "merchant-portal", "personal", unmanaged, nil},
		{"rds.instance", "shared-services eu-central-1", "hr-payroll-archive-db", "hr-payroll", "personal", "", func(r *row) {
			r.Locations = r.Locations[:1]
			r.Attributes["backup_retention_days"], r.Attributes["multi_az"] = 0, false
		}},
		{"ec2.snapshot", "retail-prod eu-west-3", "kyc-docs-old-scanner", "kyc-docs", "special", unmanaged, func(r *row) {
			r.Relations = []provider.Relation{{Type: provider.RelatesBackupOf, Provider: cloud.AWS, NativeID: r.est.idOf("ec2.volume", "retail-prod eu-west-3", "deleted-in-2024")}}
		}},
		{"rds.instance", "ledger-prod eu-west-1", "legacy-batch-db", "ledger-core", "financial", declaredOnly, nil},
	}
}

func oddities() []named {
	return []named{
		{"ec2.instance", "insurance-prod eu-central-1", longName, "document-store", "internal", "", nil},
		{"ec2.instance", "digital-prod ap-northeast-1", script, "customer-profile", "internal", unmanaged, func(r *row) { r.setTag("説明", "決済バッチ・本番") }},
		{"azure.storage", "sub-platform-prod swedencentral", "stnhmanytags", "audit-log", "internal", "", func(r *row) {
			for i := len(r.Tags); i < 50; i++ {
				r.addTag(cloud.NamespaceTag, fmt.Sprintf("policy-%02d", i), strings.Repeat("x", i%17+1))
			}
		}},
		{"cloudfront.distribution", "edge-prod", "orders-edge", "orders", "public", "", nil},
		{"gcp.dataset", "hg-analytics europe-west4", "orders-analytics", "orders", "financial", "", nil},
	}
}

// pictured are the rows that the design's pictures show and no trouble above is.
func pictured() []named {
	return []named{
		{"gcp.bucket", "hg-analytics us-central1", "orders-export-landing", "orders", "personal", unmanaged, nil},
		{"sqs.queue", "payments-prod eu-central-1", "orders-dlq", "orders", "", unmanaged, nil},
		{"es.domain", "payments-prod eu-central-1", "orders-search", "orders", "personal", "", nil},
		{"s3.bucket", "payments-prod eu-west-1", "orders-invoices", "orders", "financial", "", nil},
		{"gcp.bucket", "hg-archive-prod europe-north1", "orders-invoices-archive", "orders", "financial", "", nil},
		{"azure.vm", "sub-payments-prod swedencentral", "orders-vm-batch-07", "orders", "financial", "", nil},
		{"azure.vm", "sub-payments-prod swedencentral", "orders-vm-batch-08", "orders", "financial", "", nil},
		{"s3.bucket", "retail-prod eu-west-3", "kyc-docs-thumbs", "kyc-docs", "special", "", nil},
		{"gcp.dataset", "hg-analytics us-central1", "ledger-export-2026", "ledger-core", "financial", "", nil},
		{"elasticache.group", "shared-services ap-southeast-1", "hr-payslips-cache", "hr-payroll", "personal", "", nil},
		{"lambda.function", "shared-services ap-southeast-1", "hr-directory-sync", "hr-payroll", "personal", "", nil},
		{"s3.bucket", "payments-prod us-east-1", "invoice-ocr-tmp", "orders", "financial", unmanaged, nil},
		{"gcp.bucket", "hg-analytics us-central1", "ledger-exports-legacy", "ledger-core", "financial", "", nil},
	}
}
