package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/provider/terraform"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

// A state with a secret wherever one may be.
const state = `{
  "version": 4, "terraform_version": "1.9.0", "serial": 7, "lineage": "3f2a1b0c-0000-4000-8000-000000000001",
  "outputs": {"password": {"value": "hunter2-in-an-output", "type": "string", "sensitive": true}},
  "resources": [{
    "mode": "managed", "type": "aws_db_instance", "name": "orders",
    "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
    "instances": [{
      "schema_version": 1, "private": "aHVudGVyMi1pbi1wcml2YXRl",
      "attributes": {
        "arn": "arn:aws:rds:eu-central-1:123456789012:db:orders", "identifier": "orders", "engine": "postgres",
        "password": "hunter2-in-an-attribute", "username": "hunter2-as-a-user",
        "tags": {"env": "prod", "db_password": "hunter2-in-a-tag"}
      },
      "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]]
    }]
  }]
}`

func pushWorld(t *testing.T) (*world, *apitest.Fake) {
	t.Helper()
	f := &apitest.Fake{
		SourceList: []api.Source{{Name: "prod", Adapter: "aws"}, {Name: "states", Adapter: "terraform"}},
		Progress:   []api.RunDetail{running("states", "ok", 1, 1, 0, 1)},
	}
	return newWorld(t, f), f
}

func TestPush(t *testing.T) {
	w, f := pushWorld(t)
	path := filepath.Join(t.TempDir(), "network", "terraform.tfstate")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(state), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(t.Context(), "push", path)
	if w.code != 0 {
		t.Fatalf("exit code %d: %s", w.code, w.err.String())
	}
	if strings.Contains(string(f.Pushed()), "hunter2") || strings.Contains(string(f.Pushed()), "aHVudGVy") {
		t.Errorf("a secret left the machine: %s", f.Pushed())
	}
	got, err := terraform.DecodeSnapshot(strings.NewReader(string(f.Pushed())))
	if err != nil {
		t.Fatalf("the server would refuse it: %v", err)
	}
	if got.Name != "network" || got.Serial != 7 || len(got.Resources) != 1 || got.Resources[0].Attributes["arn"] == "" {
		t.Errorf("sent %+v", got)
	}
	first, rest, _ := strings.Cut(w.out.String(), "\n")
	if !strings.HasPrefix(first, "network: 1 resource sent to states (serial 7); only allow-listed attributes left this machine") {
		t.Errorf("said %q", first)
	}
	if rest != "states: ok, 1 of 1 scope, 1 resource: 0 new, 0 changed, 0 gone\n" {
		t.Errorf("then %q", rest)
	}
}

func TestPushDryRun(t *testing.T) {
	w, f := pushWorld(t)
	w.app.in = strings.NewReader(state)
	w.run(t.Context(), "push", "-", "--workspace", "net", "--dry-run")
	if w.code != 0 || !strings.Contains(w.out.String(), `"name": "net"`) || strings.Contains(w.out.String(), "hunter2") {
		t.Errorf("code %d: %s%s", w.code, w.out.String(), w.err.String())
	}
	if len(f.Asked()) != 0 {
		t.Errorf("the server was asked %v", f.Asked())
	}
}

// TestPushOfAnOlderState: the console refuses it by name, and that is what the pipeline sees.
func TestPushOfAnOlderState(t *testing.T) {
	w, f := pushWorld(t)
	end := running("states", "partial", 1, 1, 1, 0)
	end.FailedScopes = api.List[api.FailedScope]{{API: "state", Account: "net", State: "failed", Problem: api.Problem{Code: "older", Text: "Serial 7 is older than 9, which is known."}}}
	f.Progress = []api.RunDetail{end}
	w.app.in = strings.NewReader(state)
	w.run(t.Context(), "push", "-", "--workspace", "net", "--source", "states")
	if w.code != 1 || !strings.Contains(w.out.String(), "  state in net failed\n    older: Serial 7 is older than 9, which is known.\n") {
		t.Errorf("code %d: %s%s", w.code, w.out.String(), w.err.String())
	}
}

func TestPushRefuses(t *testing.T) {
	w, f := pushWorld(t)
	w.app.in = strings.NewReader(state)
	w.run(t.Context(), "push", "-")
	w.want(t, 2, "", "a state from standard input needs --workspace NAME\nSee console push --help.\n")

	w.run(t.Context(), "push", file(t, "broken.tfstate", `{"version": 4, "resources": [`))
	if w.code != 2 || w.out.Len() != 0 || w.err.Len() == 0 {
		t.Errorf("a broken state: code %d, %q, %q", w.code, w.out.String(), w.err.String())
	}
	missing := filepath.Join(t.TempDir(), "x.tfstate")
	w.run(t.Context(), "push", missing)
	w.want(t, 2, "", missing+" cannot be read: no such file or directory.\n")
	if len(f.Asked()) != 0 {
		t.Errorf("the server was asked %v", f.Asked())
	}

	path := file(t, "a.tfstate", state)
	f.SourceList = append(f.SourceList, api.Source{Name: "more", Adapter: "terraform"})
	w.run(t.Context(), "push", path)
	w.want(t, 2, "", "Several sources take Terraform states: states, more. Choose one with --source.\n")
	f.SourceList = nil
	w.run(t.Context(), "push", path)
	w.want(t, 2, "", "No source takes Terraform states yet. Connect one of adapter terraform with console apply.\n")
}
