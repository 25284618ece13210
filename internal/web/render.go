package web

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// render writes a page. It is rendered whole before a byte leaves, so that one that fails still
// becomes an error page with the right status.
func render(c echo.Context, status int, page templ.Component) (err error) {
	var b bytes.Buffer
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("render %s: panic: %v", c.Path(), v)
		}
	}()
	if err := page.Render(c.Request().Context(), &b); err != nil {
		return fmt.Errorf("render %s: %w", c.Path(), err)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// back answers a form that has done its work: a part of a page reloads itself, a page is shown again.
func back(c echo.Context, to string) error {
	if isHTMX(c) {
		c.Response().Header().Set("HX-Refresh", "true")
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, to)
}
