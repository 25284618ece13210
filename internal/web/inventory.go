package web

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/query"
)

// inventoryReader is what the inventory pages read.
type inventoryReader interface {
	List(ctx context.Context, l query.List) (query.Page, error)
	Count(ctx context.Context, c query.Count) (query.Total, error)
	Facets(ctx context.Context, f query.Facets) ([]query.Facet, error)
	Drops(ctx context.Context, c query.Count) ([]query.Drop, error)
	Export(ctx context.Context, l query.List) iter.Seq2[query.Row, error]
	Resource(ctx context.Context, acc cloud.Access, id int64) (inventory.Resource, error)
	SourceStates(ctx context.Context, acc cloud.Access) ([]inventory.SourceState, error)
	Units(ctx context.Context) ([]inventory.Unit, error)
}

// viewKeeper keeps saved views.
type viewKeeper interface {
	Views(ctx context.Context, acc cloud.Access, person string) ([]inventory.View, error)
	SaveView(ctx context.Context, a audit.Actor, v inventory.View) (uuid.UUID, error)
	ChangeView(ctx context.Context, a audit.Actor, id uuid.UUID, name string, unit *uuid.UUID) error
	DeleteView(ctx context.Context, a audit.Actor, id uuid.UUID) error
}

var (
	_ inventoryReader = (*inventory.Service)(nil)
	_ viewKeeper      = (*inventory.Service)(nil)
)

func (s *server) routesInventory() []route {
	if s.inventory == nil {
		return nil
	}
	return []route{
		{Method: http.MethodGet, Path: "/inventory", Permission: auth.InventoryRead, Handler: s.showInventory},
		{Method: http.MethodGet, Path: "/inventory/facets", Permission: auth.InventoryRead, Handler: s.showFacets},
		{Method: http.MethodGet, Path: "/inventory.csv", Permission: auth.InventoryExport, Handler: s.exportInventory, Stream: true},
		{Method: http.MethodGet, Path: "/inventory/:id", Permission: auth.InventoryRead, Handler: s.showResource},
		{Method: http.MethodGet, Path: "/inventory/:id/peek", Permission: auth.InventoryRead, Handler: s.showPeek},
		{Method: http.MethodPost, Path: "/inventory/views", Permission: auth.InventoryRead, Handler: s.saveView},
		{Method: http.MethodPost, Path: "/inventory/views/:id", Permission: auth.InventoryRead, Handler: s.changeView},
		{Method: http.MethodPost, Path: "/inventory/views/:id/delete", Permission: auth.InventoryRead, Handler: s.deleteView},
	}
}

// filter is a query as the person asks it.
func (s *server) filter(c echo.Context, q query.Query) query.Filter {
	return query.Filter{Query: q, Access: principal(c).Access(), Now: s.clock(), Zone: s.zone(c)}
}

// zone is where the person's days begin: their own setting, else the organisation's.
func (s *server) zone(c echo.Context) *time.Location {
	if name := principal(c).Settings.Zone; name != "" {
		if z, err := time.LoadLocation(name); err == nil {
			return z
		}
	}
	return s.homeZone
}
