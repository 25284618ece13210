package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var rdsSnapshots = family{
	API: "rds.snapshots", Title: "RDS snapshots", Kinds: []cloud.Kind{"storage.snapshot"},
	calls: []call{{Op: "RDS.DescribeDBSnapshots", Action: "rds:DescribeDBSnapshots", Why: "copies of databases, which may lie in another region", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeDBSnapshots(ctx, &rds.DescribeDBSnapshotsInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listDBSnapshots,
}

var rdsClusterSnapshots = family{
	API: "rds.cluster_snapshots", Title: "RDS cluster snapshots", Kinds: []cloud.Kind{"storage.snapshot"},
	calls: []call{{Op: "RDS.DescribeDBClusterSnapshots", Action: "rds:DescribeDBClusterSnapshots", Why: "copies of clusters, which may lie in another region", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listDBClusterSnapshots,
}

func listDBSnapshots(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeDBSnapshotsPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeDBSnapshotsInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.DBSnapshots {
			if err := out.put(fromDBSnapshot(at.place, s)); err != nil {
				return err
			}
		}
	}
	return nil
}

func listDBClusterSnapshots(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeDBClusterSnapshotsPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeDBClusterSnapshotsInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.DBClusterSnapshots {
			if err := out.put(fromDBClusterSnapshot(at.place, s)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromDBSnapshot(p place, s rdstypes.DBSnapshot) provider.Resource {
	a := attrs{}
	a.text("engine", s.Engine)
	a.text("engine_version", s.EngineVersion)
	a.text("snapshot_type", s.SnapshotType)
	a.text("status", s.Status)
	a.text("source_region", s.SourceRegion)
	a.number("storage_gib", s.AllocatedStorage)
	a.flag("encrypted", s.Encrypted)
	source := sdk.ToString(s.SourceDBSnapshotIdentifier)
	var l links
	l.add(provider.RelatesBackupOf, p.homeOf(source).dbARN("db", sdk.ToString(s.DBInstanceIdentifier)))
	l.add(provider.RelatesReplicaOf, p.dbARN("snapshot", source))
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(s.KmsKeyId)))
	where := p.at(provider.FacetBackup, provider.Evidence{API: "rds:DescribeDBSnapshots", Field: "DBSnapshotArn", Value: sdk.ToString(s.DBSnapshotArn)})
	if sdk.ToString(s.SnapshotTarget) == "outposts" {
		where = unknown(provider.FacetBackup, "on an Outpost", provider.Evidence{API: "rds:DescribeDBSnapshots", Field: "SnapshotTarget", Value: "outposts"})
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(s.DBSnapshotArn), NativeType: "AWS::RDS::DBSnapshot",
		Name: sdk.ToString(s.DBSnapshotIdentifier), Region: p.Region, Created: instant(s.SnapshotCreateTime),
		Tags: rdsTags(s.TagList), Attributes: a, Relations: l, Locations: []provider.Location{where},
	}
}

func fromDBClusterSnapshot(p place, s rdstypes.DBClusterSnapshot) provider.Resource {
	a := attrs{}
	a.text("engine", s.Engine)
	a.text("engine_version", s.EngineVersion)
	a.text("snapshot_type", s.SnapshotType)
	a.text("status", s.Status)
	a.number("storage_gib", s.AllocatedStorage)
	a.flag("encrypted", s.StorageEncrypted)
	source := sdk.ToString(s.SourceDBClusterSnapshotArn)
	var l links
	l.add(provider.RelatesBackupOf, p.homeOf(source).dbARN("cluster", sdk.ToString(s.DBClusterIdentifier)))
	l.add(provider.RelatesReplicaOf, p.dbARN("cluster-snapshot", source))
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(s.KmsKeyId)))
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(s.DBClusterSnapshotArn), NativeType: "AWS::RDS::DBClusterSnapshot",
		Name: sdk.ToString(s.DBClusterSnapshotIdentifier), Region: p.Region, Created: instant(s.SnapshotCreateTime),
		Tags: rdsTags(s.TagList), Attributes: a, Relations: l,
		Locations: []provider.Location{p.at(provider.FacetBackup, provider.Evidence{API: "rds:DescribeDBClusterSnapshots", Field: "DBClusterSnapshotArn", Value: sdk.ToString(s.DBClusterSnapshotArn)})},
	}
}

// homeOf is where the source of a copied snapshot is: the database it was taken of is there, under
// the name that the copy still carries.
func (p place) homeOf(source string) place {
	a, err := arn.Parse(source)
	if err != nil {
		return p
	}
	return place{Partition: a.Partition, Account: a.AccountID, Region: a.Region}
}
