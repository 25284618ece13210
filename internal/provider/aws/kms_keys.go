package aws

import (
	"context"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var kmsKeys = family{
	API: "kms.keys", Title: "KMS keys of the customer", Kinds: []cloud.Kind{"security.key"},
	calls: []call{
		{Op: "KMS.ListKeys", Action: "kms:ListKeys", Why: "encryption keys", try: func(ctx context.Context, at site) error {
			_, err := kms.NewFromConfig(at.cfg).ListKeys(ctx, &kms.ListKeysInput{Limit: sdk.Int32(1)})
			return err
		}},
		{Op: "KMS.ListAliases", Action: "kms:ListAliases", Why: "the names of keys", try: func(ctx context.Context, at site) error {
			_, err := kms.NewFromConfig(at.cfg).ListAliases(ctx, &kms.ListAliasesInput{Limit: sdk.Int32(1)})
			return err
		}},
		{Op: "KMS.DescribeKey", Action: "kms:DescribeKey", Why: "who manages a key, and in which regions it is", try: onOneKey(func(ctx context.Context, client *kms.Client, id string) error {
			_, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: sdk.String(id)})
			return err
		})},
		{Op: "KMS.ListResourceTags", Action: "kms:ListResourceTags", Why: "tags", try: onOneKey(func(ctx context.Context, client *kms.Client, id string) error {
			_, err := client.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: sdk.String(id), Limit: sdk.Int32(1)})
			return err
		})},
	},
	list: listKeys,
}

func onOneKey(try func(context.Context, *kms.Client, string) error) func(context.Context, site) error {
	return func(ctx context.Context, at site) error {
		client := kms.NewFromConfig(at.cfg)
		out, err := client.ListKeys(ctx, &kms.ListKeysInput{Limit: sdk.Int32(1)})
		if err != nil {
			return err
		}
		if len(out.Keys) == 0 {
			return errNothingThere
		}
		id := sdk.ToString(out.Keys[0].KeyId)
		return on("key "+id, try(ctx, client, id))
	}
}

func listKeys(ctx context.Context, at site, out *rows) error {
	client := kms.NewFromConfig(at.cfg)
	names, err := keyAliases(ctx, client)
	if err != nil {
		return err
	}
	pages := kms.NewListKeysPaginator(client, &kms.ListKeysInput{Limit: sdk.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		err = details(ctx, out, page.Keys, func(ctx context.Context, k kmstypes.KeyListEntry) (*provider.Resource, error) {
			res, err := readKey(ctx, client, at.place, sdk.ToString(k.KeyId), names)
			if gone(err) {
				return nil, nil // deleted since it was listed
			}
			return res, on("key "+sdk.ToString(k.KeyId), err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keyAliases returns the aliases of each key.
func keyAliases(ctx context.Context, client *kms.Client) (map[string][]string, error) {
	names := map[string][]string{}
	pages := kms.NewListAliasesPaginator(client, &kms.ListAliasesInput{Limit: sdk.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, a := range page.Aliases {
			if id := sdk.ToString(a.TargetKeyId); id != "" {
				names[id] = append(names[id], strings.TrimPrefix(sdk.ToString(a.AliasName), "alias/"))
			}
		}
	}
	return names, nil
}

// readKey returns nil for a key that AWS manages: it has no owner, no tags and no choice of region.
func readKey(ctx context.Context, client *kms.Client, p place, id string, names map[string][]string) (*provider.Resource, error) {
	k, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: sdk.String(id)})
	if err != nil {
		return nil, err
	}
	if k.KeyMetadata.KeyManager != kmstypes.KeyManagerTypeCustomer {
		return nil, nil
	}
	var list []kmstypes.Tag
	pages := kms.NewListResourceTagsPaginator(client, &kms.ListResourceTagsInput{KeyId: sdk.String(id)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, page.Tags...)
	}
	res := fromKey(p, *k.KeyMetadata, names[id], list)
	return &res, nil
}

func fromKey(p place, k kmstypes.KeyMetadata, names []string, list []kmstypes.Tag) provider.Resource {
	name, names := sdk.ToString(k.KeyId), slices.Sorted(slices.Values(names))
	if len(names) > 0 {
		name = names[0]
	}
	a := attrs{}
	word(a, "state", k.KeyState)
	word(a, "spec", k.KeySpec)
	word(a, "usage", k.KeyUsage)
	word(a, "origin", k.Origin)
	a.text("description", k.Description)
	a.flag("multi_region", k.MultiRegion)
	a.list("aliases", names)
	res := provider.Resource{
		Provider: cloud.AWS, NativeID: sdk.ToString(k.Arn), NativeType: "AWS::KMS::Key",
		Name: name, Region: p.Region, Created: instant(k.CreationDate), Attributes: a, Locations: keyLocations(p, k),
		Tags: tags(list, func(t kmstypes.Tag) (*string, *string) { return t.TagKey, t.TagValue }),
	}
	var l links
	if m := k.MultiRegionConfiguration; m != nil {
		if m.MultiRegionKeyType == kmstypes.MultiRegionKeyTypeReplica && m.PrimaryKey != nil {
			res.NativeType = "AWS::KMS::ReplicaKey"
			l.add(provider.RelatesReplicaOf, sdk.ToString(m.PrimaryKey.Arn))
		}
		if m.MultiRegionKeyType == kmstypes.MultiRegionKeyTypePrimary {
			for _, r := range m.ReplicaKeys {
				l.add(provider.RelatesReplicates, sdk.ToString(r.Arn))
			}
		}
	}
	res.Relations = l
	return res
}

// keyLocations are the places whose holder can decrypt: this region, and those of a multi-region
// key's other copies.
func keyLocations(p place, k kmstypes.KeyMetadata) []provider.Location {
	field := func(name, value string) provider.Evidence {
		return provider.Evidence{API: "kms:DescribeKey", Field: name, Value: value}
	}
	if k.Origin == kmstypes.OriginTypeExternalKeyStore {
		return []provider.Location{
			unknown(provider.FacetKey, "external key store "+sdk.ToString(k.CustomKeyStoreId), field("Origin", string(k.Origin))),
			p.at(provider.FacetMetadata, field("Arn", sdk.ToString(k.Arn))),
		}
	}
	found := []provider.Location{p.at(provider.FacetKey, field("Arn", sdk.ToString(k.Arn)))}
	m := k.MultiRegionConfiguration
	if m == nil {
		return found
	}
	add := func(other *kmstypes.MultiRegionKey, name, detail string) {
		if region := sdk.ToString(other.Region); region != "" && region != p.Region {
			found = append(found, provider.Location{Facet: provider.FacetKey, Place: region, Detail: detail, Evidence: field(name, region)})
		}
	}
	if m.PrimaryKey != nil {
		add(m.PrimaryKey, "MultiRegionConfiguration.PrimaryKey.Region", "primary key")
	}
	for _, r := range m.ReplicaKeys {
		add(&r, "MultiRegionConfiguration.ReplicaKeys[].Region", "replica key")
	}
	return found
}
