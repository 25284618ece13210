package archtest

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// stories is the package that renders every page from a literal and compares each with its golden file.
const stories = "web/story"

// Pages returns the packages of pages that no story shows: nothing would compare them with a golden
// file, and no browser would look at them. golden is the folder of the stories' golden files.
func Pages(all []Package, golden fs.FS) (wrong []string, err error) {
	var shown []string
	for _, p := range all {
		if p.ImportPath == stories {
			shown = p.Imports
		}
	}
	for _, p := range all {
		dir, name := path.Split(p.ImportPath)
		if dir == "web/templates/" && strings.HasSuffix(name, "page") && !slices.Contains(shown, "./"+p.ImportPath) {
			wrong = append(wrong, fmt.Sprintf("%s has no story: show the page, from a literal, in %s", p.ImportPath, stories))
		}
	}
	files, err := fs.Glob(golden, "*.html")
	if err != nil {
		return nil, fmt.Errorf("list the golden files: %w", err)
	}
	if len(shown) > 0 && len(files) == 0 {
		wrong = append(wrong, stories+" has no golden files: its stories are compared with nothing")
	}
	return wrong, nil
}
