// Package storytest compares the stories of a page with its golden files.
package storytest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/web/story"
	"github.com/causeway/causeway/web/templates/layout"
)

var update = flag.Bool("update", false, "write the golden files anew")

// hashes of assets are taken out, so that a changed style sheet does not change every golden file.
var hashes = regexp.MustCompile(`\.[0-9a-f]{12}\.`)

// Golden renders every story of the page package and compares it with testdata/NAME.html there.
// A golden file without a story is an error, too.
func Golden(t *testing.T, page string) {
	t.Helper()
	var files []string
	for _, s := range story.All() {
		if s.Of != page {
			continue
		}
		file := filepath.Join("testdata", s.Name+".html")
		files = append(files, file)
		t.Run(s.Name, func(t *testing.T) { compare(t, s, file) })
	}
	if len(files) == 0 {
		t.Fatalf("%s has no story: add one to web/story", page)
	}
	found, err := filepath.Glob(filepath.Join("testdata", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !slices.Contains(files, f) {
			t.Errorf("%s belongs to no story", f)
		}
	}
}

func compare(t *testing.T, s story.Story, file string) {
	t.Helper()
	var b bytes.Buffer
	if err := s.Page(layout.Light).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	// One tag a line, so that a difference is small.
	got := strings.ReplaceAll(hashes.ReplaceAllString(b.String(), "."), "><", ">\n<") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update accepts it:\n%s", file, diff)
	}
}
