package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/web/api"
)

// Public marks a route that anybody may use. It has to be said; the empty permission is refused.
const Public auth.Permission = "public"

// Limits of an ordinary request; a route can have its own.
const (
	defaultMaxBody = 1 << 20 // bytes
	defaultTimeout = 30 * time.Second
)

// route is one thing that can be asked for.
type route struct {
	Method     string
	Path       string
	Permission auth.Permission
	Handler    echo.HandlerFunc
	MaxBody    int64         // bytes; 0: 1 MiB
	Timeout    time.Duration // 0: 30 s
	// Stream is for answers that last: events and exports. They have no deadline of their own.
	Stream bool
}

// Route is what a route is, for tests and for the API's description.
type Route struct {
	Method, Path string
	Permission   auth.Permission
	Stream       bool
}

// table lists every group's routes. A new group is one more line.
func (s *server) table() []route {
	out := slices.Concat(
		s.routesHealth(),
		s.routesSignIn(),
		s.routesSettings(),
		s.routesAPI(),
		s.routesStatic(),
		s.routesStories(),
	)
	if s.inventory != nil {
		out = slices.Concat(out, s.routesInventory(), s.routesSources())
		out = append(out, route{Method: http.MethodGet, Path: "/", Permission: auth.InventoryRead, Handler: s.home})
	}
	return out
}

// home leads to the first area there is.
func (s *server) home(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, string(areaInventory))
}

// apiTimeout is for calls that read a whole state or try every call of a source.
const apiTimeout = 2 * time.Minute

// routesAPI are the JSON interface's, from its own table.
func (s *server) routesAPI() []route {
	var out []route
	for _, r := range s.api {
		out = append(out, route{
			Method: r.Method, Path: r.Path, Permission: auth.Permission(r.Permission), Handler: r.Handler,
			MaxBody: api.MaxPushBytes, Timeout: apiTimeout, // its handlers bound smaller bodies themselves
		})
	}
	return out
}

// Asks is who makes a request, and from where, once its route let it in. For what is mounted here
// from elsewhere.
func Asks(c echo.Context) (auth.Principal, auth.Origin) { return principal(c), origin(c) }

func (r route) check() error {
	switch {
	case r.Permission != Public && !r.Permission.Known():
		return fmt.Errorf("route %s %s: no such permission %q; a public one says Public", r.Method, r.Path, r.Permission)
	case r.Handler == nil:
		return fmt.Errorf("route %s %s: no handler", r.Method, r.Path)
	case !strings.HasPrefix(r.Path, "/"):
		return fmt.Errorf("route %s %s: the path must start with /", r.Method, r.Path)
	case !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, r.Method):
		return fmt.Errorf("route %s %s: no such method", r.Method, r.Path)
	}
	return nil
}

// mount puts the table before echo. A GET answers HEAD too.
func (s *server) mount(e *echo.Echo, routes []route) error {
	for _, r := range routes {
		if err := r.check(); err != nil {
			return err
		}
		if slices.ContainsFunc(s.routes, func(o Route) bool { return o.Method == r.Method && o.Path == r.Path }) {
			return fmt.Errorf("route %s %s is listed twice", r.Method, r.Path)
		}
		h := s.guard(r)
		e.Add(r.Method, r.Path, h)
		if r.Method == http.MethodGet && !r.Stream {
			e.Add(http.MethodHead, r.Path, h)
		}
		s.routes = append(s.routes, Route{Method: r.Method, Path: r.Path, Permission: r.Permission, Stream: r.Stream})
	}
	return nil
}

// guard is what stands between the network and a handler.
func (s *server) guard(r route) echo.HandlerFunc {
	if r.MaxBody == 0 {
		r.MaxBody = defaultMaxBody
	}
	if r.Timeout == 0 {
		r.Timeout = defaultTimeout
	}
	return func(c echo.Context) error {
		c.Set(routeKey, r.Path)
		cancel, err := limit(c, r)
		if err != nil {
			return err
		}
		defer cancel()
		if r.Permission == Public {
			return r.Handler(c)
		}
		p, err := s.identify(c)
		if err != nil {
			return err
		}
		if !p.SignedIn() {
			return errSignIn
		}
		if !p.CanSomewhere(r.Permission) {
			return s.refuse(c, p, r)
		}
		return r.Handler(c)
	}
}

// refuse answers who may not, and records it when something would have been changed.
func (s *server) refuse(c echo.Context, p auth.Principal, r route) error {
	err := auth.Forbidden(r.Permission)
	if r.Permission.PersonOnly() && p.Kind == auth.Token {
		err = errPersonOnly
	}
	if !changes(r.Method) {
		return err
	}
	if auditErr := s.auth.Denied(c.Request().Context(), p, origin(c), r.Method+" "+r.Path); auditErr != nil {
		return errors.Join(err, auditErr)
	}
	return err
}

func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// limit bounds what a request may send and how long it may take.
func limit(c echo.Context, r route) (context.CancelFunc, error) {
	req, w := c.Request(), c.Response()
	req.Body = http.MaxBytesReader(w, req.Body, r.MaxBody)
	rc := http.NewResponseController(w)
	var until time.Time // zero: none
	cancel := context.CancelFunc(func() {})
	if !r.Stream {
		// The deadline of the work comes first and says why.
		until = time.Now().Add(r.Timeout + 5*time.Second) //nolint:forbidigo // the network is not the clock that tests turn
		ctx, stop := context.WithTimeout(req.Context(), r.Timeout)
		cancel = func() { // the error page is made after the deadline, with the request as it came
			stop()
			c.SetRequest(req)
		}
		c.SetRequest(req.WithContext(ctx))
	}
	for _, set := range []func(time.Time) error{rc.SetReadDeadline, rc.SetWriteDeadline} {
		if err := set(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
			cancel()
			return nil, fmt.Errorf("set the connection's deadline: %w", err)
		}
	}
	return cancel, nil
}
