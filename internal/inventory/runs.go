package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

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

type newRun struct {
	Source      uuid.UUID
	Trigger     Trigger
	RequestedBy string
	Payload     []byte
}

// insertRun makes a run, or finds the one that is open already.
func insertRun(ctx context.Context, tx inventorydb.DBTX, n newRun) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a run id: %w", err)
	}
	q := inventorydb.New()
	id, err = q.InsertRun(ctx, tx, inventorydb.InsertRunParams{
		ID: id, SourceID: n.Source, Trigger: string(n.Trigger), RequestedBy: n.RequestedBy, Payload: n.Payload,
	})
	if err == nil {
		return id, nil
	}
	if !errors.Is(postgres.Classify(err), fault.NotFound) {
		return uuid.Nil, fmt.Errorf("make a run: %w", postgres.Classify(err))
	}
	open, err := q.OpenRun(ctx, tx, n.Source)
	if err != nil {
		return uuid.Nil, fmt.Errorf("find the open run: %w", postgres.Classify(err))
	}
	if n.Payload != nil {
		return uuid.Nil, fault.Say(fault.Conflict, "A sync of this source is running (run %s). Push again when it has ended.", open.ID)
	}
	return open.ID, nil
}

// SyncNow asks for a sync of a source and returns its run; a run that is open already is joined.
func (s *Service) SyncNow(ctx context.Context, a audit.Actor, name string) (Run, error) {
	return s.request(ctx, a, name, "sync.request", newRun{Trigger: ByPerson, RequestedBy: a.Name})
}

// Push hands in what a team's pipeline sent for a source.
func (s *Service) Push(ctx context.Context, a audit.Actor, name string, payload []byte) (Run, error) {
	return s.request(ctx, a, name, "sync.push", newRun{Trigger: ByPush, RequestedBy: a.Name, Payload: payload})
}

func (s *Service) request(ctx context.Context, a audit.Actor, name, action string, n newRun) (Run, error) {
	var id uuid.UUID
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		src, err := s.q.SourceByName(ctx, tx, name)
		if err != nil {
			return sourceNotFound(name, err)
		}
		if !src.Enabled && n.Payload == nil {
			return fault.Say(fault.Conflict, "The source %s is switched off. Switch it on (spec.enabled: true) to sync it.", name)
		}
		n.Source = src.ID
		if n.Payload != nil {
			if n.Payload, err = s.acceptPush(src.Adapter, src.Settings, n.Payload); err != nil {
				return err
			}
		}
		if id, err = insertRun(ctx, tx, n); err != nil {
			return err
		}
		err = audit.Append(ctx, tx, audit.Entry{Actor: a, Action: action, Object: "source/" + name, Unit: &src.UnitID, Detail: map[string]any{"run": id}})
		if err != nil {
			return err
		}
		return jobs.MakeDue(ctx, tx, SyncWork, src.ID.String())
	})
	if err != nil {
		return Run{}, err
	}
	return s.Run(ctx, cloud.FullAccess(), id)
}

// acceptPush lets the adapter look at a pushed body before anything of it is stored.
func (s *Service) acceptPush(adapter string, settings json.RawMessage, body []byte) ([]byte, error) {
	f, err := s.adapter(adapter)
	if err != nil {
		return nil, err
	}
	if f.AcceptPush == nil {
		return nil, fault.Say(fault.Conflict, "Sources of the adapter %s take no pushes.", adapter)
	}
	return f.AcceptPush(settings, body)
}

// CancelRun asks a run to stop; what it has merged stays, and nothing it has not listed is gone.
func (s *Service) CancelRun(ctx context.Context, a audit.Actor, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.AskCancel(ctx, tx, id)
		if err != nil {
			return fmt.Errorf("cancel run %s: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.Conflict, "Run %s has ended already, or does not exist.", id)
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "sync.cancel", Object: "run/" + id.String()})
	})
}

// Run returns one run. Runs are visible to whoever sees the source.
func (s *Service) Run(ctx context.Context, acc cloud.Access, id uuid.UUID) (Run, error) {
	row, err := s.q.RunByID(ctx, s.db, id)
	if err == nil {
		err = s.mustSee(ctx, acc, row.SourceID, row.UnitID)
	}
	if errors.Is(postgres.Classify(err), fault.NotFound) {
		return Run{}, fault.Say(fault.NotFound, "There is no run %s.", id).Because(err)
	}
	if err != nil {
		return Run{}, fmt.Errorf("run %s: %w", id, postgres.Classify(err))
	}
	return runFromRow(inventorydb.OpenRunsRow(row)), nil
}

// Runs returns the newest runs of a source, newest first.
func (s *Service) Runs(ctx context.Context, source uuid.UUID, limit int32) ([]Run, error) {
	rows, err := s.q.RunsOfSource(ctx, s.db, inventorydb.RunsOfSourceParams{SourceID: source, MaxRows: limit})
	if err != nil {
		return nil, fmt.Errorf("runs of source %s: %w", source, postgres.Classify(err))
	}
	out := make([]Run, len(rows))
	for i, r := range rows {
		out[i] = runFromRow(inventorydb.OpenRunsRow(r))
	}
	return out, nil
}

// FailedScope is one scope that a run could not close.
type FailedScope struct {
	ID                        int64
	Provider                  cloud.ProviderID
	Account, Region, API      string
	State                     ScopeState
	ProblemCode, Problem, Fix string
}

// FailedScopes returns what went wrong in a run with accounts that acc sees, at most 200 scopes.
func (s *Service) FailedScopes(ctx context.Context, acc cloud.Access, run uuid.UUID) ([]FailedScope, error) {
	rows, err := s.q.FailedScopesOfRun(ctx, s.db, inventorydb.FailedScopesOfRunParams{RunID: run, AllUnits: acc.All(), Units: acc.Units()})
	if err != nil {
		return nil, fmt.Errorf("failed scopes of run %s: %w", run, postgres.Classify(err))
	}
	out := make([]FailedScope, len(rows))
	for i, r := range rows {
		out[i] = FailedScope{
			ID: r.ID, Provider: cloud.ProviderID(r.Provider), Account: r.Account, Region: r.Region, API: r.Api, State: ScopeState(r.State),
			ProblemCode: r.ProblemCode, Problem: r.ProblemText, Fix: r.ProblemFix,
		}
	}
	return out, nil
}

func runFromRow(r inventorydb.OpenRunsRow) Run {
	run := Run{
		ID: r.ID, SourceID: r.SourceID, Source: r.Source, UnitID: r.UnitID, Trigger: Trigger(r.Trigger), RequestedBy: r.RequestedBy,
		State: RunState(r.State), Queued: r.QueuedAt.UTC(), Started: instant(r.StartedAt), Finished: instant(r.FinishedAt),
		CancelAsked: r.Cancel, Attempt: int(r.Attempt),
		ScopesPlanned: int(r.ScopesPlanned), ScopesDone: int(r.ScopesDone), ScopesFailed: int(r.ScopesFailed),
		Counts: Counts{Seen: r.RowsSeen, New: r.RowsNew, Changed: r.RowsChanged, Gone: r.RowsGone},
	}
	if r.ProblemCode != "" {
		run.Problem = &provider.Problem{Code: provider.ProblemCode(r.ProblemCode), Text: r.ProblemText, Fix: r.ProblemFix}
	}
	return run
}
