package terraform

import (
	"testing"

	"github.com/causeway/causeway/internal/cloud"
)

func TestNativeTypesAreTheSharedOnes(t *testing.T) {
	for tf, native := range awsTypes {
		if _, ok := cloud.FindNativeType(cloud.AWS, native); !ok {
			t.Errorf("%s: %s is not in kinds.csv, so another adapter would spell it otherwise", tf, native)
		}
	}
	for tf, native := range googleTypes {
		if _, ok := cloud.FindNativeType(cloud.GCP, native.asset); !ok {
			t.Errorf("%s: %s is not in kinds.csv, so another adapter would spell it otherwise", tf, native.asset)
		}
	}
	for tf, native := range kubernetesTypes {
		if _, ok := cloud.FindNativeType(cloud.Kubernetes, native); !ok {
			t.Errorf("%s: %s is not in kinds.csv, so another adapter would spell it otherwise", tf, native)
		}
	}
}

func TestIdentify(t *testing.T) {
	const sub = "/subscriptions/00000000-0000-4000-8000-00000000000a"
	for _, c := range []struct {
		typ    string
		at     map[string]string
		id     string
		native string
		region string
	}{
		{"aws_cloudwatch_log_group", map[string]string{"arn": "arn:aws:logs:eu-west-1:1:log-group:/a:*"}, "arn:aws:logs:eu-west-1:1:log-group:/a", "AWS::Logs::LogGroup", "eu-west-1"},
		{"aws_lb_listener", map[string]string{"arn": "arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a/b/c"}, "arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a/b/c", "elasticloadbalancing:listener", "eu-west-1"},
		{"aws_eip", map[string]string{"id": "eipalloc-1", "region": "eu-west-1", "owner_id": "1"}, "arn:aws:ec2:eu-west-1:1:elastic-ip/eipalloc-1", "AWS::EC2::EIP", "eu-west-1"},
		{"aws_eip", map[string]string{"id": "eipalloc-1", "region": "eu-west-1"}, "", "", ""},
		{"aws_eip", map[string]string{"id": "eipalloc-1", "region": "nowhere-1", "owner_id": "1"}, "", "", ""},
		{"aws_s3_bucket", map[string]string{"arn": "arn:aws:s3"}, "", "", ""},
		{"azurerm_mssql_database", map[string]string{"id": sub + "/resourceGroups/RG/providers/Microsoft.Sql/servers/S/databases/D"}, sub + "/resourcegroups/rg/providers/microsoft.sql/servers/s/databases/d", "Microsoft.Sql/servers/databases", ""},
		{"azurerm_role_assignment", map[string]string{"id": sub + "/resourceGroups/RG/providers/Microsoft.Storage/storageAccounts/s/providers/Microsoft.Authorization/roleAssignments/1"}, sub + "/resourcegroups/rg/providers/microsoft.storage/storageaccounts/s/providers/microsoft.authorization/roleassignments/1", "Microsoft.Authorization/roleAssignments", ""},
		{"azurerm_x", map[string]string{"id": sub + "/resourceGroups/a|" + sub + "/resourceGroups/b"}, "", "", ""},
		{"google_storage_bucket", map[string]string{"name": "b", "location": "EU"}, "//storage.googleapis.com/b", "storage.googleapis.com/Bucket", "eu"},
		{"google_compute_disk", map[string]string{"self_link": "https://evil.example/projects/p/zones/z/disks/d"}, "", "", ""},
		{"google_unlisted_thing", map[string]string{"id": "projects/p/things/t"}, "", "", ""},
		{"digitalocean_droplet", map[string]string{"id": "1", "region": "fra1"}, "", "", ""},
	} {
		got := identify(Object{Type: c.typ, Attributes: c.at})
		if got.id != c.id || got.nativeType != c.native || got.region != c.region {
			t.Errorf("%s %v: %+v, want %q of type %q in %q", c.typ, c.at, got, c.id, c.native, c.region)
		}
	}
}
