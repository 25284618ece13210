package aws_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws"
	"github.com/causeway/causeway/internal/provider/aws/awstest"
)

var update = flag.Bool("update", false, "write the generated documentation")

const doc = "../../../docs/permissions-aws.md"

func TestPermissionsDoc(t *testing.T) {
	want, err := aws.PermissionsDoc()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(doc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the table of calls makes; run this test with -update (-want +got):\n%s", doc, diff)
	}
}

// TestTemplateAllowsThePolicy holds the two forms of one grant against each other.
func TestTemplateAllowsThePolicy(t *testing.T) {
	var template struct {
		Parameters map[string]any
		Resources  struct {
			Role struct {
				Properties struct {
					Policies []struct {
						PolicyDocument struct{ Statement []struct{ Action []string } }
					}
				}
			}
		}
	}
	var plain map[string]any
	if err := yaml.Unmarshal([]byte(aws.RoleTemplate()), &plain); err != nil {
		t.Fatalf("the template is not YAML: %v", err)
	}
	asJSON, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(asJSON, &template); err != nil {
		t.Fatal(err)
	}
	text, err := aws.PolicyJSON()
	if err != nil {
		t.Fatal(err)
	}
	var policy struct{ Statement []struct{ Action []string } }
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		t.Fatalf("the policy is not JSON: %v", err)
	}
	if diff := cmp.Diff(policy.Statement[0].Action, template.Resources.Role.Properties.Policies[0].PolicyDocument.Statement[0].Action); diff != "" {
		t.Errorf("actions (-policy +template):\n%s", diff)
	}
	for _, name := range []string{"RoleName", "TrustedPrincipal", "ExternalId"} {
		if template.Parameters[name] == nil {
			t.Errorf("the template has no parameter %s", name)
		}
	}
	for _, a := range policy.Statement[0].Action {
		_, verb, _ := strings.Cut(a, ":")
		if !slices.ContainsFunc([]string{"List", "Describe", "Get"}, func(p string) bool { return strings.HasPrefix(verb, p) }) {
			t.Errorf("%s is more than reading", a)
		}
	}
}

// iamName is the action of each operation whose name differs from it.
var iamName = map[string]string{"S3.ListBuckets": "s3:ListAllMyBuckets", "S3.GetBucketReplication": "s3:GetReplicationConfiguration"}

// TestEveryCallHasAPermission compares what goes over the wire with the table.
func TestEveryCallHasAPermission(t *testing.T) {
	s := awstest.Serve(t, awstest.Small(), awstest.Faults{})
	readAll(t, open(t, s, everything, &limiter{}))
	readAll(t, open(t, s, organization, &limiter{}))
	made := map[string]bool{}
	for _, c := range s.Calls() {
		service, op, _ := strings.Cut(c.Op, ".")
		action := strings.ToLower(service) + ":" + op
		if other := iamName[c.Op]; other != "" {
			action = other
		}
		made[action] = true
	}
	listed := map[string]bool{}
	for _, p := range aws.Permissions() {
		if p.Why == "" {
			t.Errorf("%s does not say why", p.Call)
		}
		listed[p.Call] = true
	}
	if diff := cmp.Diff(listed, made); diff != "" {
		t.Errorf("actions (-listed +made):\n%s", diff)
	}
}

func TestSourceTest(t *testing.T) {
	for _, tc := range []struct {
		name   string
		faults awstest.Faults
		want   map[string]string // what is not OK: "region action" to a part of the fix
	}{
		{name: "healthy", want: map[string]string{}},
		{
			name:   "one call of one region",
			faults: awstest.Faults{Deny: []awstest.Match{{Account: awstest.Caller, Region: "us-east-1", Op: "DynamoDB.DescribeTable"}}},
			want:   map[string]string{"us-east-1 dynamodb:DescribeTable": "Allow dynamodb:DescribeTable to arn:aws:iam::111111111111:user/reader"},
		},
		{
			name:   "a permission named otherwise than its call",
			faults: awstest.Faults{Deny: []awstest.Match{{Op: "S3.GetBucketReplication"}}},
			want:   map[string]string{"eu-central-1 s3:GetReplicationConfiguration": "Allow s3:GetReplicationConfiguration to"},
		},
		{
			name:   "all regions are refused",
			faults: awstest.Faults{Deny: []awstest.Match{{Op: "EC2.DescribeRegions"}}},
			want:   map[string]string{"eu-central-1 ec2:DescribeRegions": "Allow ec2:DescribeRegions to"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := open(t, awstest.Serve(t, awstest.Small(), tc.faults), `{}`, &limiter{})
			tester, ok := r.(provider.Tester)
			if !ok {
				t.Fatal("the reader cannot be tested")
			}
			got, tried := map[string]string{}, map[string]bool{}
			for res, err := range tester.Test(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				tried[res.Permission.Call] = true
				if !res.OK {
					got[res.Region+" "+res.Permission.Call] = res.Fix
				}
			}
			for key, fix := range tc.want {
				if !strings.Contains(got[key], fix) {
					t.Errorf("%s: fix %q, want it to contain %q", key, got[key], fix)
				}
				delete(got, key)
			}
			if len(got) > 0 {
				t.Errorf("denied although it is not: %v", got)
			}
			for _, p := range aws.Permissions() {
				if p.Family != "" && tc.faults.Deny == nil && !tried[p.Call] {
					t.Errorf("%s was not tried", p.Call)
				}
			}
		})
	}
}
