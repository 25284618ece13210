package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/web/static"
)

// checkWithin bounds all readiness checks together; probes give up early.
const checkWithin = 3 * time.Second

func (s *server) routesHealth() []route {
	return []route{
		{Method: http.MethodGet, Path: "/livez", Permission: Public, Handler: s.livez},
		{Method: http.MethodGet, Path: "/readyz", Permission: Public, Handler: s.readyz},
		{Method: http.MethodGet, Path: "/metrics", Permission: s.metricsFor, Handler: s.showMetrics},
	}
}

// livez says that the process runs. It asks nothing: a database that is down is no reason to restart.
func (s *server) livez(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyz says whether traffic should come here. It names what is not ready; why is in the log.
func (s *server) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), checkWithin)
	defer cancel()
	status := http.StatusOK
	var b strings.Builder
	if s.draining.Load() {
		status = http.StatusServiceUnavailable
		b.WriteString("stopping: no\n")
	}
	for _, check := range s.checks {
		if err := check.Try(ctx); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&b, "%s: no\n", check.Name)
			s.log.WarnContext(ctx, "not ready", "check", check.Name, "err", err)
			continue
		}
		fmt.Fprintf(&b, "%s: ok\n", check.Name)
	}
	return c.String(status, b.String())
}

func (s *server) showMetrics(c echo.Context) error {
	s.metrics.handler.ServeHTTP(c.Response(), c.Request())
	return nil
}

func (s *server) routesStatic() []route {
	return []route{{Method: http.MethodGet, Path: static.Prefix + "*", Permission: Public, Handler: s.showStatic}}
}

// showStatic leaves caching to the handler, which knows the content-hashed names.
func (s *server) showStatic(c echo.Context) error {
	c.Response().Header().Del("Cache-Control")
	s.static.ServeHTTP(c.Response(), c.Request())
	return nil
}
