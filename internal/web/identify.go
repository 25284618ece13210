package web

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

// identify finds out who asks, once a request. A bearer token counts before a cookie. Nobody is no
// error; a token that is not valid is.
func (s *server) identify(c echo.Context) (auth.Principal, error) {
	if p, ok := c.Get(principalKey).(auth.Principal); ok {
		return p, nil
	}
	p, err := s.whoAsks(c)
	if err == nil {
		c.Set(principalKey, p)
	}
	return p, err
}

func (s *server) whoAsks(c echo.Context) (auth.Principal, error) {
	ctx := c.Request().Context()
	if header := c.Request().Header.Get("Authorization"); header != "" {
		return s.bearer(c, header)
	}
	token := s.cookie(c, sessionCookie)
	if token == "" {
		return auth.Principal{}, nil
	}
	p, rotated, err := s.auth.Session(ctx, token)
	if errors.Is(fault.Kind(err), fault.NotFound) {
		return auth.Principal{}, nil
	}
	if err != nil {
		return auth.Principal{}, err
	}
	if rotated != "" {
		s.setCookie(c, sessionCookie, rotated, 0)
	}
	return p, nil
}

// bearer counts failures by address: guessing is hopeless, but its noise is worth limiting.
func (s *server) bearer(c echo.Context, header string) (auth.Principal, error) {
	scheme, text, _ := strings.Cut(header, " ")
	err := error(fault.Say(fault.Denied, "The Authorization header cannot be understood. It looks like: Bearer cwt_…"))
	var p auth.Principal
	if strings.EqualFold(scheme, "Bearer") {
		p, err = s.auth.Token(c.Request().Context(), strings.TrimSpace(text))
	}
	if err == nil {
		return p, nil
	}
	if !errors.Is(fault.Kind(err), fault.Denied) {
		return auth.Principal{}, err
	}
	if !s.badTokens.allow(remoteOf(c)) {
		return auth.Principal{}, tooMany(c, s.badTokens.every())
	}
	return auth.Principal{}, errors.Join(errSignIn, err)
}

// principal is who asks; nobody on public routes.
func principal(c echo.Context) auth.Principal {
	p, _ := c.Get(principalKey).(auth.Principal) //nolint:errcheck // the zero value is nobody
	return p
}

// origin is where the request came from, for the audit trail.
func origin(c echo.Context) auth.Origin {
	return auth.Origin{Remote: remoteOf(c).String(), RequestID: requestIDOf(c), Agent: c.Request().UserAgent()}
}

func remoteOf(c echo.Context) netip.Addr {
	a, _ := c.Get(remoteKey).(netip.Addr) //nolint:errcheck // invalid before observe ran
	return a
}

// clientAddr is the peer's address, or whom a trusted proxy speaks for: the first address from the
// right of X-Forwarded-For that is no trusted proxy itself. What stands left of it anybody can write.
func (s *server) clientAddr(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
	}
	return addr
}

func (s *server) trusted(a netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Cookies. On https their names are prefixed so that no other host or path can set them.
const (
	sessionCookie = "causeway"
	attemptCookie = "causeway-attempt"
	themeCookie   = "causeway-theme"
)

func (s *server) cookieName(name string) string {
	if s.https() {
		return "__Host-" + name
	}
	return name
}

func (s *server) cookie(c echo.Context, name string) string {
	k, err := c.Cookie(s.cookieName(name))
	if err != nil {
		return "" // http.ErrNoCookie is the only error there is
	}
	return k.Value
}

// setCookie sets a cookie for a time, or with 0 until the browser closes.
func (s *server) setCookie(c echo.Context, name, value string, lasts time.Duration) {
	c.SetCookie(&http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()),
		HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
	})
}

func (s *server) dropCookie(c echo.Context, name string) {
	c.SetCookie(&http.Cookie{
		Name: s.cookieName(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.https(), SameSite: http.SameSiteLaxMode,
	})
}
