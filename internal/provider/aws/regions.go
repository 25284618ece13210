package aws

import (
	"context"
	"fmt"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// accountFamily lists the account itself, with its regions. Its scope stands for the account as a
// whole: it carries the problem when the account cannot be read.
var accountFamily = family{
	API: "account", Title: "accounts and their regions", Kinds: []cloud.Kind{"tenancy.scope"}, Global: true,
	calls: []call{{Op: "EC2.DescribeRegions", Action: "ec2:DescribeRegions", Why: "which regions are enabled", try: func(ctx context.Context, at site) error {
		_, err := enabledRegions(ctx, at)
		return err
	}}},
	list: func(ctx context.Context, at site, out *rows) error {
		found, err := enabledRegions(ctx, at)
		if err != nil {
			return err
		}
		return out.put(fromOwnAccount(at.place, at.name, found))
	},
}

// regions are those of one account.
type regions struct {
	Enabled  []string
	Disabled []string // they exist, but the account has not opted in
}

// enabledRegions asks for all regions of the partition, so that a region that is not enabled can be
// told from one that does not exist. No region at all is an error, never an empty estate.
func enabledRegions(ctx context.Context, at site) (regions, error) {
	var r regions
	out, err := ec2.NewFromConfig(at.cfg).DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: sdk.Bool(true)})
	if err != nil {
		return r, err
	}
	for _, g := range out.Regions {
		if sdk.ToString(g.OptInStatus) == "not-opted-in" {
			r.Disabled = append(r.Disabled, sdk.ToString(g.RegionName))
			continue
		}
		r.Enabled = append(r.Enabled, sdk.ToString(g.RegionName))
	}
	slices.Sort(r.Enabled)
	slices.Sort(r.Disabled)
	if len(r.Enabled) == 0 {
		return r, &provider.Problem{
			Code: provider.ProblemIncomplete, Text: "ec2:DescribeRegions in " + at.title() + " named no enabled region.",
			Fix: "Check which server answers: every account has regions.",
		}
	}
	return r, nil
}

// choose returns the enabled regions among the wanted ones, or all when none is named, and those
// wanted that do not exist. A region that is not enabled holds nothing that could be listed.
func (r regions) choose(wanted []string) (chosen, wrong []string) {
	if len(wanted) == 0 {
		return r.Enabled, nil
	}
	for _, w := range slices.Compact(slices.Sorted(slices.Values(wanted))) {
		switch {
		case slices.Contains(r.Enabled, w):
			chosen = append(chosen, w)
		case !slices.Contains(r.Disabled, w):
			wrong = append(wrong, w)
		}
	}
	return chosen, wrong
}

func (r regions) noSuchRegion(at site, code string) error {
	fix := "Take it out of spec.aws.regions."
	if near := fault.Nearest(code, append(slices.Clone(r.Enabled), r.Disabled...)); near != "" {
		fix = fmt.Sprintf("Correct spec.aws.regions: did you mean %s?", near)
	}
	return &provider.Problem{Code: provider.ProblemDisabled, Text: fmt.Sprintf("Account %s has no region %q in partition %s.", at.Account, code, at.Partition), Fix: fix}
}

// fromOwnAccount describes the account as seen from within.
func fromOwnAccount(p place, name string, r regions) provider.Resource {
	if name == "" {
		name = p.Account
	}
	return provider.Resource{
		Provider: cloud.AWS, NativeID: "arn:" + p.Partition + ":iam::" + p.Account + ":root", NativeType: "AWS::Organizations::Account",
		Name: name, Region: "global",
		Attributes: attrs{"partition": p.Partition, "enabled_regions": r.Enabled},
	}
}
