package aws

import (
	"context"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var ec2Instances = family{
	API: "ec2.instances", Title: "EC2 instances", Kinds: []cloud.Kind{"compute.instance"},
	calls: []call{{Op: "EC2.DescribeInstances", Action: "ec2:DescribeInstances", Why: "virtual machines", try: func(ctx context.Context, at site) error {
		_, err := ec2.NewFromConfig(at.cfg).DescribeInstances(ctx, &ec2.DescribeInstancesInput{MaxResults: sdk.Int32(5)})
		return err
	}}},
	list: listInstances,
}

func listInstances(ctx context.Context, at site, out *rows) error {
	pages := ec2.NewDescribeInstancesPaginator(ec2.NewFromConfig(at.cfg), &ec2.DescribeInstancesInput{MaxResults: sdk.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.Reservations {
			for _, i := range r.Instances {
				if terminated(i) {
					continue
				}
				if err := out.put(fromInstance(at.place, i)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// terminated instances are shown for about an hour after they are gone.
func terminated(i ec2types.Instance) bool {
	return i.State != nil && i.State.Name == ec2types.InstanceStateNameTerminated
}

// fromInstance leaves the data to the volumes: an instance processes.
func fromInstance(p place, i ec2types.Instance) provider.Resource {
	id, list := sdk.ToString(i.InstanceId), ec2Tags(i.Tags)
	a, zone := attrs{}, ""
	if i.Placement != nil {
		zone = sdk.ToString(i.Placement.AvailabilityZone)
		word(a, "tenancy", i.Placement.Tenancy)
	}
	if i.State != nil {
		word(a, "state", i.State.Name)
	}
	if i.IamInstanceProfile != nil {
		a.text("instance_profile", i.IamInstanceProfile.Arn)
	}
	word(a, "instance_type", i.InstanceType)
	word(a, "architecture", i.Architecture)
	word(a, "lifecycle", i.InstanceLifecycle)
	a.text("platform", i.PlatformDetails)
	a.text("image_id", i.ImageId)
	a.text("vpc_id", i.VpcId)
	a.text("subnet_id", i.SubnetId)
	a.text("private_ip", i.PrivateIpAddress)
	a.text("public_ip", i.PublicIpAddress)
	a.text("outpost", i.OutpostArn)
	return provider.Resource{
		Provider: cloud.AWS, NativeID: p.arn("ec2", "instance/"+id), NativeType: "AWS::EC2::Instance",
		Name: nameFrom(list, id), Region: p.Region, Zone: zone, Created: instant(i.LaunchTime), Tags: list, Attributes: a,
		Locations: []provider.Location{p.inZone(provider.FacetProcess, zone, sdk.ToString(i.OutpostArn),
			provider.Evidence{API: "ec2:DescribeInstances", Field: "Placement.AvailabilityZone", Value: zone})},
	}
}

func ec2Tags(list []ec2types.Tag) []cloud.Tag {
	return tags(list, func(t ec2types.Tag) (*string, *string) { return t.Key, t.Value })
}
