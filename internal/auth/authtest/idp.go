// Package authtest is a small OpenID provider for tests. It checks what a real one checks (client
// secret, redirect address, PKCE, one use of a code), signs real tokens, and can be told to lie.
package authtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// The client that the provider knows.
const (
	ClientID     = "console"
	ClientSecret = "a secret with : and / in it"
)

// IDP is a provider that signs in one person without asking.
type IDP struct {
	URL string

	mu       sync.Mutex
	srv      *httptest.Server
	key      *rsa.PrivateKey
	codes    map[string]grant
	claims   map[string]any
	userInfo map[string]any
	refuse   string
	down     bool
	redirect string
}

type grant struct{ challenge, nonce string }

// New starts a provider; it ends with the test.
func New(t testing.TB) *IDP {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatalf("make the provider's key: %v", err)
	}
	p := &IDP{key: key, codes: map[string]grant{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /jwks", p.jwks)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.info)
	p.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.down {
			http.Error(w, "out of order", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.srv.Close)
	p.URL = p.srv.URL
	p.Say(map[string]any{"sub": "248289761001", "email": "Mara@Example.org", "email_verified": true, "name": "Mara Lind", "groups": []string{"platform"}})
	return p
}

// Client is an HTTP client that does not follow redirects.
func (p *IDP) Client() *http.Client {
	c := *p.srv.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// Say sets claims of the next ID tokens; a nil value removes one. Registered ones (iss, aud, exp,
// nonce) can be falsified so.
func (p *IDP) Say(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.claims == nil {
		p.claims = map[string]any{}
	}
	maps.Copy(p.claims, claims)
}

// SayMore sets what the userinfo endpoint answers.
func (p *IDP) SayMore(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.userInfo = claims
}

// Refuse makes the next authorisations end with an error code; "" ends that.
func (p *IDP) Refuse(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = code
}

// Down makes every answer a 503, or ends that.
func (p *IDP) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Visit goes to the authorisation address as a browser would and returns where it is sent back to.
func (p *IDP) Visit(t testing.TB, authURL string) *url.URL {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, authURL, nil)
	if err != nil {
		t.Fatalf("visit the provider: %v", err)
	}
	res, err := p.Client().Do(req)
	if err != nil {
		t.Fatalf("visit the provider: %v", err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatalf("visit the provider: status %d: %v", res.StatusCode, err)
	}
	return back
}

func (p *IDP) discovery(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/jwks", "userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/logout?realm=test",
		"id_token_signing_alg_values_supported":          []string{"RS256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *IDP) jwks(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1",
		"n": b64(p.key.N.Bytes()), "e": b64([]byte{1, 0, 1}),
	}}})
}

func (p *IDP) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		http.Error(w, "bad authorisation request: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	p.redirect = q.Get("redirect_uri")
	out := url.Values{"state": {q.Get("state")}, "iss": {p.URL}}
	if p.refuse != "" {
		out.Set("error", p.refuse)
		out.Set("error_description", "the person said no")
	} else {
		code := rand.Text()
		p.codes[code] = grant{challenge: q.Get("code_challenge"), nonce: q.Get("nonce")}
		out.Set("code", code)
	}
	back.RawQuery = out.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *IDP) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	plain, err := url.QueryUnescape(secret) // RFC 6749, 2.3.1
	if !ok || err != nil || id != ClientID || plain != ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	code := r.PostFormValue("code")
	g, ok := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || b64(sum[:]) != g.challenge || r.PostFormValue("redirect_uri") != p.redirect {
		answer(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	c := map[string]any{"iss": p.URL, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "nonce": g.nonce}
	maps.Copy(c, p.claims)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	signed, err := p.sign(c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": signed})
}

func (p *IDP) info(w http.ResponseWriter, _ *http.Request) {
	if p.userInfo == nil {
		http.Error(w, "nothing to say", http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, p.userInfo)
}

func (p *IDP) sign(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode claims: %w", err)
	}
	text := b64([]byte(`{"alg":"RS256","kid":"k1","typ":"JWT"}`)) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign claims: %w", err)
	}
	return text + "." + b64(sig), nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck,errchkjson // the client sees a cut answer
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
