//go:build e2e

package harness_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/causeway/causeway/test/e2e/harness"
)

// page serves body under the CSP of the console.
func page(t *testing.T, body string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		w.Write([]byte(`<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="/icon"></head><body><main><h1>A page</h1>` + body + `</main></body></html>`))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// A net that catches nothing would let every page pass.
func TestBrowserCatchesWhatIsWrong(t *testing.T) {
	b := harness.OpenBrowser(t)
	b.CheckPages(t, page(t, "<p>Nothing wrong here.</p>"), "/")

	b.Do(t, chromedp.Navigate(page(t, `<img src="/picture">`)))
	if found := b.Axe(t); len(found) != 1 || found[0].ID != "image-alt" {
		t.Errorf("axe found %v in a picture without words, want image-alt", found)
	}
	b.Complaints()
	for name, body := range map[string]string{
		"script that the CSP forbids":    `<script>window.ran = true</script>`,
		"style that the CSP forbids":     `<p style="color: red">red</p>`,
		"picture from somewhere else":    `<img alt="x" src="http://127.0.0.2:1/x.png">`,
		"handler that the CSP forbids":   `<button onclick="1">x</button><script src="/missing-but-204"></script>`,
		"frame of a page it may not use": `<iframe title="x" src="http://127.0.0.2:1/"></iframe>`,
	} {
		b.Do(t, chromedp.Navigate(page(t, body)))
		if said := b.Complaints(); !slices.ContainsFunc(said, func(s string) bool { return strings.Contains(s, "Content Security Policy") }) {
			t.Errorf("%s: the browser complained of %q, want a violation of the CSP", name, said)
		}
	}
}

func TestThemes(t *testing.T) {
	b := harness.OpenBrowser(t)
	b.Do(t, chromedp.Navigate(page(t, "")))
	for _, theme := range []harness.Theme{harness.Dark, harness.Light} {
		b.Prefer(t, theme)
		if !harness.Eval[bool](t, b, `matchMedia("(prefers-color-scheme: `+string(theme)+`)").matches`) {
			t.Errorf("the page does not see that %s is asked for", theme)
		}
	}
}

func TestMoto(t *testing.T) {
	endpoint := harness.StartMoto(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, endpoint+"/a-bucket", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "s3.amazonaws.com"
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("making a bucket: %s", resp.Status)
	}
}

// A person signs in at the provider, in a browser, and the id_token carries the groups.
func TestOIDC(t *testing.T) {
	codes := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if code := r.URL.Query().Get("code"); code != "" {
			codes <- code
		}
	}))
	defer app.Close()
	o := harness.StartOIDC(t, app.URL, map[string][]string{"mara": {"platform", "retail-ops"}})
	provider, err := oidc.NewProvider(t.Context(), o.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	client := oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: app.URL + "/sign-in/callback",
		Scopes: []string{"openid", "email", "profile", "groups"},
	}
	verifier := oauth2.GenerateVerifier()
	b := harness.OpenBrowser(t)
	b.Do(t, chromedp.Navigate(client.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier), oidc.Nonce("n-1"))))
	b.SignInAtProvider(t, "mara")
	token, err := client.Exchange(t.Context(), <-codes, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Email  string
		Groups []string
	}
	if err := id.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	if claims.Email != "mara@example.org" || !slices.Equal(claims.Groups, []string{"platform", "retail-ops"}) || id.Nonce != "n-1" {
		t.Errorf("the id_token says %+v with nonce %q", claims, id.Nonce)
	}
}
