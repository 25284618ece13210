package story

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"testing"

	"github.com/causeway/causeway/web/templates/layout"
)

func render(t *testing.T, s Story, theme layout.Theme) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Page(theme).Render(t.Context(), &b); err != nil {
		t.Fatalf("%s: %v", s.Name, err)
	}
	return b.String()
}

// What the policy forbids, a browser would silently drop.
func TestPagesObeyThePolicy(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"an inline style":   regexp.MustCompile(`(?i)\sstyle=|<style`),
		"an inline script":  regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]`),
		"an event handler":  regexp.MustCompile(`(?i)\son[a-z]+=|hx-on`),
		"a data: address":   regexp.MustCompile(`(?i)["'(]data:`),
		"another origin":    regexp.MustCompile(`(?i)(?:src|action|formaction)="(?:https?:)?//`),
		"a script address":  regexp.MustCompile(`(?i)javascript:|about:invalid`),
		"a trigger filter":  regexp.MustCompile(`hx-trigger="[^"]*\[`),
		"a computed header": regexp.MustCompile(`(?:hx-vals|hx-headers)="js:`),
	}
	for _, s := range All() {
		page := render(t, s, layout.Dark)
		for what, re := range forbidden {
			if m := re.FindString(page); m != "" {
				t.Errorf("%s contains %s: %q", s.Name, what, m)
			}
		}
	}
}

// 10 KB are the budget of one screen, so that a page opens quickly on a slow line.
func TestPageBudget(t *testing.T) {
	for _, s := range All() {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(render(t, s, layout.Light))); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 10<<10 {
			t.Errorf("%s is %d bytes, the budget is %d", s.Name, b.Len(), 10<<10)
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	for _, s := range All() {
		seen := map[string]bool{}
		for _, m := range id.FindAllStringSubmatch(render(t, s, layout.Light), -1) {
			if seen[m[1]] {
				t.Errorf("%s has two elements with the id %q", s.Name, m[1])
			}
			seen[m[1]] = true
		}
	}
}
