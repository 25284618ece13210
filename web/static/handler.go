package static

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// packed is one file in the encodings that make it smaller. A nil slice: not worth it.
type packed struct {
	brotli []byte
	gzip   []byte
}

// pack compresses as hard as it can, because it happens once in a process.
func pack(ext string, body []byte) packed {
	if ext == ".woff2" { // compressed already
		return packed{}
	}
	var br, gz bytes.Buffer
	bw := brotli.NewWriterLevel(&br, brotli.BestCompression)
	mustWrite(bw.Write(body))
	must(bw.Close())
	gw, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	must(err)
	mustWrite(gw.Write(body))
	must(gw.Close())
	p := packed{brotli: br.Bytes(), gzip: gz.Bytes()}
	if len(p.brotli) >= len(body) {
		p.brotli = nil
	}
	if len(p.gzip) >= len(body) {
		p.gzip = nil
	}
	return p
}

// must: writing to memory does not fail, so an error is a broken library.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("compress asset: %v", err))
	}
}

func mustWrite(_ int, err error) { must(err) }

// Handler serves everything below Prefix. A name that is not known answers 404, also where only
// the hash is old: a page and its files come from one release.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets().byPath[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Assets are only read.", http.StatusMethodNotAllowed)
			return
		}
		a.serve(w, r)
	})
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", a.etag)
	if etagMatches(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, p := a.plain, a.packed()
	switch {
	case p.brotli != nil && accepts(r, "br"):
		h.Set("Content-Encoding", "br")
		body = p.brotli
	case p.gzip != nil && accepts(r, "gzip"):
		h.Set("Content-Encoding", "gzip")
		body = p.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	w.Write(body) //nolint:errcheck // a reader that has gone away is not our error, and there is nobody to tell
}

func etagMatches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == etag || part == "*" {
			return true
		}
	}
	return false
}

// accepts reports whether the client takes the encoding; "br;q=0" refuses it.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}
