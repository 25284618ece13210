package main

import (
	"strings"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

func estate() *apitest.Fake {
	bucket := api.Resource{ID: 1, Name: "=orders\x1b[31m", Kind: "storage.bucket", Provider: "aws", Account: "shop", Region: "eu-central-1", Country: "DE", Residency: "compliant", Cost: &api.Money{Amount: "12.40", Currency: "EUR"}, State: "live", NativeID: "arn:aws:s3:::orders"}
	disk := api.Resource{ID: 2, Name: "a, disk", Kind: "storage.disk", Provider: "gcp", Account: "data", Residency: "not_judged", State: "missing", NativeID: "//x"}
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	return &apitest.Fake{
		ResourcePages: map[string]api.Page[api.Resource]{
			"":   {Items: api.List[api.Resource]{bucket}, Next: "p2"},
			"p2": {Items: api.List[api.Resource]{disk}},
		},
		SourceList: []api.Source{{Name: "prod", Adapter: "aws", Unit: "retail", Schedule: "every 15m", Enabled: true, Scopes: 4, ScopesOK: 3, ScopesFailed: 1, Rows: 1200, OldestOK: api.At(at)}},
		ScopePages: map[string]api.Page[api.Scope]{"": {Items: api.List[api.Scope]{{State: "failed", Account: "shop", API: "ec2.instances", Problem: &api.Problem{Code: "denied", Text: "no"}}}}},
		RunList:    []api.Run{{ID: "r1", State: "ok", Trigger: "schedule", QueuedAt: api.At(at), StartedAt: api.At(at), FinishedAt: api.At(at.Add(90 * time.Second)), ScopesDone: 4, ScopesPlanned: 4, RowsSeen: 10}},
		Tests: []api.TestResult{
			{Call: "ec2:DescribeInstances", Why: "virtual machines", Account: "shop", Region: "eu-west-1", Problem: "AccessDenied", Fix: "Grant it to CausewayRead."},
			{Call: "s3:ListBuckets", Why: "buckets", Account: "shop", OK: true},
		},
	}
}

func TestLists(t *testing.T) {
	tests := []struct {
		args  string
		code  int
		out   string
		err   string
		asked string
	}{
		{
			"resources kind:storage.* -tag:a=b --sort -cost", 0,
			"NAME          KIND            PROVIDER  ACCOUNT  REGION        COUNTRY  RESIDENCY   COST       MANAGED  STATE    NATIVE ID\n" +
				"=orders\uFFFD[31m  storage.bucket  aws       shop     eu-central-1  DE       compliant   12.40 EUR  -        live     arn:aws:s3:::orders\n" +
				"a, disk       storage.disk    gcp       data     -             -        not_judged  -          -        missing  //x\n",
			"", `inventory.read resources "kind:storage.* -tag:a=b" "-cost" 100 ""; inventory.read resources "kind:storage.* -tag:a=b" "-cost" 99 "p2"`,
		},
		{
			"resources --limit 1 -o csv", 0,
			"name,kind,provider,account,region,country,residency,cost,managed,state,native_id\r\n'=orders\x1b[31m,storage.bucket,aws,shop,eu-central-1,DE,compliant,12.40 EUR,,live,arn:aws:s3:::orders\r\n",
			"There are more than these 1; --limit 0 lists all.\n", `inventory.read resources "" "" 1 ""`,
		},
		{"sources", 0, "NAME  ADAPTER  UNIT    SCHEDULE   ENABLED  SCOPES OK  FAILED  HELD  RESOURCES  OLDEST\nprod  aws      retail  every 15m  true     3/4        1       0     1200       2026-11-23T14:00:00Z\n", "", "source.read sources"},
		{"scopes prod --state failing", 0, "STATE   ACCOUNT  REGION  API            RESOURCES  COMPLETE AT  PROBLEM\nfailed  shop     -       ec2.instances  0          -            denied: no\n", "", `source.read scopes prod "failing" 100 ""`},
		{"runs prod", 0, "ID  STATE  TRIGGER   QUEUED                TOOK   SCOPES  FAILED  SEEN  NEW  CHANGED  GONE\nr1  ok     schedule  2026-11-23T14:00:00Z  1m30s  4/4     0       10    0    0        0\n", "", "source.read runs prod 20"},
		{
			"source test prod", 1,
			"RESULT  CALL                   ACCOUNT  REGION     FOR               PROBLEM       FIX\n" +
				"denied  ec2:DescribeInstances  shop     eu-west-1  virtual machines  AccessDenied  Grant it to CausewayRead.\n" +
				"ok      s3:ListBuckets         shop     -          buckets           -             -\n",
			"1 of 2 calls denied\n", "sync.run test prod",
		},
		{"resources --output xml", 2, "", "--output is \"xml\"; it must be table, json or csv\nSee console resources --help.\n", ""},
		{"resources --limit -1", 2, "", "--limit is -1; it must be 0 (all) or more\nSee console resources --help.\n", ""},
		{"scopes", 2, "", "console scopes takes the name of a source; 0 arguments are given\nSee console scopes --help.\n", ""},
		{"source tset", 2, "", "console source has no command \"tset\"; did you mean \"test\"?\nSee console source --help.\n", ""},
		{"resources --colour", 2, "", "unknown flag: --colour\nSee console resources --help.\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			f := estate()
			w := newWorld(t, f)
			args := strings.Fields(tt.args)
			for i, a := range args {
				if a == "-tag:a=b" { // what looks like a flag stands after --
					args = append(append(append([]string{args[0]}, "--sort", "-cost", "--"), args[1:i]...), a)
					break
				}
			}
			w.run(t.Context(), args...)
			w.want(t, tt.code, tt.out, tt.err)
			if got := strings.Join(f.Asked(), "; "); got != tt.asked {
				t.Errorf("asked %s\nwant %s", got, tt.asked)
			}
		})
	}
}

func TestListJSON(t *testing.T) {
	w := newWorld(t, estate())
	w.run(t.Context(), "resources", "-o", "json")
	got := w.out.String()
	if w.code != 0 || !strings.HasPrefix(got, "[\n{\"id\":1,") || !strings.Contains(got, "},\n{\"id\":2,") || !strings.HasSuffix(got, "}\n]\n") || !strings.Contains(got, `"cost":null`) {
		t.Errorf("code %d: %s", w.code, got)
	}
	w.run(t.Context(), "runs", "prod", "-o", "json")
	if w.code != 0 || !strings.Contains(w.out.String(), `"started_at":"2026-11-23T14:00:00Z"`) {
		t.Errorf("code %d: %s", w.code, w.out.String())
	}
	f := estate()
	f.RunList = nil
	w = newWorld(t, f)
	w.run(t.Context(), "runs", "prod", "-o", "json")
	w.want(t, 0, "[]\n", "")
}

func TestListShowsTheServersWords(t *testing.T) {
	f := estate()
	f.Err = fault.Say(fault.Invalid, "There is no field colour (at character 1).").In("query")
	w := newWorld(t, f)
	w.run(t.Context(), "resources", "colour:red")
	w.want(t, 2, "", "There is no field colour (at character 1).\n")
}
