package inventory

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
)

// Region is a place that the providers' own lists do not have, such as an own data centre.
type Region struct {
	Provider  cloud.ProviderID
	Code      string
	Title     string
	Country   string // ISO 3166-1 alpha-2; it decides residency
	Metro     string
	Latitude  *float64 // degrees; nil where not given
	Longitude *float64
	Revision  int64
}

// OwnRegions returns every declared region, by provider and code. They belong to no unit.
func (s *Service) OwnRegions(ctx context.Context) ([]Region, error) {
	rows, err := s.q.OwnRegions(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read own regions: %w", postgres.Classify(err))
	}
	out := make([]Region, len(rows))
	for i, r := range rows {
		out[i] = Region{
			Provider: cloud.ProviderID(r.Provider), Code: r.Code, Title: r.Title, Country: r.Country, Metro: r.Metro,
			Latitude: r.Latitude, Longitude: r.Longitude, Revision: r.Revision,
		}
	}
	return out, nil
}

// PutRegion is a region as a document states it. Revision is the one that the editor has seen.
type PutRegion struct {
	Region
	Force  bool
	DryRun bool
}

func (p PutRegion) name() string { return string(p.Provider) + "." + p.Code }

// PutRegion creates or changes a declared region. Locations keep the country they were read with
// until their scope is read again: the next sync of each source brings the change, as one that the
// history shows.
func (s *Service) PutRegion(ctx context.Context, a audit.Actor, p PutRegion) (PutResult, error) {
	if _, builtIn := cloud.FindRegion(p.Provider, p.Code); builtIn {
		return PutResult{}, fault.Say(fault.Invalid, "The region %s of %s is built in and needs no document. Remove it.", p.Code, p.Provider).In("spec.code")
	}
	return s.put(ctx, p.DryRun, func(tx pgx.Tx) (PutResult, error) { return s.putRegion(ctx, tx, a, p) })
}

func (s *Service) putRegion(ctx context.Context, tx pgx.Tx, a audit.Actor, p PutRegion) (PutResult, error) {
	had, err := s.q.LockRegion(ctx, tx, inventorydb.LockRegionParams{Provider: string(p.Provider), Code: p.Code})
	res, action := PutResult{Action: Created, Revision: 1}, "region.create"
	detail := map[string]any{"to": regionDetail(p.Region)}
	switch {
	case errors.Is(postgres.Classify(err), fault.NotFound):
	case err != nil:
		return PutResult{}, fmt.Errorf("region %s: %w", p.name(), postgres.Classify(err))
	default:
		was := Region{
			Provider: p.Provider, Code: p.Code, Title: had.Title, Country: had.Country, Metro: had.Metro,
			Latitude: had.Latitude, Longitude: had.Longitude, Revision: had.Revision,
		}
		if sameRegion(was, p.Region) {
			return PutResult{Action: Unchanged, Revision: had.Revision}, nil
		}
		if err := checkRevision("region "+p.name(), revisions{have: had.Revision, seen: p.Revision, force: p.Force}); err != nil {
			return PutResult{}, err
		}
		res, action = PutResult{Action: Updated, Revision: had.Revision + 1}, "region.change"
		detail["from"] = regionDetail(was)
	}
	n, err := s.q.PutRegion(ctx, tx, inventorydb.PutRegionParams{
		Provider: string(p.Provider), Code: p.Code, Title: p.Title, Country: p.Country, Metro: p.Metro,
		Latitude: p.Latitude, Longitude: p.Longitude, Had: had.Revision,
	})
	switch {
	case errors.Is(postgres.Classify(err), fault.Invalid):
		return PutResult{}, fault.Say(fault.Invalid, "The country %q of region %s is no code of two capital letters, such as DE.", p.Country, p.name()).In("spec.country").Because(err)
	case err != nil:
		return PutResult{}, fmt.Errorf("write region %s: %w", p.name(), postgres.Classify(err))
	case n == 0:
		return PutResult{}, fault.Say(fault.Conflict, "The region %s was made by somebody else just now. Apply again.", p.name()).In("metadata.revision")
	}
	return res, audit.Append(ctx, tx, audit.Entry{Actor: a, Action: action, Object: "region/" + p.name(), Detail: detail})
}

func regionDetail(r Region) map[string]any {
	return map[string]any{"title": r.Title, "country": r.Country, "metro": r.Metro, "latitude": r.Latitude, "longitude": r.Longitude}
}

// sameRegion compares what a document can say.
func sameRegion(a, b Region) bool {
	same := func(x, y *float64) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return a.Title == b.Title && a.Country == b.Country && a.Metro == b.Metro && same(a.Latitude, b.Latitude) && same(a.Longitude, b.Longitude)
}
