package main

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/web/api"
)

// apiConfig is what the JSON interface is made of. Only Currency may be left out.
type apiConfig struct {
	Inventory *inventory.Service
	Auth      refusals
	// Asks finds who makes a request, and from where.
	Asks  func(echo.Context) (auth.Principal, auth.Origin)
	Clock func() time.Time
	Zone  *time.Location // the organisation's, whose days the dates of a query mean
	// Currency is the reporting currency; without one no cost is shown.
	Currency string
	Version  string
}

// newAPI makes the JSON interface over the domains.
func newAPI(c apiConfig) (*api.API, error) {
	if c.Inventory == nil || c.Auth == nil || c.Asks == nil || c.Clock == nil || c.Zone == nil {
		return nil, errors.New("the JSON interface needs Inventory, Auth, Asks, Clock and Zone")
	}
	b := backend{inventory: c.Inventory, auth: c.Auth, clock: c.Clock, zone: c.Zone, currency: c.Currency}
	return api.New(api.Config{
		Inventory: b, Sources: b, Runs: b, Documents: b, Version: c.Version, Decoder: serverDecoder(c.Inventory.Adapters()),
		Caller: func(e echo.Context, permission string) (api.Caller, error) {
			p, from := c.Asks(e)
			return callerOf(p, from, auth.Permission(permission)), nil
		},
	})
}

func callerOf(p auth.Principal, from auth.Origin, perm auth.Permission) api.Caller {
	return api.Caller{Access: p.AccessFor(perm), Actor: p.Actor(from), Principal: p}
}

// serverDecoder reads documents and checks the adapters' settings in full: here is the configuration
// that decides about them.
func serverDecoder(adapters []provider.Factory) document.Decoder {
	var d document.Decoder
	for _, f := range adapters {
		known := document.Adapter{Name: f.Adapter, Check: f.Check}
		for _, field := range f.Fields {
			known.Fields = append(known.Fields, field.Name)
		}
		d.Adapters = append(d.Adapters, known)
	}
	return d
}

// refusals records who tried what they may not.
type refusals interface {
	Denied(ctx context.Context, p auth.Principal, o auth.Origin, what string) error
}

// backend answers the JSON interface from the domains.
type backend struct {
	inventory *inventory.Service
	auth      refusals
	clock     func() time.Time
	zone      *time.Location
	currency  string
}

var (
	_ api.Inventory = backend{}
	_ api.Sources   = backend{}
	_ api.Runs      = backend{}
	_ api.Documents = backend{}
)

// source finds a source that the caller sees and may do to what the route is for. One that they do
// not see is not there; one that they only see is refused.
func (b backend) source(ctx context.Context, who api.Caller, name, act string, perm auth.Permission) (inventory.Source, error) {
	src, err := b.inventory.Source(ctx, who.Principal.AccessFor(auth.SourceRead), name)
	if err != nil {
		return inventory.Source{}, err
	}
	return src, b.require(ctx, who, perm, src.UnitID, act+" source/"+name)
}

// require refuses, and records it, unless the caller holds perm on the unit.
func (b backend) require(ctx context.Context, who api.Caller, perm auth.Permission, unit uuid.UUID, what string) error {
	err := who.Principal.Require(perm, unit.String())
	if err == nil {
		return nil
	}
	return errors.Join(err, b.refused(ctx, who, what))
}

func (b backend) refused(ctx context.Context, who api.Caller, what string) error {
	return b.auth.Denied(ctx, who.Principal, auth.Origin{Remote: who.Actor.Remote, RequestID: who.Actor.RequestID}, what)
}

// problemOf is a provider's problem as the wire has it.
func problemOf(p *provider.Problem) *api.Problem {
	if p == nil {
		return nil
	}
	return &api.Problem{Code: string(p.Code), Text: p.Text, Fix: api.Text(p.Fix)}
}

// unitSlugs names units by id.
func (b backend) unitSlugs(ctx context.Context) (map[string]string, error) {
	units, err := b.inventory.Units(ctx)
	if err != nil {
		return nil, err
	}
	slugs := make(map[string]string, len(units))
	for _, u := range units {
		slugs[u.ID.String()] = u.Slug
	}
	return slugs, nil
}

// zoneOf is whose days the dates of a person's query mean.
func (b backend) zoneOf(p auth.Principal) *time.Location {
	if name := p.Settings.Zone; name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return b.zone
}

// notFound is what a caller gets for an id that nothing can have.
func notFound(what, id string) error {
	return fault.Say(fault.NotFound, "There is no %s %q.", what, id)
}
