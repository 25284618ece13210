package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// rdsAutomatedBackups shows what DescribeDBInstances cannot: backups that were replicated into this
// region, and those kept of databases that are gone.
var rdsAutomatedBackups = family{
	API: "rds.automated_backups", Title: "RDS automated backups", Kinds: []cloud.Kind{"storage.snapshot"},
	calls: []call{{Op: "RDS.DescribeDBInstanceAutomatedBackups", Action: "rds:DescribeDBInstanceAutomatedBackups", Why: "backups replicated from other regions, and those of deleted databases", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeDBInstanceAutomatedBackups(ctx, &rds.DescribeDBInstanceAutomatedBackupsInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listAutomatedBackups,
}

func listAutomatedBackups(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeDBInstanceAutomatedBackupsPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeDBInstanceAutomatedBackupsInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, b := range page.DBInstanceAutomatedBackups {
			if sdk.ToString(b.DBInstanceAutomatedBackupsArn) == "" && sdk.ToString(b.Status) == "active" {
				continue // the instance's own, which DescribeDBInstances tells
			}
			if err := out.put(fromAutomatedBackup(at.place, b)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromAutomatedBackup(p place, b rdstypes.DBInstanceAutomatedBackup) provider.Resource {
	name := sdk.ToString(b.DBInstanceAutomatedBackupsArn)
	if name == "" {
		name = p.arn("rds", "auto-backup:"+sdk.ToString(b.DbiResourceId)) // kept after its database was deleted
	}
	a := attrs{}
	a.text("engine", b.Engine)
	a.text("engine_version", b.EngineVersion)
	a.text("status", b.Status)
	a.text("source_region", b.Region)
	a.number("storage_gib", b.AllocatedStorage)
	a.number("backup_retention_days", b.BackupRetentionPeriod)
	a.flag("encrypted", b.Encrypted)
	var l links
	l.add(provider.RelatesBackupOf, sdk.ToString(b.DBInstanceArn))
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(b.KmsKeyId)))
	e := provider.Evidence{API: "rds:DescribeDBInstanceAutomatedBackups", Field: "DBInstanceAutomatedBackupsArn", Value: name}
	where := provider.Location{Facet: provider.FacetBackup, Place: regionOf(name), Meaning: meaningOf(regionOf(name)), Evidence: e}
	if sdk.ToString(b.BackupTarget) == "outposts" {
		where = unknown(provider.FacetBackup, "on an Outpost", e)
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: name, NativeType: "AWS::RDS::DBInstanceAutomatedBackup", Kind: "storage.snapshot", Portability: cloud.Equivalent,
		Name: "backups of " + sdk.ToString(b.DBInstanceIdentifier), Region: p.Region, Tags: rdsTags(b.TagList),
		Attributes: a, Relations: l, Locations: []provider.Location{where},
	}
}
