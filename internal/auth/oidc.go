package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/causeway/causeway/internal/fault"
)

// discoveryPause is how long a provider that did not answer is left alone: long enough that a
// crowd at the sign-in page does not add to its trouble, short enough that nobody notices.
const discoveryPause = 3 * time.Second

// OIDCConfig is what is known of the identity provider by configuration.
type OIDCConfig struct {
	Issuer       string // https://login.example.org/realm, exactly as its discovery document says
	ClientID     string
	ClientSecret string   // empty for a public client
	PublicURL    string   // of this console; the redirect address is PublicURL/sign-in/callback
	Scopes       []string // beside openid; empty: profile, email
	NameClaim    string   // whose value names the person in grants; empty: email
	GroupsClaim  string   // dotted for nested ones (realm_access.roles); empty: groups
	Title        string   // on the sign-in button; empty: the issuer's host
	Skew         time.Duration
	HTTP         *http.Client
	Clock        func() time.Time
}

// OIDC is an identity provider. It is discovered when first needed, so that the console starts while
// the provider is down, and asked again after a failure.
type OIDC struct {
	issuer, clientID, secret, title string
	publicURL                       *url.URL
	scopes                          []string
	nameClaim, groupsClaim          []string
	skew                            time.Duration
	http                            *http.Client
	clock                           func() time.Time

	mu      sync.Mutex
	found   *discovered
	failure error
	retryAt time.Time
}

// discovered is what the provider says of itself.
type discovered struct {
	*oidc.Provider
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	EndSession  string   `json:"end_session_endpoint"`
	IssInAnswer bool     `json:"authorization_response_iss_parameter_supported"`
}

// NewOIDC checks c; it does not reach out.
func NewOIDC(c OIDCConfig) (*OIDC, error) {
	if err := checkURL("OIDC issuer", c.Issuer); err != nil {
		return nil, err
	}
	if err := checkURL("public URL", c.PublicURL); err != nil {
		return nil, err
	}
	if c.ClientID == "" {
		return nil, fault.Say(fault.Invalid, "The OIDC client id is missing. Set CAUSEWAY_OIDC_CLIENT_ID to what the identity provider calls this console.").In("oidc client id")
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("parse the public URL: %w", err)
	}
	o := &OIDC{
		issuer: c.Issuer, clientID: c.ClientID, secret: c.ClientSecret, title: c.Title, publicURL: public,
		scopes:    append([]string{oidc.ScopeOpenID}, orElse(c.Scopes, "profile", "email")...),
		nameClaim: splitClaim(c.NameClaim, "email"), groupsClaim: splitClaim(c.GroupsClaim, "groups"),
		skew: c.Skew, http: c.HTTP, clock: c.Clock,
	}
	if o.title == "" {
		u, err := url.Parse(c.Issuer)
		if err != nil {
			return nil, fmt.Errorf("parse the issuer: %w", err)
		}
		o.title = u.Host
	}
	if o.skew == 0 {
		o.skew = time.Minute
	}
	if o.http == nil {
		o.http = &http.Client{Timeout: 10 * time.Second}
	}
	if o.clock == nil {
		o.clock = time.Now
	}
	return o, nil
}

func checkURL(what, s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" || u.Fragment != "" {
		return fault.Say(fault.Invalid, "The %s %q is no URL like https://console.example.org.", what, s).In(what)
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return fault.Say(fault.Invalid, "The %s %q is not https. Plain http is accepted on loopback only.", what, s).In(what)
	}
	return nil
}

func orElse(list []string, other ...string) []string {
	if len(list) == 0 {
		return other
	}
	return slices.Clone(list)
}

// splitClaim keeps a claim whose name is a URL (Auth0's) whole.
func splitClaim(name, other string) []string {
	if name == "" {
		name = other
	}
	if strings.Contains(name, "/") {
		return []string{name}
	}
	return strings.Split(name, ".")
}

// Title is what the sign-in button calls the provider.
func (o *OIDC) Title() string { return o.title }

// provider discovers once; a failure is remembered for a moment and then tried again.
func (o *OIDC) provider(ctx context.Context) (*discovered, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.found != nil {
		return o.found, nil
	}
	if o.clock().Before(o.retryAt) {
		return nil, o.failure
	}
	d, err := o.discover(ctx)
	if err != nil {
		if ctx.Err() == nil { // a browser that left says nothing about the provider
			o.failure, o.retryAt = err, o.clock().Add(discoveryPause)
		}
		return nil, err
	}
	o.found, o.failure = d, nil
	return d, nil
}

func (o *OIDC) discover(ctx context.Context) (*discovered, error) {
	p, err := oidc.NewProvider(oidc.ClientContext(ctx, o.http), o.issuer)
	if mismatch, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return nil, fault.Say(fault.Unavailable, "The identity provider calls itself %q, but this console was told %q. Set CAUSEWAY_OIDC_ISSUER to the first, letter by letter.", mismatch.Discovered, mismatch.Provided).Because(err)
	}
	if err != nil {
		return nil, o.unreachable(err)
	}
	d := &discovered{Provider: p}
	if err := p.Claims(d); err != nil {
		return nil, o.unreachable(err)
	}
	return d, nil
}

func (o *OIDC) unreachable(err error) error {
	return fault.Say(fault.Unavailable, "The identity provider at %s does not answer. Sign-in works again when it does; who is signed in already is not affected.", o.issuer).Because(err)
}

// client is the OAuth side of what was discovered.
func (o *OIDC) client(d *discovered) *oauth2.Config {
	ep := d.Endpoint()
	// Said rather than probed: a probe with a one-time code could use it up.
	ep.AuthStyle = oauth2.AuthStyleInHeader
	if o.secret == "" || (len(d.AuthMethods) > 0 && !slices.Contains(d.AuthMethods, "client_secret_basic")) {
		ep.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: o.clientID, ClientSecret: o.secret, Endpoint: ep,
		RedirectURL: o.publicURL.JoinPath("sign-in", "callback").String(), Scopes: o.scopes,
	}
}

// logoutURL is where the browser ends its session at the provider (OpenID Connect RP-Initiated
// Logout 1.0); "" when the provider offers none or was never reached by this process.
func (o *OIDC) logoutURL(idToken string) string {
	o.mu.Lock()
	d := o.found
	o.mu.Unlock()
	if d == nil || d.EndSession == "" {
		return ""
	}
	u, err := url.Parse(d.EndSession)
	if err != nil || u.Host == "" || (u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname()))) {
		return "" // a page of ours must not navigate to whatever stands there
	}
	q := u.Query()
	q.Set("client_id", o.clientID)
	q.Set("post_logout_redirect_uri", o.publicURL.JoinPath("sign-in").String())
	if idToken != "" {
		q.Set("id_token_hint", idToken)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
