package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth/authdb"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

// identity is what an identity provider vouches for.
type identity struct {
	issuer, subject, name, title string
	groups                       []string
	idToken                      string
}

// SignedIn is a sign-in that worked.
type SignedIn struct {
	Token     string // for the cookie; it is not kept anywhere else
	Principal Principal
	ReturnTo  string
}

// start makes the session, replacing the one the browser had. Nobody without a role gets one.
func (s *Service) start(ctx context.Context, who identity, o Origin, oldToken string) (SignedIn, error) {
	var out SignedIn
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		p, err := s.savePerson(ctx, tx, who)
		if err != nil {
			return err
		}
		if len(p.rights) == 0 {
			return fault.Say(fault.Denied, "%s is known, but has no role in this console. Ask an administrator for a role, or to map one of your %d groups to one.", who.name, len(who.groups))
		}
		if oldToken != "" {
			if _, err := s.q.EndSession(ctx, tx, hash(oldToken)); err != nil && !errors.Is(fault.Kind(postgres.Classify(err)), fault.NotFound) {
				return fmt.Errorf("end the former session: %w", postgres.Classify(err))
			}
		}
		if p.Session, err = uuid.NewV7(); err != nil {
			return fmt.Errorf("make a session id: %w", err)
		}
		out = SignedIn{Token: secret(), Principal: p}
		err = s.q.AddSession(ctx, tx, authdb.AddSessionParams{
			ID: p.Session, TokenHash: hash(out.Token), PersonID: p.ID, Rights: p.rights.fingerprint(), IDToken: who.idToken,
			Remote: o.Remote, Agent: clip(o.Agent, 300), Lasts: s.absolute,
		})
		if err != nil {
			return fmt.Errorf("start a session: %w", postgres.Classify(err))
		}
		return record(ctx, tx, audit.Entry{
			Actor: p.Actor(o), Action: "session.sign_in", Object: "person/" + p.Name,
			Detail: map[string]any{"issuer": who.issuer, "roles": p.Roles()},
		})
	})
	return out, err
}

func (s *Service) savePerson(ctx context.Context, tx pgx.Tx, who identity) (Principal, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Principal{}, fmt.Errorf("make a person's id: %w", err)
	}
	id, err = s.q.SavePerson(ctx, tx, authdb.SavePersonParams{
		ID: id, Issuer: who.issuer, Subject: who.subject, Name: who.name, Title: who.title, Groups: who.groups,
	})
	if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.Conflict) {
		// Rights are granted to names; a second person of that name must not inherit them.
		return Principal{}, fault.Say(fault.Denied, "The name %s belongs to another account at the identity provider. If that account is gone, an administrator can release the name.", who.name).Because(err)
	}
	if err != nil {
		return Principal{}, fmt.Errorf("save person %s: %w", who.name, err)
	}
	held, err := s.rightsOf(ctx, tx, who.issuer, who.name, who.groups)
	if err != nil {
		return Principal{}, err
	}
	return Principal{Kind: Person, ID: id, Name: who.name, Title: who.title, rights: held}, nil
}

// failed records a sign-in that did not work and passes its error on.
func (s *Service) failed(ctx context.Context, o Origin, name string, cause error) error {
	actor := audit.Actor{Name: name, Kind: audit.Person, Remote: o.Remote, RequestID: o.RequestID}
	if name == "" {
		actor.Name = "nobody"
	}
	text, ok := fault.Text(cause)
	if !ok {
		text = "internal error"
	}
	outcome := audit.Failed
	if errors.Is(fault.Kind(cause), fault.Denied) {
		outcome = audit.Denied
	}
	// The browser may be gone; that it tried is kept all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := audit.Append(ctx, s.db, audit.Entry{
		Actor: actor, Action: "session.sign_in", Outcome: outcome, Detail: map[string]any{"reason": text},
	})
	if err != nil {
		return fmt.Errorf("%w (and its audit entry: %w)", cause, err)
	}
	return cause
}

// Session finds who a cookie belongs to. Unknown and expired tokens are fault.NotFound. When the
// person's rights have changed since the token was made, rotated is the token to use from now on.
func (s *Service) Session(ctx context.Context, token string) (p Principal, rotated string, err error) {
	r, err := s.q.FindSession(ctx, s.db, authdb.FindSessionParams{TokenHash: hash(token), Grace: rotationGrace, Idle: s.idle})
	if err != nil {
		return Principal{}, "", fmt.Errorf("find the session: %w", postgres.Classify(err))
	}
	p = Principal{
		Kind: Person, ID: r.PersonID, Name: r.Name, Title: r.Title, Session: r.ID,
		Settings: Settings{Zone: r.Zone, Theme: r.Theme, Contrast: r.Contrast, Density: r.Density, SingleKeys: r.SingleKeys},
	}
	if p.rights, err = s.rightsOf(ctx, s.db, r.Issuer, r.Name, r.Groups); err != nil {
		return Principal{}, "", err
	}
	if r.Stale {
		if err := s.q.TouchSession(ctx, s.db, r.ID); err != nil {
			return Principal{}, "", fmt.Errorf("touch the session: %w", postgres.Classify(err))
		}
	}
	if now := p.rights.fingerprint(); r.Newest && now != r.Rights {
		if rotated, err = s.rotate(ctx, r.ID, token, now); err != nil {
			return Principal{}, "", err
		}
	}
	return p, rotated, nil
}

// rotate returns "" when another request was first.
func (s *Service) rotate(ctx context.Context, id uuid.UUID, old, rights string) (string, error) {
	fresh := secret()
	n, err := s.q.RotateSession(ctx, s.db, authdb.RotateSessionParams{ID: id, OldHash: hash(old), NewHash: hash(fresh), Rights: rights})
	if err != nil {
		return "", fmt.Errorf("rotate the session: %w", postgres.Classify(err))
	}
	if n == 0 {
		return "", nil
	}
	return fresh, nil
}

// SignOut ends the session of a cookie. leave is where the browser should go to end its session at
// the identity provider too; "" when there is no such place. A session that is gone already is no error.
func (s *Service) SignOut(ctx context.Context, token string, o Origin) (leave string, err error) {
	var ended authdb.EndSessionRow
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var err error
		ended, err = s.q.EndSession(ctx, tx, hash(token))
		if err != nil {
			return fmt.Errorf("end the session: %w", postgres.Classify(err))
		}
		who := Principal{Kind: Person, Name: ended.Name}
		return record(ctx, tx, audit.Entry{Actor: who.Actor(o), Action: "session.sign_out", Object: "person/" + ended.Name})
	})
	if errors.Is(fault.Kind(err), fault.NotFound) {
		return "", nil
	}
	if err != nil || s.oidc == nil || ended.Issuer != s.oidc.issuer {
		return "", err
	}
	return s.oidc.logoutURL(ended.IDToken), nil
}

// SessionInfo is one of a person's sessions as they see it.
type SessionInfo struct {
	ID                          uuid.UUID
	Remote, Agent               string
	Started, LastSeen, ExpireAt time.Time
}

// Sessions lists the person's own sessions, the last used first.
func (s *Service) Sessions(ctx context.Context, p Principal) ([]SessionInfo, error) {
	rows, err := s.q.SessionsOf(ctx, s.db, authdb.SessionsOfParams{PersonID: p.ID, Idle: s.idle})
	if err != nil {
		return nil, fmt.Errorf("list the sessions of %s: %w", p.Name, postgres.Classify(err))
	}
	out := make([]SessionInfo, len(rows))
	for i, r := range rows {
		out[i] = SessionInfo{ID: r.ID, Remote: r.Remote, Agent: r.Agent, Started: r.CreatedAt, LastSeen: r.LastSeenAt, ExpireAt: r.ExpiresAt}
	}
	return out, nil
}

// EndSession ends one of the person's own sessions.
func (s *Service) EndSession(ctx context.Context, p Principal, id uuid.UUID, o Origin) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.EndOwnSession(ctx, tx, authdb.EndOwnSessionParams{ID: id, PersonID: p.ID})
		if err != nil {
			return fmt.Errorf("end session %s: %w", id, postgres.Classify(err))
		}
		if n == 0 {
			return fault.Say(fault.NotFound, "That session has ended already.")
		}
		return record(ctx, tx, audit.Entry{Actor: p.Actor(o), Action: "session.end", Object: "person/" + p.Name, Detail: map[string]any{"session": id}})
	})
}

// EndOtherSessions signs the person out everywhere else and says of how many sessions.
func (s *Service) EndOtherSessions(ctx context.Context, p Principal, o Origin) (int64, error) {
	var n int64
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var err error
		n, err = s.q.EndSessionsOf(ctx, tx, authdb.EndSessionsOfParams{PersonID: p.ID, Kept: p.Session})
		if err != nil {
			return fmt.Errorf("end the other sessions of %s: %w", p.Name, postgres.Classify(err))
		}
		return record(ctx, tx, audit.Entry{Actor: p.Actor(o), Action: "session.end_others", Object: "person/" + p.Name, Detail: map[string]any{"ended": n}})
	})
	return n, err
}

// SaveSettings keeps a person's own choices.
func (s *Service) SaveSettings(ctx context.Context, p Principal, set Settings) error {
	if err := set.Validate(); err != nil {
		return err
	}
	n, err := s.q.SaveSettings(ctx, s.db, authdb.SaveSettingsParams{
		ID: p.ID, Zone: set.Zone, Theme: set.Theme, Contrast: set.Contrast, Density: set.Density, SingleKeys: set.SingleKeys,
	})
	if err != nil {
		return fmt.Errorf("save the settings of %s: %w", p.Name, postgres.Classify(err))
	}
	if n == 0 {
		return fault.Say(fault.NotFound, "Settings belong to people who signed in; %s is not one.", p.Name)
	}
	return nil
}

// clip makes at most n bytes of text that the database takes out of what a client sent.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
}
