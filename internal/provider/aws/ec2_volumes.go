package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var ec2Volumes = family{
	API: "ec2.volumes", Title: "EBS volumes", Kinds: []cloud.Kind{"storage.disk"},
	calls: []call{{Op: "EC2.DescribeVolumes", Action: "ec2:DescribeVolumes", Why: "disks", try: func(ctx context.Context, at site) error {
		_, err := ec2.NewFromConfig(at.cfg).DescribeVolumes(ctx, &ec2.DescribeVolumesInput{MaxResults: sdk.Int32(5)})
		return err
	}}},
	list: listVolumes,
}

func listVolumes(ctx context.Context, at site, out *rows) error {
	pages := ec2.NewDescribeVolumesPaginator(ec2.NewFromConfig(at.cfg), &ec2.DescribeVolumesInput{MaxResults: sdk.Int32(500)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, v := range page.Volumes {
			if err := out.put(fromVolume(at.place, v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func fromVolume(p place, v ec2types.Volume) provider.Resource {
	id, zone, list := sdk.ToString(v.VolumeId), sdk.ToString(v.AvailabilityZone), ec2Tags(v.Tags)
	a := attrs{}
	word(a, "state", v.State)
	word(a, "volume_type", v.VolumeType)
	a.number("size_gib", v.Size)
	a.number("iops", v.Iops)
	a.number("throughput_mibps", v.Throughput)
	a.flag("encrypted", v.Encrypted)
	a.flag("multi_attach", v.MultiAttachEnabled)
	a.text("snapshot_id", v.SnapshotId)
	a.text("outpost", v.OutpostArn)
	var l links
	for _, at := range v.Attachments {
		if i := sdk.ToString(at.InstanceId); i != "" {
			l.add(provider.RelatesAttachedTo, p.arn("ec2", "instance/"+i))
		}
	}
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(v.KmsKeyId)))
	return provider.Resource{
		Provider: cloud.AWS, NativeID: p.arn("ec2", "volume/"+id), NativeType: "AWS::EC2::Volume",
		Name: nameFrom(list, id), Region: p.Region, Zone: zone, Created: instant(v.CreateTime), Tags: list, Attributes: a, Relations: l,
		Locations: []provider.Location{p.inZone(provider.FacetRest, zone, sdk.ToString(v.OutpostArn),
			provider.Evidence{API: "ec2:DescribeVolumes", Field: "AvailabilityZone", Value: zone})},
	}
}
