package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
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

// problem is an error as the client sees it: RFC 9457 for programs, a page for people.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Field     string `json:"field,omitempty"`
	RequestID string `json:"request_id"`
}

// handleError is the one place where errors become answers. Text that was not written for a person
// stays in the log.
func (s *server) handleError(err error, c echo.Context) {
	gone := errors.Is(c.Request().Context().Err(), context.Canceled)
	p := describe(err)
	p.RequestID = requestIDOf(c)
	s.logError(c, err, p.Status, gone)
	if c.Response().Committed || gone {
		return
	}
	if err := s.answerError(c, err, p); err != nil {
		s.log.ErrorContext(c.Request().Context(), "error page failed", "request", p.RequestID, "err", err)
	}
}

func (s *server) answerError(c echo.Context, err error, p problem) error {
	unauthenticated := errors.Is(err, errSignIn)
	if unauthenticated {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="causeway"`)
	}
	switch {
	case wantsJSON(c):
		return writeProblem(c, p)
	case unauthenticated && isHTMX(c):
		c.Response().Header().Set("HX-Redirect", signInURL(currentPage(c)))
		return c.NoContent(http.StatusUnauthorized)
	case unauthenticated && c.Request().Header.Get("Authorization") == "" && c.Request().Header.Get("Accept") != "text/event-stream":
		return c.Redirect(http.StatusSeeOther, signInURL(currentPage(c)))
	}
	renderErr := render(c, p.Status, s.problemPage(c, p))
	if renderErr != nil { // the page for errors is broken; plain words are not
		return errors.Join(renderErr, c.String(p.Status, p.Title+"\n"+p.Detail+"\nReference "+p.RequestID+"\n"))
	}
	return nil
}

// describe finds status and words of an error.
func describe(err error) problem {
	p := problem{Type: "about:blank", Status: http.StatusInternalServerError, Detail: "The console could not do this, and nothing was changed by it. The reference leads to the reason in its log."}
	var (
		status  statusError
		own     *echo.HTTPError
		tooLong *http.MaxBytesError
		public  *fault.Public
	)
	switch {
	case errors.Is(err, errSignIn):
		p.Status, p.Detail = http.StatusUnauthorized, "Sign in, or send an API token as Authorization: Bearer."
	case errors.As(err, &status):
		p.Status, p.Detail = status.status, status.text
	case errors.As(err, &tooLong):
		p.Status, p.Detail = http.StatusRequestEntityTooLarge, "More was sent than this address takes."
	case errors.As(err, &own): // echo's own: no route, wrong method, unreadable body
		p.Status, p.Detail = own.Code, routingText(own.Code)
	case fault.Kind(err) != nil:
		p.Status, p.Detail = statusOf(fault.Kind(err))
	case errors.Is(err, context.DeadlineExceeded):
		p.Status, p.Detail = http.StatusServiceUnavailable, "This took too long and was stopped. Try again, or ask for less."
	}
	if errors.As(err, &public) {
		p.Detail, p.Field = public.Text(), public.Field
		if public.Field != "" && p.Status == http.StatusBadRequest {
			p.Status = http.StatusUnprocessableEntity
		}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func statusOf(kind error) (status int, text string) {
	switch kind { //nolint:errorlint // fault.Kind returns the kinds themselves
	case fault.NotFound:
		return http.StatusNotFound, "There is no such thing here, or you may not see it."
	case fault.Invalid:
		return http.StatusBadRequest, "What was sent cannot be used."
	case fault.Conflict:
		return http.StatusConflict, "Somebody else changed this meanwhile. Reload, then try again."
	case fault.Denied:
		return http.StatusForbidden, "You may not do this."
	case fault.Unavailable:
		return http.StatusServiceUnavailable, "Something this needs does not answer now. Nothing was lost; try again in a moment."
	}
	return http.StatusInternalServerError, ""
}

func routingText(status int) string {
	switch status {
	case http.StatusNotFound:
		return "There is no page at this address."
	case http.StatusMethodNotAllowed:
		return "This address does not answer to that method."
	}
	return ""
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
	var p *panicked
	if errors.As(err, &p) {
		attrs = append(attrs, "stack", string(p.stack))
	}
	s.log.Log(ctx, level, "request failed", attrs...)
}

func writeProblem(c echo.Context, p problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", body)
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
