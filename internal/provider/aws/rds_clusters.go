package aws

import (
	"context"
	"strconv"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var rdsClusters = family{
	API: "rds.clusters", Title: "RDS, Neptune and DocumentDB clusters", Kinds: []cloud.Kind{"db.relational", "db.nosql"},
	calls: []call{{Op: "RDS.DescribeDBClusters", Action: "rds:DescribeDBClusters", Why: "database clusters", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listDBClusters,
}

func listDBClusters(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeDBClustersPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeDBClustersInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, c := range page.DBClusters {
			if err := out.put(fromDBCluster(at.place, c)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromDBCluster(p place, c rdstypes.DBCluster) provider.Resource {
	eng := engineOf(sdk.ToString(c.Engine))
	a := attrs{}
	a.text("engine", c.Engine)
	a.text("engine_version", c.EngineVersion)
	a.text("engine_mode", c.EngineMode)
	a.text("status", c.Status)
	a.text("endpoint", c.Endpoint)
	a.number("backup_retention_days", c.BackupRetentionPeriod)
	a.flag("multi_az", c.MultiAZ)
	a.flag("encrypted", c.StorageEncrypted)
	a.flag("deletion_protection", c.DeletionProtection)
	a.list("zones", c.AvailabilityZones)
	var l links
	l.add(provider.RelatesReplicaOf, p.replicationSource(sdk.ToString(c.ReplicationSourceIdentifier)))
	if g := sdk.ToString(c.GlobalClusterIdentifier); g != "" {
		l.add(provider.RelatesPartOf, p.globalClusterARN(g))
	}
	for _, to := range c.ReadReplicaIdentifiers {
		if strings.HasPrefix(to, "arn:") { // a bare name may be a cluster's or an instance's
			l.add(provider.RelatesReplicates, to)
		}
	}
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(c.KmsKeyId)))
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(c.DBClusterArn), NativeType: "AWS::" + eng.Service + "::DBCluster",
		Kind: eng.Kind, Portability: eng.Portability,
		Name: sdk.ToString(c.DBClusterIdentifier), Region: p.Region, Created: instant(c.ClusterCreateTime),
		Tags: rdsTags(c.TagList), Attributes: a, Relations: l, Locations: dbClusterLocations(p, c),
	}
}

func dbClusterLocations(p place, c rdstypes.DBCluster) []provider.Location {
	field := func(name, value string) provider.Evidence {
		return provider.Evidence{API: "rds:DescribeDBClusters", Field: name, Value: value}
	}
	found := []provider.Location{p.at(provider.FacetRest, field("DBClusterArn", sdk.ToString(c.DBClusterArn)))}
	for _, to := range c.ReadReplicaIdentifiers {
		found = append(found, p.replicaAt(to, field("ReadReplicaIdentifiers[]", to)))
	}
	if days := sdk.ToInt32(c.BackupRetentionPeriod); days > 0 {
		found = append(found, p.at(provider.FacetBackup, field("BackupRetentionPeriod", strconv.Itoa(int(days)))))
	}
	if len(c.EnabledCloudwatchLogsExports) > 0 {
		found = append(found, p.at(provider.FacetLog, field("EnabledCloudwatchLogsExports[]", c.EnabledCloudwatchLogsExports[0])))
	}
	return found
}

// replicationSource is a cluster's source when it is named by ARN; a host name outside of AWS is no
// resource of ours.
func (p place) replicationSource(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return ""
}

func (p place) globalClusterARN(name string) string {
	return "arn:" + p.Partition + ":rds::" + p.Account + ":global-cluster:" + name
}
