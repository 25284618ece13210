package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/fault"
)

// aws is an adapter as providers.go would describe it.
func aws() Decoder {
	return Decoder{Adapters: []Adapter{
		{
			Name:   "aws",
			Fields: []string{"regions", "accounts.organization", "accounts.role", "endpoint"},
			Check: func(raw json.RawMessage) error {
				var s struct {
					Regions  []string `json:"regions"`
					Accounts *struct {
						Organization bool   `json:"organization"`
						Role         string `json:"role"`
					} `json:"accounts"`
					Endpoint string `json:"endpoint"`
				}
				dec := json.NewDecoder(strings.NewReader(string(raw)))
				dec.DisallowUnknownFields()
				if err := dec.Decode(&s); err != nil {
					return fault.Say(fault.Invalid, "settings of aws are not understood").Because(err)
				}
				if s.Endpoint != "" && !strings.HasPrefix(s.Endpoint, "http") {
					return fault.Say(fault.Invalid, "endpoint %q is not a URL", s.Endpoint).In("endpoint")
				}
				for i, r := range s.Regions {
					if r == "nowhere" {
						return fault.Say(fault.Invalid, "there is no region %q", r).In(fmt.Sprintf("regions[%d]", i))
					}
				}
				return nil
			},
		},
		{Name: "terraform", Fields: []string{"paths"}},
	}}
}

func lines(s ...string) string { return strings.Join(s, "\n") + "\n" }

func source(spec ...string) string {
	return lines("apiVersion: causeway/v1", "kind: Source", "metadata: {name: prod}", "spec:") + lines(spec...)
}

func TestDecode(t *testing.T) {
	in := lines(
		"# the sources of production",
		"---",
		"apiVersion: causeway/v1",
		"kind: Source",
		"metadata: {name: prod-aws, revision: 3}",
		"spec:",
		"  adapter: aws",
		"  schedule: every 15m",
		"  aws:",
		"    regions: &regions [eu-central-1, us-east-1]",
		"    accounts: {organization: true, role: CausewayRead}",
		"---",
		"---",
		`{"apiVersion": "causeway/v1", "kind": "Unit", "metadata": {"name": "retail"},`,
		` "spec": {"title": "Retail", "accounts": ["gcp:shop", "aws:123456789012"], "owner": null}}`,
		"---",
		"apiVersion: causeway/v1",
		"kind: Region",
		"metadata: {name: own.fra1}",
		"spec: {provider: own, code: fra1, title: Frankfurt 1, country: DE, latitude: 50, longitude: 8.68}",
	)
	got, err := aws().Decode("all.yaml", []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	lat, long := 50.0, 8.68
	want := []Document{
		{
			Kind: KindSource, Name: "prod-aws", Revision: 3, At: Position{"all.yaml", 3, 1},
			Spec: Source{
				Adapter: "aws", Every: 15 * time.Minute, Unit: "organisation", Enabled: true,
				Settings: json.RawMessage(`{"accounts":{"organization":true,"role":"CausewayRead"},"regions":["eu-central-1","us-east-1"]}`),
			},
		},
		{
			Kind: KindUnit, Name: "retail", At: Position{"all.yaml", 14, 1},
			Spec: Unit{Title: "Retail", Parent: "organisation", Accounts: []string{"aws:123456789012", "gcp:shop"}},
		},
		{
			Kind: KindRegion, Name: "own.fra1", At: Position{"all.yaml", 17, 1},
			Spec: Region{Provider: "own", Code: "fra1", Title: "Frankfurt 1", Country: "DE", Latitude: &lat, Longitude: &long},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}

func TestDecodeMistakes(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want []string // every line of the message
	}{
		{
			"unknown settings, all at once, with the nearest names",
			source("  adapter: aws", "  schedule: every 15m", "  aws:", "    regoins: [eu-central-1]", "    accounts:", "      roll: Read"),
			[]string{
				`f.yaml:8:5: unknown field "regoins" in spec.aws; did you mean "regions"?`,
				`f.yaml:10:7: unknown field "roll" in spec.aws.accounts; did you mean "role"?`,
			},
		},
		{
			"a wrong setting stands where it is written",
			source("  adapter: aws", "  schedule: manual", "  aws:", "    endpoint: localhost:5000"),
			[]string{`f.yaml:8:5: spec.aws.endpoint: endpoint "localhost:5000" is not a URL`},
		},
		{
			"an item of a list",
			source("  adapter: aws", "  schedule: manual", "  aws: {regions: [eu-west-1, nowhere]}"),
			[]string{`f.yaml:7:30: spec.aws.regions[1]: there is no region "nowhere"`},
		},
		{
			"unknown fields of ours",
			source("  adapter: aws", "  shedule: every 15m", "  enable: true", "  colour: red"),
			[]string{
				`f.yaml:5:3: field "schedule" is missing in spec`,
				`f.yaml:6:3: unknown field "shedule" in spec; did you mean "schedule"?`,
				`f.yaml:7:3: unknown field "enable" in spec; did you mean "enabled"?`,
				`f.yaml:8:3: unknown field "colour" in spec; known are adapter, schedule, unit, enabled, aws`,
			},
		},
		{
			"another adapter's block",
			source("  adapter: aws", "  schedule: manual", "  terraform: {paths: [x]}"),
			[]string{`f.yaml:7:3: unknown field "terraform" in spec; the adapter is aws, so its settings stand under spec.aws`},
		},
		{
			"unknown adapter",
			source("  adapter: asw", "  schedule: manual"),
			[]string{`f.yaml:5:12: unknown adapter "asw"; did you mean "aws"?`},
		},
		{
			"bad schedules and types",
			source("  adapter: aws", "  schedule: 15m", "  enabled: yes", "  unit: 5"),
			[]string{
				`f.yaml:6:13: schedule "15m" is not understood; write "manual", or "every" and a duration such as 15m, 2h or 1d`,
				`f.yaml:7:12: spec.enabled must be true or false, not "yes"`,
				`f.yaml:8:9: spec.unit must be text, not the number 5; put quotes around it`,
			},
		},
		{
			"duplicate keys",
			source("  adapter: aws", "  schedule: manual", "  adapter: terraform"),
			[]string{`f.yaml:7:3: field "adapter" is given twice; line 5 has it already`},
		},
		{
			"the same object twice",
			source("  adapter: aws", "  schedule: manual") + "---\n" + source("  adapter: aws", "  schedule: every 1h"),
			[]string{`f.yaml:8:1: Source prod is given twice; it is already at f.yaml:1:1`},
		},
		{
			"kinds of later versions and of none",
			"apiVersion: causeway/v1\nkind: Rule\n---\napiVersion: causeway/v1\nkind: Sourec\n---\napiVersion: v1\nkind: Pod\n",
			[]string{
				`f.yaml:2:7: kind Rule is not supported by this version; supported are Unit, Region, Source`,
				`f.yaml:5:7: unknown kind "Sourec"; did you mean "Source"?`,
				`f.yaml:7:13: apiVersion is "v1"; documents of this console say "causeway/v1"`,
			},
		},
		{
			"names",
			"apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: Retail, labels: {}}\nspec: {title: Retail}\n",
			[]string{
				`f.yaml:3:18: metadata.name is "Retail"; a Unit is named with 1 to 63 letters a-z, digits and hyphens, a letter or digit first`,
				`f.yaml:3:26: unknown field "labels" in metadata; known are name, revision`,
			},
		},
		{
			"units",
			"apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: a}\nspec: {title: '', parent: a, accounts: [123, aws, aws:1, aws:1]}\n",
			[]string{
				`f.yaml:4:15: spec.title is empty`,
				`f.yaml:4:27: unit a cannot be its own parent`,
				`f.yaml:4:41: spec.accounts[0] must be text, not the number 123; put quotes around it`,
				`f.yaml:4:46: account "aws" is not understood; write provider:id, such as aws:123456789012`,
				`f.yaml:4:58: account aws:1 is listed twice`,
			},
		},
		{
			"one account, two units",
			"apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: a}\nspec: {title: A, accounts: [aws:1]}\n---\n" +
				"apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: b}\nspec: {title: B, accounts: [aws:1]}\n",
			[]string{`f.yaml:6:1: account aws:1 is claimed by unit a and by unit b; an account belongs to one unit`},
		},
		{
			"regions",
			"apiVersion: causeway/v1\nkind: Region\nmetadata: {name: fra1}\nspec: {provider: own, code: fra1, title: F, country: UK, latitude: 91}\n",
			[]string{
				`f.yaml:4:7: metadata.name is "fra1"; a Region is named by its provider and code, here "own.fra1"`,
				`f.yaml:4:54: country "UK" is not an ISO 3166-1 code; the United Kingdom is GB`,
				`f.yaml:4:68: spec.latitude is 91; it must be between -90 and 90`,
			},
		},
		{
			"half a place",
			"apiVersion: causeway/v1\nkind: Region\nmetadata: {name: own.fra1}\nspec: {provider: own, code: fra1, title: F, country: de, latitude: 9}\n",
			[]string{
				`f.yaml:4:7: latitude and longitude are given together, or neither`,
				`f.yaml:4:54: country "de" is not an ISO 3166-1 code; write DE`,
			},
		},
		{
			"a built-in region is not moved",
			"apiVersion: causeway/v1\nkind: Region\nmetadata: {name: aws.eu-central-1}\nspec: {provider: aws, code: eu-central-1, title: F, country: CH}\n",
			[]string{`f.yaml:4:7: region eu-central-1 of aws is built in and needs no document; remove it`},
		},
		{
			"an account id that YAML would change",
			source("  adapter: terraform", "  schedule: manual", "  terraform: {paths: [012345678901, 0x10, .inf, 99999999999999999999]}"),
			[]string{
				`f.yaml:7:23: spec.terraform.paths[0] is the number 012345678901, which is not kept as it is written; put quotes around it`,
				`f.yaml:7:37: spec.terraform.paths[1] is the number 0x10, which is not kept as it is written; put quotes around it`,
				`f.yaml:7:43: spec.terraform.paths[2] is the number .inf, which is not kept as it is written; put quotes around it`,
				`f.yaml:7:49: spec.terraform.paths[3] is the number 99999999999999999999, which is not kept as it is written; put quotes around it`,
			},
		},
		{
			"merge keys",
			"a: &a {kind: Source}\n<<: *a\napiVersion: causeway/v1\n",
			[]string{
				`f.yaml:1:1: field "kind" is missing in the document`,
				`f.yaml:2:1: merge keys (<<) are not supported; write the fields out`,
			},
		},
		{"not a mapping", "- a\n", []string{`f.yaml:1:1: the document must be a mapping of names to values, not a list`}},
		{"broken YAML", "kind: [\n", []string{`f.yaml:1: this is not valid YAML: did not find expected node content`}},
		{"an alias of itself", source("  adapter: terraform", "  schedule: manual", "  terraform: &a {x: [*a, *a]}"), []string{
			`f.yaml:7:21: spec.terraform is nested deeper than 64 levels, or an alias repeats what it is part of`,
		}},
		{"binary", source("  adapter: terraform", "  schedule: manual", "  terraform: {paths: !!binary aGk=}"), []string{
			`f.yaml:7:22: spec.terraform.paths has the tag !!binary, which is not supported`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := aws().Decode("f.yaml", []byte(tt.in))
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("error %v is not fault.Invalid", err)
			}
			text, _ := fault.Text(err)
			if diff := cmp.Diff(tt.want, strings.Split(text, "\n")); diff != "" {
				t.Errorf("message (-want +got):\n%s\nof\n%s", diff, tt.in)
			}
		})
	}
}

func TestDecodeBombs(t *testing.T) {
	var b strings.Builder
	b.WriteString(source("  adapter: terraform", "  schedule: manual", "  terraform:", "    a: &a [x,x,x,x,x,x,x,x,x,x]"))
	for c := 'b'; c < 'k'; c++ {
		fmt.Fprintf(&b, "    %c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 10), ","))
	}
	tests := map[string]struct{ in, want string }{
		"aliases":   {b.String(), "stands for more than 200000 values"},
		"size":      {strings.Repeat("#", maxFileBytes+1), "larger than 4 MB"},
		"documents": {strings.Repeat("a\n---\n", maxDocuments+1), "more than 10000 documents"},
		"depth":     {source("  adapter: terraform", "  schedule: manual", "  terraform: {paths: "+strings.Repeat("[", 500)+strings.Repeat("]", 500)+"}"), "deeper than 64 levels"},
		"json":      {strings.Repeat(`{"a":`, 500), "not valid"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			docs, err := Decoder{}.Decode("bomb.yaml", []byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %.300v, want it to say %q", err, tt.want)
			}
			if len(docs) > 0 {
				t.Errorf("%d documents came out of it", len(docs))
			}
		})
	}
}

func TestDecodeJSON(t *testing.T) {
	in := "{\"apiVersion\": \"causeway/v1\", \"kind\": \"Source\",\n\t\"metadata\": {\"name\": \"x\"},\n\t\"spec\": {\"adapter\": \"aws\",\n\t\t\"schedule\": \"every 5s\",\n\t\t\"enabled\" : 1, \"enabled\": true, \"aws\": {\"regions\": [\"\\ud83d\\ude00\"]}}}"
	_, err := aws().Decode("f.json", []byte(in))
	want := lines(
		`f.json:4:15: schedule "every 5s" is out of range; the shortest is every 10s, the longest every 31d`,
		`f.json:5:15: spec.enabled must be true or false, not the number 1`,
		`f.json:5:18: field "enabled" is given twice; line 5 has it already`,
	)
	if err == nil || err.Error()+"\n" != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	_, err = aws().Decode("f.json", []byte("{\n  \"kind\": nope}"))
	if err == nil || !strings.HasPrefix(err.Error(), "f.json:2:") || !strings.Contains(err.Error(), "not valid JSON") {
		t.Errorf("broken JSON: %v", err)
	}
}

func TestDecodeValues(t *testing.T) {
	good := json.RawMessage(`{"apiVersion":"causeway/v1","kind":"Unit","metadata":{"name":"a"},"spec":{"title":"A"}}`)
	bad := json.RawMessage(`{"apiVersion":"causeway/v1","kind":"Unit","metadata":{"name":"b"},"spec":{"titel":"B"}}`)
	docs, err := Decoder{}.DecodeValues([]json.RawMessage{good, bad, json.RawMessage(`7`), good})
	want := lines(
		`documents[1]: unknown field "titel" in spec; did you mean "title"?`,
		`documents[1]: field "title" is missing in spec`,
		`documents[2]: a document must be an object`,
		`documents[3]: Unit a is given twice; it is already at documents[0]`,
	)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error %v", err)
	}
	got := strings.Split(problems.Error()+"\n", "\n")
	if diff := cmp.Diff(map[string]bool{}, missing(got, strings.Split(want, "\n"))); diff != "" {
		t.Errorf("message:\n%v\nlacks (-) %s", err, diff)
	}
	if len(problems) != 4 || len(docs) != 2 {
		t.Errorf("%d problems, %d documents", len(problems), len(docs))
	}
}

func missing(got, want []string) map[string]bool {
	lack := map[string]bool{}
	for _, w := range want {
		if !strings.Contains(strings.Join(got, "\n"), w) {
			lack[w] = true
		}
	}
	return lack
}
