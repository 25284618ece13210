//go:build e2e

package e2e_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/causeway/causeway/test/e2e/harness"
)

// serveWithOIDC starts `console serve --embedded` behind a real identity provider.
func serveWithOIDC(t *testing.T, people map[string][]string) string {
	t.Helper()
	port := harness.FreePort(t)
	base := "http://127.0.0.1:" + port
	o := harness.StartOIDC(t, base, people)
	p := harness.Start(t, []string{
		"CAUSEWAY_OIDC_ISSUER=" + o.Issuer, "CAUSEWAY_OIDC_CLIENT_ID=" + o.ClientID, "CAUSEWAY_OIDC_CLIENT_SECRET=" + o.ClientSecret,
		"CAUSEWAY_OIDC_SCOPES=profile,email,groups", "CAUSEWAY_OIDC_ROLE_MAPPINGS=platform=admin; readers=viewer", "CAUSEWAY_PUBLIC_URL=" + base,
	}, harness.ConsoleBinary(), "serve", "--embedded", "--data", filepath.Join(harness.ShortDir(t), "data"), "--addr", "127.0.0.1:"+port)
	p.Until(t, "ready", 2*time.Minute, harness.Answers(base+"/readyz"))
	t.Cleanup(func() {
		if err := p.Interrupt(t, time.Minute); err != nil {
			t.Errorf("after Ctrl-C: %v", err)
		}
		if strings.Contains(p.Log(), o.ClientSecret) {
			t.Error("the client's secret is in the log")
		}
	})
	return base
}

// A person signs in at the company's provider, has the role of their groups, and is signed out at
// both places.
func TestSignInByOIDC(t *testing.T) {
	base := serveWithOIDC(t, map[string][]string{"mara": {"platform", "retail-ops"}, "noor": {"readers"}, "ole": {"nobody-maps-this"}})
	t.Run("admin by group", func(t *testing.T) {
		b := harness.OpenBrowser(t)
		signInByProvider(t, b, base, "mara")
		if text := b.Text(t, ".cw-mast"); !strings.Contains(text, "mara@example.org") && !strings.Contains(text, "mara") {
			t.Errorf("signed in as mara, the head says %q", text)
		}
		b.Open(t, base+"/sources")
		b.Until(t, "an admin may connect a source", `document.querySelector('a[href="/sources/-/connect"]')`)
		before := session(t, b, base)
		b.Click(t, ".cw-mast__avatar")
		b.Click(t, `form[action="/sign-out"] button`)
		b.Until(t, "the provider asks whether to sign out there too", `!location.href.startsWith(`+"`"+base+"`"+`) && document.querySelector("button[value=yes], button[autofocus]")`)
		b.Click(t, "button[value=yes], button[autofocus]")
		b.Until(t, "back at the console", `location.href.startsWith(`+"`"+base+"`"+`)`)
		if code := status(t, base+"/inventory", before); code == http.StatusOK {
			t.Error("the session is good after signing out")
		}
		b.Open(t, base+"/inventory")
		b.Until(t, "asked to sign in again", `document.querySelector('a[href^="/sign-in/start"]')`)
		b.Click(t, `a[href^="/sign-in/start"]`)
		b.Until(t, "the provider has forgotten the person", `document.querySelector('input[name="login"]')`)
	})
	t.Run("viewer by group", func(t *testing.T) {
		b := harness.OpenBrowser(t)
		signInByProvider(t, b, base, "noor")
		b.Open(t, base+"/sources")
		if harness.Eval[bool](t, b, `document.querySelector('a[href="/sources/-/connect"]') !== null`) {
			t.Error("a viewer is offered to connect a source")
		}
		if code := status(t, base+"/sources/-/connect", session(t, b, base)); code != http.StatusForbidden {
			t.Errorf("a viewer who asks for the form all the same gets %d, want 403", code)
		}
	})
	t.Run("nobody's role", func(t *testing.T) {
		b := harness.OpenBrowser(t)
		signInByProvider(t, b, base, "ole")
		if text := b.Text(t, "main"); !strings.Contains(text, "has no role in this console") || !strings.Contains(text, "Ask an administrator") {
			t.Errorf("who has no role reads %q, want that no role is held and what to do", text)
		}
		for _, v := range b.Axe(t) {
			t.Errorf("axe: %s", v)
		}
	})
}

// signInByProvider goes all the way from the console's front door.
func signInByProvider(t *testing.T, b *harness.Browser, base, name string) {
	t.Helper()
	b.Open(t, base+"/")
	b.Click(t, `a[href^="/sign-in/start"]`)
	b.Until(t, "at the provider", `document.querySelector('input[name="login"]')`)
	b.SignInAtProvider(t, name)
	b.Until(t, "back at the console", `location.href.startsWith(`+"`"+base+"`"+`) && document.readyState === "complete"`)
}

// session is the cookies that the browser would send.
func session(t *testing.T, b *harness.Browser, base string) string {
	t.Helper()
	got, err := chromedp.Call(b.Ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{base}})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range got.Cookies {
		all = append(all, c.Name+"="+c.Value)
		if !c.HTTPOnly {
			t.Errorf("scripts can read the cookie %s", c.Name)
		}
	}
	if len(all) == 0 {
		t.Fatal("the browser has no cookie of the console")
	}
	return strings.Join(all, "; ")
}

// status asks for a page with cookies, and does not follow where it leads.
func status(t *testing.T, url, cookies string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookies)
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
