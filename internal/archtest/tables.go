package archtest

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

var (
	sqlNoise = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'`)
	created  = regexp.MustCompile(`(?i)\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([a-z_]+)`)
	// An UPDATE that locks rows or resolves a conflict names no table.
	locking = regexp.MustCompile(`(?i)\b(?:for\s+(?:no\s+key\s+)?|do\s+)update\b`)
	writes  = regexp.MustCompile(`(?i)\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate(?:\s+table)?)\s+(?:only\s+)?([a-z_]+)`)
)

// readOnly are folders of queries that may not write at all.
var readOnly = []string{"overview", "plan", "evidence"}

// Tables returns what is wrong with who writes which table. queries holds a folder per domain,
// migrations the schema.
func Tables(queries, migrations fs.FS) (wrong []string, err error) {
	known, err := tablesOf(migrations)
	if err != nil {
		return nil, err
	}
	writers := map[string]map[string]string{} // table -> domain -> one file that writes it
	err = fs.WalkDir(queries, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".sql" {
			return err
		}
		b, err := fs.ReadFile(queries, name)
		if err != nil {
			return err
		}
		domain, _, _ := strings.Cut(name, "/")
		for _, table := range targets(string(b)) {
			if !known[table] {
				wrong = append(wrong, fmt.Sprintf("db/queries/%s writes %s, which no migration makes", name, table))
			}
			if writers[table] == nil {
				writers[table] = map[string]string{}
			}
			writers[table][domain] = name
			if slices.Contains(readOnly, domain) {
				wrong = append(wrong, fmt.Sprintf("db/queries/%s writes %s: %s only reads", name, table, domain))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the queries: %w", err)
	}
	for _, table := range slices.Sorted(maps.Keys(writers)) {
		if by := writers[table]; len(by) > 1 {
			wrong = append(wrong, fmt.Sprintf("the table %s is written by %s: a table has one package that writes it", table, strings.Join(slices.Sorted(maps.Values(by)), " and ")))
		}
	}
	return wrong, nil
}

// targets are the tables that a file of queries writes, each once.
func targets(sql string) (out []string) {
	sql = locking.ReplaceAllString(sqlNoise.ReplaceAllString(sql, " "), " ")
	for _, m := range writes.FindAllStringSubmatch(sql, -1) {
		if table := strings.ToLower(m[1]); !slices.Contains(out, table) {
			out = append(out, table)
		}
	}
	return out
}

func tablesOf(migrations fs.FS) (map[string]bool, error) {
	known := map[string]bool{}
	files, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range files {
		b, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, fmt.Errorf("read the migrations: %w", err)
		}
		for _, m := range created.FindAllStringSubmatch(sqlNoise.ReplaceAllString(string(b), " "), -1) {
			known[strings.ToLower(m[1])] = true
		}
	}
	return known, nil
}
