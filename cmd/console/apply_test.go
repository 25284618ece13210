package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

const twoDocuments = `apiVersion: causeway/v1
kind: Source
metadata: {name: prod, revision: 3}
spec:
  adapter: aws
  schedule: every 15m
  aws: {regions: [eu-central-1], endpoint: "http://localhost:5000"}
---
apiVersion: causeway/v1
kind: Unit
metadata: {name: retail}
spec: {title: Retail}
`

func TestApply(t *testing.T) {
	f := &apitest.Fake{Results: []api.ApplyResult{
		{Kind: "Unit", Name: "retail", Outcome: api.Created, Revision: new(int64(1))},
		{Kind: "Source", Name: "prod", Outcome: api.Unchanged, Revision: new(int64(3))},
	}}
	w := newWorld(t, f)
	w.app.in = strings.NewReader(twoDocuments)
	w.run(t.Context(), "apply", "-f", "-", "--dry-run")
	w.want(t, 0, "Unit retail created (dry run)\nSource prod unchanged\n", "")
	if got := strings.Join(f.Asked(), "; "); got != "source.write apply 2 dry=true force=false" {
		t.Errorf("asked %q", got)
	}
	// The server's decoder knows no adapter here, so the settings arrive as they are.
	docs := f.Documents()
	if len(docs) != 2 || docs[0].Name != "retail" || docs[1].Revision != 3 {
		t.Fatalf("sent %+v", docs)
	}
	source, ok := docs[1].Spec.(document.Source)
	if got := string(source.Settings); !ok || got != `{"endpoint":"http://localhost:5000","regions":["eu-central-1"]}` {
		t.Errorf("settings %s", got)
	}
}

func TestApplyConflict(t *testing.T) {
	f := &apitest.Fake{Results: []api.ApplyResult{
		{Kind: "Unit", Name: "retail", Outcome: api.Failed, Field: "spec.parent", Detail: "There is no unit sales.\x1b[2J"},
		{Kind: "Source", Name: "prod", Outcome: api.Conflict, Revision: new(int64(5)), Yours: new(int64(3))},
	}}
	w := newWorld(t, f)
	path := file(t, "two.yaml", twoDocuments)
	w.run(t.Context(), "apply", "-f", path, "--force")
	w.want(t, 1, strings.ReplaceAll(lines(
		"Unit retail failed: PATH:9:1: There is no unit sales.\uFFFD[2J",
		"Source prod conflict: PATH:1:1 says revision 3, and the console has 5. Export it and look at the difference, or use --force",
	), "PATH", path), "")
}

func TestApplyRefusesBadDocuments(t *testing.T) {
	f := &apitest.Fake{}
	w := newWorld(t, f)
	path := file(t, "sources.yaml", strings.Replace(twoDocuments, "regions", "regoins", 1)+"colour: red\n")
	w.run(t.Context(), "apply", "-f", path)
	w.want(t, 2, "", strings.ReplaceAll(lines(
		`PATH:7:9: unknown field "regoins" in spec.aws; did you mean "regions"?`,
		`PATH:13:1: unknown field "colour" in the document; known are apiVersion, kind, metadata, spec`,
	), "PATH", path))
	if len(f.Asked()) != 0 {
		t.Errorf("the server was asked %v", f.Asked())
	}
	none := filepath.Join(t.TempDir(), "none.yaml")
	w.run(t.Context(), "apply", "-f", none)
	w.want(t, 2, "", none+" does not exist.\n")
	w.run(t.Context(), "apply")
	w.want(t, 2, "", "apply needs -f PATH\nSee console apply --help.\n")
}

func TestApplyShowsTheServersWords(t *testing.T) {
	f := &apitest.Fake{Err: fault.Say(fault.Denied, "This needs the role admin.")}
	w := newWorld(t, f)
	w.run(t.Context(), "apply", "-f", file(t, "two.yaml", twoDocuments))
	w.want(t, 2, "", "This needs the role admin.\n")
}

func TestExportThenApply(t *testing.T) {
	docs := []document.Document{
		{Kind: document.KindSource, Name: "prod", Revision: 3, Spec: document.Source{Adapter: "terraform", Unit: "retail", Enabled: true, Settings: []byte(`{"paths":["a"]}`)}},
		{Kind: document.KindUnit, Name: "retail", Revision: 1, Spec: document.Unit{Title: "Retail", Parent: "organisation"}},
	}
	f := &apitest.Fake{Exported: docs, Results: make([]api.ApplyResult, 2)}
	w := newWorld(t, f)
	w.run(t.Context(), "export")
	exported := w.out.String()
	if w.code != 0 || !strings.HasPrefix(exported, "apiVersion: causeway/v1\nkind: Unit\n") {
		t.Fatalf("code %d, %s%s", w.code, exported, w.err.String())
	}
	w.app.in = strings.NewReader(exported)
	w.run(t.Context(), "apply", "-f", "-")
	f.Exported = f.Documents()
	w.run(t.Context(), "export")
	w.want(t, 0, exported, "")
	w.run(t.Context(), "export", "--kind", "Pod")
	w.want(t, 2, "", "--kind is \"Pod\"; it must be one of [Unit Region Source]\nSee console export --help.\n")
}
