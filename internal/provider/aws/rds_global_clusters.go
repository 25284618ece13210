package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// rdsGlobalClusters are listed in every region: one is shown by the regions it has a member in.
var rdsGlobalClusters = family{
	API: "rds.global_clusters", Title: "Aurora, Neptune and DocumentDB global clusters", Kinds: []cloud.Kind{"db.relational", "db.nosql"},
	calls: []call{{Op: "RDS.DescribeGlobalClusters", Action: "rds:DescribeGlobalClusters", Why: "clusters that span regions", try: func(ctx context.Context, at site) error {
		_, err := rds.NewFromConfig(at.cfg).DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{MaxRecords: sdk.Int32(20)})
		return err
	}}},
	list: listGlobalClusters,
}

func listGlobalClusters(ctx context.Context, at site, out *rows) error {
	pages := rds.NewDescribeGlobalClustersPaginator(rds.NewFromConfig(at.cfg), &rds.DescribeGlobalClustersInput{MaxRecords: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, c := range page.GlobalClusters {
			if err := out.put(fromGlobalCluster(at.place, c)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fromGlobalCluster says nothing of the region that answered: every region shows the same.
func fromGlobalCluster(_ place, c rdstypes.GlobalCluster) provider.Resource {
	eng := engineOf(sdk.ToString(c.Engine))
	a := attrs{}
	a.text("engine", c.Engine)
	a.text("engine_version", c.EngineVersion)
	a.text("status", c.Status)
	a.flag("encrypted", c.StorageEncrypted)
	a.flag("deletion_protection", c.DeletionProtection)
	res := provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(c.GlobalClusterArn), NativeType: "AWS::RDS::GlobalCluster",
		Kind: eng.Kind, Portability: eng.Portability,
		Name: sdk.ToString(c.GlobalClusterIdentifier), Region: "global", Tags: rdsTags(c.TagList), Attributes: a,
	}
	for _, m := range c.GlobalClusterMembers {
		name, facet, detail := sdk.ToString(m.DBClusterArn), provider.FacetReplica, "reader"
		if sdk.ToBool(m.IsWriter) {
			facet, detail = provider.FacetRest, "writer"
		}
		res.Locations = append(res.Locations, provider.Location{
			Facet: facet, Place: regionOf(name), Detail: detail + " " + lastPart(name), Meaning: meaningOf(regionOf(name)),
			Evidence: provider.Evidence{API: "rds:DescribeGlobalClusters", Field: "GlobalClusterMembers[].DBClusterArn", Value: name},
		})
	}
	return res
}
