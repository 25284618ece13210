package aws

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var eksClusters = family{
	API: "eks.clusters", Title: "EKS clusters", Kinds: []cloud.Kind{"compute.cluster"},
	calls: []call{
		{Op: "EKS.ListClusters", Action: "eks:ListClusters", Why: "Kubernetes clusters", try: func(ctx context.Context, at site) error {
			_, err := eks.NewFromConfig(at.cfg).ListClusters(ctx, &eks.ListClustersInput{MaxResults: sdk.Int32(1)})
			return err
		}},
		{Op: "EKS.DescribeCluster", Action: "eks:DescribeCluster", Why: "a cluster's version, keys, logs and tags", try: func(ctx context.Context, at site) error {
			client := eks.NewFromConfig(at.cfg)
			out, err := client.ListClusters(ctx, &eks.ListClustersInput{MaxResults: sdk.Int32(1)})
			if err != nil {
				return err
			}
			if len(out.Clusters) == 0 {
				return errNothingThere
			}
			_, err = client.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: sdk.String(out.Clusters[0])})
			return on("cluster "+out.Clusters[0], err)
		}},
	},
	list: listClusters,
}

func listClusters(ctx context.Context, at site, out *rows) error {
	client := eks.NewFromConfig(at.cfg)
	pages := eks.NewListClustersPaginator(client, &eks.ListClustersInput{MaxResults: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		err = details(ctx, out, page.Clusters, func(ctx context.Context, name string) (*provider.Resource, error) {
			c, err := client.DescribeCluster(ctx, &eks.DescribeClusterInput{Name: sdk.String(name)})
			if gone(err) {
				return nil, nil // deleted since it was listed
			}
			if err != nil {
				return nil, on("cluster "+name, err)
			}
			res := fromCluster(at.place, *c.Cluster)
			return &res, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func fromCluster(p place, c ekstypes.Cluster) provider.Resource {
	a := attrs{}
	word(a, "status", c.Status)
	a.text("version", c.Version)
	a.text("platform_version", c.PlatformVersion)
	a.text("role", c.RoleArn)
	a.flag("deletion_protection", c.DeletionProtection)
	if v := c.ResourcesVpcConfig; v != nil {
		a.text("vpc_id", v.VpcId)
		a["public_endpoint"] = v.EndpointPublicAccess
	}
	var l links
	for _, e := range c.EncryptionConfig {
		if e.Provider != nil {
			l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(e.Provider.KeyArn)))
		}
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(c.Arn), NativeType: "AWS::EKS::Cluster",
		Name: sdk.ToString(c.Name), Region: p.Region, Created: instant(c.CreatedAt), Tags: tagMap(c.Tags), Attributes: a,
		Relations: l, Locations: clusterLocations(p, c),
	}
}

// clusterLocations are those of the control plane and of what it stores. The nodes are instances
// of their own.
func clusterLocations(p place, c ekstypes.Cluster) []provider.Location {
	field := func(name, value string) provider.Evidence {
		return provider.Evidence{API: "eks:DescribeCluster", Field: name, Value: value}
	}
	if c.ConnectorConfig != nil {
		runner := sdk.ToString(c.ConnectorConfig.Provider)
		return []provider.Location{
			unknown(provider.FacetProcess, "connected cluster run by "+runner, field("ConnectorConfig.Provider", runner)),
			p.at(provider.FacetMetadata, field("Arn", sdk.ToString(c.Arn))),
		}
	}
	if c.OutpostConfig != nil && len(c.OutpostConfig.OutpostArns) > 0 {
		on := strings.Join(c.OutpostConfig.OutpostArns, ", ")
		return []provider.Location{
			unknown(provider.FacetProcess, "Outpost "+on, field("OutpostConfig.OutpostArns", on)),
			unknown(provider.FacetRest, "Outpost "+on, field("OutpostConfig.OutpostArns", on)),
		}
	}
	found := []provider.Location{
		p.at(provider.FacetProcess, field("Arn", sdk.ToString(c.Arn))),
		p.at(provider.FacetRest, field("Arn", sdk.ToString(c.Arn))),
	}
	if c.Logging == nil {
		return found
	}
	for _, s := range c.Logging.ClusterLogging {
		if sdk.ToBool(s.Enabled) && len(s.Types) > 0 {
			return append(found, p.at(provider.FacetLog, field("Logging.ClusterLogging[].Types", string(s.Types[0]))))
		}
	}
	return found
}
