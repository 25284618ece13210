package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/providertest"
)

// estate lays the shaped and the real states out as a team keeps them.
func estate(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, state := range shapedStates(t) {
		write(t, filepath.Join(dir, name, "terraform.tfstate"), state)
	}
	write(t, filepath.Join(dir, "apps/terraform.tfstate.d/prod/terraform.tfstate"), readFile(t, "testdata/real/terraform-1.11.tfstate"))
	write(t, filepath.Join(dir, "local.tfstate"), readFile(t, "testdata/real/terraform-1.5-local.tfstate"))
	// What must not be taken for a state: the record of a backend, and a backup.
	write(t, filepath.Join(dir, "apps/.terraform/terraform.tfstate"), []byte(`{"version":3,"backend":{"config":{"secret":"planted"}}}`))
	write(t, filepath.Join(dir, "apps/terraform.tfstate.backup"), readFile(t, "testdata/real/terraform-1.11.tfstate"))
	return dir
}

func write(t testing.TB, p string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func openSource(t testing.TB, root string, paths ...string) provider.Reader {
	t.Helper()
	raw, err := json.Marshal(settings{Paths: paths})
	if err != nil {
		t.Fatal(err)
	}
	f := Factory(Config{Root: root})
	if err := f.Check(raw); err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context(), provider.Source{Name: "states", Settings: raw})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// brokenFS answers one path as a broken disk or a missing right would.
type brokenFS struct {
	fs.FS
	path string
	err  error // of Open; nil: the file ends half-way with an error
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name != b.path {
		return b.FS.Open(name)
	}
	if b.err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: b.err}
	}
	f, err := b.FS.Open(name)
	return halfFile{f, io.LimitReader(f, 5000)}, err
}

type halfFile struct {
	fs.File
	r io.Reader
}

func (h halfFile) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if err == io.EOF {
		err = errors.New("input/output error")
	}
	return n, err
}

func openBroken(broken brokenFS) func(testing.TB) provider.Reader {
	return func(t testing.TB) provider.Reader {
		broken.FS = os.DirFS(estate(t))
		return newReader(broken, false, []string{"."}, func() error { return nil })
	}
}

func TestConformance(t *testing.T) {
	providertest.Run(t, providertest.Subject{
		Open:    func(t testing.TB) provider.Reader { return openSource(t, estate(t), ".") },
		Secrets: []string{"planted", "BEGIN RSA"},
		Faults: providertest.Faults{
			Denied:  openBroken(brokenFS{path: "aws/terraform.tfstate", err: fs.ErrPermission}),
			PageTwo: openBroken(brokenFS{path: "aws/terraform.tfstate"}),
		},
	})
}

func TestPushConformance(t *testing.T) {
	for name, state := range shapedStates(t) {
		t.Run(name, func(t *testing.T) {
			providertest.Run(t, providertest.Subject{
				Open: func(t testing.TB) provider.Reader { return PushReader(mustRedact(t, state, name)) }, Secrets: []string{"planted"}, Offline: true,
			})
		})
	}
}

// scopesOf returns the scopes by name, and what ended the list.
func scopesOf(t testing.TB, r provider.Reader) (map[string]provider.Scope, error) {
	t.Helper()
	out := map[string]provider.Scope{}
	var last error
	for sc, err := range r.Scopes(t.Context()) {
		if err != nil {
			last = err
			continue
		}
		out[sc.Account.Name] = sc
	}
	return out, last
}

func TestNamesOfWorkspaces(t *testing.T) {
	dir := estate(t)
	for _, c := range []struct {
		root string
		path string
		want []string
	}{
		{dir, ".", []string{"apps/prod", "aws", "azurerm", "google", "kubernetes", "local"}},
		{dir, "*/terraform.tfstate", []string{"aws", "azurerm", "google", "kubernetes"}},
		{dir, "aws/terraform.tfstate", []string{"aws"}},
		{dir, filepath.Join(dir, "local.tfstate"), []string{"local"}},
		{"", dir, []string{"apps/prod", "aws", "azurerm", "google", "kubernetes", "local"}},
		{"", filepath.Join(dir, "[ag]*/*.tfstate"), []string{"aws", "azurerm", "google"}},
	} {
		got, err := scopesOf(t, openSource(t, c.root, c.path))
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		names := map[string]bool{}
		for n := range got {
			names[n] = true
		}
		if diff := cmp.Diff(set(c.want...), names); diff != "" {
			t.Errorf("root %q, path %s (-want +got):\n%s", c.root, c.path, diff)
		}
	}
}

func TestANewFileIsANewScopeAndItsSerialIsTheRevision(t *testing.T) {
	dir := estate(t)
	r := openSource(t, dir, ".")
	before, err := scopesOf(t, r)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tofu.tfstate"), readFile(t, "testdata/real/opentofu-1.10.tfstate"))
	after, err := scopesOf(t, r)
	if err != nil || len(after) != len(before)+1 {
		t.Fatalf("%d scopes after %d, %v", len(after), len(before), err)
	}
	sc := after["apps/prod"]
	if sc.Revision != 27 || sc.Lineage != "88c209b9-f801-6ca5-0590-78798ac4fbd6" || sc.Account.ID != sc.Lineage || sc.API != API || sc.Manager != "terraform" {
		t.Errorf("scope %+v", sc)
	}
}

func TestTroubleIsNeverAnEmptyList(t *testing.T) {
	aws := string(shapedStates(t)["aws"])
	for _, c := range []struct {
		name       string
		lay        func(dir string)
		path       string
		scope      string // that must have failed
		code       provider.ProblemCode
		says       string
		incomplete bool // whether the list of scopes must say so
	}{
		{"missing file", nil, "no.tfstate", "no.tfstate", provider.ProblemUnreachable, "does not exist", true},
		{"empty glob", nil, "*.json", "*.json", provider.ProblemInvalid, "matches no file", true},
		{"empty directory", func(d string) { mkdir(t, d+"/void") }, "void", "void", provider.ProblemInvalid, "holds no *.tfstate", true},
		{"login page", func(d string) { write(t, d+"/x.tfstate", []byte("<html>")) }, ".", "x", provider.ProblemInvalid, "HTML", true},
		{"empty file", func(d string) { write(t, d+"/x.tfstate", nil) }, ".", "x", provider.ProblemInvalid, "empty", true},
		{"encrypted", func(d string) {
			write(t, d+"/x.tfstate", readFile(t, "testdata/real/opentofu-1.10.encrypted.tfstate"))
		}, ".", "x", provider.ProblemEncrypted, "encrypted", false},
		{"older copy", func(d string) {
			write(t, d+"/copy.tfstate", []byte(strings.Replace(aws, `"serial": 7`, `"serial": 6`, 1)))
		}, ".", "copy", provider.ProblemOlder, "serial 6", false},
		{"link to the outside", func(d string) {
			if err := os.Symlink("/etc/hostname", d+"/x.tfstate"); err != nil {
				t.Fatal(err)
			}
		}, "x.tfstate", "x.tfstate", provider.ProblemDenied, "leads out", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := estate(t)
			if c.lay != nil {
				c.lay(dir)
			}
			r := openSource(t, dir, ".", c.path)
			scopes, err := scopesOf(t, r)
			if (err != nil) != c.incomplete {
				t.Errorf("the list of scopes ends with %v", err)
			}
			sc, ok := scopes[c.scope]
			if !ok || sc.Err == nil {
				t.Fatalf("no failed scope %q in %v", c.scope, scopes)
			}
			p := provider.ProblemOf(sc.Err)
			if p.Code != c.code || !strings.Contains(p.Text, c.says) || p.Fix == "" {
				t.Errorf("problem %s %q, fix %q", p.Code, p.Text, p.Fix)
			}
			if other := scopes["aws"]; other.Err != nil || other.Account.ID == "" {
				t.Errorf("the healthy state beside it: %v", other.Err)
			}
			found := false
			for res, err := range r.(provider.Tester).Test(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				found = found || (!res.OK && strings.Contains(res.Problem, c.says) && res.Fix != "")
			}
			if !found {
				t.Errorf("the test of the source does not say %q", c.says)
			}
		})
	}
}

func mkdir(t testing.TB, p string) {
	t.Helper()
	if err := os.MkdirAll(p, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestAStateThatChangesWhileItIsRead(t *testing.T) {
	dir := t.TempDir()
	state := string(shapedStates(t)["aws"])
	p := filepath.Join(dir, "a.tfstate")
	write(t, p, []byte(state))
	r := openSource(t, dir, ".")
	scopes, err := scopesOf(t, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, doc string
		code      provider.ProblemCode
	}{
		{"older serial", strings.Replace(state, `"serial": 7`, `"serial": 6`, 1), provider.ProblemOlder},
		{"another state", strings.Replace(state, "000000000001", "000000000099", 1), provider.ProblemInvalid},
		{"truncated", state[:len(state)/2], provider.ProblemInvalid},
		{"newer serial", strings.Replace(state, `"serial": 7`, `"serial": 8`, 1), ""},
	} {
		write(t, p, []byte(c.doc))
		var last error
		for _, err := range r.Resources(t.Context(), scopes["a"]) {
			last = err
		}
		switch {
		case c.code == "" && last != nil:
			t.Errorf("%s: %v", c.name, last)
		case c.code != "" && (last == nil || provider.ProblemOf(last).Code != c.code):
			t.Errorf("%s: error %v, want %s", c.name, last, c.code)
		}
	}
}

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ root, raw, says string }{
		{dir, `{}`, "0 entries"},
		{dir, `{"paths":["a"],"path":"b"}`, "settings"},
		{dir, `{"paths":[""]}`, "is empty"},
		{dir, `{"paths":["../x"]}`, "outside"},
		{dir, `{"paths":["a/../../x"]}`, "outside"},
		{dir, `{"paths":["/etc"]}`, "outside"},
		{dir, `{"paths":["a[b"]}`, "pattern"},
		{"", `{"paths":["states"]}`, "not absolute"},
		{dir, `{"push":true,"paths":["a"]}`, "not both"},
	} {
		err := Factory(Config{Root: c.root}).Check(json.RawMessage(c.raw))
		var f *fault.Public
		if !errors.As(err, &f) || !errors.Is(err, fault.Invalid) || !strings.Contains(f.Text(), c.says) || !strings.HasPrefix(f.Field, "p") {
			t.Errorf("%s with root %q: %v", c.raw, c.root, err)
		}
	}
	if err := Factory(Config{Root: dir}).Check(json.RawMessage(fmt.Sprintf(`{"paths":[%q,"a/*.tfstate","."]}`, dir+"/x"))); err != nil {
		t.Errorf("good paths: %v", err)
	}
	if _, err := Factory(Config{Root: dir + "/none"}).Open(context.Background(), provider.Source{Settings: []byte(`{"paths":["."]}`)}); provider.ProblemOf(err).Code != provider.ProblemUnreachable {
		t.Errorf("a root that is not there: %v", err)
	}
}

func TestPushedSource(t *testing.T) {
	f := Factory(Config{})
	src := provider.Source{Name: "pipelines", Settings: []byte(`{"push":true}`)}
	if err := f.Check(src.Settings); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(t.Context(), src); provider.ProblemOf(err).Code != provider.ProblemInvalid {
		t.Errorf("a sync of a pushed source: %v; it must fail, or its states would be taken to have vanished", err)
	}
	forged := `{"format":"causeway.terraform/1","name":"prod","form":"show","dropped":{},"resources":[
		{"address":"aws_s3_bucket.b","type":"aws_s3_bucket","provider":"h/n/t","attributes":{"arn":"arn:aws:s3:::b","policy":"planted"}}]}`
	body, err := CleanPush([]byte(forged))
	if err != nil || strings.Contains(string(body), "planted") {
		t.Fatalf("%s, %v", body, err)
	}
	r, err := f.OpenPush(body)
	if err != nil {
		t.Fatal(err)
	}
	got := resourcesOf(t, r)
	if len(got) != 1 || got[0].NativeID != "arn:aws:s3:::b" {
		t.Errorf("resources %+v", got)
	}
	if _, err := f.OpenPush([]byte("<html>")); provider.ProblemOf(err).Code != provider.ProblemInvalid {
		t.Errorf("a broken push: %v", err)
	}
}
