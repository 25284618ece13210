package aws_test

import (
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws/awstest"
)

// TestProblems answers one listing with each code, over the wire of its service.
func TestProblems(t *testing.T) {
	for _, tc := range []struct {
		op, api string
		code    string
		want    provider.ProblemCode
		fix     string
	}{
		{"EC2.DescribeVolumes", "ec2.volumes", "UnauthorizedOperation", provider.ProblemDenied, "Allow ec2:DescribeVolumes to arn:aws:iam::111111111111:user/reader."},
		{"EC2.DescribeVolumes", "ec2.volumes", "AuthFailure", provider.ProblemCredentials, "Renew the AWS credentials"},
		{"EC2.DescribeVolumes", "ec2.volumes", "OptInRequired", provider.ProblemDisabled, "Enable eu-central-1"},
		{"EC2.DescribeVolumes", "ec2.volumes", "RequestLimitExceeded", provider.ProblemThrottled, ""},
		{"EC2.DescribeVolumes", "ec2.volumes", "Blocked", provider.ProblemSuspended, "owner of account 111111111111"},
		{"EC2.DescribeVolumes", "ec2.volumes", "InvalidParameterValue", provider.ProblemInvalid, ""},
		{"RDS.DescribeDBInstances", "rds.instances", "AccessDenied", provider.ProblemDenied, "Allow rds:DescribeDBInstances"},
		{"RDS.DescribeDBInstances", "rds.instances", "InvalidClientTokenId", provider.ProblemCredentials, "Renew"},
		{"RDS.DescribeDBInstances", "rds.instances", "Throttling", provider.ProblemThrottled, ""},
		{"S3.GetBucketReplication", "s3.buckets", "AccessDenied", provider.ProblemDenied, "Allow s3:GetReplicationConfiguration"},
		{"S3.ListBuckets", "s3.buckets", "InvalidAccessKeyId", provider.ProblemCredentials, "Renew"},
		{"DynamoDB.DescribeTable", "dynamodb.tables", "AccessDeniedException", provider.ProblemDenied, "Allow dynamodb:DescribeTable"},
		{"DynamoDB.ListTables", "dynamodb.tables", "UnrecognizedClientException", provider.ProblemCredentials, "Renew"},
		{"DynamoDB.ListTables", "dynamodb.tables", "ExpiredTokenException", provider.ProblemCredentials, "Renew"},
		{"EKS.DescribeCluster", "eks.clusters", "AccessDeniedException", provider.ProblemDenied, "Allow eks:DescribeCluster"},
		{"Lambda.ListTags", "lambda.functions", "AccessDeniedException", provider.ProblemDenied, "Allow lambda:ListTags"},
		{"KMS.DescribeKey", "kms.keys", "AccessDeniedException", provider.ProblemDenied, "Allow kms:DescribeKey"},
		{"KMS.ListKeys", "kms.keys", "ThrottlingException", provider.ProblemThrottled, ""},
	} {
		t.Run(tc.op+" "+tc.code, func(t *testing.T) {
			f := awstest.Faults{Code: tc.code, CodeFor: []awstest.Match{{Op: tc.op}}}
			got := readAll(t, open(t, awstest.Serve(t, awstest.Small(), f), `{"regions":["eu-central-1"]}`, &limiter{}))
			region := "eu-central-1"
			if tc.api == "s3.buckets" {
				region = ""
			}
			err := got.failed[awstest.Caller+" "+region+" "+tc.api]
			if err == nil {
				t.Fatalf("%s does not fail", tc.api)
			}
			p := provider.ProblemOf(err)
			if p.Code != tc.want {
				t.Errorf("code %s, want %s: %s", p.Code, tc.want, p.Text)
			}
			for _, part := range []string{tc.code, awstest.Caller, "eu-central-1"} {
				if !strings.Contains(p.Text, part) {
					t.Errorf("text %q does not name %s", p.Text, part)
				}
			}
			if !strings.HasPrefix(p.Fix, tc.fix) && !strings.Contains(p.Fix, tc.fix) || (tc.fix == "" && p.Fix != "") {
				t.Errorf("fix %q, want %q", p.Fix, tc.fix)
			}
		})
	}
}

// TestOneDeniedDetail keeps what can be read, and still fails the scope.
func TestOneDeniedDetail(t *testing.T) {
	e := awstest.Small()
	f := awstest.Faults{Deny: []awstest.Match{{Region: "us-east-1", Op: "S3.GetBucketTagging"}}}
	got := readAll(t, open(t, awstest.Serve(t, e, f), `{}`, &limiter{}))
	p := provider.ProblemOf(got.failed[awstest.Caller+"  s3.buckets"])
	if p.Code != provider.ProblemDenied || !strings.Contains(p.Text, "bucket orders-copy") {
		t.Errorf("%s: %s", p.Code, p.Text)
	}
	for id, seen := range map[string]bool{"arn:aws:s3:::orders": true, "arn:aws:s3:::untagged": true, "arn:aws:s3:::ancient": true, "arn:aws:s3:::orders-copy": false} {
		if _, ok := got.resources[id]; ok != seen {
			t.Errorf("%s seen: %v, want %v", id, ok, seen)
		}
	}
}

func TestUnreachable(t *testing.T) {
	f := awstest.Faults{Fail: []awstest.Match{{Region: "us-east-1"}}}
	got := readAll(t, open(t, awstest.Serve(t, awstest.Small(), f), `{}`, &limiter{}))
	p := provider.ProblemOf(got.failed[awstest.Caller+" us-east-1 ec2.volumes"])
	if p.Code != provider.ProblemUnreachable || !strings.Contains(p.Text, "us-east-1") || !p.Retryable() {
		t.Errorf("%s: %s", p.Code, p.Text)
	}
	if _, ok := got.rows[awstest.Caller+" eu-central-1 ec2.volumes"]; !ok {
		t.Error("a region that answers was not read")
	}
}
