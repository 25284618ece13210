package aws

import (
	"context"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var s3Buckets = family{
	API: "s3.buckets", Title: "S3 buckets", Kinds: []cloud.Kind{"storage.bucket"}, Global: true,
	calls: []call{
		{Op: "S3.ListBuckets", Action: "s3:ListAllMyBuckets", Why: "buckets and their regions", try: func(ctx context.Context, at site) error {
			_, err := at.s3().ListBuckets(ctx, &s3.ListBucketsInput{MaxBuckets: sdk.Int32(1)})
			return err
		}},
		{Op: "S3.GetBucketLocation", Action: "s3:GetBucketLocation", Why: "a bucket's region, where the list does not tell it", try: onOneBucket(func(ctx context.Context, at site, name string) error {
			_, err := at.bucketRegion(ctx, name)
			return err
		})},
		{Op: "S3.GetBucketReplication", Action: "s3:GetReplicationConfiguration", Why: "where a bucket's objects are copied to", try: onOneBucket(func(ctx context.Context, at site, name string) error {
			_, err := at.replication(ctx, name)
			return err
		})},
		{Op: "S3.GetBucketTagging", Action: "s3:GetBucketTagging", Why: "tags", try: onOneBucket(func(ctx context.Context, at site, name string) error {
			_, err := at.bucketTags(ctx, name)
			return err
		})},
	},
	list: listBuckets,
}

// onOneBucket tries a call on the first bucket, in the bucket's own region.
func onOneBucket(try func(ctx context.Context, at site, name string) error) func(context.Context, site) error {
	return func(ctx context.Context, at site) error {
		out, err := at.s3().ListBuckets(ctx, &s3.ListBucketsInput{MaxBuckets: sdk.Int32(1)})
		if err != nil {
			return err
		}
		if len(out.Buckets) == 0 {
			return errNothingThere
		}
		first := out.Buckets[0]
		if region := sdk.ToString(first.BucketRegion); region != "" {
			at.cfg.Region = region
		}
		return on("bucket "+sdk.ToString(first.Name), try(ctx, at, sdk.ToString(first.Name)))
	}
}

// listBuckets reads all names and regions before any detail: a replication rule names its
// destination by bucket only, and the list is what tells where that bucket is.
func listBuckets(ctx context.Context, at site, out *rows) error {
	var buckets []s3types.Bucket
	// Without MaxBuckets, S3 leaves BucketRegion out.
	pages := s3.NewListBucketsPaginator(at.s3(), &s3.ListBucketsInput{MaxBuckets: sdk.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		buckets = append(buckets, page.Buckets...)
	}
	regionOf := map[string]string{}
	for _, b := range buckets {
		regionOf[sdk.ToString(b.Name)] = sdk.ToString(b.BucketRegion)
	}
	return details(ctx, out, buckets, func(ctx context.Context, b s3types.Bucket) (*provider.Resource, error) {
		res, err := readBucket(ctx, at, b, regionOf)
		if gone(err) {
			return nil, nil // deleted since it was listed
		}
		return res, on("bucket "+sdk.ToString(b.Name), err)
	})
}

func readBucket(ctx context.Context, at site, b s3types.Bucket, regionOf map[string]string) (*provider.Resource, error) {
	d := bucketDetail{RegionField: "Buckets[].BucketRegion", RegionCall: "s3:ListBuckets", Region: sdk.ToString(b.BucketRegion)}
	name, home := sdk.ToString(b.Name), at
	var err error
	if d.Region == "" {
		d.RegionCall, d.RegionField = "s3:GetBucketLocation", "LocationConstraint"
		if d.Region, err = at.bucketRegion(ctx, name); err != nil {
			return nil, err
		}
	}
	at.cfg.Region = d.Region
	if d.Tags, err = at.bucketTags(ctx, name); err != nil {
		return nil, err
	}
	if d.Replication, err = at.replication(ctx, name); err != nil {
		return nil, err
	}
	if d.RegionOf, err = home.destinations(ctx, d.Replication, regionOf); err != nil {
		return nil, err
	}
	res := fromBucket(at.place, b, d)
	return &res, nil
}

// destinations finds the regions of the buckets that are replicated to, among the account's own. A
// server that does not list regions is asked for them one by one.
func (at site) destinations(ctx context.Context, c *s3types.ReplicationConfiguration, listed map[string]string) (map[string]string, error) {
	if c == nil {
		return nil, nil
	}
	found := map[string]string{}
	for _, rule := range c.Rules {
		if rule.Destination == nil {
			continue
		}
		name := lastPart(sdk.ToString(rule.Destination.Bucket))
		region, ours := listed[name]
		if !ours {
			continue
		}
		if region == "" {
			var err error
			if region, err = at.bucketRegion(ctx, name); err != nil && !gone(err) {
				return nil, on("bucket "+name, err)
			}
		}
		found[name] = region
	}
	return found, nil
}

func (at site) s3() *s3.Client {
	return s3.NewFromConfig(at.cfg, func(o *s3.Options) {
		o.UsePathStyle = at.cfg.BaseEndpoint != nil // an endpoint of its own has no name for each bucket
	})
}

// bucketRegion is what an empty or historical constraint stands for, or the constraint itself.
func (at site) bucketRegion(ctx context.Context, name string) (string, error) {
	out, err := at.s3().GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: sdk.String(name)})
	if err != nil {
		return "", err
	}
	switch name := string(out.LocationConstraint); name {
	case "":
		return "us-east-1", nil
	case "EU":
		return "eu-west-1", nil
	default:
		return name, nil
	}
}

// bucketTags of a bucket without any is an error of the API, and none of ours.
func (at site) bucketTags(ctx context.Context, name string) ([]s3types.Tag, error) {
	out, err := at.s3().GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: sdk.String(name)})
	if apiCode(err) == "NoSuchTagSet" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return out.TagSet, nil
}

func (at site) replication(ctx context.Context, name string) (*s3types.ReplicationConfiguration, error) {
	out, err := at.s3().GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: sdk.String(name)})
	if apiCode(err) == "ReplicationConfigurationNotFoundError" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return out.ReplicationConfiguration, nil
}

// bucketDetail is what the list of buckets does not tell.
type bucketDetail struct {
	Region                  string
	RegionCall, RegionField string
	Tags                    []s3types.Tag
	Replication             *s3types.ReplicationConfiguration
	RegionOf                map[string]string // of the destinations that are buckets of the account
}

func fromBucket(p place, b s3types.Bucket, d bucketDetail) provider.Resource {
	name, self := sdk.ToString(b.Name), p
	self.Region = d.Region
	res := provider.Resource{
		Provider: cloud.AWS, NativeID: p.bucketARN(name), NativeType: "AWS::S3::Bucket",
		Name: name, Region: d.Region, Created: instant(b.CreationDate),
		Tags: tags(d.Tags, func(t s3types.Tag) (*string, *string) { return t.Key, t.Value }),
		Locations: []provider.Location{
			self.at(provider.FacetRest, provider.Evidence{API: d.RegionCall, Field: d.RegionField, Value: d.Region}),
		},
	}
	if d.Replication == nil {
		return res
	}
	var l links
	var paused []string
	seen := map[string]bool{}
	for _, rule := range d.Replication.Rules {
		if rule.Destination == nil {
			continue
		}
		to := lastPart(sdk.ToString(rule.Destination.Bucket))
		if rule.Status != s3types.ReplicationRuleStatusEnabled {
			paused = append(paused, to)
			continue
		}
		if seen[to] {
			continue // several rules, one destination
		}
		seen[to] = true
		l.add(provider.RelatesReplicates, p.bucketARN(to))
		res.Locations = append(res.Locations, p.replica(to, sdk.ToString(rule.Destination.Account), d.RegionOf))
	}
	a := attrs{}
	a.list("replication_paused_to", paused)
	res.Relations, res.Attributes = l, a
	return res
}

// replica is where a rule copies to. A bucket of another account is out of sight: the fact that
// objects go there is kept, with a place that is unknown and the account that knows it.
func (p place) replica(bucket, account string, regionOf map[string]string) provider.Location {
	e := provider.Evidence{API: "s3:GetBucketReplication", Field: "Rules[].Destination.Bucket", Value: p.bucketARN(bucket)}
	if account != "" && account != p.Account {
		e.Field, e.Value = "Rules[].Destination.Account", account
		return unknown(provider.FacetReplica, fmt.Sprintf("bucket %s in account %s", bucket, account), e)
	}
	region := regionOf[bucket]
	if region == "" {
		return unknown(provider.FacetReplica, fmt.Sprintf("bucket %s, which account %s does not list", bucket, p.Account), e)
	}
	return provider.Location{Facet: provider.FacetReplica, Place: region, Detail: "bucket " + bucket, Evidence: e}
}

func (p place) bucketARN(name string) string { return "arn:" + p.Partition + ":s3:::" + name }
