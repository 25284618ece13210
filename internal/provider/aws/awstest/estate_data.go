package awstest

import "fmt"

func (e *Estate) rds() {
	db := "arn:aws:rds:eu-central-1:" + Caller + ":db:"
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBInstances", "", `<DBInstanceIdentifier>orders</DBInstanceIdentifier>
		<DBInstanceArn>`+db+`orders</DBInstanceArn><Engine>postgres</Engine><EngineVersion>17.2</EngineVersion><DBInstanceClass>db.m7g.large</DBInstanceClass>
		<DBInstanceStatus>available</DBInstanceStatus><MasterUsername>hunter2-in-master-user</MasterUsername><AvailabilityZone>eu-central-1a</AvailabilityZone>
		<SecondaryAvailabilityZone>eu-central-1b</SecondaryAvailabilityZone><MultiAZ>true</MultiAZ><BackupRetentionPeriod>14</BackupRetentionPeriod>
		<InstanceCreateTime>2025-05-05T05:05:05.000Z</InstanceCreateTime><StorageEncrypted>true</StorageEncrypted>
		<ReadReplicaDBInstanceIdentifiers><ReadReplicaDBInstanceIdentifier>arn:aws:rds:us-east-1:`+Caller+`:db:orders-us</ReadReplicaDBInstanceIdentifier>
		<ReadReplicaDBInstanceIdentifier>orders-near</ReadReplicaDBInstanceIdentifier></ReadReplicaDBInstanceIdentifiers>
		<DBInstanceAutomatedBackupsReplications><DBInstanceAutomatedBackupsReplication><DBInstanceAutomatedBackupsArn>arn:aws:rds:eu-central-2:`+Caller+`:auto-backup:ab-1</DBInstanceAutomatedBackupsArn></DBInstanceAutomatedBackupsReplication></DBInstanceAutomatedBackupsReplications>
		<EnabledCloudwatchLogsExports><member>postgresql</member></EnabledCloudwatchLogsExports>
		<TagList><Tag><Key>class</Key><Value>payment</Value></Tag></TagList>`)
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBInstances", "", `<DBInstanceIdentifier>erp</DBInstanceIdentifier><DBInstanceArn>`+db+`erp</DBInstanceArn>
		<Engine>sqlserver-se</Engine><AvailabilityZone>eu-central-1c</AvailabilityZone>`)
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBInstances", "", `<DBInstanceIdentifier>graph-1</DBInstanceIdentifier><DBInstanceArn>`+db+`graph-1</DBInstanceArn>
		<Engine>neptune</Engine><DBClusterIdentifier>graph</DBClusterIdentifier><AvailabilityZone>eu-central-1c</AvailabilityZone>`)
	e.Add(Caller, "us-east-1", "RDS.DescribeDBInstances", "", `<DBInstanceIdentifier>orders-us</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:us-east-1:`+Caller+`:db:orders-us</DBInstanceArn>
		<Engine>postgres</Engine><AvailabilityZone>us-east-1a</AvailabilityZone><ReadReplicaSourceDBInstanceIdentifier>`+db+`orders</ReadReplicaSourceDBInstanceIdentifier>`)
	for _, region := range []string{"eu-central-1", "us-east-1"} {
		arn := "arn:aws:rds:" + region + ":" + Caller + ":cluster:"
		e.Add(Caller, region, "RDS.DescribeDBClusters", "", `<DBClusterIdentifier>ledger</DBClusterIdentifier><DBClusterArn>`+arn+`ledger</DBClusterArn>
			<Engine>aurora-postgresql</Engine><Status>available</Status><BackupRetentionPeriod>7</BackupRetentionPeriod><GlobalClusterIdentifier>ledger-global</GlobalClusterIdentifier>`)
		e.Add(Caller, region, "RDS.DescribeGlobalClusters", "", `<GlobalClusterIdentifier>ledger-global</GlobalClusterIdentifier>
			<GlobalClusterArn>arn:aws:rds::`+Caller+`:global-cluster:ledger-global</GlobalClusterArn><Engine>aurora-postgresql</Engine>
			<GlobalClusterMembers><GlobalClusterMember><DBClusterArn>arn:aws:rds:eu-central-1:`+Caller+`:cluster:ledger</DBClusterArn><IsWriter>true</IsWriter></GlobalClusterMember>
			<GlobalClusterMember><DBClusterArn>arn:aws:rds:us-east-1:`+Caller+`:cluster:ledger</DBClusterArn><IsWriter>false</IsWriter></GlobalClusterMember></GlobalClusterMembers>`)
	}
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBClusters", "", `<DBClusterIdentifier>graph</DBClusterIdentifier><DBClusterArn>arn:aws:rds:eu-central-1:`+Caller+`:cluster:graph</DBClusterArn><Engine>neptune</Engine>`)
	e.Add(Caller, "us-east-1", "RDS.DescribeDBSnapshots", "", `<DBSnapshotIdentifier>orders-copy</DBSnapshotIdentifier><DBSnapshotArn>arn:aws:rds:us-east-1:`+Caller+`:snapshot:orders-copy</DBSnapshotArn>
		<DBInstanceIdentifier>orders</DBInstanceIdentifier><Engine>postgres</Engine><SourceRegion>eu-central-1</SourceRegion>
		<SourceDBSnapshotIdentifier>arn:aws:rds:eu-central-1:`+Caller+`:snapshot:orders-1</SourceDBSnapshotIdentifier><SnapshotCreateTime>2026-01-01T00:00:00.000Z</SnapshotCreateTime>`)
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBSnapshots", "", `<DBSnapshotIdentifier>orders-1</DBSnapshotIdentifier><DBSnapshotArn>arn:aws:rds:eu-central-1:`+Caller+`:snapshot:orders-1</DBSnapshotArn><DBInstanceIdentifier>orders</DBInstanceIdentifier>`)
	e.Add(Caller, "eu-central-1", "RDS.DescribeDBClusterSnapshots", "", `<DBClusterSnapshotIdentifier>ledger-1</DBClusterSnapshotIdentifier>
		<DBClusterSnapshotArn>arn:aws:rds:eu-central-1:`+Caller+`:cluster-snapshot:ledger-1</DBClusterSnapshotArn><DBClusterIdentifier>ledger</DBClusterIdentifier>`)
	e.Add(Caller, "eu-central-2", "RDS.DescribeDBInstanceAutomatedBackups", "", `<DBInstanceIdentifier>orders</DBInstanceIdentifier><DBInstanceArn>`+db+`orders</DBInstanceArn>
		<DBInstanceAutomatedBackupsArn>arn:aws:rds:eu-central-2:`+Caller+`:auto-backup:ab-1</DBInstanceAutomatedBackupsArn><Region>eu-central-1</Region><Status>active</Status>`)
}

func (e *Estate) dynamodb() {
	table := func(region, name, more string) {
		arn := "arn:aws:dynamodb:" + region + ":" + Caller + ":table/" + name
		e.Add(Caller, region, "DynamoDB.ListTables", "", fmt.Sprintf("%q", name))
		e.Add(Caller, region, "DynamoDB.DescribeTable", name, fmt.Sprintf(`{"Table":{"TableName":%q,"TableArn":%q,"TableStatus":"ACTIVE","CreationDateTime":1.7e9,"ItemCount":7%s}}`, name, arn, more))
		e.Add(Caller, region, "DynamoDB.ListTagsOfResource", arn, `{"Key":"env","Value":"prod"}`)
	}
	table("eu-central-1", "carts", `,"Replicas":[{"RegionName":"eu-central-1"},{"RegionName":"us-east-1","ReplicaStatus":"ACTIVE"}],
		"GlobalTableWitnesses":[{"RegionName":"us-east-2","WitnessStatus":"ACTIVE"}],"SSEDescription":{"KMSMasterKeyArn":"arn:aws:kms:eu-central-1:`+Caller+`:key/k-1"}`)
	table("us-east-1", "carts", `,"Replicas":[{"RegionName":"eu-central-1"}]`)
	table("eu-central-1", "sessions", "")
}

func (e *Estate) eks() {
	cluster := func(name, more string) {
		e.Add(Caller, "eu-central-1", "EKS.ListClusters", "", fmt.Sprintf("%q", name))
		e.Add(Caller, "eu-central-1", "EKS.DescribeCluster", name, fmt.Sprintf(`{"cluster":{"name":%q,"arn":"arn:aws:eks:eu-central-1:%s:cluster/%s","version":"1.34","status":"ACTIVE","createdAt":1.7e9%s}}`, name, Caller, name, more))
	}
	cluster("shop", `,"tags":{"env":"prod"},"logging":{"clusterLogging":[{"types":["audit"],"enabled":true}]},
		"encryptionConfig":[{"provider":{"keyArn":"arn:aws:kms:eu-central-1:`+Caller+`:key/k-1"}}]`)
	cluster("branch", `,"connectorConfig":{"provider":"EKS_ANYWHERE","activationCode":"hunter2-in-environment"}`)
}

func (e *Estate) lambda() {
	for _, name := range []string{"invoice", "resize"} {
		arn := "arn:aws:lambda:eu-central-1:" + Caller + ":function:" + name
		e.Add(Caller, "eu-central-1", "Lambda.ListFunctions", "", fmt.Sprintf(`{"FunctionName":%q,"FunctionArn":%q,"Runtime":"python3.13","MemorySize":512,"Timeout":30,
			"LastModified":"2026-02-02T02:02:02.000+0000","LoggingConfig":{"LogGroup":"/aws/lambda/x"},"Environment":{"Variables":{"DB_PASSWORD":"hunter2-in-environment"}}}`, name, arn))
		e.Add(Caller, "eu-central-1", "Lambda.ListTags", arn, `{"Tags":{"env":"prod"}}`)
	}
}

func (e *Estate) kms() {
	key := func(id, more string) {
		arn := "arn:aws:kms:eu-central-1:" + Caller + ":key/" + id
		e.Add(Caller, "eu-central-1", "KMS.ListKeys", "", fmt.Sprintf(`{"KeyId":%q,"KeyArn":%q}`, id, arn))
		e.Add(Caller, "eu-central-1", "KMS.DescribeKey", id, fmt.Sprintf(`{"KeyMetadata":{"KeyId":%q,"Arn":%q,"KeyState":"Enabled","CreationDate":1.7e9%s}}`, id, arn, more))
	}
	key("k-1", `,"KeyManager":"CUSTOMER","Origin":"AWS_KMS"`)
	key("k-aws", `,"KeyManager":"AWS","Origin":"AWS_KMS"`)
	key("k-xks", `,"KeyManager":"CUSTOMER","Origin":"EXTERNAL_KEY_STORE","CustomKeyStoreId":"cks-1"`)
	key("mrk-1", `,"KeyManager":"CUSTOMER","MultiRegion":true,"MultiRegionConfiguration":{"MultiRegionKeyType":"PRIMARY",
		"PrimaryKey":{"Arn":"arn:aws:kms:eu-central-1:`+Caller+`:key/mrk-1","Region":"eu-central-1"},
		"ReplicaKeys":[{"Arn":"arn:aws:kms:us-east-1:`+Caller+`:key/mrk-1","Region":"us-east-1"}]}`)
	e.Add(Caller, "eu-central-1", "KMS.ListAliases", "", `{"AliasName":"alias/orders","TargetKeyId":"k-1"}`)
	e.Add(Caller, "eu-central-1", "KMS.ListAliases", "", `{"AliasName":"alias/aws/s3"}`)
	e.Add(Caller, "eu-central-1", "KMS.ListResourceTags", "k-1", `{"TagKey":"env","TagValue":"prod"}`)
}
