package aws

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

var (
	frankfurt = place{Partition: "aws", Account: "111111111111", Region: "eu-central-1"}
	beijing   = place{Partition: "aws-cn", Account: "111111111111", Region: "cn-north-1"}
	then      = time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("CET", 3600))
)

// loc is a location in words: facet, place, detail, evidence's field and value.
func loc(f provider.Facet, place, detail, field, value string) string {
	return strings.Join([]string{string(f), place, detail, field, value}, " | ")
}

func rel(t provider.RelationType, id string) string { return string(t) + " " + id }

// words writes what residency and portability stand on.
func words(r provider.Resource) (locations, relations []string) {
	for _, l := range r.Locations {
		where := l.Place
		if l.Meaning == cloud.MeaningUnknown {
			where = "unknown " + where
		}
		locations = append(locations, loc(l.Facet, strings.TrimSpace(where), l.Detail, l.Evidence.Field, l.Evidence.Value))
	}
	for _, l := range r.Relations {
		relations = append(relations, rel(l.Type, l.NativeID))
	}
	return locations, relations
}

func TestFrom(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:111111111111:key/k-1"
	for _, tc := range []struct {
		name, reason string
		have         provider.Resource
		id, typ      string
		kind         cloud.Kind        // "" where the type decides
		portability  cloud.Portability // "" where the type decides
		locations    []string
		relations    []string
	}{
		{
			name: "instance", reason: "it processes; its data is the volumes'",
			have: fromInstance(frankfurt, ec2types.Instance{InstanceId: sdk.String("i-1"), Placement: &ec2types.Placement{AvailabilityZone: sdk.String("eu-central-1a")}}),
			id:   "arn:aws:ec2:eu-central-1:111111111111:instance/i-1", typ: "AWS::EC2::Instance",
			locations: []string{loc("process", "eu-central-1", "", "Placement.AvailabilityZone", "eu-central-1a")},
		},
		{
			name: "instance in a Local Zone", reason: "Hamburg and Warsaw hang on the same region: the zone is not the region",
			have: fromInstance(frankfurt, ec2types.Instance{InstanceId: sdk.String("i-1"), Placement: &ec2types.Placement{AvailabilityZone: sdk.String("eu-central-1-waw-1a")}}),
			id:   "arn:aws:ec2:eu-central-1:111111111111:instance/i-1", typ: "AWS::EC2::Instance",
			locations: []string{loc("process", "unknown eu-central-1-waw-1a", "zone outside the region eu-central-1", "Placement.AvailabilityZone", "eu-central-1-waw-1a")},
		},
		{
			name: "instance in China", reason: "another partition has other ARNs",
			have: fromInstance(beijing, ec2types.Instance{InstanceId: sdk.String("i-1"), Placement: &ec2types.Placement{AvailabilityZone: sdk.String("cn-north-1a")}}),
			id:   "arn:aws-cn:ec2:cn-north-1:111111111111:instance/i-1", typ: "AWS::EC2::Instance",
			locations: []string{loc("process", "cn-north-1", "", "Placement.AvailabilityZone", "cn-north-1a")},
		},
		{
			name: "volume", reason: "it is attached and encrypted",
			have: fromVolume(frankfurt, ec2types.Volume{
				VolumeId: sdk.String("vol-1"), AvailabilityZone: sdk.String("eu-central-1b"), KmsKeyId: sdk.String(key),
				Attachments: []ec2types.VolumeAttachment{{InstanceId: sdk.String("i-1")}},
			}),
			id: "arn:aws:ec2:eu-central-1:111111111111:volume/vol-1", typ: "AWS::EC2::Volume",
			locations: []string{loc("rest", "eu-central-1", "", "AvailabilityZone", "eu-central-1b")},
			relations: []string{rel("attached_to", "arn:aws:ec2:eu-central-1:111111111111:instance/i-1"), rel("encrypted_by", key)},
		},
		{
			name: "volume on an Outpost", reason: "an Outpost stands where its owner put it",
			have: fromVolume(frankfurt, ec2types.Volume{VolumeId: sdk.String("vol-1"), AvailabilityZone: sdk.String("eu-central-1b"), OutpostArn: sdk.String("op-1"), KmsKeyId: sdk.String("alias/aws/ebs")}),
			id:   "arn:aws:ec2:eu-central-1:111111111111:volume/vol-1", typ: "AWS::EC2::Volume",
			locations: []string{loc("rest", "unknown", "Outpost op-1", "AvailabilityZone", "eu-central-1b")},
		},
		{
			name: "copied snapshot", reason: "the description is the only trace, and the volume a stand-in",
			have: fromSnapshot(frankfurt, ec2types.Snapshot{SnapshotId: sdk.String("snap-0b"), VolumeId: sdk.String("vol-ffffffff"), Description: sdk.String("[Copied snap-0a from eu-west-2] nightly")}),
			id:   "arn:aws:ec2:eu-central-1::snapshot/snap-0b", typ: "AWS::EC2::Snapshot",
			locations: []string{loc("backup", "eu-central-1", "", "Region", "eu-central-1")},
			relations: []string{rel("replica_of", "arn:aws:ec2:eu-west-2::snapshot/snap-0a")},
		},
		{
			name: "snapshot", reason: "a backup of its volume",
			have: fromSnapshot(frankfurt, ec2types.Snapshot{SnapshotId: sdk.String("snap-0a"), VolumeId: sdk.String("vol-1"), Description: sdk.String("was [Copied snap-0a from eu-west-2]")}),
			id:   "arn:aws:ec2:eu-central-1::snapshot/snap-0a", typ: "AWS::EC2::Snapshot",
			locations: []string{loc("backup", "eu-central-1", "", "Region", "eu-central-1")},
			relations: []string{rel("backup_of", "arn:aws:ec2:eu-central-1:111111111111:volume/vol-1")},
		},
		{
			name: "bucket", reason: "one destination is known, one is another account's, one is nobody's we know, one is paused",
			have: fromBucket(frankfurt, s3types.Bucket{Name: sdk.String("orders")}, bucketDetail{
				Region: "eu-west-1", RegionCall: "s3:ListBuckets", RegionField: "Buckets[].BucketRegion", RegionOf: map[string]string{"copy": "us-east-1"},
				Replication: &s3types.ReplicationConfiguration{Rules: []s3types.ReplicationRule{
					rule("copy", "", s3types.ReplicationRuleStatusEnabled), rule("copy", "", s3types.ReplicationRuleStatusEnabled),
					rule("vault", "999999999999", s3types.ReplicationRuleStatusEnabled), rule("lost", "", s3types.ReplicationRuleStatusEnabled),
					rule("idle", "", s3types.ReplicationRuleStatusDisabled),
					{Status: s3types.ReplicationRuleStatusEnabled},
				}},
			}),
			id: "arn:aws:s3:::orders", typ: "AWS::S3::Bucket",
			locations: []string{
				loc("rest", "eu-west-1", "", "Buckets[].BucketRegion", "eu-west-1"),
				loc("replica", "us-east-1", "bucket copy", "Rules[].Destination.Bucket", "arn:aws:s3:::copy"),
				loc("replica", "unknown", "bucket vault in account 999999999999", "Rules[].Destination.Account", "999999999999"),
				loc("replica", "unknown", "bucket lost, which account 111111111111 does not list", "Rules[].Destination.Bucket", "arn:aws:s3:::lost"),
			},
			relations: []string{rel("replicates_to", "arn:aws:s3:::copy"), rel("replicates_to", "arn:aws:s3:::vault"), rel("replicates_to", "arn:aws:s3:::lost")},
		},
		{
			name: "database", reason: "a replica elsewhere, a standby here, backups here and abroad",
			have: fromDBInstance(frankfurt, rdstypes.DBInstance{
				DBInstanceArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:db:orders"), Engine: sdk.String("postgres"), BackupRetentionPeriod: sdk.Int32(7),
				AvailabilityZone: sdk.String("eu-central-1a"), SecondaryAvailabilityZone: sdk.String("eu-central-1b"), EnabledCloudwatchLogsExports: []string{"audit"},
				ReadReplicaDBInstanceIdentifiers:       []string{"near", "arn:aws:rds:us-east-1:111111111111:db:far"},
				DBInstanceAutomatedBackupsReplications: []rdstypes.DBInstanceAutomatedBackupsReplication{{DBInstanceAutomatedBackupsArn: sdk.String("arn:aws:rds:eu-west-2:111111111111:auto-backup:ab-1")}},
			}),
			id: "arn:aws:rds:eu-central-1:111111111111:db:orders", typ: "AWS::RDS::DBInstance", kind: "db.relational", portability: cloud.Standard,
			locations: []string{
				loc("rest", "eu-central-1", "", "AvailabilityZone", "eu-central-1a"),
				loc("failover", "eu-central-1", "", "SecondaryAvailabilityZone", "eu-central-1b"),
				loc("replica", "eu-central-1", "read replica near", "ReadReplicaDBInstanceIdentifiers[]", "near"),
				loc("replica", "us-east-1", "read replica far", "ReadReplicaDBInstanceIdentifiers[]", "arn:aws:rds:us-east-1:111111111111:db:far"),
				loc("backup", "eu-central-1", "", "BackupRetentionPeriod", "7"),
				loc("backup", "eu-west-2", "replicated automated backups", "DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn", "arn:aws:rds:eu-west-2:111111111111:auto-backup:ab-1"),
				loc("log", "eu-central-1", "", "EnabledCloudwatchLogsExports[]", "audit"),
			},
			relations: []string{rel("replicates_to", "arn:aws:rds:eu-central-1:111111111111:db:near"), rel("replicates_to", "arn:aws:rds:us-east-1:111111111111:db:far")},
		},
		{
			name: "member of a Neptune cluster", reason: "RDS answers for Neptune too; the data is the cluster's",
			have: fromDBInstance(frankfurt, rdstypes.DBInstance{
				DBInstanceArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:db:g-1"), Engine: sdk.String("neptune"), DBClusterIdentifier: sdk.String("g"),
				AvailabilityZone: sdk.String("eu-central-1a"), BackupRetentionPeriod: sdk.Int32(7),
			}),
			id: "arn:aws:rds:eu-central-1:111111111111:db:g-1", typ: "AWS::Neptune::DBInstance", kind: "db.nosql", portability: cloud.Equivalent,
			locations: []string{loc("process", "eu-central-1", "", "AvailabilityZone", "eu-central-1a")},
			relations: []string{rel("part_of", "arn:aws:rds:eu-central-1:111111111111:cluster:g")},
		},
		{
			name: "DocumentDB cluster", reason: "its ARN looks like RDS's",
			have: fromDBCluster(frankfurt, rdstypes.DBCluster{DBClusterArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:cluster:d"), Engine: sdk.String("docdb"), GlobalClusterIdentifier: sdk.String("world")}),
			id:   "arn:aws:rds:eu-central-1:111111111111:cluster:d", typ: "AWS::DocDB::DBCluster", kind: "db.nosql", portability: cloud.Equivalent,
			locations: []string{loc("rest", "eu-central-1", "", "DBClusterArn", "arn:aws:rds:eu-central-1:111111111111:cluster:d")},
			relations: []string{rel("part_of", "arn:aws:rds::111111111111:global-cluster:world")},
		},
		{
			name: "global cluster", reason: "it rests where it writes, and is copied where it reads",
			have: fromGlobalCluster(frankfurt, rdstypes.GlobalCluster{
				GlobalClusterArn: sdk.String("arn:aws:rds::111111111111:global-cluster:world"), Engine: sdk.String("aurora-mysql"),
				GlobalClusterMembers: []rdstypes.GlobalClusterMember{
					{DBClusterArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:cluster:a"), IsWriter: sdk.Bool(true)},
					{DBClusterArn: sdk.String("arn:aws:rds:us-east-1:111111111111:cluster:b")},
				},
			}),
			id: "arn:aws:rds::111111111111:global-cluster:world", typ: "AWS::RDS::GlobalCluster", kind: "db.relational", portability: cloud.Standard,
			locations: []string{
				loc("rest", "eu-central-1", "writer a", "GlobalClusterMembers[].DBClusterArn", "arn:aws:rds:eu-central-1:111111111111:cluster:a"),
				loc("replica", "us-east-1", "reader b", "GlobalClusterMembers[].DBClusterArn", "arn:aws:rds:us-east-1:111111111111:cluster:b"),
			},
		},
		{
			name: "snapshot copied from another region and account", reason: "the database is where the source was taken",
			have: fromDBSnapshot(frankfurt, rdstypes.DBSnapshot{
				DBSnapshotArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:snapshot:c"), DBInstanceIdentifier: sdk.String("orders"),
				SourceDBSnapshotIdentifier: sdk.String("arn:aws:rds:us-east-1:222222222222:snapshot:s"), SourceRegion: sdk.String("us-east-1"),
			}),
			id: "arn:aws:rds:eu-central-1:111111111111:snapshot:c", typ: "AWS::RDS::DBSnapshot",
			locations: []string{loc("backup", "eu-central-1", "", "DBSnapshotArn", "arn:aws:rds:eu-central-1:111111111111:snapshot:c")},
			relations: []string{rel("backup_of", "arn:aws:rds:us-east-1:222222222222:db:orders"), rel("replica_of", "arn:aws:rds:us-east-1:222222222222:snapshot:s")},
		},
		{
			name: "snapshot of a cluster", reason: "the cluster is here",
			have: fromDBClusterSnapshot(frankfurt, rdstypes.DBClusterSnapshot{DBClusterSnapshotArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:cluster-snapshot:c"), DBClusterIdentifier: sdk.String("ledger")}),
			id:   "arn:aws:rds:eu-central-1:111111111111:cluster-snapshot:c", typ: "AWS::RDS::DBClusterSnapshot",
			locations: []string{loc("backup", "eu-central-1", "", "DBClusterSnapshotArn", "arn:aws:rds:eu-central-1:111111111111:cluster-snapshot:c")},
			relations: []string{rel("backup_of", "arn:aws:rds:eu-central-1:111111111111:cluster:ledger")},
		},
		{
			name: "kept backups of a deleted database", reason: "they have no ARN of their own, but they are there",
			have: fromAutomatedBackup(frankfurt, rdstypes.DBInstanceAutomatedBackup{DbiResourceId: sdk.String("db-XYZ"), Status: sdk.String("retained"), DBInstanceArn: sdk.String("arn:aws:rds:eu-central-1:111111111111:db:old")}),
			id:   "arn:aws:rds:eu-central-1:111111111111:auto-backup:db-XYZ", typ: "AWS::RDS::DBInstanceAutomatedBackup", kind: "storage.snapshot", portability: cloud.Equivalent,
			locations: []string{loc("backup", "eu-central-1", "", "DBInstanceAutomatedBackupsArn", "arn:aws:rds:eu-central-1:111111111111:auto-backup:db-XYZ")},
			relations: []string{rel("backup_of", "arn:aws:rds:eu-central-1:111111111111:db:old")},
		},
		{
			name: "global table", reason: "it lists itself among its replicas; a witness is a replica with a detail",
			have: fromTable(frankfurt, ddbtypes.TableDescription{
				TableName: sdk.String("carts"), TableArn: sdk.String("arn:aws:dynamodb:eu-central-1:111111111111:table/carts"),
				Replicas:             []ddbtypes.ReplicaDescription{{RegionName: sdk.String("eu-central-1")}, {RegionName: sdk.String("us-east-1")}},
				GlobalTableWitnesses: []ddbtypes.GlobalTableWitnessDescription{{RegionName: sdk.String("us-east-2")}},
				SSEDescription:       &ddbtypes.SSEDescription{KMSMasterKeyArn: sdk.String(key)},
			}, nil),
			id: "arn:aws:dynamodb:eu-central-1:111111111111:table/carts", typ: "AWS::DynamoDB::Table",
			locations: []string{
				loc("rest", "eu-central-1", "", "TableArn", "arn:aws:dynamodb:eu-central-1:111111111111:table/carts"),
				loc("replica", "us-east-1", "replica", "Replicas[].RegionName", "us-east-1"),
				loc("replica", "us-east-2", "witness", "GlobalTableWitnesses[].RegionName", "us-east-2"),
			},
			relations: []string{rel("replicates_to", "arn:aws:dynamodb:us-east-1:111111111111:table/carts"), rel("encrypted_by", key)},
		},
		{
			name: "cluster", reason: "the control plane runs and stores here, and writes logs",
			have: fromCluster(frankfurt, ekstypes.Cluster{
				Name: sdk.String("shop"), Arn: sdk.String("arn:aws:eks:eu-central-1:111111111111:cluster/shop"),
				Logging:          &ekstypes.Logging{ClusterLogging: []ekstypes.LogSetup{{Enabled: sdk.Bool(false), Types: []ekstypes.LogType{"api"}}, {Enabled: sdk.Bool(true), Types: []ekstypes.LogType{"audit"}}}},
				EncryptionConfig: []ekstypes.EncryptionConfig{{Provider: &ekstypes.Provider{KeyArn: sdk.String(key)}}},
			}),
			id: "arn:aws:eks:eu-central-1:111111111111:cluster/shop", typ: "AWS::EKS::Cluster",
			locations: []string{
				loc("process", "eu-central-1", "", "Arn", "arn:aws:eks:eu-central-1:111111111111:cluster/shop"),
				loc("rest", "eu-central-1", "", "Arn", "arn:aws:eks:eu-central-1:111111111111:cluster/shop"),
				loc("log", "eu-central-1", "", "Logging.ClusterLogging[].Types", "audit"),
			},
			relations: []string{rel("encrypted_by", key)},
		},
		{
			name: "connected cluster", reason: "it runs elsewhere; here is only its registration",
			have: fromCluster(frankfurt, ekstypes.Cluster{Name: sdk.String("b"), Arn: sdk.String("arn:b"), ConnectorConfig: &ekstypes.ConnectorConfigResponse{Provider: sdk.String("RANCHER"), ActivationCode: sdk.String("hunter2")}}),
			id:   "arn:b", typ: "AWS::EKS::Cluster",
			locations: []string{loc("process", "unknown", "connected cluster run by RANCHER", "ConnectorConfig.Provider", "RANCHER"), loc("metadata", "eu-central-1", "", "Arn", "arn:b")},
		},
		{
			name: "function", reason: "the environment is not read",
			have: fromFunction(frankfurt, lambdatypes.FunctionConfiguration{
				FunctionName: sdk.String("f"), FunctionArn: sdk.String("arn:f"), KMSKeyArn: sdk.String(key),
				Environment: &lambdatypes.EnvironmentResponse{Variables: map[string]string{"P": "hunter2"}}, LoggingConfig: &lambdatypes.LoggingConfig{LogGroup: sdk.String("/g")},
			}, nil),
			id: "arn:f", typ: "AWS::Lambda::Function",
			locations: []string{loc("process", "eu-central-1", "", "FunctionArn", "arn:f"), loc("log", "eu-central-1", "", "LoggingConfig.LogGroup", "/g")},
			relations: []string{rel("encrypted_by", key)},
		},
		{
			name: "replica key", reason: "each copy can decrypt",
			have: fromKey(frankfurt, kmstypes.KeyMetadata{KeyId: sdk.String("mrk-1"), Arn: sdk.String("arn:k"), MultiRegionConfiguration: &kmstypes.MultiRegionConfiguration{
				MultiRegionKeyType: kmstypes.MultiRegionKeyTypeReplica, PrimaryKey: &kmstypes.MultiRegionKey{Arn: sdk.String("arn:p"), Region: sdk.String("us-east-1")},
				ReplicaKeys: []kmstypes.MultiRegionKey{{Arn: sdk.String("arn:k"), Region: sdk.String("eu-central-1")}, {Arn: sdk.String("arn:q"), Region: sdk.String("eu-west-2")}},
			}}, nil, nil),
			id: "arn:k", typ: "AWS::KMS::ReplicaKey",
			locations: []string{
				loc("key", "eu-central-1", "", "Arn", "arn:k"),
				loc("key", "us-east-1", "primary key", "MultiRegionConfiguration.PrimaryKey.Region", "us-east-1"),
				loc("key", "eu-west-2", "replica key", "MultiRegionConfiguration.ReplicaKeys[].Region", "eu-west-2"),
			},
			relations: []string{rel("replica_of", "arn:p")},
		},
		{
			name: "key held outside", reason: "an external key store may stand anywhere",
			have: fromKey(frankfurt, kmstypes.KeyMetadata{KeyId: sdk.String("x"), Arn: sdk.String("arn:x"), Origin: kmstypes.OriginTypeExternalKeyStore, CustomKeyStoreId: sdk.String("cks-1")}, nil, nil),
			id:   "arn:x", typ: "AWS::KMS::Key",
			locations: []string{loc("key", "unknown", "external key store cks-1", "Origin", "EXTERNAL_KEY_STORE"), loc("metadata", "eu-central-1", "", "Arn", "arn:x")},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			locations, relations := words(tc.have)
			got := []any{tc.have.NativeID, tc.have.NativeType, tc.have.Kind, tc.have.Portability, locations, relations}
			want := []any{tc.id, tc.typ, tc.kind, tc.portability, tc.locations, tc.relations}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func rule(bucket, account string, s s3types.ReplicationRuleStatus) s3types.ReplicationRule {
	d := &s3types.Destination{Bucket: sdk.String("arn:aws:s3:::" + bucket)}
	if account != "" {
		d.Account = sdk.String(account)
	}
	return s3types.ReplicationRule{Status: s, Destination: d}
}

func TestEngines(t *testing.T) {
	for name, want := range map[string]engine{
		"postgres": {"RDS", "db.relational", cloud.Standard}, "aurora-postgresql": {"RDS", "db.relational", cloud.Standard}, "aurora-mysql": {"RDS", "db.relational", cloud.Standard},
		"aurora": {"RDS", "db.relational", cloud.Standard}, "mariadb": {"RDS", "db.relational", cloud.Standard},
		"sqlserver-se": {"RDS", "db.relational", cloud.Equivalent}, "oracle-ee-cdb": {"RDS", "db.relational", cloud.Equivalent},
		"custom-oracle-ee": {"RDS", "db.relational", cloud.Equivalent}, "db2-se": {"RDS", "db.relational", cloud.Equivalent},
		"neptune": {"Neptune", "db.nosql", cloud.Equivalent}, "docdb": {"DocDB", "db.nosql", cloud.Equivalent},
		"something-new": {"RDS", "db.relational", cloud.PortabilityUnknown},
	} {
		if got := engineOf(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestAttributesAndTags looks at what people are shown of one resource.
func TestAttributesAndTags(t *testing.T) {
	got := fromInstance(frankfurt, ec2types.Instance{
		InstanceId: sdk.String("i-1"), LaunchTime: &then, InstanceType: "m7g.large", State: &ec2types.InstanceState{Name: "running"}, PlatformDetails: sdk.String(""),
		Tags: []ec2types.Tag{{Key: sdk.String("env"), Value: sdk.String("prod")}, {Key: sdk.String("Name"), Value: sdk.String("web")}},
	})
	want := provider.Resource{
		Provider: cloud.AWS, NativeID: "arn:aws:ec2:eu-central-1:111111111111:instance/i-1", NativeType: "AWS::EC2::Instance", Name: "web", Region: "eu-central-1",
		Created:    then.UTC(),
		Tags:       []cloud.Tag{{Namespace: "tag", Key: "Name", Value: "web"}, {Namespace: "tag", Key: "env", Value: "prod"}},
		Attributes: attrs{"instance_type": "m7g.large", "state": "running"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(provider.Resource{}, "Locations")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Created.Location() != time.UTC {
		t.Errorf("created in %s", got.Created.Location())
	}
}

// TestEndpointIsJudgedWhenDialed reaches for a server that runs, on an address that a name could
// lead to.
func TestEndpointIsJudgedWhenDialed(t *testing.T) {
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	for _, allow := range []bool{false, true} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := endpointClient(allow).Do(req)
		if err == nil {
			err = resp.Body.Close()
		}
		if (err == nil) != allow || reached != allow {
			t.Errorf("loopback allowed %v: reached %v, error %v", allow, reached, err)
		}
		if !allow && (err == nil || !strings.Contains(err.Error(), "this machine itself")) {
			t.Errorf("the error does not say why: %v", err)
		}
	}
}

func TestBackoff(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: 200 * time.Millisecond, 1: 400 * time.Millisecond, 4: 3200 * time.Millisecond, 60: longestWait} {
		if got := backoff(attempt, 1); got != want {
			t.Errorf("attempt %d waits at most %s, want %s", attempt, got, want)
		}
		if got := backoff(attempt, 0.5); got != want/2 {
			t.Errorf("attempt %d with jitter 0.5 waits %s, want %s", attempt, got, want/2)
		}
	}
}

// TestPartitions looks at names that are built before anything is known but who we are.
func TestPartitions(t *testing.T) {
	a := accounts{Role: "team/CausewayRead"}
	if got, want := a.roleARN("aws-us-gov", "222222222222"), "arn:aws-us-gov:iam::222222222222:role/team/CausewayRead"; got != want {
		t.Errorf("role %s, want %s", got, want)
	}
	for have, want := range map[string]string{
		"arn:aws-eusc:sts::111111111111:assumed-role/Console/i-0123": "the role Console of account 111111111111",
		"arn:aws:iam::111111111111:user/reader":                      "arn:aws:iam::111111111111:user/reader",
	} {
		name, err := arn.Parse(have)
		if err != nil {
			t.Fatal(err)
		}
		if got := readable(name); got != want {
			t.Errorf("%s reads %q, want %q", have, got, want)
		}
	}
	if got, want := fromBucket(beijing, s3types.Bucket{Name: sdk.String("b")}, bucketDetail{}).NativeID, "arn:aws-cn:s3:::b"; got != want {
		t.Errorf("bucket %s, want %s", got, want)
	}
}
