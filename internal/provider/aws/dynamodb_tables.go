package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var dynamodbTables = family{
	API: "dynamodb.tables", Title: "DynamoDB tables", Kinds: []cloud.Kind{"db.nosql"},
	calls: []call{
		{Op: "DynamoDB.ListTables", Action: "dynamodb:ListTables", Why: "tables", try: func(ctx context.Context, at site) error {
			_, err := dynamodb.NewFromConfig(at.cfg).ListTables(ctx, &dynamodb.ListTablesInput{Limit: sdk.Int32(1)})
			return err
		}},
		{Op: "DynamoDB.DescribeTable", Action: "dynamodb:DescribeTable", Why: "replicas, witnesses and keys of tables", try: func(ctx context.Context, at site) error {
			name, err := firstTable(ctx, at)
			if err != nil {
				return err
			}
			_, err = dynamodb.NewFromConfig(at.cfg).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: sdk.String(name)})
			return on("table "+name, err)
		}},
		{Op: "DynamoDB.ListTagsOfResource", Action: "dynamodb:ListTagsOfResource", Why: "tags", try: func(ctx context.Context, at site) error {
			name, err := firstTable(ctx, at)
			if err != nil {
				return err
			}
			_, err = tableTags(ctx, dynamodb.NewFromConfig(at.cfg), at.arn("dynamodb", "table/"+name))
			return on("table "+name, err)
		}},
	},
	list: listTables,
}

func firstTable(ctx context.Context, at site) (string, error) {
	out, err := dynamodb.NewFromConfig(at.cfg).ListTables(ctx, &dynamodb.ListTablesInput{Limit: sdk.Int32(1)})
	if err != nil {
		return "", err
	}
	if len(out.TableNames) == 0 {
		return "", errNothingThere
	}
	return out.TableNames[0], nil
}

func listTables(ctx context.Context, at site, out *rows) error {
	client := dynamodb.NewFromConfig(at.cfg)
	pages := dynamodb.NewListTablesPaginator(client, &dynamodb.ListTablesInput{Limit: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		err = details(ctx, out, page.TableNames, func(ctx context.Context, name string) (*provider.Resource, error) {
			return readTable(ctx, client, at.place, name)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func readTable(ctx context.Context, client *dynamodb.Client, p place, name string) (*provider.Resource, error) {
	t, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: sdk.String(name)})
	if gone(err) {
		return nil, nil // deleted since it was listed
	}
	if err != nil {
		return nil, on("table "+name, err)
	}
	list, err := tableTags(ctx, client, sdk.ToString(t.Table.TableArn))
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, on("table "+name, err)
	}
	res := fromTable(p, *t.Table, list)
	return &res, nil
}

func tableTags(ctx context.Context, client *dynamodb.Client, name string) ([]ddbtypes.Tag, error) {
	var all []ddbtypes.Tag
	in := &dynamodb.ListTagsOfResourceInput{ResourceArn: sdk.String(name)}
	for {
		page, err := client.ListTagsOfResource(ctx, in) // the SDK has no paginator for it
		if err != nil {
			return nil, err
		}
		all = append(all, page.Tags...)
		if in.NextToken = page.NextToken; sdk.ToString(in.NextToken) == "" {
			return all, nil
		}
	}
}

func fromTable(p place, t ddbtypes.TableDescription, list []ddbtypes.Tag) provider.Resource {
	name := sdk.ToString(t.TableName)
	field := func(field, value string) provider.Evidence {
		return provider.Evidence{API: "dynamodb:DescribeTable", Field: field, Value: value}
	}
	a := attrs{}
	word(a, "status", t.TableStatus)
	word(a, "consistency_across_regions", t.MultiRegionConsistency)
	a.text("global_table_version", t.GlobalTableVersion)
	a.flag("deletion_protection", t.DeletionProtectionEnabled)
	if t.BillingModeSummary != nil {
		word(a, "billing_mode", t.BillingModeSummary.BillingMode)
	}
	if t.TableClassSummary != nil {
		word(a, "table_class", t.TableClassSummary.TableClass)
	}
	found := []provider.Location{p.at(provider.FacetRest, field("TableArn", sdk.ToString(t.TableArn)))}
	var l links
	for _, r := range t.Replicas {
		region := sdk.ToString(r.RegionName)
		if region == "" || region == p.Region {
			continue // newer tables show themselves among their replicas
		}
		found = append(found, provider.Location{Facet: provider.FacetReplica, Place: region, Detail: "replica", Evidence: field("Replicas[].RegionName", region)})
		l.add(provider.RelatesReplicates, place{p.Partition, p.Account, region}.arn("dynamodb", "table/"+name))
	}
	for _, w := range t.GlobalTableWitnesses {
		region := sdk.ToString(w.RegionName)
		found = append(found, provider.Location{Facet: provider.FacetReplica, Place: region, Detail: "witness", Meaning: meaningOf(region), Evidence: field("GlobalTableWitnesses[].RegionName", region)})
	}
	if t.SSEDescription != nil {
		l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(t.SSEDescription.KMSMasterKeyArn)))
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(t.TableArn), NativeType: "AWS::DynamoDB::Table",
		Name: name, Region: p.Region, Created: instant(t.CreationDateTime),
		Tags:       tags(list, func(t ddbtypes.Tag) (*string, *string) { return t.Key, t.Value }),
		Attributes: a, Relations: l, Locations: found,
	}
}
