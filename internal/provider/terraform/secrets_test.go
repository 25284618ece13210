package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Each secret is planted where only one rule finds it.
const (
	awsKeyID  = "AKIAIOSFODNN7EXAMPLE"
	awsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	jwt       = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	pem       = "-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----"
	github    = "ghp_0123456789abcdefABCDEF0123456789abcd"
	azureKey  = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
	dbURL     = "postgres://app:hunter2@db.internal/orders"
)

// plantedState has a secret in every place that a state has for one.
func plantedState() string {
	return fmt.Sprintf(`{"version":4,"terraform_version":"planted-version","serial":3,"lineage":"a0a0a0a0-0000-4000-8000-00000000000b",
	"planted-key":"planted-top",
	"outputs":{"planted-output-name":{"value":"planted-output","type":"string"}},
	"check_results":[{"object_kind":"resource","config_addr":"planted-check","status":"fail","objects":[{"failure_messages":["planted-message"]}]}],
	"resources":[
	{"mode":"data","type":"aws_secretsmanager_secret_version","name":"d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
	 "instances":[{"attributes":{"arn":"planted-data","secret_string":"planted-data"}}]},
	{"mode":"managed","type":"aws_db_instance","name":"%[1]s","each":"planted-each","provider":"provider[\"registry.terraform.io/hashicorp/aws\"].planted-alias",
	 "instances":[{"index_key":"%[1]s","attributes":{
	  "arn":"arn:aws:rds:eu-central-1:111122223333:db:orders","name":"%[2]s","engine":"planted-sensitive-engine","engine_version":"v planted-sensitive-engine",
	  "instance_class":["planted-list"],"region":{"planted":"object"},"zone":"%[3]s","password":"planted-password","planted-attribute":"x",
	  "sku":"%[4]s","tier":"%[5]s","tags":{"a":"%[6]s","b":"%[7]s","api_key":"planted-by-key","marked":"planted-marked-tag","%[1]s":"x","ok":"kept"},
	  "tags_all":{"marked":"planted-marked-tag","copy":"planted-sensitive-engine"}},
	  "sensitive_attributes":[[{"type":"get_attr","value":"engine"}],[{"type":"get_attr","value":"tags"},{"type":"index","value":{"value":"marked","type":"string"}}]],
	  "private":"planted-private","identity":{"arn":"planted-identity","region":"eu-central-1"},"dependencies":["planted.dependency"]}]},
	{"mode":"managed","type":"aws_s3_bucket","name":"all","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
	 "instances":[{"attributes":{"arn":"arn:aws:s3:::planted-bucket","id":"planted-bucket","tags":{"x":"planted-bucket"}},
	  "sensitive_attributes":[[{"type":"planted-new-step","value":1}]]}]},
	{"mode":"managed","type":"kubernetes_secret","name":"k","provider":"provider[\"registry.terraform.io/hashicorp/kubernetes\"]",
	 "instances":[{"attributes":{"id":"ns/k","metadata":[{"name":"planted-k-name","namespace":"ns","labels":{"l":"planted-k-name"},"annotations":{"a":"planted-annotation"}}],"data":{"d":"planted-k-data"}},
	  "sensitive_attributes":[[{"type":"get_attr","value":"metadata"},{"type":"index","value":{"value":0,"type":"number"}},{"type":"get_attr","value":"name"}],[{"type":"get_attr","value":"data"}]]}]}
	]}`, awsKeyID, awsSecret, jwt, pem, github, azureKey, dbURL)
}

func plantedSecrets() []string {
	return []string{"planted", awsKeyID, awsSecret, jwt, "PRIVATE KEY", "MIIEvQ", github, azureKey, "hunter2"}
}

func TestNoPlantedSecretIsYielded(t *testing.T) {
	state := []byte(plantedState())
	if !json.Valid(state) {
		t.Fatal("the planted state is not JSON")
	}
	for form, doc := range map[string][]byte{"state": state, "show": showTreeOf(t, state)} {
		s := mustRedact(t, doc, "planted-free")
		s.Name = "free"
		received, err := DecodeSnapshot(bytes.NewReader(toJSON(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		text := string(toJSON(t, s)) + string(toJSON(t, received)) + string(toJSON(t, resourcesOf(t, PushReader(received))))
		for _, secret := range plantedSecrets() {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q is yielded: %s", form, secret, text)
			}
		}
		if s.Dropped.Sensitive == 0 || s.Dropped.SecretLike < 7 {
			t.Errorf("%s: dropped %+v", form, s.Dropped)
		}
	}
}

// showTreeOf is showForm with the sensitive_values that Terraform would print for the planted state.
func showTreeOf(t testing.TB, state []byte) []byte {
	t.Helper()
	text := string(showForm(t, state, false))
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	root := doc["values"].(map[string]any)["root_module"].(map[string]any)
	for _, r := range root["resources"].([]any) {
		switch m := r.(map[string]any); m["type"] {
		case "aws_db_instance":
			m["sensitive_values"] = map[string]any{"engine": true, "tags": map[string]any{"marked": true}}
		case "aws_s3_bucket":
			m["sensitive_values"] = true
		case "kubernetes_secret":
			m["sensitive_values"] = map[string]any{"metadata": []any{map[string]any{"name": true}}, "data": true}
		}
	}
	return toJSON(t, doc)
}

func TestWhatLooksLikeASecret(t *testing.T) {
	for _, s := range []string{
		awsKeyID, awsSecret, jwt, "-----BEGIN RSA PRIVATE KEY-----", github, azureKey, dbURL, "xoxb-123456789012-abc", "password=hunter2",
		"AccountKey=abcd1234", "https://x.blob.core.windows.net/c?sv=1&sig=abc", "$2a$10$N9qo8uLOickgx2ZMRZoMye", "x " + awsSecret + " y",
	} {
		if !secretLike(s) {
			t.Errorf("%q is not seen", s)
		}
	}
	for _, s := range []string{
		"prod", "eu-central-1", "team-orders@example.com", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "2026-11-23T06:00:00Z", "https://git.example.com/infra",
		"arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS", "12345678-1234-1234-1234-123456789012", "postgres 16.4",
	} {
		if secretLike(s) {
			t.Errorf("%q is taken for a secret", s)
		}
	}
	if secretID("arn:aws:secretsmanager:eu-central-1:111122223333:secret:db-AbCdEf") {
		t.Errorf("the ARN of a secret is not the secret")
	}
}

func TestLongValuesAreCutAndLongIDsDropped(t *testing.T) {
	long := strings.Repeat("ä", 600)
	raw := func(s string) json.RawMessage { return json.RawMessage(`"` + s + `"`) }
	o, dropped, err := instance{
		addr: address{typ: "aws_instance", name: "a"}, provider: "h/n/t",
		values: map[string]json.RawMessage{"engine": raw(long), "arn": raw("arn:aws:ec2:eu-west-1:1:x/" + long), "name": raw(`a\u0000b\nc`)},
	}.redact()
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Attributes["engine"]) != maxValueBytes || o.Attributes["arn"] != "" || o.Attributes["name"] != "abc" || dropped.TooLong != 2 {
		t.Errorf("%d bytes, %q, %q, %+v", len(o.Attributes["engine"]), o.Attributes["arn"], o.Attributes["name"], dropped)
	}
}

func TestWhatRepeatsAnIDIsKnownByItsAddress(t *testing.T) {
	c := newConverter("l")
	o := Object{Address: "aws_s3_bucket.a", Type: "aws_s3_bucket", Provider: "h/n/t", Attributes: map[string]string{"arn": "arn:aws:s3:::x"}}
	a := c.resource(o)
	o.Address, o.Deposed = "aws_s3_bucket.b", "0badc0de"
	b := c.resource(o)
	if a.NativeID != "arn:aws:s3:::x" || b.NativeID != "terraform://l/aws_s3_bucket.b#deposed-0badc0de" || b.Provider != "terraform" || b.Kind != "storage.bucket" {
		t.Errorf("%s and %s of %s, %s", a.NativeID, b.NativeID, b.Provider, b.Kind)
	}
}
