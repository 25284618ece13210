// Package audit records who did what to the world: every change and every sign-in. It alone writes
// audit_entries, and only ever appends: the database refuses the rest. Start at Append.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit/auditdb"
	"github.com/causeway/causeway/internal/postgres"
)

// ActorKind says what kind of thing acted.
type ActorKind string

// The kinds of actors.
const (
	Person ActorKind = "person"
	Token  ActorKind = "token"
	Runner ActorKind = "runner"
	System ActorKind = "system"
)

// Outcome is how the act ended.
type Outcome string

// The outcomes. Denied entries are kept too: who tried matters.
const (
	Done   Outcome = "done"
	Denied Outcome = "denied"
	Failed Outcome = "failed"
)

// Actor is who acts, from where, in which request.
type Actor struct {
	Name      string // as they sign in, or the token's name
	Kind      ActorKind
	Remote    string
	RequestID string
}

// SystemActor is the console itself, acting by schedule.
func SystemActor() Actor { return Actor{Name: "system", Kind: System} }

// Entry is one act. At and Seq are the database's.
type Entry struct {
	Seq     int64
	ID      uuid.UUID
	At      time.Time
	Actor   Actor
	Action  string // noun.verb: "source.create"
	Outcome Outcome
	Object  string // kind/name: "source/prod-aws"
	Unit    *uuid.UUID
	Detail  map[string]any // what changed, without secrets
}

// Append writes e in the caller's transaction, so that the act and its record are one.
func Append(ctx context.Context, tx auditdb.DBTX, e Entry) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("encode audit entry %s: %w", e.Action, err)
	}
	if e.Detail == nil {
		detail = []byte("{}")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make an audit id: %w", err)
	}
	if e.Outcome == "" {
		e.Outcome = Done
	}
	err = auditdb.New().AppendEntry(ctx, tx, auditdb.AppendEntryParams{
		ID: id, Actor: e.Actor.Name, ActorKind: string(e.Actor.Kind), Action: e.Action, Outcome: string(e.Outcome),
		Object: e.Object, UnitID: e.Unit, RequestID: e.Actor.RequestID, Remote: e.Actor.Remote, Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("append audit entry %s: %w", e.Action, postgres.Classify(err))
	}
	return nil
}

// Recent returns the newest entries, newest first, at most limit. A non-empty object narrows to it.
func Recent(ctx context.Context, db auditdb.DBTX, object string, limit int32) ([]Entry, error) {
	rows, err := auditdb.New().Entries(ctx, db, auditdb.EntriesParams{Before: math.MaxInt64, Object: object, MaxRows: limit})
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", postgres.Classify(err))
	}
	out := make([]Entry, len(rows))
	for i, r := range rows {
		if out[i], err = entryFromRow(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func entryFromRow(r auditdb.AuditEntry) (Entry, error) {
	e := Entry{
		Seq: r.Seq, ID: r.ID, At: r.At, Action: r.Action, Outcome: Outcome(r.Outcome), Object: r.Object, Unit: r.UnitID,
		Actor: Actor{Name: r.Actor, Kind: ActorKind(r.ActorKind), Remote: r.Remote, RequestID: r.RequestID},
	}
	if err := json.Unmarshal(r.Detail, &e.Detail); err != nil {
		return Entry{}, fmt.Errorf("decode audit entry %s: %w", r.ID, err)
	}
	return e, nil
}
