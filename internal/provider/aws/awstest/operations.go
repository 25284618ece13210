package awstest

import (
	"net/http"
	"strings"
)

// list is an operation that answers with rows, a page at a time.
type list struct {
	render func(items []string, next string) string
	keyed  bool // the rows are those of one thing
	whole  bool // the API has no pages
}

// detail is an operation about one thing: its row holds the whole answer.
type detail struct {
	empty  string // the answer where there is no row
	absent fault  // or the error
}

var lists = map[string]list{
	"EC2.DescribeRegions":                    {render: ec2Rows("DescribeRegions", "regionInfo"), whole: true},
	"EC2.DescribeInstances":                  {render: ec2Rows("DescribeInstances", "reservationSet")},
	"EC2.DescribeVolumes":                    {render: ec2Rows("DescribeVolumes", "volumeSet")},
	"EC2.DescribeSnapshots":                  {render: ec2Rows("DescribeSnapshots", "snapshotSet")},
	"S3.ListBuckets":                         {render: bucketRows},
	"RDS.DescribeDBInstances":                {render: rdsRows("DescribeDBInstances", "DBInstances", "DBInstance")},
	"RDS.DescribeDBClusters":                 {render: rdsRows("DescribeDBClusters", "DBClusters", "DBCluster")},
	"RDS.DescribeGlobalClusters":             {render: rdsRows("DescribeGlobalClusters", "GlobalClusters", "GlobalClusterMember")},
	"RDS.DescribeDBSnapshots":                {render: rdsRows("DescribeDBSnapshots", "DBSnapshots", "DBSnapshot")},
	"RDS.DescribeDBClusterSnapshots":         {render: rdsRows("DescribeDBClusterSnapshots", "DBClusterSnapshots", "DBClusterSnapshot")},
	"RDS.DescribeDBInstanceAutomatedBackups": {render: rdsRows("DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups", "DBInstanceAutomatedBackup")},
	"DynamoDB.ListTables":                    {render: jsonRows("TableNames", "LastEvaluatedTableName", "")},
	"DynamoDB.ListTagsOfResource":            {render: jsonRows("Tags", "NextToken", ""), keyed: true, whole: true},
	"KMS.ListKeys":                           {render: jsonRows("Keys", "NextMarker", "Truncated")},
	"KMS.ListAliases":                        {render: jsonRows("Aliases", "NextMarker", "Truncated")},
	"KMS.ListResourceTags":                   {render: jsonRows("Tags", "NextMarker", "Truncated"), keyed: true, whole: true},
	"Organizations.ListAccounts":             {render: jsonRows("Accounts", "NextToken", "")},
	"Organizations.ListTagsForResource":      {render: jsonRows("Tags", "NextToken", ""), keyed: true, whole: true},
	"EKS.ListClusters":                       {render: jsonRows("clusters", "nextToken", "")},
	"Lambda.ListFunctions":                   {render: jsonRows("Functions", "NextMarker", "")},
}

var details = map[string]detail{
	"S3.GetBucketTagging":     {absent: fault{"NoSuchTagSet", http.StatusNotFound}},
	"S3.GetBucketReplication": {absent: fault{"ReplicationConfigurationNotFoundError", http.StatusNotFound}},
	"DynamoDB.DescribeTable":  {absent: fault{"ResourceNotFoundException", http.StatusBadRequest}},
	"KMS.DescribeKey":         {absent: fault{"NotFoundException", http.StatusBadRequest}},
	"EKS.DescribeCluster":     {absent: fault{"ResourceNotFoundException", http.StatusNotFound}},
	"Lambda.ListTags":         {empty: `{"Tags":{}}`},
}

func ec2Rows(op, set string) func([]string, string) string {
	return func(items []string, next string) string {
		return "<" + op + `Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>` +
			element(set, wrapAll("item", items)) + elementIf("nextToken", next) + "</" + op + "Response>"
	}
}

func rdsRows(op, set, item string) func([]string, string) string {
	return func(items []string, next string) string {
		return "<" + op + `Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/">` +
			element(op+"Result", elementIf("Marker", next)+element(set, wrapAll(item, items))) + "</" + op + "Response>"
	}
}

func bucketRows(items []string, next string) string {
	return `<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
		element("Buckets", wrapAll("Bucket", items)) + elementIf("ContinuationToken", next) + "</ListAllMyBucketsResult>"
}

// jsonRows renders a page; truncated names the flag that says whether more follows, where the
// service has one.
func jsonRows(set, token, truncated string) func([]string, string) string {
	return func(items []string, next string) string {
		body := `{"` + set + `":[` + strings.Join(items, ",") + "]"
		if next != "" {
			body += `,"` + token + `":"` + next + `"`
			if truncated != "" {
				body += `,"` + truncated + `":true`
			}
		}
		return body + "}"
	}
}

func element(name, body string) string { return "<" + name + ">" + body + "</" + name + ">" }

func elementIf(name, body string) string {
	if body == "" {
		return ""
	}
	return element(name, body)
}

func wrapAll(name string, items []string) string {
	var b strings.Builder
	for _, i := range items {
		b.WriteString(element(name, i))
	}
	return b.String()
}

func callerIdentity(account string) string {
	return element("GetCallerIdentityResponse", element("GetCallerIdentityResult",
		element("Arn", "arn:aws:iam::"+account+":user/reader")+element("Account", account)+element("UserId", "AIDA"+account)))
}

// assumeRole hands out a key that ends in the role's account.
func (e Estate) assumeRole(r request) answer {
	role := r.form.Get("RoleArn")
	secret, ok := e.Roles[role]
	if !ok || secret != r.form.Get("ExternalId") {
		return failure(queryProto.denied, "User: arn:aws:iam::"+r.account+":user/reader is not authorized to perform: sts:AssumeRole on resource: "+role)
	}
	account := strings.Split(role, ":")[4]
	return answer{body: element("AssumeRoleResponse", element("AssumeRoleResult",
		element("AssumedRoleUser", element("Arn", role)+element("AssumedRoleId", "AROA:"+r.form.Get("RoleSessionName")))+
			element("Credentials", element("AccessKeyId", "ASIA"+account)+element("SecretAccessKey", "secret")+
				element("SessionToken", "token")+element("Expiration", "2999-01-01T00:00:00Z"))))}
}

// bucketLocation answers as S3 does: the oldest region has no name, and another one a historical.
func (e Estate) bucketLocation(r request) answer {
	for _, row := range e.Rows {
		if row.Op != "S3.ListBuckets" || row.Key != r.key {
			continue
		}
		name := row.Region
		switch name {
		case "us-east-1":
			name = ""
		case "eu-west-1":
			name = "EU"
		}
		return answer{body: `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + name + "</LocationConstraint>"}
	}
	return failure(fault{"NoSuchBucket", http.StatusNotFound}, "The specified bucket does not exist")
}
