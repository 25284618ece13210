package auth_test

import (
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=admin")
	in, err := w.svc.FinishOIDC(t.Context(), w.begin(t, "/inventory?q=region%3Aeu-*"), origin)
	if err != nil {
		t.Fatal(err)
	}
	if in.ReturnTo != "/inventory?q=region%3Aeu-*" {
		t.Errorf("return to %q, want the page that was asked for", in.ReturnTo)
	}
	p, rotated, err := w.svc.Session(t.Context(), in.Token)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "mara@example.org" || p.Title != "Mara Lind" || p.Kind != auth.Person || rotated != "" {
		t.Errorf("got %+v rotated to %q, want Mara and no rotation", p, rotated)
	}
	if diff := cmp.Diff([]auth.Role{auth.Admin}, p.Roles()); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	e := w.trail(t)[0]
	if e.Action != "session.sign_in" || e.Outcome != audit.Done || e.Actor.Name != "mara@example.org" || e.Actor.Remote != "192.0.2.7" {
		t.Errorf("the trail says %+v, want the sign-in", e)
	}
}

// TestAuthorizationRequest checks what goes to the provider, which the test provider does not judge.
func TestAuthorizationRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	a, err := w.svc.BeginOIDC(t.Context(), "/", "")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if got := q.Get("redirect_uri"); got != "https://console.example.org/sign-in/callback" {
		t.Errorf("redirect_uri %q", got)
	}
	if got := q.Get("scope"); got != "openid profile email" {
		t.Errorf("scope %q", got)
	}
	if len(q.Get("state")) < 43 || len(q.Get("nonce")) < 43 || len(q.Get("code_challenge")) != 43 || q.Get("state") == q.Get("nonce") {
		t.Errorf("state, nonce or challenge are short or alike: %v", q)
	}
	if q.Has("code_verifier") || strings.Contains(a.URL, a.Browser) {
		t.Error("a secret of the attempt is in the address")
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	past := time.Now().Add(-10 * time.Minute).Unix()
	tests := []struct {
		name   string
		claims map[string]any
		refuse string
		change func(*auth.Callback)
		late   time.Duration
		kind   error
		says   string
	}{
		{name: "other state", change: func(c *auth.Callback) { c.State += "x" }, kind: fault.Denied, says: "finished before"},
		{name: "no state", change: func(c *auth.Callback) { c.State = "" }, kind: fault.Denied, says: "Start at the sign-in page"},
		{name: "other browser", change: func(c *auth.Callback) { c.Browser = "x" }, kind: fault.Denied, says: "another browser"},
		{name: "no cookie", change: func(c *auth.Callback) { c.Browser = "" }, kind: fault.Denied, says: "keeps no cookies"},
		{name: "other issuer in the answer", change: func(c *auth.Callback) { c.Issuer = "https://evil.example" }, kind: fault.Denied, says: "https://evil.example"},
		{name: "issuer left out", change: func(c *auth.Callback) { c.Issuer = "" }, kind: fault.Denied, says: "The answer came from"},
		{name: "other code", change: func(c *auth.Callback) { c.Code += "x" }, kind: fault.Denied, says: "used before or ran out"},
		{name: "too late", late: time.Hour, kind: fault.Denied, says: "longer than 15 minutes"},
		{name: "consent denied", refuse: "access_denied", kind: fault.Denied, says: "refused or cancelled"},
		{name: "provider trouble", refuse: "server_error", kind: fault.Unavailable, says: "problem of its own"},
		{name: "misconfigured", refuse: "invalid_scope", kind: fault.Unavailable, says: "invalid_scope"},
		{name: "wrong nonce", claims: map[string]any{"nonce": "other"}, kind: fault.Denied, says: "nonce"},
		{name: "no nonce", claims: map[string]any{"nonce": nil}, kind: fault.Denied, says: "nonce"},
		{name: "wrong issuer in the token", claims: map[string]any{"iss": "https://evil.example"}, kind: fault.Denied, says: "could not be verified"},
		{name: "wrong audience", claims: map[string]any{"aud": "other"}, kind: fault.Denied, says: "could not be verified"},
		{name: "made for another party", claims: map[string]any{"aud": []string{"console", "other"}, "azp": "other"}, kind: fault.Denied, says: `"other"`},
		{name: "two audiences, no party", claims: map[string]any{"aud": []string{"console", "other"}}, kind: fault.Denied, says: "not for this console"},
		{name: "expired token", claims: map[string]any{"exp": past}, kind: fault.Denied, says: "had run out"},
		{name: "token from the future", claims: map[string]any{"iat": time.Now().Add(time.Hour).Unix()}, kind: fault.Unavailable, says: "clock"},
		{name: "unverified address", claims: map[string]any{"email_verified": false}, kind: fault.Denied, says: "not verified"},
		{name: "no role", claims: map[string]any{"groups": []string{"gardeners"}}, kind: fault.Denied, says: "no role"},
		{name: "group overage", claims: map[string]any{"groups": nil, "_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example"}}}, kind: fault.Denied, says: "more groups"},
		{name: "groups of a wrong type", claims: map[string]any{"groups": 7}, kind: fault.Denied, says: "not a list of group names"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "platform=viewer")
			w.idp.Say(tt.claims)
			w.idp.SayMore(map[string]any{"sub": "248289761001"})
			w.idp.Refuse(tt.refuse)
			cb := w.begin(t, "/")
			if tt.change != nil {
				tt.change(&cb)
			}
			w.later(t, tt.late)
			in, err := w.svc.FinishOIDC(t.Context(), cb, origin)
			wantSays(t, err, tt.kind, tt.says)
			if in.Token != "" {
				t.Error("a session was started all the same")
			}
			e := w.trail(t)[0]
			if e.Action != "session.sign_in" || e.Outcome == audit.Done || e.Detail["reason"] == "" {
				t.Errorf("the trail says %+v, want the failed sign-in with its reason", e)
			}
		})
	}
}

func TestCodeIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	cb := w.begin(t, "/")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.svc.FinishOIDC(t.Context(), cb, origin); err == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("the same answer signed in %d times, want once", won.Load())
	}
}

func TestTwoTabsSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	first, err := w.svc.BeginOIDC(t.Context(), "/a", "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.svc.BeginOIDC(t.Context(), "/b", first.Browser)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []auth.Attempt{first, second} {
		if _, err := w.svc.FinishOIDC(t.Context(), callback(w.idp.Visit(t, a.URL), second.Browser), origin); err != nil {
			t.Errorf("one of two tabs could not sign in: %v", err)
		}
	}
}

func TestClockSkewIsTolerated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	w.idp.Say(map[string]any{"exp": time.Now().Add(-20 * time.Second).Unix()})
	w.signIn(t)
	w.idp.Say(map[string]any{"exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Add(20 * time.Second).Unix()})
	w.signIn(t)
}

func TestProviderIsDown(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w := newWorld(t, "platform=viewer", func(c *auth.OIDCConfig) { c.Clock = func() time.Time { return now } })
	w.idp.Down(true)
	_, err := w.svc.BeginOIDC(t.Context(), "/", "")
	wantSays(t, err, fault.Unavailable, "does not answer")
	w.idp.Down(false)
	if err := w.svc.ProviderDown(t.Context()); err == nil {
		t.Error("the provider was asked again at once, want a pause")
	}
	now = now.Add(5 * time.Second)
	if err := w.svc.ProviderDown(t.Context()); err != nil {
		t.Errorf("after the pause: %v, want the provider found", err)
	}
	w.signIn(t)
}

func TestWrongIssuerIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(c *auth.OIDCConfig) { c.Issuer += "/" })
	_, err := w.svc.BeginOIDC(t.Context(), "/", "")
	wantSays(t, err, fault.Unavailable, "CAUSEWAY_OIDC_ISSUER")
}

func TestWrongClientSecretIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(c *auth.OIDCConfig) { c.ClientSecret = "other" })
	_, err := w.svc.FinishOIDC(t.Context(), w.begin(t, "/"), origin)
	wantSays(t, err, fault.Unavailable, "CAUSEWAY_OIDC_CLIENT_SECRET")
}

func TestGroupsFromElsewhere(t *testing.T) {
	t.Parallel()
	t.Run("userinfo", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "platform=viewer")
		w.idp.Say(map[string]any{"groups": nil})
		w.idp.SayMore(map[string]any{"sub": "248289761001", "groups": "platform"})
		w.signIn(t)
	})
	t.Run("userinfo of somebody else", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "platform=viewer")
		w.idp.Say(map[string]any{"groups": nil})
		w.idp.SayMore(map[string]any{"sub": "other", "groups": "platform"})
		_, err := w.svc.FinishOIDC(t.Context(), w.begin(t, "/"), origin)
		wantSays(t, err, fault.Denied, "somebody else")
	})
	t.Run("nested claim", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "platform=viewer", func(c *auth.OIDCConfig) { c.GroupsClaim = "realm_access.roles" })
		w.idp.Say(map[string]any{"realm_access": map[string]any{"roles": []string{"platform"}}})
		w.signIn(t)
	})
}

func TestNameBelongsToOnePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	if err := w.svc.AddGrant(t.Context(), system, auth.Grant{Subject: auth.Subject{Name: "Mara@example.org"}, Role: auth.Admin}); err != nil {
		t.Fatal(err)
	}
	first := w.signIn(t)
	w.idp.Say(map[string]any{"sub": "another"})
	_, err := w.svc.FinishOIDC(t.Context(), w.begin(t, "/"), origin)
	wantSays(t, err, fault.Denied, "belongs to another account")

	if err := w.svc.ReleaseName(t.Context(), system, "Mara@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.svc.Session(t.Context(), first.Token); !errors.Is(fault.Kind(err), fault.NotFound) {
		t.Errorf("the session of the released person: %v, want it gone", err)
	}
	if diff := cmp.Diff([]auth.Role{auth.Viewer}, w.signIn(t).Principal.Roles()); diff != "" {
		t.Errorf("the next holder of the name inherited roles (-want +got):\n%s", diff)
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/inventory?q=a%20b#x": "/inventory?q=a%20b#x", "/": "/", "": "/", "inventory": "/",
		"//evil.example": "/", "/\\evil.example": "/", "https://evil.example/": "/", "/a\r\nSet-Cookie: x": "/",
		"javascript:alert(1)": "/", "/\t/evil.example": "/", "/sign-in?return=/": "/", "/sign-out": "/", "/%2f/evil.example": "/",
	} {
		if got := auth.LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", in, got, want)
		}
	}
}
