package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/causeway/causeway/internal/auth/authdb"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

// AttemptLasts is how long a person may take at the identity provider.
const AttemptLasts = 15 * time.Minute

// Attempt is a sign-in under way.
type Attempt struct {
	URL     string // at the identity provider
	Browser string // for a cookie; binds the attempt to this browser
}

// BeginOIDC starts a sign-in. browser is the cookie of an earlier attempt, so that several tabs of
// one browser can sign in at once; "" makes a new one.
func (s *Service) BeginOIDC(ctx context.Context, returnTo, browser string) (Attempt, error) {
	if s.oidc == nil {
		return Attempt{}, fault.Say(fault.NotFound, "This console has no identity provider to sign in with.")
	}
	d, err := s.oidc.provider(ctx)
	if err != nil {
		return Attempt{}, err
	}
	if len(browser) != len(secret()) {
		browser = secret()
	}
	state, nonce, verifier := secret(), secret(), oauth2.GenerateVerifier()
	err = s.q.AddAttempt(ctx, s.db, authdb.AddAttemptParams{
		StateHash: hash(state), BrowserHash: hash(browser), Nonce: nonce, Verifier: verifier,
		ReturnTo: LocalPath(returnTo), Lasts: AttemptLasts,
	})
	if err != nil {
		return Attempt{}, fmt.Errorf("begin a sign-in: %w", postgres.Classify(err))
	}
	to := s.oidc.client(d).AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier))
	return Attempt{URL: to, Browser: browser}, nil
}

// Callback is what the identity provider sends the browser back with.
type Callback struct {
	State, Code, Issuer, Error, ErrorDescription string
	Browser                                      string // the attempt's cookie
	OldToken                                     string // the session the browser had, to be replaced
}

// FinishOIDC ends a sign-in, well or not; both are recorded.
func (s *Service) FinishOIDC(ctx context.Context, cb Callback, o Origin) (SignedIn, error) {
	if s.oidc == nil {
		return SignedIn{}, fault.Say(fault.NotFound, "This console has no identity provider to sign in with.")
	}
	who, returnTo, err := s.finish(ctx, cb)
	if err != nil {
		return SignedIn{}, s.failed(ctx, o, who.name, err)
	}
	in, err := s.start(ctx, who, o, cb.OldToken)
	if err != nil {
		return SignedIn{}, s.failed(ctx, o, who.name, err)
	}
	in.ReturnTo = returnTo
	return in, nil
}

func (s *Service) finish(ctx context.Context, cb Callback) (identity, string, error) {
	if cb.State == "" {
		return identity{}, "", fault.Say(fault.Denied, "This address ends a sign-in and cannot be opened by itself. Start at the sign-in page.")
	}
	a, err := s.q.TakeAttempt(ctx, s.db, hash(cb.State))
	if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.NotFound) {
		return identity{}, "", fault.Say(fault.Denied, "This sign-in was finished before, or its time ran out. Start again at the sign-in page.").Because(err)
	}
	if err != nil {
		return identity{}, "", fmt.Errorf("find the sign-in attempt: %w", err)
	}
	if subtle.ConstantTimeCompare(a.BrowserHash, hash(cb.Browser)) != 1 {
		return identity{}, "", fault.Say(fault.Denied, "This sign-in was started in another browser, or this one keeps no cookies. Start again at the sign-in page.")
	}
	if !a.Live {
		return identity{}, "", fault.Say(fault.Denied, "This sign-in took longer than %d minutes. Start again at the sign-in page.", int(AttemptLasts.Minutes()))
	}
	if err := s.oidc.refusal(cb); err != nil {
		return identity{}, "", err
	}
	who, err := s.oidc.redeem(ctx, cb, a.Nonce, a.Verifier)
	return who, a.ReturnTo, err
}

// refusal turns the provider's error answer (RFC 6749, 4.1.2.1; OpenID Connect Core, 3.1.2.6) into words.
func (o *OIDC) refusal(cb Callback) error {
	if cb.Error == "" {
		return nil
	}
	cause := fmt.Errorf("%s: %s", clip(cb.Error, 100), clip(cb.ErrorDescription, 300))
	switch cb.Error {
	case "access_denied", "consent_required", "interaction_required", "login_required":
		return fault.Say(fault.Denied, "The sign-in at %s was refused or cancelled. Try again, or ask whoever looks after %s whether you may use this console.", o.title, o.title).Because(cause)
	case "server_error", "temporarily_unavailable":
		return fault.Say(fault.Unavailable, "The identity provider %s had a problem of its own. Try again in a moment.", o.title).Because(cause)
	}
	return fault.Say(fault.Unavailable, "The identity provider %s did not accept how this console asks (%s). An administrator must compare the client settings on both sides.", o.title, clip(cb.Error, 60)).Because(cause)
}

// redeem exchanges the code and verifies who it vouches for.
func (o *OIDC) redeem(ctx context.Context, cb Callback, nonce, verifier string) (identity, error) {
	d, err := o.provider(ctx)
	if err != nil {
		return identity{}, err
	}
	// RFC 9207: an answer of another provider must not be taken for this one's.
	if (cb.Issuer != "" || d.IssInAnswer) && cb.Issuer != o.issuer {
		return identity{}, fault.Say(fault.Denied, "The answer came from %q, not from the identity provider %s. Start again at the sign-in page.", clip(cb.Issuer, 200), o.title)
	}
	ctx = oidc.ClientContext(ctx, o.http)
	tok, err := o.client(d).Exchange(ctx, cb.Code, oauth2.VerifierOption(verifier))
	if err != nil {
		return identity{}, o.explainExchange(err)
	}
	raw, ok := tok.Extra("id_token").(string)
	if !ok {
		return identity{}, fault.Say(fault.Unavailable, "The identity provider %s sent no ID token. An administrator must allow the scope openid for this client.", o.title)
	}
	idToken, err := d.VerifierContext(ctx, &oidc.Config{
		ClientID: o.clientID,
		Now:      func() time.Time { return o.clock().Add(-o.skew) }, // a clock ahead of ours may have ended it early
	}).Verify(ctx, raw)
	if err != nil {
		return identity{}, o.explainToken(err)
	}
	if err := o.checkToken(idToken, nonce); err != nil {
		return identity{}, err
	}
	return o.identify(ctx, d, tok, idToken, raw)
}

// checkToken checks what go-oidc leaves to its caller.
func (o *OIDC) checkToken(t *oidc.IDToken, nonce string) error {
	if subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1 {
		return fault.Say(fault.Denied, "The identity provider's answer belongs to another sign-in (its nonce differs). Start again at the sign-in page.")
	}
	var c struct {
		AuthorizedParty string `json:"azp"`
	}
	if err := t.Claims(&c); err != nil {
		return fmt.Errorf("read the ID token: %w", err)
	}
	if (len(t.Audience) > 1 || c.AuthorizedParty != "") && c.AuthorizedParty != o.clientID {
		return fault.Say(fault.Denied, "The ID token was made for %q, not for this console.", clip(c.AuthorizedParty, 100))
	}
	if t.IssuedAt.After(o.clock().Add(o.skew)) {
		return fault.Say(fault.Unavailable, "The identity provider's clock is %s ahead of this console's. Whoever runs either must correct it.", t.IssuedAt.Sub(o.clock()).Round(time.Second))
	}
	return nil
}

func (o *OIDC) explainToken(err error) error {
	if expired, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return fault.Say(fault.Denied, "The identity provider's ID token had run out when it arrived (at %s). Try again; if it happens again, the clock of one side is wrong.", expired.Expiry.UTC().Format(time.RFC3339)).Because(err)
	}
	return fault.Say(fault.Denied, "The ID token of %s could not be verified: its signature, issuer or audience is not what this console expects. An administrator must compare the client settings on both sides.", o.title).Because(err)
}

func (o *OIDC) explainExchange(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return o.unreachable(err)
	}
	if answer.ErrorCode == "invalid_grant" {
		return fault.Say(fault.Denied, "The identity provider %s says that this sign-in was used before or ran out. Start again at the sign-in page.", o.title).Because(err)
	}
	if slices.Contains([]string{"invalid_client", "unauthorized_client"}, answer.ErrorCode) {
		return fault.Say(fault.Unavailable, "The identity provider %s refused this console itself. An administrator must check CAUSEWAY_OIDC_CLIENT_ID and CAUSEWAY_OIDC_CLIENT_SECRET.", o.title).Because(err)
	}
	return fault.Say(fault.Unavailable, "The identity provider %s could not finish the sign-in. Try again in a moment.", o.title).Because(err)
}
