package sample

import (
	"fmt"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

func awsFamilies() []*family {
	list := []*family{
		{key: "ec2.instance", api: "ec2", typ: "AWS::EC2::Instance", weight: 16, words: "vm-batch vm-worker vm-api vm-gateway", terraform: "aws_instance", crossplane: "Instance.ec2", free: true, id: ec2ID("instance", "i"), restAPI: "ec2:DescribeInstances", restField: "Placement.AvailabilityZone", fill: fillInstance},
		{key: "ec2.volume", api: "ec2", typ: "AWS::EC2::Volume", weight: 17, words: "vol-data vol-root vol-log", terraform: "aws_ebs_volume", crossplane: "EBSVolume.ec2", free: true, id: ec2ID("volume", "vol"), restAPI: "ec2:DescribeVolumes", restField: "AvailabilityZone", fill: fillVolume},
		{key: "ec2.snapshot", api: "ec2", typ: "AWS::EC2::Snapshot", weight: 13, words: "snap-daily snap-weekly", terraform: "aws_ebs_snapshot", crossplane: "EBSSnapshot.ec2", free: true, id: ec2ID("snapshot", "snap"), restAPI: "ec2:DescribeSnapshots", restField: "request.Region", fill: fillSnapshot},
		{key: "ec2.vpc", api: "ec2", typ: "AWS::EC2::VPC", weight: 1, words: "vpc", terraform: "aws_vpc", crossplane: "VPC.ec2", free: true, id: ec2ID("vpc", "vpc"), restAPI: "ec2:DescribeVpcs", restField: "request.Region"},
		{key: "ec2.subnet", api: "ec2", typ: "AWS::EC2::Subnet", weight: 4, words: "subnet-private subnet-public", terraform: "aws_subnet", crossplane: "Subnet.ec2", free: true, id: ec2ID("subnet", "subnet"), restAPI: "ec2:DescribeSubnets", restField: "AvailabilityZone"},
		{key: "ec2.security-group", api: "ec2", typ: "AWS::EC2::SecurityGroup", weight: 6, words: "sg-api sg-db sg-cache", terraform: "aws_security_group", crossplane: "SecurityGroup.ec2", id: ec2ID("security-group", "sg"), restAPI: "ec2:DescribeSecurityGroups", restField: "request.Region"},
		{key: "s3.bucket", api: "s3", typ: "AWS::S3::Bucket", weight: 9, words: "exports uploads reports archive", terraform: "aws_s3_bucket", crossplane: "Bucket.s3", worldwide: true, id: bucketARN, restAPI: "s3:ListBuckets", restField: "BucketRegion", fill: fillBucket},
		{key: "rds.instance", api: "rds", typ: "AWS::RDS::DBInstance", weight: 5, words: "db reporting-db", terraform: "aws_db_instance", crossplane: "Instance.rds", id: arn("rds", "db:"), restAPI: "rds:DescribeDBInstances", restField: "AvailabilityZone", fill: fillDatabase},
		{key: "rds.snapshot", api: "rds", typ: "AWS::RDS::DBSnapshot", weight: 7, words: "db-snap-daily db-snap-release", terraform: "aws_db_snapshot", crossplane: "Snapshot.rds", id: arn("rds", "snapshot:"), restAPI: "rds:DescribeDBSnapshots", restField: "DBSnapshotArn", fill: fillDBSnapshot},
		{key: "dynamodb.table", api: "dynamodb", typ: "AWS::DynamoDB::Table", weight: 4, words: "sessions events idempotency", terraform: "aws_dynamodb_table", crossplane: "Table.dynamodb", id: arn("dynamodb", "table/"), restAPI: "dynamodb:DescribeTable", restField: "TableArn"},
		{key: "eks.cluster", api: "eks", typ: "AWS::EKS::Cluster", terraform: "aws_eks_cluster", crossplane: "Cluster.eks", id: arn("eks", "cluster/"), restAPI: "eks:DescribeCluster", restField: "cluster.arn"},
		{key: "lambda.function", api: "lambda", typ: "AWS::Lambda::Function", weight: 9, words: "fn-import fn-notify fn-resize", terraform: "aws_lambda_function", crossplane: "Function.lambda", id: arn("lambda", "function:"), restAPI: "lambda:ListFunctions", restField: "FunctionArn", fill: processing},
		{key: "kms.key", api: "kms", typ: "AWS::KMS::Key", weight: 4, words: "kms-data kms-backup", terraform: "aws_kms_key", crossplane: "Key.kms", free: true, id: kmsARN, restAPI: "kms:DescribeKey", restField: "Arn", fill: keyOnly},
		{key: "sqs.queue", api: "sqs", typ: "AWS::SQS::Queue", weight: 5, words: "queue dlq", terraform: "aws_sqs_queue", crossplane: "Queue.sqs", id: arn("sqs", ""), restAPI: "sqs:GetQueueAttributes", restField: "Attributes.QueueArn", fill: encrypted},
		{key: "sns.topic", api: "sns", typ: "AWS::SNS::Topic", weight: 3, words: "topic alerts", terraform: "aws_sns_topic", crossplane: "Topic.sns", id: arn("sns", ""), restAPI: "sns:ListTopics", restField: "TopicArn"},
		{key: "elasticache.group", api: "elasticache", typ: "AWS::ElastiCache::ReplicationGroup", weight: 2, words: "cache", terraform: "aws_elasticache_replication_group", crossplane: "ReplicationGroup.elasticache", id: arn("elasticache", "replicationgroup:"), restAPI: "elasticache:DescribeReplicationGroups", restField: "ARN", fill: engine("redis", "7.2", "7.1")},
		{key: "logs.group", api: "logs", typ: "AWS::Logs::LogGroup", weight: 8, words: "log-app log-access log-audit", terraform: "aws_cloudwatch_log_group", crossplane: "Group.cloudwatchlogs", id: arn("logs", "log-group:/nordhaven/"), restAPI: "logs:DescribeLogGroups", restField: "arn", fill: logging},
		{key: "secretsmanager.secret", api: "secretsmanager", typ: "AWS::SecretsManager::Secret", weight: 5, words: "db-login api-key signing", terraform: "aws_secretsmanager_secret", crossplane: "Secret.secretsmanager", id: secretARN, restAPI: "secretsmanager:ListSecrets", restField: "ARN", fill: encrypted},
		{key: "ecr.repository", api: "ecr", typ: "AWS::ECR::Repository", weight: 3, words: "image", terraform: "aws_ecr_repository", crossplane: "Repository.ecr", id: arn("ecr", "repository/"), restAPI: "ecr:DescribeRepositories", restField: "repositoryArn"},
		{key: "elbv2.balancer", api: "elbv2", typ: "AWS::ElasticLoadBalancingV2::LoadBalancer", weight: 3, words: "alb nlb", terraform: "aws_lb", crossplane: "LB.elbv2", id: balancerARN, restAPI: "elasticloadbalancing:DescribeLoadBalancers", restField: "LoadBalancerArn", fill: processing},
		{key: "kafka.cluster", api: "kafka", typ: "AWS::MSK::Cluster", terraform: "aws_msk_cluster", crossplane: "Cluster.kafka", id: kafkaARN, restAPI: "kafka:ListClustersV2", restField: "ClusterArn", fill: engine("kafka", "3.7.x", "3.6.0")},
		{key: "es.domain", api: "es", typ: "AWS::OpenSearchService::Domain", terraform: "aws_opensearch_domain", crossplane: "Domain.opensearch", id: arn("es", "domain/"), restAPI: "es:DescribeDomains", restField: "ARN", fill: engine("OpenSearch", "2.17", "2.15")},
		{key: "cloudfront.distribution", api: "cloudfront", typ: "AWS::CloudFront::Distribution", terraform: "aws_cloudfront_distribution", crossplane: "Distribution.cloudfront", id: distributionARN, restAPI: "cloudfront:ListDistributions", restField: "DistributionList.Items[].PriceClass"},
	}
	for _, f := range list {
		f.provider = cloud.AWS
	}
	return list
}

func arn(service, prefix string) func(place, string, uint64) string {
	return func(at place, name string, _ uint64) string {
		return "arn:aws:" + service + ":" + at.region + ":" + at.account.id + ":" + prefix + name
	}
}

func ec2ID(kind, prefix string) func(place, string, uint64) string {
	return func(at place, _ string, h uint64) string {
		owner := at.account.id
		if kind == "snapshot" { // an ARN of these names no account
			owner = ""
		}
		return "arn:aws:ec2:" + at.region + ":" + owner + ":" + kind + "/" + prefix + "-0" + hexOf(h)
	}
}

func bucketARN(_ place, name string, _ uint64) string { return "arn:aws:s3:::" + name }

// kmsARN follows the name: a multi-Region key's id begins with mrk-.
func kmsARN(at place, name string, h uint64) string {
	id := uuidOf(h)
	if strings.HasSuffix(name, "-mrk") {
		id = "mrk-" + strings.ReplaceAll(id, "-", "")
	}
	return "arn:aws:kms:" + at.region + ":" + at.account.id + ":key/" + id
}

func secretARN(at place, name string, h uint64) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
	suffix := make([]byte, 6)
	for i := range suffix {
		suffix[i] = letters[(h>>(8*i))%uint64(len(letters))]
	}
	return arn("secretsmanager", "secret:")(at, name, h) + "-" + string(suffix)
}

func balancerARN(at place, name string, h uint64) string {
	return arn("elasticloadbalancing", "loadbalancer/app/")(at, name, h) + "/" + hexOf(h)
}

func kafkaARN(at place, name string, h uint64) string {
	return arn("kafka", "cluster/")(at, name, h) + "/" + uuidOf(h) + "-3"
}

func distributionARN(at place, _ string, h uint64) string {
	return fmt.Sprintf("arn:aws:cloudfront::%s:distribution/E%013X", at.account.id, h&0xfffffffffffff)
}

func fillInstance(r *row) {
	r.zone()
	r.Attributes["instance_type"] = r.pick("m7g.large", "m7i.xlarge", "c7g.xlarge", "r7g.2xlarge", "t4g.medium")
	r.Attributes["state"] = r.pick("running", "running", "running", "running", "stopped")
	processing(r)
}

func fillVolume(r *row) {
	r.zone()
	r.Attributes["size_gib"] = []int{50, 100, 200, 500, 1000}[r.draw(5)]
	r.Attributes["volume_type"] = r.pick("gp3", "gp3", "io2")
	r.relateBulk(provider.RelatesAttachedTo, "ec2.instance")
	encrypted(r)
}

func fillSnapshot(r *row) {
	r.Locations[0].Facet = provider.FacetBackup
	r.Attributes["volume_size_gib"] = []int{50, 100, 200, 500, 1000}[r.draw(5)]
	r.relateBulk(provider.RelatesBackupOf, "ec2.volume")
	encrypted(r)
}

func fillBucket(r *row) {
	r.Attributes["versioning"] = r.pick("Enabled", "Enabled", "Suspended")
	r.Attributes["encryption"] = r.pick("aws:kms", "aws:kms", "AES256")
	encrypted(r)
}

func fillDatabase(r *row) {
	r.zone()
	engine("postgres", "15.8", "16.4")(r)
	r.Attributes["class"] = r.pick("db.r6g.xlarge", "db.r7g.large", "db.m6g.large")
	r.Attributes["backup_retention_days"] = []int{7, 14, 35}[r.draw(3)]
	r.Attributes["multi_az"] = r.draw(3) > 0
	r.locate(provider.FacetBackup, r.Region, provider.Evidence{API: "rds:DescribeDBInstances", Field: "BackupRetentionPeriod", Value: fmt.Sprint(r.Attributes["backup_retention_days"])})
	encrypted(r)
}

func fillDBSnapshot(r *row) {
	r.Locations[0].Facet = provider.FacetBackup
	r.Attributes["storage_gib"] = []int{100, 200, 500}[r.draw(3)]
	r.relateBulk(provider.RelatesBackupOf, "rds.instance")
	encrypted(r)
}

// encrypted points to one of the place's keys.
func encrypted(r *row) { r.relateBulk(provider.RelatesEncrypted, "kms.key") }

// keyOnly marks a key: where it is, it can open data.
func keyOnly(r *row) { r.Locations[0].Facet = provider.FacetKey }

// logging marks a store of logs.
func logging(r *row) {
	r.Locations[0].Facet = provider.FacetLog
	r.Attributes["retention_days"] = []int{30, 90, 365, 3653}[r.draw(4)]
}

// processing marks what computes and keeps nothing.
func processing(r *row) { r.Locations[0].Facet = provider.FacetProcess }

// engine says which software a managed server runs.
func engine(name string, versions ...string) func(*row) {
	return func(r *row) {
		r.Attributes["engine"] = name
		r.Attributes["engine_version"] = r.pick(versions...)
	}
}
