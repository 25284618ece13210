package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
)

// me is who asks, as the API tells them.
type me struct {
	Name        string            `json:"name"`
	Kind        auth.Kind         `json:"kind"`
	Roles       []auth.Role       `json:"roles"`
	Permissions []auth.Permission `json:"permissions"`
	Everywhere  bool              `json:"everywhere"` // sees every unit
	Units       []string          `json:"units"`      // ids of those it sees, where that is not every one
}

func (s *server) routesMe() []route {
	return []route{{Method: http.MethodGet, Path: "/api/v1/me", Permission: auth.InventoryRead, Handler: s.showMe}}
}

func (s *server) showMe(c echo.Context) error {
	p := principal(c)
	out := me{Name: p.Name, Kind: p.Kind, Roles: p.Roles(), Permissions: []auth.Permission{}, Everywhere: p.Access().All(), Units: p.Access().Units()}
	for _, perm := range auth.Permissions() {
		if p.CanSomewhere(perm) {
			out.Permissions = append(out.Permissions, perm)
		}
	}
	return c.JSON(http.StatusOK, out)
}
