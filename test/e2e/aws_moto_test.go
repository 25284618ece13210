//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws"
	"github.com/causeway/causeway/test/e2e/harness"
)

const (
	frankfurt = "eu-central-1"
	virginia  = "us-east-1"
	own       = "123456789012" // moto's default account
)

// moto is a running server that others wrote, and the configuration to reach it.
type moto struct{ url string }

// startMoto runs moto's server, and then points the SDK's own chain at nothing but made-up keys.
func startMoto(t *testing.T) moto {
	t.Helper()
	m := moto{url: harness.StartMoto(t)}
	for _, v := range credentialsOfNobody {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	return m
}

// credentialsOfNobody is an environment in which an AWS SDK finds made-up keys, and none of the
// person who runs this.
var credentialsOfNobody = []string{
	"AWS_EC2_METADATA_DISABLED=true", "AWS_ACCESS_KEY_ID=testing", "AWS_SECRET_ACCESS_KEY=testing", "AWS_SESSION_TOKEN=",
	"AWS_REGION=" + frankfurt, "AWS_PROFILE=", "AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
}

// config is that of an AWS SDK in a region.
func (m moto) config(region string) sdk.Config {
	return sdk.Config{
		Region: region, BaseEndpoint: sdk.String(m.url),
		Credentials: credentials.NewStaticCredentialsProvider("testing", "testing", ""),
	}
}

func (m moto) s3(region string) *s3.Client {
	return s3.NewFromConfig(m.config(region), func(o *s3.Options) { o.UsePathStyle = true })
}

// noLimit lets everything pass.
type noLimit struct{}

func (noLimit) Wait(ctx context.Context, _ provider.LimitKey) error { return ctx.Err() }
func (noLimit) Throttled(provider.LimitKey)                         {}

func (m moto) open(t *testing.T, settings map[string]any) provider.Reader {
	t.Helper()
	settings["endpoint"] = m.url
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	r, err := aws.Factory(aws.Config{AllowLoopbackEndpoint: true}).Open(t.Context(), provider.Source{
		Name: "moto", Settings: raw, Limit: noLimit{}, Clock: time.Now,
		Secret: func(name string) (string, error) { return "", fmt.Errorf("no secret %q", name) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// list reads every scope, each of which must be complete.
func list(t *testing.T, r provider.Reader) map[string]provider.Resource {
	t.Helper()
	all := map[string]provider.Resource{}
	for s, err := range r.Scopes(t.Context()) {
		if err != nil || s.Err != nil {
			t.Fatalf("scope %s %s %s: %v %v", s.Account.ID, s.Region, s.API, err, s.Err)
		}
		for res, err := range r.Resources(t.Context(), s) {
			if err != nil {
				t.Fatalf("scope %s %s %s: %v", s.Account.ID, s.Region, s.API, err)
			}
			all[res.NativeID] = res
		}
	}
	return all
}

// must unwraps what an SDK call returns.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestMotoEstate(t *testing.T) {
	m := startMoto(t)
	r := m.open(t, map[string]any{"regions": []string{frankfurt, virginia}})
	before := list(t, r)
	made := m.build(t)
	after := list(t, r)
	for what, id := range made {
		if _, ok := after[id]; !ok {
			t.Errorf("%s %s was made and is not seen; seen are %v", what, id, slices.Sorted(maps.Keys(after)))
		}
		if _, ok := before[id]; ok {
			t.Errorf("%s %s was seen before it was made", what, id)
		}
	}
	checkFacts(t, made, after)
	t.Run("regions are discovered", func(t *testing.T) { m.discover(t, made["volume"]) })
	t.Run("change and delete", func(t *testing.T) { m.changeAndDelete(t, r, made) })
	t.Run("source test", func(t *testing.T) {
		tester, ok := r.(provider.Tester)
		if !ok {
			t.Fatal("the reader cannot be tested")
		}
		for res, err := range tester.Test(t.Context()) {
			if err != nil || !res.OK {
				t.Errorf("%s in %s: %s %v", res.Permission.Call, res.Region, res.Problem, err)
			}
		}
	})
}

// discover names no region, and reads one family of all that moto has.
func (m moto) discover(t *testing.T, want string) {
	r, regions, seen := m.open(t, map[string]any{}), map[string]bool{}, false
	for s, err := range r.Scopes(t.Context()) {
		if err != nil || s.Err != nil {
			t.Fatal(err, s.Err)
		}
		if s.API != "ec2.volumes" {
			continue
		}
		regions[s.Region] = true
		for res, err := range r.Resources(t.Context(), s) {
			if err != nil {
				t.Fatal(err)
			}
			seen = seen || res.NativeID == want
		}
	}
	if len(regions) < 10 || !regions["ap-southeast-2"] {
		t.Errorf("moto has more regions than %v", slices.Sorted(maps.Keys(regions)))
	}
	if !seen {
		t.Errorf("%s is not seen", want)
	}
}

// build makes one of each, and returns their ids.
func (m moto) build(t *testing.T) map[string]string {
	t.Helper()
	made := map[string]string{}
	m.buildKeys(t, made)
	m.buildMachines(t, made)
	m.buildBuckets(t, made)
	m.buildDatabases(t, made)
	m.buildRest(t, made)
	return made
}

func (m moto) buildKeys(t *testing.T, made map[string]string) {
	t.Helper()
	client := kms.NewFromConfig(m.config(frankfurt))
	key := must[*kms.CreateKeyOutput](t)(client.CreateKey(t.Context(), &kms.CreateKeyInput{
		MultiRegion: sdk.Bool(true), Tags: []kmstypes.Tag{{TagKey: sdk.String("env"), TagValue: sdk.String("prod")}},
	}))
	must[*kms.CreateAliasOutput](t)(client.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: sdk.String("alias/orders"), TargetKeyId: key.KeyMetadata.KeyId}))
	replica := must[*kms.ReplicateKeyOutput](t)(client.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: key.KeyMetadata.KeyId, ReplicaRegion: sdk.String(virginia)}))
	made["key"], made["key replica"] = *key.KeyMetadata.Arn, *replica.ReplicaKeyMetadata.Arn
}

func (m moto) buildMachines(t *testing.T, made map[string]string) {
	t.Helper()
	client := ec2.NewFromConfig(m.config(frankfurt))
	images := must[*ec2.DescribeImagesOutput](t)(client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{}))
	run := must[*ec2.RunInstancesOutput](t)(client.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: images.Images[0].ImageId, MinCount: sdk.Int32(1), MaxCount: sdk.Int32(1), InstanceType: ec2types.InstanceTypeM5Large,
		UserData: sdk.String("aHVudGVyMi1pbi11c2VyLWRhdGE="),
		TagSpecifications: []ec2types.TagSpecification{{
			ResourceType: ec2types.ResourceTypeInstance, Tags: []ec2types.Tag{{Key: sdk.String("Name"), Value: sdk.String("web-1")}},
		}},
	}))
	volume := must[*ec2.CreateVolumeOutput](t)(client.CreateVolume(t.Context(), &ec2.CreateVolumeInput{
		AvailabilityZone: sdk.String(frankfurt + "a"), Size: sdk.Int32(8), Encrypted: sdk.Bool(true), KmsKeyId: sdk.String(made["key"]),
	}))
	must[*ec2.AttachVolumeOutput](t)(client.AttachVolume(t.Context(), &ec2.AttachVolumeInput{
		Device: sdk.String("/dev/sdf"), InstanceId: run.Instances[0].InstanceId, VolumeId: volume.VolumeId,
	}))
	snap := must[*ec2.CreateSnapshotOutput](t)(client.CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: volume.VolumeId}))
	away := ec2.NewFromConfig(m.config(virginia))
	abroad := must[*ec2.CopySnapshotOutput](t)(away.CopySnapshot(t.Context(), &ec2.CopySnapshotInput{
		SourceRegion: sdk.String(frankfurt), SourceSnapshotId: snap.SnapshotId,
		Description: sdk.String(fmt.Sprintf("[Copied %s from %s] nightly", *snap.SnapshotId, frankfurt)),
	}))
	made["instance"] = "arn:aws:ec2:eu-central-1:" + own + ":instance/" + *run.Instances[0].InstanceId
	made["volume"] = "arn:aws:ec2:eu-central-1:" + own + ":volume/" + *volume.VolumeId
	made["snapshot"] = "arn:aws:ec2:eu-central-1::snapshot/" + *snap.SnapshotId
	made["snapshot copy"] = "arn:aws:ec2:us-east-1::snapshot/" + *abroad.SnapshotId
}

func (m moto) buildBuckets(t *testing.T, made map[string]string) {
	t.Helper()
	near, far := m.s3(frankfurt), m.s3(virginia)
	must[*s3.CreateBucketOutput](t)(near.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket:                    sdk.String("orders"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: frankfurt},
	}))
	must[*s3.CreateBucketOutput](t)(far.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: sdk.String("orders-copy")}))
	for name, client := range map[string]*s3.Client{"orders": near, "orders-copy": far} {
		must[*s3.PutBucketVersioningOutput](t)(client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: sdk.String(name), VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled},
		}))
		made["bucket "+name] = "arn:aws:s3:::" + name
	}
	must[*s3.PutBucketTaggingOutput](t)(near.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{
		Bucket: sdk.String("orders"), Tagging: &s3types.Tagging{TagSet: []s3types.Tag{{Key: sdk.String("class"), Value: sdk.String("personal")}}},
	}))
	must[*s3.PutBucketReplicationOutput](t)(near.PutBucketReplication(t.Context(), &s3.PutBucketReplicationInput{
		Bucket: sdk.String("orders"), ReplicationConfiguration: &s3types.ReplicationConfiguration{
			Role: sdk.String("arn:aws:iam::" + own + ":role/copy"),
			Rules: []s3types.ReplicationRule{{
				ID: sdk.String("copy"), Status: s3types.ReplicationRuleStatusEnabled, Priority: sdk.Int32(1), Filter: &s3types.ReplicationRuleFilter{Prefix: sdk.String("")},
				DeleteMarkerReplication: &s3types.DeleteMarkerReplication{Status: s3types.DeleteMarkerReplicationStatusDisabled},
				Destination:             &s3types.Destination{Bucket: sdk.String("arn:aws:s3:::orders-copy")},
			}},
		},
	}))
}

func (m moto) buildDatabases(t *testing.T, made map[string]string) {
	t.Helper()
	near, far := rds.NewFromConfig(m.config(frankfurt)), rds.NewFromConfig(m.config(virginia))
	db := must[*rds.CreateDBInstanceOutput](t)(near.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: sdk.String("orders"), DBInstanceClass: sdk.String("db.m5.large"), Engine: sdk.String("postgres"),
		AllocatedStorage: sdk.Int32(20), MasterUsername: sdk.String("root"), MasterUserPassword: sdk.String("hunter2-in-master-password"), BackupRetentionPeriod: sdk.Int32(7),
	}))
	replica := must[*rds.CreateDBInstanceReadReplicaOutput](t)(far.CreateDBInstanceReadReplica(t.Context(), &rds.CreateDBInstanceReadReplicaInput{
		DBInstanceIdentifier: sdk.String("orders-us"), SourceDBInstanceIdentifier: db.DBInstance.DBInstanceArn, DBInstanceClass: sdk.String("db.m5.large"),
	}))
	snap := must[*rds.CreateDBSnapshotOutput](t)(near.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{
		DBInstanceIdentifier: sdk.String("orders"), DBSnapshotIdentifier: sdk.String("orders-1"),
	}))
	cluster := must[*rds.CreateDBClusterOutput](t)(near.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{
		DBClusterIdentifier: sdk.String("ledger"), Engine: sdk.String("aurora-postgresql"), MasterUsername: sdk.String("root"), MasterUserPassword: sdk.String("hunter2-in-master-password"),
	}))
	made["database"], made["database replica"] = *db.DBInstance.DBInstanceArn, *replica.DBInstance.DBInstanceArn
	made["database snapshot"], made["cluster of databases"] = *snap.DBSnapshot.DBSnapshotArn, *cluster.DBCluster.DBClusterArn
	table := must[*dynamodb.CreateTableOutput](t)(dynamodb.NewFromConfig(m.config(frankfurt)).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: sdk.String("carts"), BillingMode: ddbtypes.BillingModePayPerRequest,
		KeySchema:            []ddbtypes.KeySchemaElement{{AttributeName: sdk.String("id"), KeyType: ddbtypes.KeyTypeHash}},
		AttributeDefinitions: []ddbtypes.AttributeDefinition{{AttributeName: sdk.String("id"), AttributeType: ddbtypes.ScalarAttributeTypeS}},
		Tags:                 []ddbtypes.Tag{{Key: sdk.String("env"), Value: sdk.String("prod")}},
	}))
	made["table"] = *table.TableDescription.TableArn
}

func (m moto) buildRest(t *testing.T, made map[string]string) {
	t.Helper()
	cluster := must[*eks.CreateClusterOutput](t)(eks.NewFromConfig(m.config(frankfurt)).CreateCluster(t.Context(), &eks.CreateClusterInput{
		Name: sdk.String("shop"), RoleArn: sdk.String(m.role(t)), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{}, Tags: map[string]string{"env": "prod"},
	}))
	fn := must[*lambda.CreateFunctionOutput](t)(lambda.NewFromConfig(m.config(frankfurt)).CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: sdk.String("invoice"), Role: sdk.String(m.role(t)), PackageType: lambdatypes.PackageTypeZip, Runtime: lambdatypes.RuntimePython312,
		Handler: sdk.String("main.run"), Code: &lambdatypes.FunctionCode{ZipFile: emptyZip},
		Environment: &lambdatypes.Environment{Variables: map[string]string{"DB_PASSWORD": "hunter2-in-environment"}}, Tags: map[string]string{"env": "prod"},
	}))
	made["Kubernetes cluster"], made["function"] = *cluster.Cluster.Arn, *fn.FunctionArn
}

// emptyZip is the end record of an archive without files.
var emptyZip = append([]byte("PK\x05\x06"), make([]byte, 18)...)

// role makes an IAM role, which some services look for. One form is not worth another SDK.
func (m moto) role(t *testing.T) string {
	t.Helper()
	form := url.Values{"Action": {"CreateRole"}, "Version": {"2010-05-08"}, "RoleName": {"service"}, "AssumeRolePolicyDocument": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","eks.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`}}
	req := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodPost, m.url, strings.NewReader(form.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0")
	client := &http.Client{Timeout: time.Minute}
	resp := must[*http.Response](t)(client.Do(req))
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusConflict {
		t.Fatalf("make an IAM role: %s", resp.Status)
	}
	return "arn:aws:iam::" + own + ":role/service"
}

// checkFacts looks at what residency stands on, and for secrets.
func checkFacts(t *testing.T, made map[string]string, all map[string]provider.Resource) {
	t.Helper()
	for _, want := range []struct {
		what  string
		facet provider.Facet
		place string
	}{
		{"instance", provider.FacetProcess, frankfurt},
		{"volume", provider.FacetRest, frankfurt},
		{"snapshot copy", provider.FacetBackup, virginia},
		{"bucket orders", provider.FacetRest, frankfurt},
		{"bucket orders", provider.FacetReplica, virginia},
		{"bucket orders-copy", provider.FacetRest, virginia},
		{"database", provider.FacetReplica, virginia},
		{"database", provider.FacetBackup, frankfurt},
		{"table", provider.FacetRest, frankfurt},
		{"key", provider.FacetKey, virginia},
		{"function", provider.FacetProcess, frankfurt},
		{"Kubernetes cluster", provider.FacetProcess, frankfurt},
	} {
		if !hasLocation(all[made[want.what]], want.facet, want.place) {
			t.Errorf("%s has no %s in %s, but %v", want.what, want.facet, want.place, all[made[want.what]].Locations)
		}
	}
	for what, tag := range map[string]string{"bucket orders": "class=personal", "table": "env=prod", "key": "env=prod", "function": "env=prod", "Kubernetes cluster": "env=prod", "instance": "Name=web-1"} {
		list := all[made[what]].Tags
		if len(list) != 1 || list[0].Key+"="+list[0].Value != tag {
			t.Errorf("%s has the tags %v, want %s", what, list, tag)
		}
	}
	if name := all[made["key"]].Name; name != "orders" {
		t.Errorf("the key is called %q, not by its alias", name)
	}
	text := string(must[[]byte](t)(json.Marshal(all)))
	if strings.Contains(text, "hunter2") || strings.Contains(text, "aHVudGVyMi") {
		t.Error("a planted secret is shown")
	}
}

func hasLocation(r provider.Resource, f provider.Facet, place string) bool {
	return slices.ContainsFunc(r.Locations, func(l provider.Location) bool { return l.Facet == f && l.Place == place })
}

func (m moto) changeAndDelete(t *testing.T, r provider.Reader, made map[string]string) {
	machines := ec2.NewFromConfig(m.config(frankfurt))
	id := func(what string) string { return made[what][strings.LastIndex(made[what], "/")+1:] }
	must[*ec2.CreateTagsOutput](t)(machines.CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{id("volume")}, Tags: []ec2types.Tag{{Key: sdk.String("class"), Value: sdk.String("payment")}},
	}))
	must[*ec2.TerminateInstancesOutput](t)(machines.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id("instance")}}))
	must[*s3.DeleteBucketReplicationOutput](t)(m.s3(frankfurt).DeleteBucketReplication(t.Context(), &s3.DeleteBucketReplicationInput{Bucket: sdk.String("orders")}))
	must[*s3.DeleteBucketOutput](t)(m.s3(virginia).DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: sdk.String("orders-copy")}))
	must[*lambda.DeleteFunctionOutput](t)(lambda.NewFromConfig(m.config(frankfurt)).DeleteFunction(t.Context(), &lambda.DeleteFunctionInput{FunctionName: sdk.String("invoice")}))
	must[*eks.DeleteClusterOutput](t)(eks.NewFromConfig(m.config(frankfurt)).DeleteCluster(t.Context(), &eks.DeleteClusterInput{Name: sdk.String("shop")}))
	must[*rds.DeleteDBSnapshotOutput](t)(rds.NewFromConfig(m.config(frankfurt)).DeleteDBSnapshot(t.Context(), &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: sdk.String("orders-1")}))
	must[*dynamodb.DeleteTableOutput](t)(dynamodb.NewFromConfig(m.config(frankfurt)).DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: sdk.String("carts")}))
	all := list(t, r)
	for _, what := range []string{"instance", "bucket orders-copy", "function", "Kubernetes cluster", "database snapshot", "table"} {
		if _, ok := all[made[what]]; ok {
			t.Errorf("%s %s was deleted and is still seen", what, made[what])
		}
	}
	if tags := all[made["volume"]].Tags; len(tags) != 1 || tags[0].Value != "payment" {
		t.Errorf("the volume's new tag is not seen: %v", tags)
	}
	if hasLocation(all[made["bucket orders"]], provider.FacetReplica, virginia) {
		t.Error("the bucket's replication ended and is still seen")
	}
}

func TestMotoOrganization(t *testing.T) {
	m := startMoto(t)
	org := organizations.NewFromConfig(m.config(virginia))
	must[*organizations.CreateOrganizationOutput](t)(org.CreateOrganization(t.Context(), &organizations.CreateOrganizationInput{}))
	made := must[*organizations.CreateAccountOutput](t)(org.CreateAccount(t.Context(), &organizations.CreateAccountInput{
		AccountName: sdk.String("payments"), Email: sdk.String("payments@example.com"),
	}))
	member := *made.CreateAccountStatus.AccountId
	role := "arn:aws:iam::" + member + ":role/CausewayRead"
	as := must[*sts.AssumeRoleOutput](t)(sts.NewFromConfig(m.config(virginia)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: sdk.String(role), RoleSessionName: sdk.String("build")}))
	cfg := m.config(virginia)
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*as.Credentials.AccessKeyId, *as.Credentials.SecretAccessKey, *as.Credentials.SessionToken)
	volume := must[*ec2.CreateVolumeOutput](t)(ec2.NewFromConfig(cfg).CreateVolume(t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: sdk.String(virginia + "a"), Size: sdk.Int32(8)}))
	all := list(t, m.open(t, map[string]any{
		"regions": []string{virginia}, "accounts": map[string]any{"organization": true, "role": "CausewayRead"},
	}))
	id := "arn:aws:ec2:us-east-1:" + member + ":volume/" + *volume.VolumeId
	if _, ok := all[id]; !ok {
		t.Errorf("the member's volume %s is not seen; seen are %v", id, slices.Sorted(maps.Keys(all)))
	}
	if name := all["arn:aws:iam::"+member+":root"].Name; name != "payments" {
		t.Errorf("the member account is called %q", name)
	}
}
