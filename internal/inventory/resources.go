package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// errHidden is what a person gets for what their units do not show: it is not there.
var errHidden = fmt.Errorf("not visible: %w", fault.NotFound)

// Resource is one thing with everything that is known of it.
type Resource struct {
	ID            int64
	Incarnation   int
	Provider      cloud.ProviderID
	NativeID      string
	NativeType    string
	Kind          cloud.Kind
	Name          string
	Account       string
	AccountID     string
	AccountParent string
	UnitID        uuid.UUID
	Unit          string
	UnitTitle     string
	Region        string
	Zone          string
	Portability   cloud.Portability
	Created       time.Time // by the provider's clock; zero: not known
	Tags          []cloud.Tag
	Attributes    json.RawMessage
	State         string // live, missing, gone
	FirstSeen     time.Time
	Since         time.Time // of this version, recorded
	MissingSince  time.Time
	Gone          time.Time
	GoneReason    GoneReason
	Locations     []Location
	Witnesses     []Witness
	Former        []FormerWitness
	Out           []RelationOut
	In            []RelationIn
	History       []Version // newest first, without the present one
}

// Location is one place that one facet touches.
type Location struct {
	Facet     provider.Facet
	Place     string
	Countries []string
	Meaning   cloud.Meaning
	Detail    string
	Evidence  provider.Evidence
	Observed  time.Time // by the source's clock, zero: not told
	Proved    time.Time // when the scope behind it was last read completely
	Since     time.Time
}

// Witness is one source that shows the resource.
type Witness struct {
	ScopeID    int64
	Source     string
	Adapter    string
	API        string
	Account    string
	Region     string
	Rank       provider.Rank
	Manager    string
	Ref        string
	Misses     int
	Since      time.Time
	Proved     time.Time
	ScopeState ScopeState
	Problem    string
	Owner      bool // its description is the one shown
	Said       *Said
}

// Said is what a witness says where another one owns the description.
type Said struct {
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	Region     string          `json:"region"`
	Tags       []cloud.Tag     `json:"tags"`
	Attributes json.RawMessage `json:"attributes"`
}

// FormerWitness is one that no longer shows the resource.
type FormerWitness struct {
	Source, API, Manager, Ref string
	Since, Ended              time.Time
	Reason                    GoneReason
}

// RelationOut leads from the resource to another; ID is 0 where that one is not known, or not visible.
type RelationOut struct {
	Type     provider.RelationType
	Provider cloud.ProviderID
	NativeID string
	ID       int64
	Name     string
	Kind     cloud.Kind
}

// RelationIn leads from another resource to this one.
type RelationIn struct {
	Type     provider.RelationType
	Provider cloud.ProviderID
	ID       int64
	Name     string
	Kind     cloud.Kind
}

// Version is a former state of a resource.
type Version struct {
	From, To    time.Time
	NativeType  string
	Kind        cloud.Kind
	Name        string
	Region      string
	Zone        string
	Portability cloud.Portability
	Tags        []cloud.Tag
	Attributes  json.RawMessage
	State       string
	Reason      string // why the version ended: changed, missing, returned, or a tombstone's reason
}

// historyRows bounds the versions a page shows.
const historyRows = 100

// Resource returns one resource with its locations, witnesses, relations and history.
func (s *Service) Resource(ctx context.Context, acc cloud.Access, id int64) (Resource, error) {
	row, err := s.q.ResourceByID(ctx, s.db, inventorydb.ResourceByIDParams{ID: id, AllUnits: acc.All(), Units: acc.Units()})
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return Resource{}, fault.Say(fault.NotFound, "There is no resource %d, or it belongs to a unit you have no role in.", id)
	}
	if err != nil {
		return Resource{}, fmt.Errorf("resource %d: %w", id, postgres.Classify(err))
	}
	r, err := resourceFromRow(row)
	if err != nil {
		return Resource{}, err
	}
	for _, read := range []func(context.Context, *Resource) error{
		s.readLocations, s.readWitnesses, s.readHistory,
		func(ctx context.Context, r *Resource) error { return s.readRelations(ctx, acc, row.Key, r) },
	} {
		if err := read(ctx, &r); err != nil {
			return Resource{}, fmt.Errorf("resource %d: %w", id, postgres.Classify(err))
		}
	}
	for i := range r.Witnesses {
		r.Witnesses[i].Owner = r.Witnesses[i].ScopeID == row.OwnerScope
	}
	return r, nil
}

func resourceFromRow(row inventorydb.ResourceByIDRow) (Resource, error) {
	r := Resource{
		ID: row.ID, Incarnation: int(row.Incarnation), Provider: cloud.ProviderID(row.Provider), NativeID: row.NativeID,
		NativeType: row.NativeType, Kind: cloud.Kind(row.Kind), Name: row.Name, Account: row.Account, AccountID: row.AccountNative,
		AccountParent: row.AccountParent, UnitID: row.UnitID, Unit: row.Unit, UnitTitle: row.UnitTitle, Region: row.Region, Zone: row.Zone,
		Portability: cloud.Portability(row.Portability), Created: instant(row.CreatedAt), Attributes: row.Attributes, State: row.State,
		FirstSeen: row.FirstSeenAt.UTC(), Since: row.ValidFrom.UTC(), MissingSince: instant(row.MissingSince), Gone: instant(row.GoneAt),
	}
	if row.GoneReason != nil {
		r.GoneReason = GoneReason(*row.GoneReason)
	}
	if err := json.Unmarshal(row.Tags, &r.Tags); err != nil {
		return Resource{}, fmt.Errorf("decode tags of resource %d: %w", row.ID, err)
	}
	return r, nil
}

func (s *Service) readLocations(ctx context.Context, r *Resource) error {
	rows, err := s.q.LocationsOf(ctx, s.db, r.ID)
	if err != nil {
		return err
	}
	for _, l := range rows {
		loc := Location{
			Facet: provider.Facet(l.Facet), Place: l.Place, Countries: l.Countries, Meaning: cloud.Meaning(l.Meaning), Detail: l.Detail,
			Observed: instant(l.ObservedAt), Proved: instant(l.LastOkAt), Since: l.ValidFrom.UTC(),
		}
		if err := json.Unmarshal(l.Evidence, &loc.Evidence); err != nil {
			return fmt.Errorf("decode evidence: %w", err)
		}
		r.Locations = append(r.Locations, loc)
	}
	return nil
}

func (s *Service) readWitnesses(ctx context.Context, r *Resource) error {
	rows, err := s.q.WitnessesOf(ctx, s.db, r.ID)
	if err != nil {
		return err
	}
	for _, w := range rows {
		wit := Witness{
			ScopeID: w.ScopeID, Source: w.Source, Adapter: w.Adapter, API: w.Api, Account: w.Account, Region: w.Region,
			Rank: provider.Rank(w.Rank), Manager: w.Manager, Ref: w.Ref, Misses: int(w.Misses), Since: w.Since.UTC(),
			Proved: instant(w.LastOkAt), ScopeState: ScopeState(w.ScopeState), Problem: w.ProblemText,
		}
		if len(w.Said) > 0 {
			wit.Said = &Said{}
			if err := json.Unmarshal(w.Said, wit.Said); err != nil {
				return fmt.Errorf("decode what a witness says: %w", err)
			}
		}
		r.Witnesses = append(r.Witnesses, wit)
	}
	former, err := s.q.FormerWitnessesOf(ctx, s.db, r.ID)
	if err != nil {
		return err
	}
	for _, f := range former {
		r.Former = append(r.Former, FormerWitness{
			Source: f.Source, API: f.Api, Manager: f.Manager, Ref: f.Ref, Since: f.Since.UTC(), Ended: f.EndedAt.UTC(), Reason: GoneReason(f.Reason),
		})
	}
	return nil
}

func (s *Service) readRelations(ctx context.Context, acc cloud.Access, key uuid.UUID, r *Resource) error {
	out, err := s.q.RelationsFrom(ctx, s.db, inventorydb.RelationsFromParams{ID: r.ID, AllUnits: acc.All(), Units: acc.Units()})
	if err != nil {
		return err
	}
	for _, x := range out {
		rel := RelationOut{Type: provider.RelationType(x.Type), Provider: cloud.ProviderID(x.ToProvider), NativeID: x.ToNative}
		if x.ToID != nil {
			rel.ID, rel.Name, rel.Kind = *x.ToID, *x.ToName, cloud.Kind(*x.ToKind)
		}
		r.Out = append(r.Out, rel)
	}
	in, err := s.q.RelationsTo(ctx, s.db, inventorydb.RelationsToParams{Key: key, AllUnits: acc.All(), Units: acc.Units()})
	if err != nil {
		return err
	}
	for _, x := range in {
		r.In = append(r.In, RelationIn{
			Type: provider.RelationType(x.Type), Provider: cloud.ProviderID(x.FromProvider), ID: x.FromID, Name: x.FromName, Kind: cloud.Kind(x.FromKind),
		})
	}
	return nil
}

func (s *Service) readHistory(ctx context.Context, r *Resource) error {
	rows, err := s.q.HistoryOf(ctx, s.db, inventorydb.HistoryOfParams{ID: r.ID, MaxRows: historyRows})
	if err != nil {
		return err
	}
	for _, h := range rows {
		v := Version{
			From: h.ValidFrom.UTC(), To: h.ValidTo.UTC(), NativeType: h.NativeType, Kind: cloud.Kind(h.Kind), Name: h.Name, Region: h.Region,
			Zone: h.Zone, Portability: cloud.Portability(h.Portability), Attributes: h.Attributes, State: h.State, Reason: h.Reason,
		}
		if err := json.Unmarshal(h.Tags, &v.Tags); err != nil {
			return fmt.Errorf("decode tags of a former version: %w", err)
		}
		r.History = append(r.History, v)
	}
	return nil
}
