package static

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
)

func get(t *testing.T, method, url string, header map[string]string) *http.Response {
	t.Helper()
	req := httptest.NewRequest(method, url, nil)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	Handler().ServeHTTP(rec, req)
	return rec.Result()
}

func TestEncodings(t *testing.T) {
	plain, err := files.ReadFile("causeway.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ accept, want, reason string }{
		{"gzip, deflate, br, zstd", "br", "the smallest one that the client takes"},
		{"gzip", "gzip", "no brotli without TLS in some browsers"},
		{"br;q=0, gzip;q=0.5", "gzip", "a weight of zero refuses"},
		{"", "", "a client that names none gets the file itself"},
	} {
		res := get(t, http.MethodGet, URL("causeway.js"), map[string]string{"Accept-Encoding": tc.accept})
		if got := res.Header.Get("Content-Encoding"); got != tc.want {
			t.Errorf("Accept-Encoding %q: got %q, want %q (%s)", tc.accept, got, tc.want, tc.reason)
		}
		var body io.Reader = res.Body
		switch res.Header.Get("Content-Encoding") {
		case "br":
			body = brotli.NewReader(res.Body)
		case "gzip":
			if body, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		got, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(plain), string(got)); diff != "" {
			t.Errorf("Accept-Encoding %q: body differs (-want +got):\n%s", tc.accept, diff)
		}
	}
}

func TestHeaders(t *testing.T) {
	res := get(t, http.MethodGet, URL("causeway.css"), nil)
	want := map[string]string{
		"Content-Type":  "text/css; charset=utf-8",
		"Cache-Control": "public, max-age=31536000, immutable",
		"Vary":          "Accept-Encoding",
	}
	for k, v := range want {
		if got := res.Header.Get(k); got != v {
			t.Errorf("%s: got %q, want %q", k, got, v)
		}
	}
	again := get(t, http.MethodGet, URL("causeway.css"), map[string]string{"If-None-Match": res.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("with its own ETag: got %d, want 304", again.StatusCode)
	}
	if got := get(t, http.MethodPost, URL("causeway.css"), nil).StatusCode; got != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d, want 405", got)
	}
	for _, unknown := range []string{"/assets/causeway.css", "/assets/causeway.000000000000.css", "/assets/", "/assets/../static.go"} {
		if got := get(t, http.MethodGet, unknown, nil).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", unknown, got)
		}
	}
}

func TestStyleSheetsReferToHashedFiles(t *testing.T) {
	res := get(t, http.MethodGet, URL("causeway.css"), nil)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	refs := regexp.MustCompile(`url\("([^"]*)"\)`).FindAllStringSubmatch(string(body), -1)
	if len(refs) < 3 {
		t.Fatalf("%d references, want the three fonts at least", len(refs))
	}
	for _, r := range refs {
		if got := get(t, http.MethodGet, r[1], nil).StatusCode; got != http.StatusOK {
			t.Errorf("%s: got %d, want 200", r[1], got)
		}
	}
}

func TestLoadNamesAMissingReference(t *testing.T) {
	_, err := load(fstest.MapFS{"a.css": {Data: []byte(`@font-face{src:url("nowhere.woff2")}`)}})
	if err == nil || !strings.Contains(err.Error(), "a.css refers to nowhere.woff2") {
		t.Errorf("got %v, want an error that names sheet and file", err)
	}
}

// The CSP forbids data: addresses and anything of another origin.
func TestOwnFilesObeyThePolicy(t *testing.T) {
	for _, name := range []string{"causeway.css", "causeway.js", "theme.js", "logo.svg", "vendor/patternfly.css"} {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"url(data:", `url("data:`, "url(http", `url("http`, "@import", "eval(", "new Function"} {
			if strings.Contains(string(body), bad) {
				t.Errorf("%s contains %s", name, bad)
			}
		}
	}
}

func TestFlag(t *testing.T) {
	if u, ok := Flag("DE"); !ok || get(t, http.MethodGet, u, nil).StatusCode != http.StatusOK {
		t.Errorf("the flag of DE is not served: %q %v", u, ok)
	}
	if _, ok := Flag("XX"); ok {
		t.Error("XX has a flag")
	}
}
