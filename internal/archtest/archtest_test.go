package archtest

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const root = "../.."

func none(t *testing.T, wrong []string, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
}

func TestTheHouse(t *testing.T) {
	t.Parallel()
	all, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("go list found %d packages; the rules looked at nothing", len(all))
	}
	none(t, Imports(all), nil)

	wrong, err := Tables(os.DirFS(root+"/db/queries"), os.DirFS(root+"/db/migrations"))
	none(t, wrong, err)
	wrong, err = SQLStrings(os.DirFS(root))
	none(t, wrong, err)
	wrong, err = ProviderSwitches(os.DirFS(root))
	none(t, wrong, err)
	wrong, err = Pages(os.DirFS(root + "/web/templates"))
	none(t, wrong, err)
}

// planted says which of the violations planted in a rule's input it must find; "" for something
// that is allowed.
func planted(t *testing.T, got []string, want string) {
	t.Helper()
	if want == "" {
		if len(got) > 0 {
			t.Errorf("found %q in what is allowed", got)
		}
		return
	}
	if len(got) != 1 || !strings.Contains(got[0], want) {
		t.Errorf("found %q, want one violation that says %q", got, want)
	}
}

func TestImportsFindsViolations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pkg, imp, want string }{
		{"internal/costs", "./internal/inventory", "may import of this module only"},
		{"internal/inventory", "./internal/web", "may import of this module only"},
		{"internal/inventory", "./internal/audit/auditdb", "generated rows never leave internal/audit"},
		{"internal/overview", "./internal/inventory/inventorydb", "generated rows never leave internal/inventory"},
		{"internal/inventory", "./internal/provider/aws", "only cmd/console"},
		{"internal/provider/azure", "./internal/provider/aws", "only cmd/console"},
		{"internal/provider/azure", "./internal/inventory", "may import of this module only"},
		{"internal/web", "./internal/provider/sample", "only cmd/console"},
		{"internal/web", "./internal/postgres", "may import of this module only"},
		{"web/templates/costspage", "./internal/costs", "may import of this module only"},
		{"web/templates/costspage", "./web/templates/inventorypage", "may import of this module only"},
		{"internal/overview", "./internal/inventory", "may import of this module only"},
		{"internal/cloud", "github.com/google/uuid", "it is a leaf"},
		{"internal/query", "github.com/labstack/echo/v4", "it is a leaf"},
		{"internal/inventory", "github.com/labstack/echo/v4", "HTTP is the web's"},
		{"internal/inventory", "github.com/aws/aws-sdk-go-v2/aws", "stops at its adapter"},
		{"internal/provider/gcp", "github.com/aws/aws-sdk-go-v2/aws", "stops at its adapter"},
		{"internal/newcomer", "fmt", "has no rule"},

		{"internal/inventory", "./internal/audit", ""},
		{"internal/inventory", "./internal/inventory/inventorydb", ""},
		{"internal/cloud", "github.com/shopspring/decimal", ""},
		{"internal/query", "github.com/jackc/pgx/v5/pgxpool", ""},
		{"internal/provider/aws", "github.com/aws/aws-sdk-go-v2/service/ec2", ""},
		{"internal/provider/aws", "./internal/provider/aws/awstest", ""},
		{"cmd/console", "./internal/provider/aws", ""},
		{"internal/plan", "./internal/costs", ""},
		{"web/templates/costspage", "./web/templates/ui", ""},
	} {
		planted(t, Imports([]Package{{ImportPath: c.pkg, Imports: []string{c.imp}}}), c.want)
	}
}

func TestImportsFindsViolationsInTests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pkg, imp, want string }{
		{"internal/costs", "./internal/inventory", "may import of this module only"},
		{"internal/web", "./internal/audit/auditdb", "generated rows"},
		{"internal/inventory", "./internal/provider/aws", "only cmd/console"},
		{"internal/inventory", "./internal/postgres/pgtest", ""},
		{"internal/web", "./internal/postgres", ""},
		{"internal/audit", "./internal/audit/auditdb", ""},
	} {
		planted(t, Imports([]Package{{ImportPath: c.pkg, XTestImports: []string{c.imp}}}), c.want)
		planted(t, Imports([]Package{{ImportPath: c.pkg, TestImports: []string{c.imp}}}), c.want)
	}
}

func files(pairs ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

func TestTablesFindsViolations(t *testing.T) {
	t.Parallel()
	schema := files("00001.sql", "CREATE TABLE resources (id int); -- CREATE TABLE ghosts\nCREATE UNLOGGED TABLE stage (id int);\nCREATE TABLE costs (id int);")
	for _, c := range []struct {
		reason, want string
		queries      fstest.MapFS
	}{
		{"two writers", "written by costs/a.sql and inventory/b.sql", files("costs/a.sql", "DELETE FROM resources;", "inventory/b.sql", "INSERT INTO resources VALUES (1);")},
		{"two writers, one inside WITH", "written by", files("costs/a.sql", "WITH x AS (UPDATE resources SET id = 1 RETURNING id) SELECT * FROM x;", "inventory/b.sql", "insert into resources values (1);")},
		{"overview writes", "overview only reads", files("overview/a.sql", "UPDATE resources SET id = 2;")},
		{"no such table", "no migration makes", files("inventory/a.sql", "INSERT INTO ghosts VALUES (1);")},
		{"reading is free", "", files("costs/a.sql", "SELECT id FROM resources FOR UPDATE SKIP LOCKED;", "inventory/b.sql", "INSERT INTO resources (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2;")},
		{"comments and strings are no SQL", "", files("costs/a.sql", "-- UPDATE resources\nSELECT 'DELETE FROM resources' FROM costs FOR NO KEY UPDATE;", "inventory/b.sql", "DELETE FROM resources;")},
	} {
		got, err := Tables(c.queries, schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(c.reason)
		planted(t, got, c.want)
	}
}

func TestSQLStringsFindsViolations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, text, want string }{
		{"internal/costs/store.go", "`SELECT id\nFROM costs`", "internal/costs/store.go:3"},
		{"internal/web/x.go", `"select id from costs"`, "SQL in a string"},
		{"cmd/console/x.go", `"UPDATE costs SET x = 1"`, "SQL in a string"},
		{"internal/jobs/x.go", `"LISTEN feed"`, "SQL in a string"},
		{"internal/query/list.go", `"SELECT id FROM costs"`, ""},
		{"internal/postgres/embedded/x.go", `"CREATE DATABASE x"`, ""},
		{"internal/costs/store_test.go", `"SELECT id FROM costs"`, ""},
		{"internal/costs/words.go", `"Select a region. Update the source, or delete from the list."`, ""},
	} {
		got, err := SQLStrings(files(c.file, "package x\n\nvar s = "+c.text+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		t.Log(c.file)
		planted(t, got, c.want)
	}
}

func TestProviderSwitchesFindsViolations(t *testing.T) {
	t.Parallel()
	const sw = "package x\nfunc f(p string) { switch p { case \"aws\", \"other\": } }\n"
	for _, c := range []struct{ file, text, want string }{
		{"internal/web/x.go", sw, "asks which provider"},
		{"internal/costs/x.go", "package x\nfunc f(p cloud.ProviderID) bool { return p == cloud.Azure }\n", "asks which provider"},
		{"internal/costs/x.go", "package x\nfunc f(p string) bool { return \"gcp\" != p }\n", "asks which provider"},
		{"internal/provider/aws/x.go", sw, ""},
		{"internal/web/x_test.go", sw, ""},
		{"internal/web/x.go", "package x\nvar all = []string{\"aws\"}\nfunc f(p string) { switch p { case \"text\": } }\n", ""},
		{"internal/web/x.go", "// Code generated by x. DO NOT EDIT.\n\n" + sw, ""},
	} {
		got, err := ProviderSwitches(files(c.file, c.text))
		if err != nil {
			t.Fatal(err)
		}
		t.Log(c.file)
		planted(t, got, c.want)
	}
}

func TestPagesFindsViolations(t *testing.T) {
	t.Parallel()
	const test = "package costspage\n// compares with testdata\n"
	for _, c := range []struct {
		reason, want string
		templates    fstest.MapFS
	}{
		{"no test at all", "web/templates/costspage", files("costspage/index.go", "package costspage")},
		{"a golden file that nothing reads", "web/templates/costspage", files("costspage/testdata/index.html", "<p>")},
		{"a test without a golden file", "web/templates/costspage", files("costspage/index_test.go", test)},
		{"both", "", files("costspage/index_test.go", test, "costspage/testdata/index.html", "<p>")},
		{"not a page", "", files("ui/ui.go", "package ui")},
	} {
		got, err := Pages(c.templates)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(c.reason)
		planted(t, got, c.want)
	}
}
