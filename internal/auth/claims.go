package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/causeway/causeway/internal/fault"
)

// maxGroups bounds what one person can make the console store and compare.
const maxGroups = 2000

type claims map[string]any

// identify reads who the ID token vouches for. What it lacks is asked from the userinfo endpoint.
func (o *OIDC) identify(ctx context.Context, d *discovered, tok *oauth2.Token, t *oidc.IDToken, raw string) (identity, error) {
	c := claims{}
	if err := t.Claims(&c); err != nil {
		return identity{}, fmt.Errorf("read the ID token: %w", err)
	}
	if (c.at(o.groupsClaim) == nil || c.at(o.nameClaim) == nil) && d.UserInfoEndpoint() != "" {
		more, err := o.userInfo(ctx, d, tok, t.Subject)
		if err != nil {
			return identity{}, err
		}
		for k, v := range more {
			if _, known := c[k]; !known {
				c[k] = v
			}
		}
	}
	who := identity{issuer: o.issuer, subject: t.Subject, idToken: raw}
	var err error
	if who.name, err = o.name(c); err != nil {
		return who, err
	}
	who.title = firstText(c, who.name, "name", "preferred_username")
	who.groups, err = o.groups(c)
	return who, err
}

func (o *OIDC) userInfo(ctx context.Context, d *discovered, tok *oauth2.Token, subject string) (claims, error) {
	info, err := d.UserInfo(ctx, oauth2.StaticTokenSource(tok))
	if err != nil {
		return nil, fault.Say(fault.Unavailable, "The identity provider %s signed you in, but did not say who you are (its userinfo endpoint failed). Try again in a moment.", o.title).Because(err)
	}
	if info.Subject != subject { // OpenID Connect Core, 5.3.2: such an answer must not be used
		return nil, fault.Say(fault.Denied, "The identity provider %s described somebody else than it signed in. Nothing was taken from it.", o.title)
	}
	c := claims{}
	if err := info.Claims(&c); err != nil {
		return nil, fmt.Errorf("read the userinfo answer: %w", err)
	}
	return c, nil
}

// name is what grants call the person. An address that the provider has not verified would let
// anybody take somebody else's grants.
func (o *OIDC) name(c claims) (string, error) {
	name, ok := c.at(o.nameClaim).(string)
	name = strings.ToLower(strings.TrimSpace(name))
	if !ok || name == "" || len(name) > 300 || clip(name, 300) != name {
		return "", fault.Say(fault.Denied, "The identity provider %s sent no usable %s for you. An administrator must release that claim to this client, or name another one in CAUSEWAY_OIDC_NAME_CLAIM.", o.title, strings.Join(o.nameClaim, "."))
	}
	if slices.Equal(o.nameClaim, []string{"email"}) {
		if v := c["email_verified"]; v == false || v == "false" {
			return "", fault.Say(fault.Denied, "The address %s is not verified at %s. Verify it there, then sign in again.", name, o.title)
		}
	}
	return name, nil
}

func (o *OIDC) groups(c claims) ([]string, error) {
	out := []string{}
	switch v := c.at(o.groupsClaim).(type) {
	case nil:
		if over, ok := c["_claim_names"].(map[string]any); ok && over[o.groupsClaim[0]] != nil {
			return nil, fault.Say(fault.Denied, "You are in more groups than %s puts into a token. An administrator must limit the claim to groups assigned to this console.", o.title)
		}
	case string:
		out = append(out, v)
	case []any:
		for _, g := range v {
			if s, ok := g.(string); ok {
				out = append(out, s)
			}
		}
	default:
		return nil, fault.Say(fault.Denied, "The claim %s of %s is not a list of group names. An administrator must correct it there, or name another one in CAUSEWAY_OIDC_GROUPS_CLAIM.", strings.Join(o.groupsClaim, "."), o.title)
	}
	out = slices.DeleteFunc(out, func(g string) bool { return g == "" || clip(g, 300) != g })
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxGroups {
		return nil, fault.Say(fault.Denied, "%s says that you are in %d groups; %d is the most this console takes. An administrator must limit the claim to groups assigned to it.", o.title, len(out), maxGroups)
	}
	return out, nil
}

// at walks a path of nested claims.
func (c claims) at(path []string) any {
	var v any = map[string]any(c)
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func firstText(c claims, other string, keys ...string) string {
	for _, k := range keys {
		if s, ok := c[k].(string); ok && strings.TrimSpace(s) != "" {
			return clip(strings.TrimSpace(s), 200)
		}
	}
	return other
}
