// Package static holds every file a page loads: style sheets, scripts, fonts, icons and flags.
//
// Files are embedded and served under names that carry a hash of their content, so a browser may
// keep them for ever and a new release never meets an old file. vendor/ is made by
// web/assets/pack.mjs; everything else is ours. Start at URL and Handler.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed vendor causeway.css causeway.js theme.js logo.svg favicon.svg
var files embed.FS

// Prefix is the path below which Handler serves.
const Prefix = "/assets/"

// asset is one file, ready to be sent.
type asset struct {
	contentType string
	etag        string
	plain       []byte
	packed      func() packed // compressed once, when somebody first asks
}

// table is every asset, by its own name and by the hashed path it is served under.
type table struct {
	urls   map[string]string
	byPath map[string]*asset
}

var assets = sync.OnceValue(func() table {
	t, err := load(files)
	if err != nil {
		panic(fmt.Sprintf("embedded assets: %v", err)) // a broken one is a broken build
	}
	return t
})

// URL returns where the file is served: URL("causeway.css") is "/assets/causeway.<hash>.css".
// A name that is not embedded is a mistake in a template, and panics so that a test finds it.
func URL(name string) string {
	u, ok := assets().urls[name]
	if !ok {
		panic(fmt.Sprintf("static: no asset %q", name))
	}
	return u
}

// Icon returns the address of one symbol of the icon sprite.
func Icon(name string) string { return URL("vendor/icons.svg") + "#" + name }

// Flag returns the address of the flag of a country (ISO 3166-1 alpha-2, any case). ok is false for
// a country without one; the page then shows the code alone.
func Flag(country string) (url string, ok bool) {
	url, ok = assets().urls["vendor/flags/"+strings.ToLower(country)+".svg"]
	return url, ok
}

func load(fsys fs.FS) (table, error) {
	t := table{urls: map[string]string{}, byPath: map[string]*asset{}}
	var sheets []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if path.Ext(name) == ".css" {
			sheets = append(sheets, name) // after the files they refer to
			return nil
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		t.add(name, body)
		return nil
	})
	if err != nil {
		return table{}, err
	}
	for _, name := range sheets {
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return table{}, fmt.Errorf("read %s: %w", name, err)
		}
		if body, err = t.withHashedURLs(name, body); err != nil {
			return table{}, err
		}
		t.add(name, body)
	}
	return t, nil
}

func (t table) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	u := Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
	t.urls[name] = u
	t.byPath[u] = &asset{
		contentType: contentType(ext),
		etag:        `"` + hash + `"`,
		plain:       body,
		packed:      sync.OnceValue(func() packed { return pack(ext, body) }),
	}
}

var cssURL = regexp.MustCompile(`url\("?([^")]+)"?\)`)

// withHashedURLs replaces url(file) in a style sheet by the hashed address of file.
func (t table) withHashedURLs(sheet string, body []byte) ([]byte, error) {
	var missing error
	out := cssURL.ReplaceAllFunc(body, func(m []byte) []byte {
		ref := string(cssURL.FindSubmatch(m)[1])
		u, ok := t.urls[path.Join(path.Dir(sheet), ref)]
		if !ok {
			missing = fmt.Errorf("%s refers to %s, which is not embedded", sheet, ref)
		}
		return []byte(`url("` + u + `")`)
	})
	return out, missing
}

// contentType does not ask the system's table alone: it differs between machines.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}
