package sample

import (
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// Azure is read through Resource Graph, which lists every type of a subscription in one call.
const (
	azureAPI   = "resourcegraph"
	azureField = "resources.location"
)

func azureFamilies() []*family {
	list := []*family{
		{key: "vm", typ: "Microsoft.Compute/virtualMachines", weight: 14, words: "vm-job vm-app vm-web", terraform: "azurerm_linux_virtual_machine", crossplane: "LinuxVirtualMachine.compute", fill: fillAzureVM},
		{key: "disk", typ: "Microsoft.Compute/disks", weight: 15, words: "disk-os disk-data", terraform: "azurerm_managed_disk", crossplane: "ManagedDisk.compute", fill: fillAzureDisk},
		{key: "snapshot", typ: "Microsoft.Compute/snapshots", weight: 7, words: "snap-daily snap-weekly", terraform: "azurerm_snapshot", crossplane: "Snapshot.compute", fill: fillAzureSnapshot},
		{key: "storage", typ: "Microsoft.Storage/storageAccounts", weight: 9, words: "files blobs reports", terraform: "azurerm_storage_account", crossplane: "Account.storage", compact: true, fill: fillStorage},
		{key: "postgres", typ: "Microsoft.DBforPostgreSQL/flexibleServers", weight: 3, words: "pg", terraform: "azurerm_postgresql_flexible_server", crossplane: "FlexibleServer.dbforpostgresql", fill: fillFlexible("PostgreSQL", "15.6", "16.3")},
		{key: "mysql", typ: "Microsoft.DBforMySQL/flexibleServers", terraform: "azurerm_mysql_flexible_server", crossplane: "FlexibleServer.dbformysql", fill: fillFlexible("MySQL", "8.0.21")},
		{key: "sql", typ: "Microsoft.Sql/servers/databases", weight: 4, words: "sqldb", terraform: "azurerm_mssql_database", crossplane: "MSSQLDatabase.sql", fill: engine("SQL Server", "12.0")},
		{key: "cosmos", typ: "Microsoft.DocumentDB/databaseAccounts", weight: 2, words: "cosmos", terraform: "azurerm_cosmosdb_account", crossplane: "Account.cosmosdb"},
		{key: "redis", typ: "Microsoft.Cache/redis", weight: 2, words: "redis", terraform: "azurerm_redis_cache", crossplane: "RedisCache.cache", fill: engine("redis", "6.0", "7.2")},
		{key: "servicebus", typ: "Microsoft.ServiceBus/namespaces", weight: 3, words: "sb", terraform: "azurerm_servicebus_namespace", crossplane: "ServiceBusNamespace.servicebus"},
		{key: "eventhub", typ: "Microsoft.EventHub/namespaces", weight: 2, words: "evh", terraform: "azurerm_eventhub_namespace", crossplane: "EventHubNamespace.eventhub"},
		{key: "vault", typ: "Microsoft.KeyVault/vaults", weight: 4, words: "kv", terraform: "azurerm_key_vault", crossplane: "Vault.keyvault", fill: keyOnly},
		{key: "aks", typ: "Microsoft.ContainerService/managedClusters", terraform: "azurerm_kubernetes_cluster", crossplane: "KubernetesCluster.containerservice"},
		{key: "site", typ: "Microsoft.Web/sites", weight: 7, words: "func-import func-notify", terraform: "azurerm_linux_function_app", crossplane: "LinuxFunctionApp.web", fill: processing},
		{key: "nsg", typ: "Microsoft.Network/networkSecurityGroups", weight: 5, words: "nsg-app nsg-db", terraform: "azurerm_network_security_group", crossplane: "SecurityGroup.network"},
		{key: "vnet", typ: "Microsoft.Network/virtualNetworks", weight: 2, words: "vnet", terraform: "azurerm_virtual_network", crossplane: "VirtualNetwork.network"},
		{key: "ip", typ: "Microsoft.Network/publicIPAddresses", weight: 4, words: "pip", terraform: "azurerm_public_ip", crossplane: "PublicIP.network"},
		{key: "lb", typ: "Microsoft.Network/loadBalancers", weight: 2, words: "lb", terraform: "azurerm_lb", crossplane: "LoadBalancer.network", fill: processing},
		{key: "logs", typ: "Microsoft.OperationalInsights/workspaces", weight: 2, words: "log", terraform: "azurerm_log_analytics_workspace", crossplane: "Workspace.operationalinsights", fill: logging},
		{key: "identity", typ: "Microsoft.ManagedIdentity/userAssignedIdentities", weight: 4, words: "id-app id-job", terraform: "azurerm_user_assigned_identity", crossplane: "UserAssignedIdentity.managedidentity"},
		{key: "arc", typ: "Microsoft.HybridCompute/machines", weight: 3, words: "arc-branch arc-dc", fill: fillArc},
	}
	for _, f := range list {
		f.provider, f.api, f.restAPI, f.restField = cloud.Azure, azureAPI, azureAPI, azureField
		f.key = "azure." + f.key
		f.id = armID(f.typ)
	}
	return list
}

// group is the resource group of a service in an environment and region.
func group(at place, name string) string {
	owner := namespace(name)
	if owner == "default" {
		owner = "shared"
	}
	return "rg-" + owner + "-" + at.account.env + "-" + at.region
}

// armID is lower case throughout: Azure spells one id in many ways.
func armID(typ string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		path := typ + "/" + name
		if typ == "Microsoft.Sql/servers/databases" { // a database stands below its server
			path = "Microsoft.Sql/servers/sql-" + at.account.env + "-" + at.region + "/databases/" + name
		}
		return strings.ToLower("/subscriptions/" + at.account.id + "/resourceGroups/" + group(at, name) + "/providers/" + path)
	}
}

func fillAzureVM(r *row) {
	r.Zone = r.pick("1", "2", "3")
	r.Attributes["vm_size"] = r.pick("Standard_D4s_v5", "Standard_D8s_v5", "Standard_E4s_v5", "Standard_B2ms")
	r.Attributes["power_state"] = r.pick("running", "running", "running", "deallocated")
	processing(r)
}

func fillAzureDisk(r *row) {
	r.Attributes["size_gib"] = []int{32, 128, 256, 512}[r.draw(4)]
	r.Attributes["sku"] = r.pick("Premium_LRS", "StandardSSD_LRS", "Premium_ZRS")
	r.relateBulk(provider.RelatesAttachedTo, "azure.vm")
}

func fillAzureSnapshot(r *row) {
	r.Locations[0].Facet = provider.FacetBackup
	r.relateBulk(provider.RelatesBackupOf, "azure.disk")
}

// fillStorage makes some accounts geo-redundant, but in the bulk only where the pair stays in the country.
func fillStorage(r *row) {
	sku := r.pick("Standard_LRS", "Standard_ZRS", "Standard_ZRS", "Standard_GRS")
	here, _ := cloud.FindRegion(cloud.Azure, r.Region)
	pair, paired := cloud.FindRegion(cloud.Azure, here.Paired)
	if sku == "Standard_GRS" && (!paired || pair.Country != here.Country) {
		sku = "Standard_ZRS"
	}
	redundant(r, sku)
}

// redundant sets a storage account's redundancy; a geo-redundant one has a replica in the paired region.
func redundant(r *row, sku string) {
	r.Attributes["sku"] = sku
	r.Attributes["primary_location"] = r.Region
	here, _ := cloud.FindRegion(cloud.Azure, r.Region)
	if !strings.Contains(sku, "G") || here.Paired == "" {
		return
	}
	r.Attributes["secondary_location"] = here.Paired
	r.locate(provider.FacetReplica, here.Paired, provider.Evidence{API: azureAPI, Field: "resources.properties.secondaryLocation", Value: here.Paired})
}

func fillFlexible(name string, versions ...string) func(*row) {
	return func(r *row) {
		engine(name, versions...)(r)
		r.Attributes["geo_redundant_backup"] = "Disabled"
		r.locate(provider.FacetBackup, r.Region, provider.Evidence{API: azureAPI, Field: "resources.properties.backup.geoRedundantBackup", Value: "Disabled"})
	}
}

// fillArc says where a machine stands by its own words; location is only where Azure keeps its record.
func fillArc(r *row) {
	country := r.at.country()
	r.Attributes["country_or_region"] = country
	r.Locations = []provider.Location{
		{Facet: provider.FacetRest, Countries: []string{country}, Meaning: cloud.AllOf, Evidence: provider.Evidence{API: azureAPI, Field: "resources.properties.locationData.countryOrRegion", Value: country}},
		{Facet: provider.FacetMetadata, Place: r.Region, Meaning: cloud.AllOf, Evidence: provider.Evidence{API: azureAPI, Field: azureField, Value: r.Region}},
	}
}
