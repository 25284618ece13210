package aws

import (
	"context"
	"regexp"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var ec2Snapshots = family{
	API: "ec2.snapshots", Title: "EBS snapshots", Kinds: []cloud.Kind{"storage.snapshot"},
	calls: []call{{Op: "EC2.DescribeSnapshots", Action: "ec2:DescribeSnapshots", Why: "copies of disks, which may lie in another region than the disk", try: func(ctx context.Context, at site) error {
		_, err := ec2.NewFromConfig(at.cfg).DescribeSnapshots(ctx, ownSnapshots(5))
		return err
	}}},
	list: listSnapshots,
}

// ownSnapshots leaves out the public ones, of which every region has tens of thousands.
func ownSnapshots(size int32) *ec2.DescribeSnapshotsInput {
	return &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, MaxResults: sdk.Int32(size)}
}

func listSnapshots(ctx context.Context, at site, out *rows) error {
	pages := ec2.NewDescribeSnapshotsPaginator(ec2.NewFromConfig(at.cfg), ownSnapshots(1000))
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.Snapshots {
			if err := out.put(fromSnapshot(at.place, s)); err != nil {
				return err
			}
		}
	}
	return nil
}

// copiedFrom reads the only trace that a copy across regions leaves: its description.
var copiedFrom = regexp.MustCompile(`^\[Copied (snap-[0-9a-f]+) from ([a-z0-9-]+)\]`)

// noVolume stands in for the volume of a snapshot that was copied or imported.
const noVolume = "vol-ffffffff"

func fromSnapshot(p place, s ec2types.Snapshot) provider.Resource {
	id, zone, list := sdk.ToString(s.SnapshotId), sdk.ToString(s.AvailabilityZone), ec2Tags(s.Tags)
	a := attrs{}
	word(a, "state", s.State)
	word(a, "storage_tier", s.StorageTier)
	a.number("volume_size_gib", s.VolumeSize)
	a.flag("encrypted", s.Encrypted)
	a.text("volume_id", s.VolumeId)
	a.text("description", s.Description)
	a.text("outpost", s.OutpostArn)
	var l links
	if v := sdk.ToString(s.VolumeId); v != "" && v != noVolume {
		l.add(provider.RelatesBackupOf, p.arn("ec2", "volume/"+v))
	}
	if m := copiedFrom.FindStringSubmatch(sdk.ToString(s.Description)); m != nil {
		a["copied_from"], a["copied_from_region"] = m[1], m[2]
		l.add(provider.RelatesReplicaOf, place{Partition: p.Partition, Region: m[2]}.snapshotARN(m[1]))
	}
	l.add(provider.RelatesEncrypted, p.kmsKey(sdk.ToString(s.KmsKeyId)))
	evidence := provider.Evidence{API: "ec2:DescribeSnapshots", Field: "Region", Value: p.Region}
	if zone != "" {
		evidence.Field, evidence.Value = "AvailabilityZone", zone
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: p.snapshotARN(id), NativeType: "AWS::EC2::Snapshot",
		Name: nameFrom(list, id), Region: p.Region, Zone: zone, Created: instant(s.StartTime), Tags: list, Attributes: a, Relations: l,
		Locations: []provider.Location{p.inZone(provider.FacetBackup, zone, sdk.ToString(s.OutpostArn), evidence)},
	}
}

// snapshotARN has no account, as IAM and Terraform write it.
func (p place) snapshotARN(id string) string {
	return "arn:" + p.Partition + ":ec2:" + p.Region + "::snapshot/" + id
}
