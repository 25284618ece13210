package inventory

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// Source is a configured connection that facts are read from.
type Source struct {
	ID       uuid.UUID
	Name     string
	Adapter  string
	Settings json.RawMessage // the adapter's own part of the document
	Every    time.Duration   // rhythm of syncs; 0: only when asked
	UnitID   uuid.UUID       // for accounts that no unit claims
	Unit     string          // its slug
	Enabled  bool
	Revision int64
	Created  time.Time
	Updated  time.Time
}

// SourceState is a source with what its ledger says. Times are zero where there is none.
type SourceState struct {
	Source
	Accounts     int64
	Scopes       int64
	ScopesOK     int64
	ScopesFailed int64 // failed or lost
	ScopesHeld   int64
	Rows         int64
	OldestOK     time.Time // the least fresh scope that was ever read completely
	NewestOK     time.Time
	FailingSince time.Time
	NextDue      time.Time // zero: only when asked
	Recent       []RunTick // up to 48 runs, oldest first
	Open         *Run      // the run that is queued or running now
}

// RunTick is one run in a row of ticks.
type RunTick struct {
	State    RunState
	Finished time.Time
	Problem  string
}

// RunState is how far a run is, or how it ended.
type RunState string

// The run states. Partial: some scopes failed, the others are up to date.
const (
	RunQueued   RunState = "queued"
	RunRunning  RunState = "running"
	RunOK       RunState = "ok"
	RunPartial  RunState = "partial"
	RunFailed   RunState = "failed"
	RunCanceled RunState = "canceled"
)

// Ended reports whether nothing more will happen.
func (s RunState) Ended() bool { return s != RunQueued && s != RunRunning }

// Trigger is why a run began.
type Trigger string

// The triggers.
const (
	BySchedule Trigger = "schedule"
	ByPerson   Trigger = "person"
	ByPush     Trigger = "push"
	ByStart    Trigger = "start"
)

// Run is one sync of one source.
type Run struct {
	ID            uuid.UUID
	SourceID      uuid.UUID
	Source        string
	UnitID        uuid.UUID
	Trigger       Trigger
	RequestedBy   string
	State         RunState
	Queued        time.Time
	Started       time.Time
	Finished      time.Time
	CancelAsked   bool
	Attempt       int
	ScopesPlanned int
	ScopesDone    int
	ScopesFailed  int
	Counts        Counts
	Problem       *provider.Problem // why the run as a whole failed
}

// Counts is what a run or scope did to rows.
type Counts struct {
	Seen, New, Changed, Gone int64
}

func (c *Counts) add(o Counts) {
	c.Seen += o.Seen
	c.New += o.New
	c.Changed += o.Changed
	c.Gone += o.Gone
}

// ScopeState is what the ledger says of a scope.
type ScopeState string

// The scope states. Held: the brake keeps rows that a listing no longer shows. Lost: the source no
// longer offers the scope, and nobody said that it should go.
const (
	ScopePlanned ScopeState = "planned"
	ScopeRunning ScopeState = "running"
	ScopeOK      ScopeState = "ok"
	ScopeFailed  ScopeState = "failed"
	ScopeHeld    ScopeState = "held"
	ScopeLost    ScopeState = "lost"
	ScopeRemoved ScopeState = "removed"
)

// Scope is one line of the ledger: what was last read completely, when, and why not since.
type Scope struct {
	ID             int64
	SourceID       uuid.UUID
	Source         string
	Provider       cloud.ProviderID
	AccountID      string // the provider's id
	Account        string
	UnitID         uuid.UUID
	Region         string
	API            string
	Kinds          []string
	Rank           provider.Rank
	Manager        string
	Eventual       bool
	State          ScopeState
	Problem        *provider.Problem
	FailingSince   time.Time
	LastAttempt    time.Time
	LastOK         time.Time // recorded
	LastOKObserved time.Time // by the source's clock, zero where it does not tell
	Rows           int64
	Lineage        string
	Serial         int64
	HeldRows       int64
	HeldRelease    bool
}

// Unit is a business unit.
type Unit struct {
	ID       uuid.UUID
	ParentID *uuid.UUID
	Slug     string
	Title    string
	Owner    string
	Revision int64
	Accounts []cloud.AccountRef // what it claims
}

// GoneReason says why a tombstone was set.
type GoneReason string

// The reasons.
const (
	GoneDeleted        GoneReason = "deleted"
	GoneScopeRemoved   GoneReason = "scope_removed"
	GonePermissionLost GoneReason = "permission_lost"
	GoneSourceChanged  GoneReason = "source_changed"
	GoneSuperseded     GoneReason = "superseded"
)

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func nullable(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
