package awstest

import (
	"fmt"
	"strings"
)

// The accounts of the small estate: the caller's, two members that a role reads.
const (
	Caller  = "111111111111"
	Member  = "222222222222"
	Closed  = "333333333333"
	Role    = "CausewayRead"
	RoleKey = "shared-external-id"
)

// Secrets are planted where AWS shows them and the adapter must not.
var Secrets = []string{"hunter2-in-environment", "hunter2-in-user-data", "hunter2-in-master-user"}

// Small is an estate with something in every family and trouble in most of them: copies that leave
// the country, a replica in an account nobody sees, a key kept elsewhere.
func Small() Estate {
	e := Estate{Roles: map[string]string{"arn:aws:iam::" + Member + ":role/" + Role: RoleKey}}
	for _, account := range []string{Caller, Member} {
		e.regions(account, map[string]string{
			"eu-central-1": "opt-in-not-required", "us-east-1": "opt-in-not-required", "eu-central-2": "opted-in", "af-south-1": "not-opted-in",
		})
	}
	e.organization()
	e.ec2()
	e.s3()
	e.rds()
	e.dynamodb()
	e.eks()
	e.lambda()
	e.kms()
	return e
}

// Add appends a row.
func (e *Estate) Add(account, region, op, key, body string) {
	e.Rows = append(e.Rows, Row{account, region, op, key, strings.Join(strings.Fields(body), " ")})
}

// Without returns the estate without the rows whose body contains text.
func (e Estate) Without(text string) Estate {
	kept := Estate{Roles: e.Roles}
	for _, r := range e.Rows {
		if !strings.Contains(r.Body, text) {
			kept.Rows = append(kept.Rows, r)
		}
	}
	return kept
}

func (e *Estate) regions(account string, state map[string]string) {
	for region, opt := range state {
		e.Add(account, "", "EC2.DescribeRegions", "", element("regionName", region)+element("optInStatus", opt))
	}
}

func (e *Estate) organization() {
	for id, a := range map[string][2]string{Caller: {"management", "ACTIVE"}, Member: {"payments", "ACTIVE"}, Closed: {"old-shop", "SUSPENDED"}} {
		e.Add(Caller, "", "Organizations.ListAccounts", "", fmt.Sprintf(`{"Id":%q,"Name":%q,"State":%q,"Paths":["o-1/r-1/ou-1/%s/"]}`, id, a[0], a[1], id))
	}
	e.Add(Caller, "", "Organizations.ListTagsForResource", Member, `{"Key":"unit","Value":"payments"}`)
}

func (e *Estate) ec2() {
	for _, region := range []string{"eu-central-1", "us-east-1"} {
		for n := range 3 {
			e.Add(Caller, region, "EC2.DescribeInstances", "", fmt.Sprintf(`<ownerId>%s</ownerId><instancesSet><item>
				<instanceId>i-0%d</instanceId><imageId>ami-1</imageId><instanceType>m7g.large</instanceType><architecture>arm64</architecture>
				<instanceState><name>running</name></instanceState><placement><availabilityZone>%sa</availabilityZone></placement>
				<launchTime>2026-03-01T08:00:00.000Z</launchTime><vpcId>vpc-1</vpcId><userData>hunter2-in-user-data</userData>
				<tagSet><item><key>Name</key><value>web-%d</value></item><item><key>env</key><value>prod</value></item></tagSet>
				</item></instancesSet>`, Caller, n, region, n))
			e.Add(Caller, region, "EC2.DescribeVolumes", "", fmt.Sprintf(`<volumeId>vol-0%d</volumeId><size>100</size><status>in-use</status>
				<availabilityZone>%sa</availabilityZone><createTime>2026-03-01T08:00:00.000Z</createTime><volumeType>gp3</volumeType><encrypted>true</encrypted>
				<kmsKeyId>arn:aws:kms:%s:%s:key/k-1</kmsKeyId>
				<attachmentSet><item><instanceId>i-0%d</instanceId><status>attached</status></item></attachmentSet>`, n, region, region, Caller, n))
		}
	}
	e.Add(Caller, "eu-central-1", "EC2.DescribeInstances", "", `<instancesSet><item><instanceId>i-0gone</instanceId><instanceState><name>terminated</name></instanceState></item></instancesSet>`)
	e.Add(Caller, "eu-central-1", "EC2.DescribeSnapshots", "", `<snapshotId>snap-0a</snapshotId><volumeId>vol-00</volumeId><status>completed</status>
		<startTime>2026-04-01T00:00:00.000Z</startTime><volumeSize>100</volumeSize><description>nightly</description><encrypted>true</encrypted>`)
	e.Add(Caller, "us-east-1", "EC2.DescribeSnapshots", "", `<snapshotId>snap-0b</snapshotId><volumeId>vol-ffffffff</volumeId><status>completed</status>
		<startTime>2026-04-02T00:00:00.000Z</startTime><volumeSize>100</volumeSize><description>[Copied snap-0a from eu-central-1] nightly</description>`)
	e.Add(Member, "eu-central-2", "EC2.DescribeVolumes", "", `<volumeId>vol-0m</volumeId><size>8</size><status>available</status><availabilityZone>eu-central-2b</availabilityZone>`)
	e.Add(Member, "eu-central-2", "EC2.DescribeVolumes", "", `<volumeId>vol-0n</volumeId><size>8</size><status>available</status><availabilityZone>eu-central-2b</availabilityZone>`)
}

func (e *Estate) s3() {
	bucket := func(name, region string) {
		e.Rows = append(e.Rows, Row{Caller, region, "S3.ListBuckets", name, element("Name", name) +
			element("CreationDate", "2025-01-02T03:04:05.000Z") + element("BucketRegion", region)})
	}
	bucket("orders", "eu-central-1")
	bucket("orders-copy", "us-east-1")
	bucket("untagged", "eu-central-1")
	e.Rows = append(e.Rows, Row{Caller, "eu-west-1", "S3.ListBuckets", "ancient", element("Name", "ancient")})
	e.Rows = append(e.Rows, Row{Caller, "us-east-1", "S3.ListBuckets", "oldest", element("Name", "oldest")})
	e.Add(Caller, "", "S3.GetBucketTagging", "orders", `<Tagging><TagSet><Tag><Key>class</Key><Value>personal</Value></Tag></TagSet></Tagging>`)
	e.Add(Caller, "", "S3.GetBucketReplication", "orders", `<ReplicationConfiguration><Role>arn:aws:iam::111111111111:role/r</Role>
		<Rule><ID>a</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::orders-copy</Bucket></Destination></Rule>
		<Rule><ID>b</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::vault</Bucket><Account>999999999999</Account></Destination></Rule>
		<Rule><ID>c</ID><Status>Disabled</Status><Destination><Bucket>arn:aws:s3:::idle</Bucket></Destination></Rule></ReplicationConfiguration>`)
	e.Add(Caller, "", "S3.GetBucketReplication", "ancient", `<ReplicationConfiguration><Rule><Status>Enabled</Status>
		<Destination><Bucket>arn:aws:s3:::oldest</Bucket></Destination></Rule></ReplicationConfiguration>`)
}
