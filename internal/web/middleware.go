package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/web/static"
)

// Keys of what a request carries in echo's context.
const (
	routeKey     = "route"
	requestIDKey = "request id"
	principalKey = "principal"
	remoteKey    = "remote"
)

// statusGone is logged for clients that left before the answer (nginx's 499); it is never sent.
const statusGone = 499

func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// observe logs and measures what came of the request, by the route's pattern: paths hold names of
// resources, and there are too many of them to count by.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := s.clock()
		c.Set(remoteKey, s.clientAddr(c.Request()))
		ctx := c.Request().Context()
		done := s.metrics.begin()
		err := next(c)
		if err != nil {
			c.Error(err)
		}
		status := c.Response().Status
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			status = statusGone
		}
		took := s.clock().Sub(start)
		pattern, ok := c.Get(routeKey).(string)
		if !ok {
			pattern = "unmatched"
		}
		done(c.Request().Method, pattern, status, took)
		level := slog.LevelInfo
		if pattern == "/livez" || pattern == "/readyz" || pattern == "/metrics" || strings.HasPrefix(pattern, static.Prefix) {
			level = slog.LevelDebug
		}
		s.log.Log(ctx, level, "request", "method", c.Request().Method, "route", pattern, "status", status,
			"bytes", c.Response().Size, "took", took, "person", principal(c).Name, "remote", origin(c).Remote, "request", requestIDOf(c))
		return nil
	}
}

// csp is strict: nothing inline, nothing from elsewhere, no framing.
const csp = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store") // what is shown is for one person; assets say otherwise
		if s.https() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

func (s *server) https() bool { return s.public.Scheme == "https" }

// panicked is a panic as an error; its stack goes to the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares so, too
					panic(v)
				}
				err = &panicked{value: v, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

// knownHost stops pages of other sites that point their own name at this console's address. Probes
// come by address and see nothing that is worth stealing.
func (s *server) knownHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if path == "/livez" || path == "/readyz" || path == "/metrics" || slices.Contains(s.hosts, strings.ToLower(c.Request().Host)) {
			return next(c)
		}
		return statusError{http.StatusMisdirectedRequest, fmt.Sprintf("This console is at %s and answers under no other name.", s.public)}
	}
}

// sameOrigin refuses what another site makes a browser send. Programs that are no browsers pass:
// they carry a token, not a cookie.
func (s *server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.crossSite.Check(c.Request()); err != nil {
			return fault.Say(fault.Denied, "This request came from another site and was not carried out. Use the console's own pages.").Because(err)
		}
		return next(c)
	}
}

func requestIDOf(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string) //nolint:errcheck // "" before the middleware ran
	return id
}
