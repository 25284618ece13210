// Package sample is the adapter of the sample estate: Nordhaven Group, an invented bank with
// payments, insurance and a platform, of four units, forty accounts, twenty services and about
// 13,000 resources in AWS, Azure, Google Cloud and Kubernetes, with Terraform and Crossplane as
// further witnesses of most of it. It enters through the same door as real data.
//
// Everything follows from the settings, on every machine alike: accounts, services and troubles are
// tables (company.go, services.go, trouble.go); the bulk is made row by row from a hash of seed,
// place, family and number (estate.go, row.go). Nothing is kept, so that ten million resources need
// no more memory than a thousand. Start at newEstate.
//
// Settings, all optional:
//
//	seed: 7         another estate of the same company
//	scale: 12846    resources, 1000 to 10000000; what is named stays, the bulk grows
//	epoch: 2026-11-01T06:00:00Z   what creation dates count back from
//	fail: true      whether the three failing scopes fail
//	changed: 0.05   share of the bulk that differs from the same estate with 0: name, tag or attribute
//	deleted: 0.01   share of the bulk that is gone, from the clouds and from their witnesses
//	scopes: 100     only the first so many scopes
//
// # Troubles
//
// Every trouble that the product exists to find is in the estate, whatever seed and scale:
//
//	backup copied abroad                   orders-db-prod-snap-daily, ledger-dump-2025q4
//	replica abroad                         ledger-replica-use1
//	untagged bucket                        nordhaven-tmp-upload-7f3a
//	scope denied                           payments-prod, ap-south-1, ec2
//	scope throttled half-way               sub-retail-prod, southafricanorth, resourcegraph
//	region not enabled                     sandbox, me-central-1, ec2
//	unmanaged database                     merchant-portal-reporting-db
//	geo-redundant pair in another law      stnhretailbr (brazilsouth, southcentralus)
//	geo-redundant pair across a border     stnhstatementsgeo, stnhpaymentsgeo (northeurope, westeurope)
//	replicated to an unknown account       nordhaven-customer-profile-partner-feed
//	multi-region bucket                    nordhaven-archive-statements-eu
//	topic that may be anywhere             fraud-scoring-signals
//	global table with a replica abroad     card-auth-sessions-global
//	machine with a metadata location only  arc-branch-unplaced-17
//	multi-region key                       ledger-core-root-mrk
//	database without replica or backup     hr-payroll-archive-db
//	standby in another jurisdiction        ledger-core-db-prod-replica (Germany, Switzerland)
//	engines that do not match              card-auth-db-prod (PostgreSQL), card-auth-db-standby (MySQL)
//	minor version behind                   orders-db-prod (15.8), orders-db-prod-replica (15.6)
//	Crossplane v1 and v2 twin              orders-cache
//	EU-looking code outside the EU         nordhaven-statements-london, nordhaven-wealth-reports-zurich,
//	                                       nordhaven-ledger-archive-zurich
//	orphan snapshot                        kyc-docs-old-scanner
//	declared, but gone from the cloud      legacy-batch-db
//	very long name                         document-store-migration-of-…
//	names in other scripts                 Überweisungen-東京-…
//	fifty tags                             stnhmanytags
//	no data class                          orders-dlq
package sample
