package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/auth/authtest"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
	"github.com/causeway/causeway/internal/web/events"
)

// console is a running edge on a fresh database.
type console struct {
	URL  string
	db   *pgxpool.Pool
	auth *auth.Service
	hub  *events.Hub
	s    *server
	web  *Server
	logs *logBuffer
	idp  *authtest.IDP
	stop func() // gracefully; also at the end of the test
}

// logBuffer is a log that tests read.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a demo console with more routes; change may alter its configuration.
func start(t *testing.T, more []route, change func(*Config)) *console {
	t.Helper()
	return run(t, more, change, func(l net.Listener, c *auth.Config) {
		demo, err := auth.NewDemo(true, l.Addr())
		if err != nil {
			t.Fatal(err)
		}
		c.Demo = demo
	})
}

// startOIDC runs a console whose people come from an identity provider.
func startOIDC(t *testing.T, mappings string) *console {
	t.Helper()
	idp := authtest.New(t)
	co := run(t, nil, nil, func(l net.Listener, c *auth.Config) {
		var err error
		c.OIDC, err = auth.NewOIDC(auth.OIDCConfig{
			Issuer: idp.URL, ClientID: authtest.ClientID, ClientSecret: authtest.ClientSecret,
			PublicURL: "http://" + l.Addr().String(), HTTP: idp.Client(), Clock: time.Now, Title: "Example",
		})
		if err != nil {
			t.Fatal(err)
		}
		if c.Mappings, err = auth.ParseMappings(mappings); err != nil {
			t.Fatal(err)
		}
	})
	co.idp = idp
	return co
}

func run(t *testing.T, more []route, change func(*Config), signIn func(net.Listener, *auth.Config)) *console {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	co := &console{URL: "http://" + l.Addr().String(), db: pgtest.New(t), logs: &logBuffer{}, hub: events.New(events.Options{})}
	log := slog.New(slog.NewTextHandler(co.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ac := auth.Config{DB: co.db, Log: log}
	signIn(l, &ac)
	if co.auth, err = auth.New(ac); err != nil {
		t.Fatal(err)
	}
	syncer, err := inventory.NewSyncer(inventory.SyncerConfig{DB: co.db, Log: log, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Log: log, Auth: co.auth, Events: co.hub, PublicURL: co.URL, Version: "test", Clock: time.Now,
		Inventory: inventory.NewService(co.db, nil, syncer), API: (&apitest.Fake{Progress: []api.RunDetail{{}}}).API(t).Routes(),
	}
	if change != nil {
		change(&c)
	}
	if co.web, err = New(c); err != nil {
		t.Fatal(err)
	}
	co.s = co.web.s
	if err := co.s.mount(co.s.echo, more); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- co.web.Run(ctx, l) }()
	co.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(co.stop)
	return co
}

// browser keeps cookies and shows redirects instead of following them.
type browser struct {
	t      *testing.T
	co     *console
	client *http.Client
}

func (co *console) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, co: co, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableKeepAlives: true},
	}}
}

// as is a browser signed in with a demo role.
func (co *console) as(t *testing.T, role auth.Role) *browser {
	t.Helper()
	b := co.browser(t)
	r := b.post("/sign-in/demo", url.Values{"role": {string(role)}, "return": {"/settings"}})
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/settings" {
		t.Fatalf("sign in as %s: %d to %s", role, r.StatusCode, r.Header.Get("Location"))
	}
	return b
}

// response is an answer read to its end.
type response struct {
	*http.Response
	text string
}

func (b *browser) do(method, path string, body io.Reader, header ...string) response {
	b.t.Helper()
	target := path
	if strings.HasPrefix(path, "/") {
		target = b.co.URL + path
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response{res, string(text)}
}

func (b *browser) get(path string, header ...string) response {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

func (b *browser) post(path string, form url.Values) response {
	b.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
}

// wantStatus fails unless the answer has the status and its text holds each word.
func wantStatus(t *testing.T, r response, status int, words ...string) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d\n%s", r.Request.Method, r.Request.URL.Path, r.StatusCode, status, r.text)
	}
	for _, w := range words {
		if !strings.Contains(r.text, w) {
			t.Errorf("%s %s: no %q in\n%s", r.Request.Method, r.Request.URL.Path, w, r.text)
		}
	}
}

// recorded serves one request without a network.
func (co *console) recorded(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	req.Host = strings.TrimPrefix(co.URL, "http://")
	co.web.Handler().ServeHTTP(w, req)
	return w
}
