package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/auth"
)

func TestSignInThroughTheProvider(t *testing.T) {
	t.Parallel()
	co := startOIDC(t, "platform=admin")
	b := co.browser(t)
	r := b.get("/settings?tab=1")
	if got := r.Header.Get("Location"); got != "/sign-in?return=%2Fsettings%3Ftab%3D1" {
		t.Fatalf("sent to %q", got)
	}
	r = b.get(r.Header.Get("Location"))
	wantStatus(t, r, http.StatusOK, "Continue with Example", `href="/sign-in/start?return=%2Fsettings%3Ftab%3D1"`, "/settings?tab=1")
	r = b.get("/sign-in/start?return=%2Fsettings%3Ftab%3D1")
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), co.idp.URL+"/authorize?") {
		t.Fatalf("%d to %q, want the provider", r.StatusCode, r.Header.Get("Location"))
	}
	r = b.get(co.idp.Visit(t, r.Header.Get("Location")).String())
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/settings?tab=1" {
		t.Fatalf("%d to %q, want the page that was asked for\n%s", r.StatusCode, r.Header.Get("Location"), r.text)
	}
	wantStatus(t, b.get("/settings"), http.StatusOK, "mara@example.org", "admin", "everywhere", "1 session")
	wantStatus(t, b.get("/settings/sessions"), http.StatusOK, "This one", "127.0.0.1")
	if got := b.get("/sign-in?return=/settings").Header.Get("Location"); got != "/settings" {
		t.Errorf("the sign-in page sends who is signed in to %q", got)
	}

	r = b.post("/sign-out", nil)
	wantStatus(t, r, http.StatusOK, "data-onward", co.idp.URL+"/logout?client_id=console&amp;id_token_hint=")
	if got := b.get("/settings"); !toSignIn(got) {
		t.Errorf("after signing out: %d", got.StatusCode)
	}
}

func TestSignInTroubleIsShown(t *testing.T) {
	t.Parallel()
	co := startOIDC(t, "platform=admin")
	b := co.browser(t)
	wantStatus(t, b.get("/sign-in/callback?code=x&state=y"), http.StatusForbidden, "<h1>Sign in</h1>", "finished before", "Continue with Example")
	co.idp.Say(map[string]any{"groups": []string{"gardeners"}})
	r := b.get("/sign-in/start")
	wantStatus(t, b.get(co.idp.Visit(t, r.Header.Get("Location")).String()), http.StatusForbidden, "no role in this console")
}

func TestConsoleStartsWithoutItsProvider(t *testing.T) {
	t.Parallel()
	co := startOIDC(t, "")
	co.idp.Down(true)
	b := co.browser(t)
	wantStatus(t, b.get("/sign-in"), http.StatusOK, "does not answer", co.idp.URL)
	wantStatus(t, b.get("/sign-in/start"), http.StatusServiceUnavailable, "does not answer")
	wantStatus(t, b.get("/readyz"), http.StatusOK)
}

func TestDemoSignIn(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	b := co.browser(t)
	wantStatus(t, b.get("/sign-in"), http.StatusOK, "Choose a role", "Auditor", `value="admin"`)
	wantStatus(t, b.post("/sign-in/demo", url.Values{"role": {"king"}}), http.StatusBadRequest, "king", "Choose a role")
	r := b.post("/sign-in/demo", url.Values{"role": {"viewer"}, "return": {"https://evil.example/"}})
	if r.Header.Get("Location") != "/" {
		t.Errorf("sent to %q, want no other site", r.Header.Get("Location"))
	}
	if got := co.as(t, auth.Admin).post("/sign-out", nil); got.Header.Get("Location") != "/sign-in" {
		t.Errorf("a demo sign-out leads to %q", got.Header.Get("Location"))
	}
}

func TestSignInIsRateLimited(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	b := co.browser(t)
	var last response
	for i := range 70 {
		if last = b.post("/sign-in/demo", url.Values{"role": {"king"}}); last.StatusCode == http.StatusTooManyRequests {
			if i < 50 {
				t.Errorf("refused after %d", i)
			}
			break
		}
	}
	wantStatus(t, last, http.StatusTooManyRequests, "Wait a moment")
	if last.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", last.Header.Get("Retry-After"))
	}
}

func TestBadTokens(t *testing.T) {
	t.Parallel()
	co := start(t, probes(), nil)
	b := co.browser(t)
	wantStatus(t, b.do(http.MethodPost, "/api/probe/inventory.read", nil, "Authorization", "Bearer cwt_nothing"), http.StatusUnauthorized, "unknown, expired or revoked", "console token list")
	wantStatus(t, b.do(http.MethodPost, "/api/probe/inventory.read", nil, "Authorization", "Basic abc"), http.StatusUnauthorized, "Bearer cwt_")
	wantStatus(t, b.get("/settings", "Authorization", "Bearer cwt_nothing"), http.StatusUnauthorized, "not valid")
	var last response
	for range 30 {
		last = b.do(http.MethodPost, "/api/probe/inventory.read", nil, "Authorization", "Bearer cwt_nothing")
	}
	wantStatus(t, last, http.StatusTooManyRequests, `"status":429`)

	// A browser with a session that also sends a bad token is not let in by its cookie.
	wantStatus(t, co.as(t, auth.Admin).get("/settings", "Authorization", "Bearer x", "X-Forwarded-For", "198.51.100.1"), http.StatusTooManyRequests)
}

func TestCookies(t *testing.T) {
	t.Parallel()
	for _, https := range []bool{false, true} {
		t.Run(fmt.Sprint("https ", https), func(t *testing.T) {
			t.Parallel()
			co := start(t, nil, nil)
			name := "causeway"
			if https {
				co.s.public.Scheme, name = "https", "__Host-causeway"
			}
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in/demo", strings.NewReader("role=viewer"))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			k := co.recorded(req).Result().Cookies()[0]
			if k.Name != name || !k.HttpOnly || k.Secure != https || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.Domain != "" || len(k.Value) < 43 {
				t.Errorf("cookie %+v", k)
			}
		})
	}
}

func TestRotatedTokenReachesTheBrowser(t *testing.T) {
	t.Parallel()
	co := startOIDC(t, "platform=viewer")
	b := co.browser(t)
	r := b.get("/sign-in/start")
	before := b.get(co.idp.Visit(t, r.Header.Get("Location")).String()).Cookies()[0].Value
	grant := auth.Grant{Subject: auth.Subject{Name: "mara@example.org"}, Role: auth.Auditor}
	if err := co.auth.AddGrant(t.Context(), auth.Principal{}.Actor(auth.Origin{}), grant); err != nil {
		t.Fatal(err)
	}
	r = b.get("/settings")
	wantStatus(t, r, http.StatusOK, "auditor")
	if len(r.Cookies()) != 1 || r.Cookies()[0].Value == before {
		t.Errorf("cookies %v, want a new token", r.Cookies())
	}
	if r = b.get("/settings"); r.StatusCode != http.StatusOK || len(r.Cookies()) != 0 {
		t.Errorf("%d with cookies %v, want the new token to stay", r.StatusCode, r.Cookies())
	}
}

func TestSettingsPage(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	b, other := co.as(t, auth.Viewer), co.as(t, auth.Viewer)
	r := b.post("/settings", url.Values{"zone": {"Asia/Tokyo"}, "theme": {"dark"}, "density": {"roomy"}})
	if r.Header.Get("Location") != "/settings?saved=1" {
		t.Fatalf("%d to %q\n%s", r.StatusCode, r.Header.Get("Location"), r.text)
	}
	wantStatus(t, b.get("/settings"), http.StatusOK, "pf-v6-theme-dark", "cw-roomy", "JST", "Asia/Tokyo")
	wantStatus(t, b.post("/settings", url.Values{"zone": {"Mars"}, "theme": {"dark"}, "density": {"roomy"}}), http.StatusBadRequest, "Mars", "Europe/Berlin")
	if r := b.do(http.MethodPost, "/settings/theme", strings.NewReader("theme=light"), "Content-Type", "application/x-www-form-urlencoded", "HX-Request", "true"); r.StatusCode != http.StatusNoContent || r.Header.Get("HX-Refresh") != "true" {
		t.Errorf("theme by htmx: %d %v", r.StatusCode, r.Header)
	}
	wantStatus(t, b.get("/settings"), http.StatusOK, `data-theme="light"`, "Asia/Tokyo")
	wantStatus(t, b.get("/settings?saved=1"), http.StatusOK, "Saved")
	if r := b.post("/settings/density", url.Values{"density": {"dense"}, "return": {"/settings?x=1"}}); r.Header.Get("Location") != "/settings?x=1" {
		t.Errorf("density: %d to %q", r.StatusCode, r.Header.Get("Location"))
	}
	if got := b.get("/settings").text; strings.Contains(got, "cw-roomy") {
		t.Error("rows are still roomy")
	}
	b.post("/settings/sessions/end-others", nil)
	if !toSignIn(other.get("/settings")) || toSignIn(b.get("/settings")) {
		t.Error("signing out everywhere else ends the others and not this one")
	}
	b.post("/sign-out", nil)
	wantStatus(t, b.get("/sign-in"), http.StatusOK, `data-theme="light"`)
	b.post("/settings/theme", url.Values{"theme": {"dark"}})
	wantStatus(t, b.get("/sign-in"), http.StatusOK, "pf-v6-theme-dark")
	wantStatus(t, b.post("/settings/theme", url.Values{"theme": {"pink"}}), http.StatusBadRequest, "pink")
}
