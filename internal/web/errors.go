package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/web/templates/errorpage"
)

// errSignIn means that nobody is signed in. A page sends to the sign-in, the API says 401.
var errSignIn = errors.New("not signed in")

// errPersonOnly is for tokens that try what only a person may do.
var errPersonOnly = fault.Say(fault.Denied, "Only a person may do this, in their own signed-in session; an API token may not, whatever its role.")

// statusError is an answer that has no kind of fault. Its text is for the person.
type statusError struct {
	status int
	text   string
}

func (e statusError) Error() string { return e.text }

// answer is an error as the client may see it.
type answer struct {
	status int
	text   string
}

// handleError is the one place where errors become answers. Text that was not written for a person
// stays in the log.
func (s *server) handleError(err error, c echo.Context) {
	gone := errors.Is(c.Request().Context().Err(), context.Canceled)
	a := describe(err)
	s.logError(c, err, a.status, gone)
	if c.Response().Committed || gone {
		return
	}
	if err := s.answerError(c, err, a); err != nil {
		s.log.ErrorContext(c.Request().Context(), "error page failed", "request", requestIDOf(c), "err", err)
	}
}

func (s *server) answerError(c echo.Context, err error, a answer) error {
	unauthenticated := errors.Is(err, errSignIn)
	if unauthenticated {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="causeway"`)
	}
	switch {
	case wantsJSON(c):
		return api.WriteProblem(c, forAPI(err, a))
	case unauthenticated && isHTMX(c):
		c.Response().Header().Set("HX-Redirect", signInURL(currentPage(c)))
		return c.NoContent(http.StatusUnauthorized)
	case unauthenticated && c.Request().Header.Get("Authorization") == "" && c.Request().Header.Get("Accept") != "text/event-stream":
		return c.Redirect(http.StatusSeeOther, signInURL(currentPage(c)))
	}
	page := errorpage.New(s.withAreas(c, s.bareShell(c, ""), areaNone), a.status, a.text)
	page.At = s.clock().In(s.zone(c)).Format("15:04:05 MST")
	if a.status >= http.StatusInternalServerError && c.Request().Method == http.MethodGet {
		page.Retry = currentPage(c)
	}
	if renderErr := render(c, a.status, page.Page()); renderErr != nil { // the page for errors is broken; plain words are not
		return errors.Join(renderErr, c.String(a.status, http.StatusText(a.status)+"\n"+a.text+"\nReference "+requestIDOf(c)+"\n"))
	}
	return nil
}

// forAPI is err in the terms that the API's problem documents know: kinds of fault, and statuses.
func forAPI(err error, a answer) error {
	switch {
	case errors.Is(err, errSignIn):
		return echo.NewHTTPError(a.status, a.text)
	case fault.Kind(err) != nil:
		return err
	case a.status == http.StatusServiceUnavailable:
		return fault.Say(fault.Unavailable, "%s", a.text).Because(err)
	case a.text != "":
		return echo.NewHTTPError(a.status, a.text)
	}
	return err
}

// describe finds status and words of an error. No words: the status speaks for itself.
func describe(err error) answer {
	text, _ := fault.Text(err)
	if status, ok := errors.AsType[statusError](err); ok {
		return answer(status)
	}
	if errors.Is(err, errSignIn) {
		if text == "" {
			text = "Sign in, or send an API token as Authorization: Bearer."
		}
		return answer{http.StatusUnauthorized, text}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return answer{http.StatusRequestEntityTooLarge, "More was sent than this address takes."}
	}
	for _, k := range statuses {
		if errors.Is(fault.Kind(err), k.kind) {
			return answer{k.status, text}
		}
	}
	if own, ok := errors.AsType[*echo.HTTPError](err); ok { // echo's own: no route, wrong method, unreadable body
		return answer{own.Code, ""}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return answer{http.StatusServiceUnavailable, "This took too long and was stopped. Try again, or ask for less."}
	}
	return answer{http.StatusInternalServerError, ""}
}

var statuses = []struct {
	kind   error
	status int
}{
	{fault.NotFound, http.StatusNotFound},
	{fault.Invalid, http.StatusBadRequest},
	{fault.Conflict, http.StatusConflict},
	{fault.Denied, http.StatusForbidden},
	{fault.Unavailable, http.StatusServiceUnavailable},
}

// logError logs once, at the edge: faults of ours as errors, the rest for who looks.
func (s *server) logError(c echo.Context, err error, status int, gone bool) {
	ctx := c.Request().Context()
	attrs := []any{"request", requestIDOf(c), "route", c.Get(routeKey), "status", status, "err", err}
	level := slog.LevelDebug
	switch {
	case gone:
	case status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable:
		level = slog.LevelError
	case status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	}
	if p, ok := errors.AsType[*panicked](err); ok {
		attrs = append(attrs, "stack", string(p.stack))
	}
	s.log.Log(ctx, level, "request failed", attrs...)
}

// wantsJSON decides by the group of routes, not by what the client says it accepts.
func wantsJSON(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/api/") }

func isHTMX(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

func signInURL(returnTo string) string {
	if returnTo == "/" {
		return "/sign-in"
	}
	return "/sign-in?return=" + url.QueryEscape(returnTo)
}

// currentPage is where to come back to: this page, or for a part of a page or a form the page around it.
func currentPage(c echo.Context) string {
	if isHTMX(c) {
		u, err := url.Parse(c.Request().Header.Get("HX-Current-URL"))
		if err != nil {
			return "/"
		}
		return auth.LocalPath(u.RequestURI())
	}
	if changes(c.Request().Method) {
		return "/"
	}
	return auth.LocalPath(c.Request().URL.RequestURI())
}
