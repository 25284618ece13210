//go:build e2e

package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway/causeway/test/e2e/harness"
)

// planted marks every value of the written state that must not leave it.
const planted = "planted-"

// writeState lets a real terraform write a state into dir and returns the state's file.
func writeState(t *testing.T, dir, generation string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(harness.Root(), "test", "e2e", "terraform.sh"), dir, generation)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	if err := cmd.Run(); err != nil {
		t.Fatalf("terraform.sh: %v\n%s", err, problem.String())
	}
	return filepath.Join(dir, "terraform.tfstate")
}

// serialOf is the number that terraform gave a state.
func serialOf(t *testing.T, state []byte) int {
	t.Helper()
	var head struct{ Serial int }
	if err := json.Unmarshal(state, &head); err != nil {
		t.Fatal(err)
	}
	return head.Serial
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o644); err != nil { // the console may run as somebody else
		t.Fatal(err)
	}
}

const pipelines = `apiVersion: causeway/v1
kind: Source
metadata: {name: pipelines}
spec:
  adapter: terraform
  schedule: manual
  terraform: {push: true}
`

// filesOf is a source that reads states in dir.
func filesOf(dir string) string {
	return fmt.Sprintf(`apiVersion: causeway/v1
kind: Source
metadata: {name: files}
spec:
  adapter: terraform
  schedule: manual
  terraform: {paths: [%q]}
`, dir)
}

// A state that terraform wrote arrives by both ways, as one resource with two witnesses, and none
// of its secrets arrives at all.
func TestTerraformState(t *testing.T) {
	t.Parallel()
	work, shelf := filepath.Join(harness.ShortDir(t), "work"), filepath.Join(harness.ShortDir(t), "shelf")
	if err := os.MkdirAll(shelf, 0o755); err != nil {
		t.Fatal(err)
	}
	first := readFile(t, writeState(t, work, "one"))
	second := readFile(t, writeState(t, work, "two"))
	if !bytes.Contains(first, []byte(planted)) || serialOf(t, first) >= serialOf(t, second) {
		t.Fatal("terraform wrote a state without the planted values, or did not count")
	}
	older, newer := filepath.Join(work, "older.tfstate"), filepath.Join(shelf, "shop.tfstate")
	writeFile(t, older, first)
	writeFile(t, newer, second)

	c := harness.StartSmallDemo(t, "CAUSEWAY_TERRAFORM_ROOT="+shelf, "CAUSEWAY_LOG_LEVEL=debug")
	c.Must(t, pipelines+"---\n"+filesOf("."), "apply", "-f", "-")
	push := func(file string) harness.Said {
		return c.Ask(t, "", "push", file, "--source", "pipelines", "--workspace", "shop")
	}
	if said := push(newer); said.Code != harness.OK {
		t.Fatalf("push ended with %d: %s%s", said.Code, said.Out, said.Err)
	}
	c.Must(t, "", "sync", "--source", "files")
	seen := c.Resources(t, "id:terraform://*")
	// plain, marked, unmarked, 2 counted, 8 each, and in two modules a vpc and two inner ones.
	if len(seen) < 13 {
		t.Fatalf("%d resources of the state are in the inventory, want at least 13", len(seen))
	}
	checkWitnesses(t, c, seen)

	t.Run("an older serial is refused", func(t *testing.T) {
		said := push(older)
		text := said.Out + said.Err
		if said.Code == harness.OK || !strings.Contains(text, fmt.Sprint(serialOf(t, first))) || !strings.Contains(text, fmt.Sprint(serialOf(t, second))) {
			t.Errorf("an older state ended with %d and said %q, want both serials named", said.Code, text)
		}
		sameResources(t, seen, c.Resources(t, "id:terraform://*"))
	})
	t.Run("a broken state is refused", func(t *testing.T) {
		broken := filepath.Join(work, "broken.tfstate")
		writeFile(t, broken, second[:len(second)/2])
		said := push(broken)
		if said.Code != harness.Wrong || !strings.Contains(said.Err, "broken.tfstate") && !strings.Contains(said.Err, "cut") && !strings.Contains(said.Err, "state") {
			t.Errorf("half a state ended with %d and said %q", said.Code, said.Err)
		}
		writeFile(t, newer, second[:len(second)/2])
		said = c.Ask(t, "", "sync", "--source", "files")
		if said.Code != harness.Failed || !strings.Contains(said.Out, "shop.tfstate") {
			t.Errorf("a sync of half a state ended with %d and said %q, want the file named", said.Code, said.Out)
		}
		sameResources(t, seen, c.Resources(t, "id:terraform://*"))
		writeFile(t, newer, second)
		c.Must(t, "", "sync", "--source", "files")
	})
	for table, text := range c.Everything(t) {
		if strings.Contains(text, planted) {
			t.Errorf("the table %s holds a planted secret", table)
		}
	}
	for what, text := range map[string]string{"the console's log": c.Log(), "Postgres' log": string(readFile(t, filepath.Join(c.Dir, "postgres.log")))} {
		if strings.Contains(text, planted) {
			t.Errorf("%s holds a planted secret", what)
		}
	}
}

// checkWitnesses sees that both sources are witnesses of the same row.
func checkWitnesses(t *testing.T, c *harness.Console, seen map[string]harness.Resource) {
	t.Helper()
	for id, r := range seen {
		var detail struct {
			Witnesses []struct {
				Source string `json:"source"`
			} `json:"witnesses"`
		}
		c.Get(t, fmt.Sprintf("/api/v1/resources/%d", r.ID), &detail)
		by := map[string]bool{}
		for _, w := range detail.Witnesses {
			by[w.Source] = true
		}
		if !by["pipelines"] || !by["files"] {
			t.Errorf("%s has the witnesses %v, want pipelines and files", id, detail.Witnesses)
		}
	}
}

func sameResources(t *testing.T, want, got map[string]harness.Resource) {
	t.Helper()
	for id, r := range want {
		if got[id].State != r.State {
			t.Errorf("%s was %s and is %q", id, r.State, got[id].State)
		}
	}
	if len(got) != len(want) {
		t.Errorf("there were %d resources and are %d", len(want), len(got))
	}
}

// What is exported is understood again, and changes nothing.
func TestExportApply(t *testing.T) {
	t.Parallel()
	c := harness.StartSmallDemo(t)
	c.Must(t, pipelines, "apply", "-f", "-")
	exported := c.Must(t, "", "export")
	out := c.Must(t, exported, "apply", "-f", "-")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		if !strings.HasSuffix(line, " unchanged") {
			t.Errorf("export | apply says %q, want unchanged", line)
		}
	}
	if len(lines) < 3 {
		t.Errorf("export has %d documents, want the units and both sources", len(lines))
	}
}

// Each answer names the thing and the fix, and nothing is lost.
func TestBadInput(t *testing.T) {
	t.Parallel()
	c := harness.StartSmallDemo(t)
	c.WaitSynced(t, "sample", syncTime)
	before := c.Must(t, "", "export")
	for _, tt := range []struct {
		name string
		in   string
		args []string
		code int
		want []string
	}{
		{"unknown field", strings.Replace(pipelines, "schedule:", "scedule:", 1), []string{"apply", "-f", "-"}, harness.Wrong, []string{"scedule", "schedule"}},
		{"unknown setting", strings.Replace(pipelines, "push:", "pusch:", 1), []string{"apply", "-f", "-"}, harness.Wrong, []string{"pusch", "push"}},
		{"no YAML", "spec: [", []string{"apply", "-f", "-"}, harness.Wrong, []string{"stdin:1", "YAML"}},
		{"no file", "", []string{"apply", "-f", "/there/is/none.yaml"}, harness.Wrong, []string{"/there/is/none.yaml"}},
		{"no query", "", []string{"resources", "colour:blue"}, harness.Wrong, []string{"colour"}},
		{"no source", "", []string{"sync", "--source", "smaple"}, harness.Wrong, []string{"smaple"}},
		{"no command", "", []string{"aply"}, harness.Wrong, []string{"aply", "apply"}},
		{"no flag", "", []string{"sync", "--sorce", "x"}, harness.Wrong, []string{"--sorce"}},
		{"no state", "{}", []string{"push", "-", "--workspace", "x"}, harness.Wrong, []string{"state"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said := c.Ask(t, tt.in, tt.args...)
			if said.Code != tt.code {
				t.Errorf("ended with %d, want %d: %s", said.Code, tt.code, said.Err)
			}
			for _, w := range tt.want {
				if !strings.Contains(said.Err, w) {
					t.Errorf("said %q, want %q in it", said.Err, w)
				}
			}
		})
	}
	t.Run("missing permission", func(t *testing.T) {
		token := strings.TrimSpace(c.Must(t, "", "token", "create", "--name", "reader", "--role", "viewer"))
		said := harness.Run(t, []string{"CAUSEWAY_TOKEN=" + token}, pipelines, "apply", "-f", "-", "--server", c.URL)
		text := said.Out + said.Err
		if said.Code == harness.OK || !strings.Contains(text, "admin") && !strings.Contains(text, "role") {
			t.Errorf("a viewer's apply ended with %d and said %q, want the role that is needed", said.Code, text)
		}
	})
	t.Run("wrong database URL", func(t *testing.T) {
		said := harness.Run(t, nil, "", "migrate", "status", "--database", "postgres://console:hunter2@127.0.0.1:"+harness.FreePort(t)+"/none")
		if said.Code != harness.Wrong || !strings.Contains(said.Err, "127.0.0.1") || strings.Contains(said.Err, "hunter2") {
			t.Errorf("a database that is not there ended with %d and said %q, want its address and not its password", said.Code, said.Err)
		}
	})
	if after := c.Must(t, "", "export"); after != before {
		t.Errorf("bad input changed what the console knows:\n%s\nwas\n%s", after, before)
	}
}
