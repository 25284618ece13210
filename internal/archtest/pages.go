package archtest

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Pages returns the page packages without a golden test: one that renders the page from a literal
// and compares it with a file in testdata.
func Pages(templates fs.FS) (wrong []string, err error) {
	dirs, err := fs.Glob(templates, "*page")
	if err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	for _, dir := range dirs {
		golden, err := fs.Glob(templates, path.Join(dir, "testdata", "*.html"))
		if err != nil {
			return nil, fmt.Errorf("list the golden files of %s: %w", dir, err)
		}
		reads, err := testsMention(templates, dir, "testdata", "golden")
		if err != nil {
			return nil, err
		}
		if len(golden) == 0 || !reads {
			wrong = append(wrong, fmt.Sprintf("web/templates/%s has no golden test: a test that renders the page and compares it with testdata/*.html", dir))
		}
	}
	return wrong, nil
}

// testsMention reports whether a test in dir has one of the words.
func testsMention(templates fs.FS, dir string, words ...string) (bool, error) {
	tests, err := fs.Glob(templates, path.Join(dir, "*_test.go"))
	if err != nil {
		return false, fmt.Errorf("list the tests of %s: %w", dir, err)
	}
	for _, name := range tests {
		b, err := fs.ReadFile(templates, name)
		if err != nil {
			return false, fmt.Errorf("read a test: %w", err)
		}
		for _, w := range words {
			if strings.Contains(strings.ToLower(string(b)), w) {
				return true, nil
			}
		}
	}
	return false, nil
}
