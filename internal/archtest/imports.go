package archtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

const module = "github.com/causeway/causeway/"

// Package is what `go list` says of one package; paths within this module begin at its root.
type Package struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// rule says what a package may import of this module, and of others. A name that ends in /...
// covers everything below, too; <own> is the package and what is below it.
type rule struct {
	pkg string
	may []string
	// others are the only modules it may import; nil: any that walls lets it.
	others []string
}

// words are what every package above the leaves may use.
var words = []string{"internal/cloud", "internal/fault"}

// domains do not know each other. What one needs of another is an interface on its own side.
var domains = []string{"internal/inventory", "internal/compliance", "internal/costs", "internal/drills", "internal/auth"}

// rules are the house, first match wins.
var rules = slices.Concat(
	[]rule{
		{pkg: "internal/fault", others: []string{}},
		{pkg: "internal/cloud", others: []string{"github.com/shopspring/decimal"}},
		{pkg: "internal/config", may: []string{"internal/fault"}, others: []string{"gopkg.in/yaml.v3"}},
		{pkg: "internal/query", may: words, others: []string{"github.com/jackc/pgx/v5", "github.com/shopspring/decimal"}},
		{pkg: "internal/document", may: words, others: []string{"gopkg.in/yaml.v3"}},

		{pkg: "db"},
		{pkg: "internal/postgres/embedded", may: []string{"internal/fault"}},
		{pkg: "internal/postgres/pgtest", may: []string{"internal/postgres", "internal/postgres/embedded"}},
		{pkg: "internal/postgres", may: []string{"db", "internal/fault"}},

		{pkg: "internal/provider/providertest", may: append([]string{"internal/provider"}, words...)},
		{pkg: "internal/provider", may: words},
		{pkg: "internal/provider/...", may: append([]string{"<own>", "internal/provider"}, words...)},

		{pkg: "internal/audit/...", may: append([]string{"<own>", "internal/postgres"}, words...)},
		{pkg: "internal/jobs/...", may: append([]string{"<own>", "internal/postgres"}, words...)},
	},
	domainRules(),
	[]rule{
		{pkg: "internal/plan/...", may: slices.Concat([]string{"<own>", "internal/audit", "internal/postgres"}, domains, words)},
		{pkg: "internal/evidence/...", may: slices.Concat([]string{"<own>", "internal/audit", "internal/postgres"}, domains, words)},
		{pkg: "internal/overview/...", may: append([]string{"<own>", "internal/postgres", "internal/query"}, words...)},

		{pkg: "internal/web/...", may: slices.Concat([]string{
			"<own>", "internal/web/...", "web/...", "internal/audit", "internal/jobs", "internal/document", "internal/query",
			"internal/provider", "internal/plan", "internal/evidence", "internal/overview",
		}, domains, words)},
		{pkg: "web/static/..."},
		{pkg: "web/templates/format", may: words[:1]},
		{pkg: "web/templates/ui", may: []string{"internal/cloud", "web/static", "web/templates/format"}},
		{pkg: "web/templates/layout", may: []string{"internal/cloud", "web/static", "web/templates/format", "web/templates/ui"}},
		{pkg: "web/templates/...", may: []string{"<own>", "internal/cloud", "web/static", "web/templates/format", "web/templates/layout", "web/templates/ui"}},

		{pkg: "web/story/...", may: []string{"internal/cloud", "web/static", "web/story", "web/templates/..."}},

		{pkg: "internal/archtest"},
		{pkg: "cmd/...", may: []string{"db", "internal/...", "web/..."}},
		{pkg: "scripts/...", may: []string{"internal/fault", "internal/postgres/embedded"}},
		{pkg: "test/...", may: []string{"<own>", "test/...", "internal/..."}},
	},
)

func domainRules() (out []rule) {
	for _, d := range domains {
		out = append(out, rule{pkg: d + "/...", may: append([]string{
			"<own>", "internal/audit", "internal/jobs", "internal/postgres", "internal/provider", "internal/query",
		}, words...)})
	}
	return out
}

// testsMay is what the tests of any package may import beside what it may itself.
var testsMay = []string{"<own>", "internal/cloud", "internal/fault", "internal/postgres", "internal/postgres/pgtest", "internal/provider", "internal/provider/providertest", "internal/auth/authtest", "web/story/storytest"}

// walls keep modules within a part of the house.
var walls = []struct {
	module, reason string
	within         []string
}{
	{"github.com/aws/", "a cloud's SDK stops at its adapter", []string{"internal/provider/aws/...", "test/..."}},
	{"github.com/Azure/", "a cloud's SDK stops at its adapter", []string{"internal/provider/azure/...", "test/..."}},
	{"cloud.google.com/", "a cloud's SDK stops at its adapter", []string{"internal/provider/gcp/...", "test/..."}},
	{"google.golang.org/api/", "a cloud's SDK stops at its adapter", []string{"internal/provider/gcp/...", "test/..."}},
	{"k8s.io/", "a cloud's SDK stops at its adapter", []string{"internal/provider/kubernetes/...", "test/..."}},
	{"github.com/labstack/echo", "HTTP is the web's", []string{"internal/web/...", "cmd/..."}},
	{"github.com/a-h/templ", "HTML is the templates'", []string{"web/templates/...", "web/story/...", "internal/web/...", "cmd/..."}},
	{"github.com/riverqueue/river", "River is the jobs'", []string{"internal/jobs/...", "internal/postgres", "cmd/..."}},
	{"github.com/spf13/cobra", "commands are the program's", []string{"cmd/..."}},
	{"github.com/chromedp/", "browsers are the end-to-end tests'", []string{"test/..."}},
}

// List asks the go command for every package below root.
func List(root string) ([]Package, error) {
	cmd := exec.CommandContext(context.Background(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	var all []Package
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p Package
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		for _, list := range [][]string{p.Imports, p.TestImports, p.XTestImports} {
			for i := range list {
				list[i] = trim(list[i])
			}
		}
		all = append(all, p)
	}
}

// trim shortens paths of this module and leaves others alone; "./" marks ours.
func trim(importPath string) string {
	if rest, ours := strings.CutPrefix(importPath, module); ours {
		return "./" + rest
	}
	return importPath
}

// Imports returns what is wrong with who imports whom.
func Imports(all []Package) (wrong []string) {
	for _, p := range all {
		i := slices.IndexFunc(rules, func(r rule) bool { return covers(r.pkg, p.ImportPath) })
		if i < 0 {
			wrong = append(wrong, fmt.Sprintf("%s has no rule: add its line to rules in internal/archtest/imports.go", p.ImportPath))
			continue
		}
		r := rules[i]
		for _, imp := range p.Imports {
			wrong = append(wrong, r.check(p.ImportPath, imp, r.may)...)
		}
		for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
			wrong = append(wrong, r.checkTest(p.ImportPath, imp)...)
		}
	}
	return wrong
}

func (r rule) check(pkg, imp string, may []string) []string {
	rest, ours := strings.CutPrefix(imp, "./")
	if !ours {
		return r.checkOthers(pkg, imp)
	}
	if owner := generatedFor(rest); owner != "" && owner != pkg {
		return []string{fmt.Sprintf("%s imports %s: generated rows never leave %s", pkg, rest, owner)}
	}
	if adapter(rest) && !covers("cmd/...", pkg) && !strings.HasPrefix(pkg+"/", rest+"/") && !strings.HasPrefix(rest, pkg+"/") {
		return []string{fmt.Sprintf("%s imports the adapter %s: only cmd/console does, in providers.go", pkg, rest)}
	}
	for _, m := range may {
		if m == "<own>" && (rest == pkg || strings.HasPrefix(rest, pkg+"/") || strings.HasPrefix(pkg, rest+"/")) || covers(m, rest) {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s imports %s, and may import of this module only %s", pkg, rest, strings.Join(may, ", "))}
}

func (r rule) checkTest(pkg, imp string) []string {
	rest, ours := strings.CutPrefix(imp, "./")
	if !ours || rest == pkg || generatedFor(rest) == pkg {
		return nil
	}
	return r.check(pkg, imp, slices.Concat(r.may, testsMay))
}

func (r rule) checkOthers(pkg, imp string) (wrong []string) {
	first, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(first, ".") {
		return nil // the standard library
	}
	if r.others != nil && !slices.ContainsFunc(r.others, func(m string) bool { return imp == m || strings.HasPrefix(imp, m+"/") }) {
		return []string{fmt.Sprintf("%s imports %s: it is a leaf, and may use the standard library and %q", pkg, imp, r.others)}
	}
	for _, w := range walls {
		if strings.HasPrefix(imp, w.module) && !slices.ContainsFunc(w.within, func(in string) bool { return covers(in, pkg) }) {
			wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", pkg, imp, w.reason))
		}
	}
	return wrong
}

// covers reports whether a pattern, with or without /..., means pkg.
func covers(pattern, pkg string) bool {
	if tree, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == tree || strings.HasPrefix(pkg, tree+"/")
	}
	return pattern == pkg
}

// generatedFor returns the package that a package of generated rows belongs to: internal/audit for
// internal/audit/auditdb.
func generatedFor(pkg string) string {
	dir, name := path.Split(pkg)
	dir = strings.TrimSuffix(dir, "/")
	if name == path.Base(dir)+"db" {
		return dir
	}
	return ""
}

// adapter reports whether pkg is a provider's adapter or a part of one.
func adapter(pkg string) bool {
	rest, ok := strings.CutPrefix(pkg, "internal/provider/")
	return ok && !covers("providertest/...", rest)
}
