package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/web/api/apitest"
)

func TestTarget(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"server": "http://127.0.0.1:7777\n", "token": "of-dir\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	empty := t.TempDir()
	tests := []struct {
		name         string
		server, data string
		env          map[string]string
		want         string // base and token, or the error
	}{
		{"flag and variable", "https://c.example.org/", "", map[string]string{tokenEnv: "t"}, "https://c.example.org t"},
		{"below a path", "https://c.example.org/causeway", "", map[string]string{tokenEnv: "t"}, "https://c.example.org/causeway t"},
		{"variables", "", "", map[string]string{serverEnv: "https://c.example.org", tokenEnv: "t"}, "https://c.example.org t"},
		{"token from a file", "https://c.example.org", "", map[string]string{tokenFileEnv: filepath.Join(dir, "token")}, "https://c.example.org of-dir"},
		{"a demo", "", dir, nil, "http://127.0.0.1:7777 of-dir"},
		{"a demo, asked for, before the environment", "", dir, map[string]string{serverEnv: "https://c.example.org", tokenEnv: "t"}, "http://127.0.0.1:7777 of-dir"},
		{"a demo of the environment", "", "", map[string]string{dataEnv: dir}, "http://127.0.0.1:7777 of-dir"},
		{"a demo's token goes to no other server", "https://c.example.org", dir, nil, "There is no token. Set CAUSEWAY_TOKEN or CAUSEWAY_TOKEN_FILE; console token create makes one."},
		{"no demo there", "", empty, nil, "No console runs in " + empty + ": it has no file named server. Start one with console demo --data " + empty + ", or name a server with --server URL."},
		{"nothing", "", "", nil, "No server is named. Use --server URL, set CAUSEWAY_SERVER, or use --data DIR for a demo on this machine."},
		{"no token", "https://c.example.org", "", nil, "There is no token. Set CAUSEWAY_TOKEN or CAUSEWAY_TOKEN_FILE; console token create makes one."},
		{"a broken token", "https://c.example.org", "", map[string]string{tokenEnv: "a b"}, "What CAUSEWAY_TOKEN holds is not a token: it is empty or has spaces in it."},
		{"clear text over a network", "http://c.example.org", "", map[string]string{tokenEnv: "t"}, "--server is http://c.example.org: a token is not sent in clear over a network. Use https."},
		{"clear text to a name that only looks local", "http://localhost.example.org", "", map[string]string{tokenEnv: "t"}, "--server is http://localhost.example.org: a token is not sent in clear over a network. Use https."},
		{"loopback", "http://[::1]:80", "", map[string]string{tokenEnv: "t"}, "http://[::1]:80 t"},
		{"no scheme", "c.example.org:443", "", map[string]string{tokenEnv: "t"}, `--server is "c.example.org:443", which is not the address of a server; write it like https://causeway.example.org.`},
		{"a password", "https://me:pw@c.example.org", "", map[string]string{tokenEnv: "t"}, "--server has a user name or password in it; use a token (CAUSEWAY_TOKEN) instead."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &app{server: tt.server, data: tt.data, getenv: func(name string) string { return tt.env[name] }}
			got, err := a.target()
			var text string
			if err != nil {
				text = err.Error()
			} else {
				text = got.base.String() + " " + got.token
			}
			if text != tt.want {
				t.Errorf("got  %s\nwant %s", text, tt.want)
			}
		})
	}
}

// answers serves each handler once, the last one for ever, and counts.
func answers(t *testing.T, handlers ...http.HandlerFunc) (url string, asked *int) {
	t.Helper()
	asked = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := handlers[min(*asked, len(handlers)-1)]
		*asked++
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func body(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func TestClientRetriesReads(t *testing.T) {
	w := newWorld(t, nil)
	var waits []time.Duration
	w.app.wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	var asked *int
	w.env[serverEnv], asked = answers(t, status(503, "Retry-After", "3"), status(502), body(`{"items":[]}`))
	w.run(t.Context(), "sources", "-o", "json")
	w.want(t, 0, "[]\n", "")
	if *asked != 3 || len(waits) != 2 || waits[0] != 3*time.Second || waits[1] != time.Second {
		t.Errorf("asked %d times, waited %v", *asked, waits)
	}
	w.env[serverEnv], asked = answers(t, status(503))
	w.run(t.Context(), "sources")
	w.want(t, 2, "", "SERVER answered 503 Service Unavailable, and not as a console does. Is this its address?\n")
	if *asked != tries {
		t.Errorf("asked %d times", *asked)
	}
}

func TestClientSendsOnce(t *testing.T) {
	w := newWorld(t, nil)
	var asked *int
	w.env[serverEnv], asked = answers(t, status(503))
	w.run(t.Context(), "sync", "--source", "prod")
	if w.code != 2 || *asked != 1 {
		t.Errorf("code %d, asked %d times", w.code, *asked)
	}
}

func TestClientErrors(t *testing.T) {
	problem := func(code int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(text))
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"the words of the server", problem(409, `{"detail":"A sync of this source is running.\u001b[2J"}`), "A sync of this source is running.\uFFFD[2J\n"},
		{"an internal error with the request's id", problem(500, `{"detail":"The console failed.","instance":"req-7"}`), "The console failed. (request req-7)\n"},
		{"a token that is not accepted", problem(401, `{"detail":"x"}`), "SERVER does not accept the token: it is wrong, expired or revoked. console token create makes a new one.\n"},
		{"a redirect is not followed", status(302, "Location", "https://evil.example.org/"), "SERVER sends elsewhere, to https://evil.example.org/. Use the address of the console itself.\n"},
		{"something else answers", body("<html>"), "SERVER does not answer /sources as a console of this version does. Compare console version with the server's.\n"},
		{"a page that is not there", status(404), "SERVER answered 404 Not Found, and not as a console does. Is this its address?\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.env[serverEnv], _ = answers(t, tt.answer)
			w.run(t.Context(), "sources")
			w.want(t, 2, "", tt.want)
		})
	}
}

func TestClientUnreachable(t *testing.T) {
	w := newWorld(t, nil)
	s := httptest.NewServer(http.NotFoundHandler())
	w.env[serverEnv] = s.URL
	s.Close()
	w.run(t.Context(), "sources")
	w.want(t, 2, "", "SERVER cannot be reached: nothing listens there. Is the server running?\n")

	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	w.env[serverEnv] = tls.URL
	w.run(t.Context(), "sources")
	w.want(t, 2, "", "SERVER cannot be reached: its certificate is not trusted, or it does not speak TLS\n")
}

func TestClientRefusesARepeatingPage(t *testing.T) {
	w := newWorld(t, nil)
	w.env[serverEnv], _ = answers(t, body(`{"items":[],"next":"same"}`))
	w.run(t.Context(), "resources", "--limit", "0")
	if w.code != 2 || !strings.Contains(w.err.String(), "repeats a page of /resources") {
		t.Errorf("code %d: %s", w.code, w.err.String())
	}
}

func TestHelpNamesEveryCommand(t *testing.T) {
	w := newWorld(t, nil)
	w.run(t.Context())
	help := w.out.String()
	for _, c := range commands() {
		cmd := c(w.app)
		if cmd.Hidden { // for machines
			continue
		}
		if cmd.Short == "" || !strings.Contains(help, "\n  "+cmd.Name()+" ") {
			t.Errorf("%s is not in the help", cmd.Name())
		}
	}
	w.run(t.Context(), "completion", "bash")
	if w.code != 0 || !strings.Contains(w.out.String(), "__start_console") {
		t.Errorf("completion: code %d", w.code)
	}
	w.run(t.Context(), "version")
	if w.code != 0 || !strings.HasPrefix(w.out.String(), "console ") {
		t.Errorf("version: code %d, %q", w.code, w.out.String())
	}
}

func TestCompletion(t *testing.T) {
	w := newWorld(t, estate())
	w.run(t.Context(), "__complete", "sync", "--source", "")
	if !strings.HasPrefix(w.out.String(), "prod\taws\n:4\n") {
		t.Errorf("completion of --source: %q", w.out.String())
	}
	w.env[tokenEnv] = apitest.Token + "x"
	w.run(t.Context(), "__complete", "runs", "")
	if w.out.String() != ":4\n" {
		t.Errorf("completion without a right: %q", w.out.String())
	}
}
