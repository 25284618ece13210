package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider"
)

// DB is a pool: queries, and transactions.
type DB interface {
	inventorydb.DBTX
	postgres.Beginner
}

// Service is what pages, the API and commands use of the inventory.
type Service struct {
	db        DB
	q         *inventorydb.Queries
	factories []provider.Factory
	syncer    *Syncer
}

// NewService returns the service over a database, with the adapters it may configure. The syncer
// is used for what a person asks of single scopes.
func NewService(db DB, factories []provider.Factory, syncer *Syncer) *Service {
	return &Service{db: db, q: inventorydb.New(), factories: factories, syncer: syncer}
}

// Adapters are the kinds of sources that can be connected.
func (s *Service) Adapters() []provider.Factory { return s.factories }

func (s *Service) adapter(name string) (provider.Factory, error) {
	known := make([]string, 0, len(s.factories))
	for _, f := range s.factories {
		if f.Adapter == name {
			return f, nil
		}
		known = append(known, f.Adapter)
	}
	return provider.Factory{}, fault.Say(fault.Invalid, "There is no adapter %q. Known are: %s.", name, joinWords(known)).In("spec.adapter")
}

// Sources returns the configured sources of units that acc sees, by name.
func (s *Service) Sources(ctx context.Context, acc cloud.Access) ([]Source, error) {
	rows, err := s.q.Sources(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read sources: %w", postgres.Classify(err))
	}
	var out []Source
	for _, r := range rows {
		if acc.Sees(r.UnitID.String()) {
			out = append(out, sourceFromRow(r))
		}
	}
	return out, nil
}

// Source returns one source by name, if acc sees its unit or an account that it reads.
func (s *Service) Source(ctx context.Context, acc cloud.Access, name string) (Source, error) {
	row, err := s.q.SourceByName(ctx, s.db, name)
	if err == nil {
		err = s.mustSee(ctx, acc, row.ID, row.UnitID)
	}
	if err != nil {
		return Source{}, sourceNotFound(name, err)
	}
	return sourceFromRow(inventorydb.SourcesRow(row)), nil
}

// mustSee is an error unless acc sees the source's unit, or an account that it reads.
func (s *Service) mustSee(ctx context.Context, acc cloud.Access, source, unit uuid.UUID) error {
	if acc.Sees(unit.String()) {
		return nil
	}
	reaches, err := s.q.SourceReaches(ctx, s.db, inventorydb.SourceReachesParams{SourceID: source, Units: acc.Units()})
	if err == nil && !reaches {
		return pgx.ErrNoRows
	}
	return err
}

func sourceNotFound(name string, err error) error {
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return fault.Say(fault.NotFound, "There is no source %q.", name)
	}
	return fmt.Errorf("source %s: %w", name, postgres.Classify(err))
}

func sourceFromRow(r inventorydb.SourcesRow) Source {
	src := Source{
		ID: r.ID, Name: r.Name, Adapter: r.Adapter, Settings: r.Settings, UnitID: r.UnitID, Unit: r.Unit, Enabled: r.Enabled,
		Revision: r.Revision, Created: r.CreatedAt.UTC(), Updated: r.UpdatedAt.UTC(),
	}
	if r.Every != nil {
		src.Every = *r.Every
	}
	return src
}

// PutResult says what a document did.
type PutResult struct {
	Action   PutAction
	Revision int64
}

// PutAction is what Put did.
type PutAction string

// The actions.
const (
	Created   PutAction = "created"
	Updated   PutAction = "updated"
	Unchanged PutAction = "unchanged"
)

// PutSource is a source as a document or form states it.
type PutSource struct {
	Name     string
	Adapter  string
	Settings json.RawMessage
	Every    time.Duration
	Unit     string // slug; "" the root
	Enabled  bool
	// Revision the editor has seen; 0: the document does not say. It then overwrites what documents
	// said before, but not what somebody changed on a page, unless Force is set.
	Revision int64
	ByHand   bool // the edit comes from a page and not from a document
	Force    bool
	DryRun   bool
}

// shortestRhythm keeps a typing mistake from hammering a provider.
const shortestRhythm = 10 * time.Second

// PutSource creates or changes a source. Its adapter is fixed once it exists.
func (s *Service) PutSource(ctx context.Context, a audit.Actor, p PutSource) (PutResult, error) {
	f, err := s.adapter(p.Adapter)
	if err != nil {
		return PutResult{}, err
	}
	if len(p.Settings) == 0 || string(p.Settings) == "null" {
		p.Settings = json.RawMessage("{}")
	}
	if err := f.Check(p.Settings); err != nil {
		return PutResult{}, err
	}
	if p.Every != 0 && p.Every < shortestRhythm {
		return PutResult{}, fault.Say(fault.Invalid, "A sync every %s is too often; the shortest rhythm is %s.", p.Every, shortestRhythm).In("spec.schedule")
	}
	var res PutResult
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if res, err = s.putSource(ctx, tx, a, p); err != nil {
			return err
		}
		if p.DryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return res, err
}

// errDryRun rolls a transaction back whose outcome was only wanted to be known.
var errDryRun = errors.New("dry run")

func (s *Service) putSource(ctx context.Context, tx pgx.Tx, a audit.Actor, p PutSource) (PutResult, error) {
	unit, err := s.unitID(ctx, tx, p.Unit)
	if err != nil {
		return PutResult{}, err
	}
	every := &p.Every
	if p.Every == 0 {
		every = nil
	}
	locked, err := s.q.LockSource(ctx, tx, p.Name)
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return s.createSource(ctx, tx, a, p, unit, every)
	}
	if err != nil {
		return PutResult{}, fmt.Errorf("source %s: %w", p.Name, postgres.Classify(err))
	}
	row, err := s.q.SourceByID(ctx, tx, locked.ID)
	if err != nil {
		return PutResult{}, fmt.Errorf("source %s: %w", p.Name, postgres.Classify(err))
	}
	had := sourceFromRow(inventorydb.SourcesRow(row))
	if had.Adapter != p.Adapter {
		return PutResult{}, fault.Say(fault.Conflict, "The source %s reads by the adapter %s; that cannot change to %s. Delete it, or choose another name.", p.Name, had.Adapter, p.Adapter).In("spec.adapter")
	}
	if sameJSON(had.Settings, p.Settings) && had.Every == p.Every && had.UnitID == unit && had.Enabled == p.Enabled {
		return PutResult{Action: Unchanged, Revision: had.Revision}, nil
	}
	if err := checkRevision("source "+p.Name, revisions{have: had.Revision, seen: p.Revision, byHand: locked.ByHand, force: p.Force}); err != nil {
		return PutResult{}, err
	}
	err = s.q.UpdateSource(ctx, tx, inventorydb.UpdateSourceParams{ID: had.ID, Settings: p.Settings, Every: every, UnitID: unit, Enabled: p.Enabled, ByHand: p.ByHand})
	if err != nil {
		return PutResult{}, fmt.Errorf("change source %s: %w", p.Name, postgres.Classify(err))
	}
	rhythm := p.Every
	if !p.Enabled {
		rhythm = 0
	}
	if err := jobs.Schedule(ctx, tx, SyncWork, had.ID.String(), rhythm); err != nil {
		return PutResult{}, err
	}
	err = audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "source.change", Object: "source/" + p.Name, Unit: &unit, Detail: map[string]any{
		"from": map[string]any{"settings": had.Settings, "every": had.Every.String(), "unit": had.Unit, "enabled": had.Enabled},
		"to":   map[string]any{"settings": p.Settings, "every": p.Every.String(), "unit": p.Unit, "enabled": p.Enabled},
	}})
	return PutResult{Action: Updated, Revision: had.Revision + 1}, err
}

func (s *Service) createSource(ctx context.Context, tx pgx.Tx, a audit.Actor, p PutSource, unit uuid.UUID, every *time.Duration) (PutResult, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return PutResult{}, fmt.Errorf("make a source id: %w", err)
	}
	err = s.q.InsertSource(ctx, tx, inventorydb.InsertSourceParams{
		ID: id, Name: p.Name, Adapter: p.Adapter, Settings: p.Settings, Every: every, UnitID: unit, Enabled: p.Enabled, ByHand: p.ByHand,
	})
	if err != nil {
		if errors.Is(postgres.Classify(err), fault.Invalid) {
			return PutResult{}, fault.Say(fault.Invalid, "The name %q cannot be used: small letters, digits, dots and dashes, at most 63, beginning with a letter or digit.", p.Name).In("metadata.name").Because(err)
		}
		return PutResult{}, fmt.Errorf("create source %s: %w", p.Name, postgres.Classify(err))
	}
	rhythm := p.Every
	if !p.Enabled {
		rhythm = 0
	}
	if err := jobs.Schedule(ctx, tx, SyncWork, id.String(), rhythm); err != nil {
		return PutResult{}, err
	}
	err = audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "source.create", Object: "source/" + p.Name, Unit: &unit, Detail: map[string]any{
		"adapter": p.Adapter, "settings": p.Settings, "every": p.Every.String(), "enabled": p.Enabled,
	}})
	return PutResult{Action: Created, Revision: 1}, err
}

// revisions are what decides whether an edit may overwrite what is there.
type revisions struct {
	have   int64
	seen   int64 // by the editor; 0: a document that does not say
	byHand bool  // the last edit was made on a page
	force  bool
}

// checkRevision refuses to overwrite an edit that the editor has not seen.
func checkRevision(what string, r revisions) error {
	switch {
	case r.force || r.seen == r.have, r.seen == 0 && !r.byHand:
		return nil
	case r.seen == 0:
		return fault.Say(fault.Conflict, "The %s was changed on a page since documents were last applied; it has revision %d now. Export it, merge, and apply again, or force it.", what, r.have).In("metadata.revision")
	}
	return fault.Say(fault.Conflict, "The %s was changed meanwhile: you edit revision %d, the console has revision %d. Export it again, or force it.", what, r.seen, r.have).In("metadata.revision")
}

// DeleteSource ends a source: its witnesses end as scope_removed, history stays.
func (s *Service) DeleteSource(ctx context.Context, a audit.Actor, name string) error {
	var id uuid.UUID
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		src, err := s.q.SourceByName(ctx, tx, name)
		if err != nil {
			return sourceNotFound(name, err)
		}
		id = src.ID
		if _, err := s.q.DeleteSource(ctx, tx, id); err != nil {
			return fmt.Errorf("delete source %s: %w", name, postgres.Classify(err))
		}
		if err := s.q.StopRuns(ctx, tx, id); err != nil {
			return fmt.Errorf("stop the sync of source %s: %w", name, postgres.Classify(err))
		}
		if err := jobs.Unschedule(ctx, tx, SyncWork, id.String()); err != nil {
			return err
		}
		if err := jobs.Schedule(ctx, tx, RetireWork, id.String(), retireEvery); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "source.delete", Object: "source/" + name, Unit: &src.UnitID})
	})
	return err
}

// RetireWork ends what a deleted source witnessed; its key is the source's id. It repeats until
// nothing is left, because a run may still be listing.
const RetireWork jobs.Kind = "retire-source"

const retireEvery = 30 * time.Second

// HandleRetire is the jobs.Handler of RetireWork.
func (s *Service) HandleRetire(ctx context.Context, w jobs.Work) error {
	id, err := uuid.Parse(w.Key)
	if err != nil {
		return fmt.Errorf("retire source %q: %w", w.Key, err)
	}
	scopes, err := s.q.ScopesOfSource(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scopes of source %s: %w", id, postgres.Classify(err))
	}
	busy := false
	for _, scope := range scopes {
		err := s.syncer.removeScope(ctx, scope, GoneScopeRemoved)
		if err != nil && !errors.Is(err, errBusy) {
			return err
		}
		busy = busy || err != nil
	}
	ended, err := s.q.EndRuns(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("end the sync of source %s: %w", id, postgres.Classify(err))
	}
	if busy || ended > 0 {
		return nil // a process may not have noticed yet, and may still plan scopes
	}
	return jobs.Unschedule(ctx, s.db, RetireWork, w.Key)
}

// RemoveScope ends one lost scope for good: a person says that it was closed on purpose.
func (s *Service) RemoveScope(ctx context.Context, a audit.Actor, id int64) error {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	if ScopeState(row.State) != ScopeLost {
		return fault.Say(fault.Conflict, "Only a scope that its source no longer offers can be removed; this one is %s.", row.State)
	}
	if err := audit.Append(ctx, s.db, audit.Entry{Actor: a, Action: "scope.remove", Object: "source/" + row.Source, Detail: scopeDetail(row)}); err != nil {
		return err
	}
	err = s.syncer.removeScope(ctx, id, GoneScopeRemoved)
	if errors.Is(err, errBusy) {
		return fault.Say(fault.Conflict, "A sync reads this scope right now, so its source offers it again.")
	}
	return err
}

// ReleaseHeld lets the rows go that the brake holds, and asks for a sync that does it.
func (s *Service) ReleaseHeld(ctx context.Context, a audit.Actor, id int64) (Run, error) {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return Run{}, fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.ReleaseHeld(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("release scope %d: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.Conflict, "Nothing of this scope is held any more.")
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "scope.release", Object: "source/" + row.Source, Detail: scopeDetail(row)})
	})
	if err != nil {
		return Run{}, err
	}
	return s.SyncNow(ctx, a, row.Source)
}

// KeepHeld keeps what the brake holds; the next complete listing asks again.
func (s *Service) KeepHeld(ctx context.Context, a audit.Actor, id int64) error {
	row, err := s.q.ScopeByID(ctx, s.db, id)
	if err != nil {
		return fmt.Errorf("scope %d: %w", id, postgres.Classify(err))
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.KeepHeld(ctx, tx, inventorydb.KeepHeldParams{ID: id, ProblemText: fmt.Sprintf("%s Kept by %s.", row.ProblemText, a.Name)})
		if err != nil {
			return fmt.Errorf("keep scope %d: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.Conflict, "Nothing of this scope is held any more.")
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "scope.keep", Object: "source/" + row.Source, Detail: scopeDetail(row)})
	})
}

func scopeDetail(r inventorydb.ScopeByIDRow) map[string]any {
	return map[string]any{"scope": r.ID, "account": r.AccountNative, "region": r.Region, "api": r.Api, "held": r.HeldRows}
}

// TestSource tries every call a source needs.
func (s *Service) TestSource(ctx context.Context, name string) ([]provider.TestResult, error) {
	row, err := s.q.SourceByName(ctx, s.db, name)
	if err != nil {
		return nil, sourceNotFound(name, err)
	}
	return s.TestSettings(ctx, row.Adapter, row.Name, row.Settings)
}

// TestSettings tries settings that need not be saved yet.
func (s *Service) TestSettings(ctx context.Context, adapter, name string, settings json.RawMessage) ([]provider.TestResult, error) {
	f, err := s.adapter(adapter)
	if err != nil {
		return nil, err
	}
	if err := f.Check(settings); err != nil {
		return nil, err
	}
	reader, err := f.Open(ctx, provider.Source{
		Name: name, Settings: settings, Secret: s.syncer.cfg.Secret, Limit: s.syncer.limits, Clock: s.syncer.cfg.Clock,
	})
	if err != nil {
		p := provider.ProblemOf(err)
		return []provider.TestResult{{Permission: provider.Permission{Call: "sign in", Why: "everything"}, Problem: p.Text, Fix: p.Fix}}, nil
	}
	defer reader.Close()
	t, ok := reader.(provider.Tester)
	if !ok {
		return nil, fault.Say(fault.Invalid, "The adapter %s needs no rights that could be tested.", adapter)
	}
	var out []provider.TestResult
	for r, err := range t.Test(ctx) {
		if err != nil {
			p := provider.ProblemOf(err)
			out = append(out, provider.TestResult{Permission: provider.Permission{Call: "discovery", Why: "accounts and regions"}, Problem: p.Text, Fix: p.Fix})
			break
		}
		out = append(out, r)
	}
	return out, nil
}

// sameJSON compares two documents, whatever their spelling.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	ax, errA := json.Marshal(x)
	by, errB := json.Marshal(y)
	return errA == nil && errB == nil && string(ax) == string(by)
}

func joinWords(words []string) string {
	slices.Sort(words)
	var out strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			out.WriteString(" and ")
		default:
			out.WriteString(", ")
		}
		out.WriteString(w)
	}
	return out.String()
}
