package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/postgres/pgtest"
	"github.com/causeway/causeway/internal/web/events"
)

// failing is a pair of routes, page and API, whose handler ends with err.
func failing(path string, err error) []route {
	h := func(echo.Context) error { return err }
	return []route{
		{Method: http.MethodGet, Path: path, Permission: Public, Handler: h},
		{Method: http.MethodGet, Path: "/api" + path, Permission: Public, Handler: h},
	}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	t.Parallel()
	hidden := errors.New("pq: column s3cr3t does not exist")
	tests := []struct {
		path   string
		err    error
		status int
		says   string
	}{
		{path: "/not-found", err: fmt.Errorf("resource 7: %w", fault.NotFound), status: 404, says: "There is no such thing here"},
		{path: "/said", err: fmt.Errorf("open: %w", fault.Say(fault.NotFound, "There is no source %q.", "prod").Because(hidden)), status: 404, says: "There is no source"},
		{path: "/invalid", err: fault.Say(fault.Invalid, "The query ends in a comma."), status: 400, says: "ends in a comma"},
		{path: "/field", err: fault.Say(fault.Invalid, "The name is empty.").In("name"), status: 422, says: "The name is empty"},
		{path: "/conflict", err: fmt.Errorf("save: %w: %w", fault.Conflict, hidden), status: 409, says: "Reload, then try again"},
		{path: "/denied", err: auth.Forbidden(auth.SourceWrite), status: 403, says: "role admin"},
		{path: "/unavailable", err: fmt.Errorf("ask: %w: %w", fault.Unavailable, hidden), status: 503, says: "does not answer now"},
		{path: "/internal", err: hidden, status: 500, says: "The reference leads to the reason"},
		{path: "/late", err: fmt.Errorf("list: %w", context.DeadlineExceeded), status: 503, says: "took too long"},
	}
	var more []route
	for _, tt := range tests {
		more = append(more, failing(tt.path, tt.err)...)
	}
	co := start(t, more, nil)
	b := co.browser(t)
	for _, tt := range tests {
		page, api := b.get(tt.path), b.get("/api"+tt.path)
		id := page.Header.Get("X-Request-Id")
		wantStatus(t, page, tt.status, tt.says, "Reference "+id, "<h1>")
		wantStatus(t, api, tt.status, tt.says, fmt.Sprintf(`"status":%d`, tt.status), api.Header.Get("X-Request-Id"))
		if ct := api.Header.Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("%s: content type %q", tt.path, ct)
		}
		if strings.Contains(page.text+api.text, "s3cr3t") {
			t.Errorf("%s shows what was not written for a person:\n%s", tt.path, page.text)
		}
		if len(id) < 20 || !strings.Contains(co.logs.String(), id) {
			t.Errorf("%s: reference %q is not in the log", tt.path, id)
		}
	}
	if !strings.Contains(b.get("/api/field").text, `"field":"name"`) {
		t.Error("the field is not named")
	}
	wantStatus(t, b.get("/nowhere"), http.StatusNotFound, "There is no page at this address")
	wantStatus(t, b.get("/api/v1/nowhere"), http.StatusNotFound, `"title":"Not Found"`)
	wantStatus(t, b.do(http.MethodDelete, "/livez", nil), http.StatusMethodNotAllowed, "does not answer to that method")
	if !strings.Contains(co.logs.String(), "s3cr3t") {
		t.Error("the reason is not in the log either")
	}
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	co := start(t, []route{
		{Method: http.MethodGet, Path: "/panic", Permission: Public, Handler: func(echo.Context) error { panic("s3cr3t") }},
		{Method: http.MethodGet, Path: "/broken-page", Permission: Public, Handler: func(c echo.Context) error {
			return render(c, http.StatusOK, templ.ComponentFunc(func(context.Context, io.Writer) error { panic("s3cr3t") }))
		}},
	}, nil)
	for _, path := range []string{"/panic", "/broken-page"} {
		r := co.browser(t).get(path)
		wantStatus(t, r, http.StatusInternalServerError, "Internal Server Error")
		if strings.Contains(r.text, "s3cr3t") {
			t.Error("the panic is shown")
		}
	}
	if log := co.logs.String(); !strings.Contains(log, "panic: s3cr3t") || !strings.Contains(log, "edge_test.go") {
		t.Errorf("the log has no panic with its stack:\n%s", log)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	r := co.browser(t).get("/sign-in", "X-Request-Id", "forged")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "Strict-Transport-Security": "",
	}
	for k, v := range want {
		if got := r.Header.Get(k); got != v {
			t.Errorf("%s: %q, want %q", k, got, v)
		}
	}
	if r.Header.Get("X-Request-Id") == "forged" {
		t.Error("a request id from outside was believed")
	}
	secure, err := New(Config{Log: co.s.log, Auth: co.auth, Events: co.hub, PublicURL: "https://console.example.org", Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	secure.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://console.example.org/sign-in", nil))
	if w.Code != http.StatusOK || w.Header().Get("Strict-Transport-Security") == "" {
		t.Errorf("on https: %d, %v", w.Code, w.Header())
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	b := co.as(t, auth.Admin)
	for name, header := range map[string][]string{
		"by fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "from a sibling": {"Sec-Fetch-Site", "same-site"}, "by origin": {"Origin", "https://evil.example"},
	} {
		wantStatus(t, b.do(http.MethodPost, "/sign-out", nil, header...), http.StatusForbidden, "another site")
		if toSignIn(b.get("/settings")) {
			t.Fatalf("%s: the session was ended", name)
		}
	}
	wantStatus(t, b.get("/settings", "Host", "evil.example"), http.StatusMisdirectedRequest, co.URL)
	wantStatus(t, b.get("/livez", "Host", "10.0.0.7:8080"), http.StatusOK)
	port := co.URL[strings.LastIndex(co.URL, ":"):]
	wantStatus(t, b.get("/sign-in", "Host", "localhost"+port), http.StatusOK)
}

func TestBodyIsBounded(t *testing.T) {
	t.Parallel()
	co := start(t, []route{{Method: http.MethodPost, Path: "/api/small", Permission: Public, MaxBody: 10, Handler: func(c echo.Context) error {
		var v any
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	}}}, nil)
	b := co.browser(t)
	wantStatus(t, b.do(http.MethodPost, "/api/small", strings.NewReader(`"abc"`), "Content-Type", "application/json"), http.StatusNoContent)
	wantStatus(t, b.do(http.MethodPost, "/api/small", strings.NewReader(`"abcdefghijklmnopqrstuvwxyz"`), "Content-Type", "application/json"), http.StatusRequestEntityTooLarge, "More was sent")
	wantStatus(t, b.do(http.MethodPost, "/api/small", strings.NewReader(`{`), "Content-Type", "application/json"), http.StatusBadRequest)
}

func TestRequestHasADeadline(t *testing.T) {
	t.Parallel()
	co := start(t, []route{{Method: http.MethodGet, Path: "/slow", Permission: Public, Timeout: time.Millisecond, Handler: func(c echo.Context) error {
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	}}}, nil)
	wantStatus(t, co.browser(t).get("/slow"), http.StatusServiceUnavailable, "took too long")
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	s := &server{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	tests := []struct {
		name, peer, forwarded, want string
	}{
		{"no proxy", "192.0.2.7:1234", "", "192.0.2.7"},
		{"a client's own header is not believed", "192.0.2.7:1234", "203.0.113.9", "192.0.2.7"},
		{"one proxy", "10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"two proxies, forged start", "10.0.0.1:1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"only proxies", "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"nonsense", "10.0.0.1:1", "203.0.113.9, unknown", "10.0.0.1"},
		{"mapped", "[::ffff:10.0.0.1]:1", "2001:db8::1", "2001:db8::1"},
		{"six", "[fd00::1]:1", "203.0.113.9", "203.0.113.9"},
	}
	for _, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = tt.peer
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := s.clientAddr(r).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := newLimiter(1, 3, func() time.Time { return now })
	allowed := func(addr string) (n int) {
		for range 10 {
			if l.allow(netip.MustParseAddr(addr)) {
				n++
			}
		}
		return n
	}
	got := []int{allowed("192.0.2.1"), allowed("192.0.2.2"), allowed("2001:db8::1"), allowed("2001:db8::2"), allowed("2001:db8:0:1::1")}
	if diff := cmp.Diff([]int{3, 3, 3, 0, 3}, got); diff != "" {
		t.Errorf("a burst for each address, and for each /64 (-want +got):\n%s", diff)
	}
	now = now.Add(2 * time.Second)
	if got := allowed("192.0.2.1"); got != 2 {
		t.Errorf("two seconds later %d, want 2", got)
	}
	for i := range maxAddresses + 10 {
		l.allow(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
	}
	if len(l.seen) > maxAddresses {
		t.Errorf("%d addresses are kept", len(l.seen))
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	broken := make(chan error, 1)
	co := start(t, nil, func(c *Config) {
		c.Ready = []Check{
			{Name: "database", Try: func(context.Context) error { return nil }},
			{Name: "schema", Try: func(context.Context) error {
				select {
				case err := <-broken:
					return err
				default:
					return nil
				}
			}},
		}
	})
	b := co.browser(t)
	wantStatus(t, b.get("/readyz"), http.StatusOK, "database: ok", "schema: ok")
	broken <- errors.New("s3cr3t")
	r := b.get("/readyz")
	wantStatus(t, r, http.StatusServiceUnavailable, "database: ok", "schema: no")
	if strings.Contains(r.text, "s3cr3t") || !strings.Contains(co.logs.String(), "s3cr3t") {
		t.Error("why it is not ready belongs into the log only")
	}
	wantStatus(t, b.get("/livez"), http.StatusOK)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	co := start(t, nil, func(c *Config) {
		c.MetricsPublic, c.Collectors = true, []prometheus.Collector{postgres.Collector(pool)}
	})
	b := co.browser(t)
	b.get("/livez")
	b.get("/secret-path/42")
	b.get("/settings/sessions/17/end")
	r := b.get("/metrics")
	wantStatus(t, r, http.StatusOK, `causeway_build_info{go="go1`, `version="test"} 1`, "causeway_http_requests_in_flight 1", "go_goroutines", "causeway_database_connections_max 12",
		`causeway_http_request_duration_seconds_count{method="GET",route="/livez",status="200"} 1`,
		`causeway_http_request_duration_seconds_count{method="any",route="unmatched",status="404"} 1`)
	if strings.Contains(r.text, "secret-path") || strings.Contains(r.text, "/17/") {
		t.Error("a path became a series")
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	co := start(t, []route{{Method: http.MethodGet, Path: "/waits/:name", Permission: Public, Handler: func(c echo.Context) error {
		close(entered)
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	}}}, nil)
	co.as(t, auth.Operator).get("/settings")
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, co.URL+"/waits/secret-name", nil)
		if err == nil {
			var res *http.Response
			if res, err = http.DefaultClient.Do(req); err == nil {
				err = res.Body.Close()
			}
		}
		gone <- err
	}()
	<-entered
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatalf("the client got %v", err)
	}
	co.stop() // waits for the request
	log := co.logs.String()
	for _, want := range []string{"route=/settings status=200 bytes=", "person=demo-operator remote=127.0.0.1 request=", "route=/waits/:name status=499"} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in the log:\n%s", want, log)
		}
	}
	if strings.Contains(log, "secret-name") {
		t.Error("the path is in the log")
	}
}

// TestGracefulStop: a request under way is finished, a stream is ended, and Run returns.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	entered, goOn := make(chan struct{}), make(chan struct{})
	hub := events.New(events.Options{})
	co := start(t, []route{
		{Method: http.MethodGet, Path: "/slow", Permission: Public, Handler: func(c echo.Context) error {
			close(entered)
			<-goOn
			return c.String(http.StatusOK, "finished")
		}},
		{Method: http.MethodGet, Path: "/events", Permission: Public, Stream: true, Handler: func(c echo.Context) error {
			return hub.Serve(c.Response(), c.Request(), []string{"x"}, nil)
		}},
	}, func(c *Config) { c.Events = hub })
	stream, err := http.Get(co.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if line, err := bufio.NewReader(stream.Body).ReadString('\n'); err != nil || line != "retry: 2000\n" {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	slow := make(chan response, 1)
	b := co.browser(t)
	go func() { slow <- b.get("/slow") }()
	<-entered
	stopped := make(chan struct{})
	go func() { co.stop(); close(stopped) }()
	if _, err := stream.Body.Read(make([]byte, 100)); err == nil {
		if _, err = stream.Body.Read(make([]byte, 100)); err == nil {
			t.Error("the stream goes on while stopping")
		}
	}
	select {
	case <-stopped:
		t.Error("stopped before the request was finished")
	default:
	}
	if w := co.recorded(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil)); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "stopping") {
		t.Errorf("readyz while stopping: %d %s", w.Code, w.Body)
	}
	close(goOn)
	wantStatus(t, <-slow, http.StatusOK, "finished")
	<-stopped
}

func TestUnauthenticatedParts(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	b := co.browser(t)
	r := b.get("/settings", "HX-Request", "true", "HX-Current-URL", co.URL+"/inventory?q=a")
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("HX-Redirect") != "/sign-in?return=%2Finventory%3Fq%3Da" {
		t.Errorf("htmx: %d to %q", r.StatusCode, r.Header.Get("HX-Redirect"))
	}
	if r := b.get("/settings", "Accept", "text/event-stream"); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stream: %d, want 401: a browser would follow a redirect into the sign-in page", r.StatusCode)
	}
	if r := b.post("/settings", nil); r.Header.Get("Location") != "/sign-in" {
		t.Errorf("a form: to %q; its address answers no GET", r.Header.Get("Location"))
	}
	if r := b.do(http.MethodHead, "/sign-in", nil); r.StatusCode != http.StatusOK || r.text != "" {
		t.Errorf("HEAD: %d %q", r.StatusCode, r.text)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	good := Config{Log: co.s.log, Auth: co.auth, Events: co.hub, Clock: time.Now}
	if _, err := New(Config{}); err == nil {
		t.Error("an empty configuration was accepted")
	}
	for _, bad := range []string{"", "console.example.org", "http://console.example.org", "https://console.example.org/app", "ftp://localhost"} {
		c := good
		c.PublicURL = bad
		if _, err := New(c); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%q: %v, want it refused", bad, err)
		}
	}
}
