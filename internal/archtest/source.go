package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sqlHomes are where strings of SQL may stand: search, and what sqlc cannot write.
var sqlHomes = []string{"internal/query", "internal/postgres/..."}

// providerHomes are where a provider may be asked for by name: its adapter, and the facts about it.

var providerHomes = []string{"internal/provider/...", "internal/cloud"}

var (
	sqlShouted   = regexp.MustCompile(`\b(SELECT\s.+|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s|TRUNCATE\s+\w|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|TYPE|FUNCTION|DATABASE|ROLE)\s|SET\s+ROLE\s|LISTEN\s+\w|NOTIFY\s+\w)`)
	sqlWhispered = regexp.MustCompile(`^\s*(select\s.+\sfrom\s+\w|insert\s+into\s+\w+\s*[(\s]|update\s+\w+\s+set\s+\w+\s*=|delete\s+from\s+\w+\s+where\s)`)
)

var (
	// "terraform" is not among the words: it also names a tool, which resources are managed by.
	providerIDs       = []string{"aws", "azure", "gcp", "kubernetes"}
	providerConstants = []string{"AWS", "Azure", "GCP", "Kubernetes", "Terraform"}
)

// SQLStrings returns the strings of SQL that stand outside their homes.
func SQLStrings(root fs.FS) ([]string, error) {
	return inspect(root, sqlHomes, func(n ast.Node, report func(ast.Node, string)) {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			return // not a string the parser accepted
		}
		flat := strings.ReplaceAll(text, "\n", " ")
		if sqlShouted.MatchString(flat) || sqlWhispered.MatchString(flat) {
			report(n, "SQL in a string: queries are sqlc's, in db/queries")
		}
	})
}

// ProviderSwitches returns the places where code asks which provider a thing is from.
func ProviderSwitches(root fs.FS) ([]string, error) {
	const why = "asks which provider it is: a capability of the adapter, or a fact in internal/cloud, answers that"
	return inspect(root, providerHomes, func(n ast.Node, report func(ast.Node, string)) {
		switch n := n.(type) {
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, isProvider) {
				report(n, why)
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (isProvider(n.X) || isProvider(n.Y)) {
				report(n, why)
			}
		}
	})
}

func isProvider(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return err == nil && e.Kind == token.STRING && slices.Contains(providerIDs, text)
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && pkg.Name == "cloud" && slices.Contains(providerConstants, e.Sel.Name)
	}
	return false
}

// inspect walks the hand-written, shipped Go code outside homes.
func inspect(root fs.FS, homes []string, visit func(n ast.Node, report func(ast.Node, string))) (wrong []string, err error) {
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipFolder(name, homes) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || slices.Contains(homes, path.Dir(name)) {
			return nil
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, b, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if ast.IsGenerated(file) {
			return nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			visit(n, func(at ast.Node, why string) {
				wrong = append(wrong, fmt.Sprintf("%s: %s", fset.Position(at.Pos()), why))
			})
			return true
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the source: %w", err)
	}
	return wrong, nil
}

// skipFolder leaves out what is not shipped, and homes with everything below them.
func skipFolder(name string, homes []string) bool {
	base := path.Base(name)
	if name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || slices.Contains([]string{"node_modules", "testdata", "test", "tools"}, base)) {
		return true
	}
	return slices.ContainsFunc(homes, func(h string) bool { return strings.HasSuffix(h, "/...") && covers(h, name) })
}
