package aws

import (
	"context"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var rdsInstances = family{
	API: "rds.instances", Title: "RDS instances", Kinds: []cloud.Kind{"db.relational", "db.nosql"},
	calls: []call{{Op: "RDS.DescribeDBInstances", Action: "rds:DescribeDBInstances", Why: "databases, their replicas and where their backups go", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listDBInstances,
}

func listDBInstances(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeDBInstancesPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeDBInstancesInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, i := range page.DBInstances {
			if err := out.put(fromDBInstance(at.place, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromDBInstance(p place, i rdstypes.DBInstance) provider.Resource {
	eng := engineOf(sdk.ToString(i.Engine))
	a := attrs{}
	a.text("engine", i.Engine)
	a.text("engine_version", i.EngineVersion)
	a.text("class", i.DBInstanceClass)
	a.text("status", i.DBInstanceStatus)
	a.text("storage_type", i.StorageType)
	a.number("storage_gib", i.AllocatedStorage)
	a.number("backup_retention_days", i.BackupRetentionPeriod)
	a.flag("multi_az", i.MultiAZ)
	a.flag("encrypted", i.StorageEncrypted)
	a.flag("public", i.PubliclyAccessible)
	a.flag("deletion_protection", i.DeletionProtection)
	if i.Endpoint != nil {
		a.text("endpoint", i.Endpoint.Address)
	}
	var l links
	l.add(provider.RelatesPartOf, p.dbARN("cluster", sdk.ToString(i.DBClusterIdentifier)))
	l.add(provider.RelatesReplicaOf, p.dbARN("db", sdk.ToString(i.ReadReplicaSourceDBInstanceIdentifier)))
	l.add(provider.RelatesReplicaOf, p.dbARN("cluster", sdk.ToString(i.ReadReplicaSourceDBClusterIdentifier)))
	for _, to := range i.ReadReplicaDBInstanceIdentifiers {
		l.add(provider.RelatesReplicates, p.dbARN("db", to))
	}
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(i.KmsKeyId)))
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(i.DBInstanceArn), NativeType: "AWS::" + eng.Service + "::DBInstance",
		Kind: eng.Kind, Portability: eng.Portability,
		Name: sdk.ToString(i.DBInstanceIdentifier), Region: p.Region, Zone: sdk.ToString(i.AvailabilityZone), Created: instant(i.InstanceCreateTime),
		Tags: rdsTags(i.TagList), Attributes: a, Relations: l, Locations: dbInstanceLocations(p, i),
	}
}

func dbInstanceLocations(p place, i rdstypes.DBInstance) []provider.Location {
	field := func(name, value string) provider.Evidence {
		return provider.Evidence{API: "rds:DescribeDBInstances", Field: name, Value: value}
	}
	zone := sdk.ToString(i.AvailabilityZone)
	holds := provider.FacetRest
	if sdk.ToString(i.DBClusterIdentifier) != "" {
		holds = provider.FacetProcess // the data is the cluster's
	}
	found := []provider.Location{p.inZone(holds, zone, "", field("AvailabilityZone", zone))}
	if second := sdk.ToString(i.SecondaryAvailabilityZone); second != "" {
		found = append(found, p.inZone(provider.FacetFailover, second, "", field("SecondaryAvailabilityZone", second)))
	}
	for _, to := range i.ReadReplicaDBInstanceIdentifiers {
		found = append(found, p.replicaAt(to, field("ReadReplicaDBInstanceIdentifiers[]", to)))
	}
	for _, to := range i.ReadReplicaDBClusterIdentifiers {
		found = append(found, p.replicaAt(to, field("ReadReplicaDBClusterIdentifiers[]", to)))
	}
	if days := sdk.ToInt32(i.BackupRetentionPeriod); days > 0 && holds == provider.FacetRest {
		e := field("BackupRetentionPeriod", strconv.Itoa(int(days)))
		if sdk.ToString(i.BackupTarget) == "outposts" {
			found = append(found, unknown(provider.FacetBackup, "backups on an Outpost", e))
		} else {
			found = append(found, p.at(provider.FacetBackup, e))
		}
	}
	for _, b := range i.DBInstanceAutomatedBackupsReplications {
		name := sdk.ToString(b.DBInstanceAutomatedBackupsArn)
		found = append(found, provider.Location{
			Facet: provider.FacetBackup, Place: regionOf(name), Detail: "replicated automated backups", Meaning: meaningOf(regionOf(name)),
			Evidence: field("DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn", name),
		})
	}
	if len(i.EnabledCloudwatchLogsExports) > 0 {
		found = append(found, p.at(provider.FacetLog, field("EnabledCloudwatchLogsExports[]", i.EnabledCloudwatchLogsExports[0])))
	}
	return found
}

// replicaAt is a replica that RDS names by ARN when it is in another region.
func (p place) replicaAt(name string, e provider.Evidence) provider.Location {
	region := p.Region
	if other := regionOf(name); other != "" {
		region = other
	}
	return provider.Location{Facet: provider.FacetReplica, Place: region, Detail: "read replica " + lastPart(name), Evidence: e}
}
