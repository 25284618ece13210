package auth

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
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

// tokenPrefix lets secret scanners recognise a token that was lost.
const tokenPrefix = "cwt"

// NewToken describes a token to be made.
type NewToken struct {
	Name string
	Role Role
	Unit string        // slug; "" the root
	For  time.Duration // 0: until revoked
}

// TokenInfo is a token without its secret.
type TokenInfo struct {
	ID       uuid.UUID
	Name     string
	Role     Role
	Unit     string // slug
	By       string
	Created  time.Time
	Expires  *time.Time // nil: when revoked
	LastUsed *time.Time
	Expired  bool
}

// CreateToken makes a token and returns its text, which exists nowhere else afterwards.
func (s *Service) CreateToken(ctx context.Context, by audit.Actor, t NewToken) (string, TokenInfo, error) {
	if _, err := ParseRole(string(t.Role)); err != nil {
		return "", TokenInfo{}, err
	}
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" || len(t.Name) > 60 || clip(t.Name, 60) != t.Name {
		return "", TokenInfo{}, fault.Say(fault.Invalid, "A token needs a name of 1 to 60 letters that says what uses it.").In("name")
	}
	if t.For < 0 {
		return "", TokenInfo{}, fault.Say(fault.Invalid, "A token cannot expire in the past. Leave the time out, or name one like 90d.").In("expires")
	}
	if t.Unit == "" {
		t.Unit = rootSlug
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", TokenInfo{}, fmt.Errorf("make a token id: %w", err)
	}
	text := tokenPrefix + "_" + hex.EncodeToString(id[:]) + "_" + secret()
	info := TokenInfo{ID: id, Name: t.Name, Role: t.Role, Unit: t.Unit, By: by.Name}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		unit, err := s.unitBySlug(ctx, tx, t.Unit)
		if err != nil {
			return err
		}
		p := authdb.AddTokenParams{ID: id, Name: t.Name, SecretHash: hash(text), Role: string(t.Role), UnitID: unit, CreatedBy: by.Name}
		if t.For > 0 {
			p.Lasts = &t.For
		}
		row, err := s.q.AddToken(ctx, tx, p)
		if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.Conflict) {
			return fault.Say(fault.Conflict, "There is a token named %q already. Revoke it, or choose another name.", t.Name).In("name").Because(err)
		}
		if err != nil {
			return fmt.Errorf("create token %s: %w", t.Name, err)
		}
		info.Created, info.Expires = row.CreatedAt, row.ExpiresAt
		return record(ctx, tx, audit.Entry{
			Actor: by, Action: "token.create", Object: "token/" + t.Name, Unit: &unit,
			Detail: map[string]any{"id": id, "role": t.Role, "unit": t.Unit, "expires": row.ExpiresAt},
		})
	})
	if err != nil {
		return "", TokenInfo{}, err
	}
	return text, info, nil
}

// Token finds who a bearer token is. One that is malformed, unknown, expired or revoked is
// fault.Denied, and the answer does not say which.
func (s *Service) Token(ctx context.Context, text string) (Principal, error) {
	refused := fault.Say(fault.Denied, "The API token is not valid: unknown, expired or revoked. `console token list` shows the valid ones.")
	prefix, rest, _ := strings.Cut(text, "_")
	idText, _, ok := strings.Cut(rest, "_")
	raw, err := hex.DecodeString(idText)
	if prefix != tokenPrefix || !ok || err != nil || len(raw) != len(uuid.UUID{}) {
		return Principal{}, refused
	}
	id := uuid.UUID(raw)
	t, err := s.q.FindToken(ctx, s.db, id)
	if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.NotFound) {
		return Principal{}, refused.Because(err)
	}
	if err != nil {
		return Principal{}, fmt.Errorf("find token %s: %w", id, err)
	}
	if subtle.ConstantTimeCompare(t.SecretHash, hash(text)) != 1 {
		return Principal{}, refused
	}
	units, err := s.q.UnitsBelow(ctx, s.db, t.UnitID)
	if err != nil {
		return Principal{}, fmt.Errorf("read the units of token %s: %w", id, postgres.Classify(err))
	}
	if t.Stale {
		if err := s.q.TouchToken(ctx, s.db, id); err != nil {
			return Principal{}, fmt.Errorf("touch token %s: %w", id, postgres.Classify(err))
		}
	}
	p := Principal{Kind: Token, ID: id, Name: t.Name, Title: t.Name, Settings: DefaultSettings(), rights: rights{}}
	for _, u := range units {
		p.rights[Role(t.Role)] = append(p.rights[Role(t.Role)], u.String())
	}
	return p, nil
}

// Tokens lists what has not been revoked, by name; expired ones too, marked so.
func (s *Service) Tokens(ctx context.Context) ([]TokenInfo, error) {
	rows, err := s.q.Tokens(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", postgres.Classify(err))
	}
	out := make([]TokenInfo, len(rows))
	for i, r := range rows {
		out[i] = TokenInfo{
			ID: r.ID, Name: r.Name, Role: Role(r.Role), Unit: r.Unit, By: r.CreatedBy,
			Created: r.CreatedAt, Expires: r.ExpiresAt, LastUsed: r.LastUsedAt, Expired: r.Expired,
		}
	}
	return out, nil
}

// RevokeToken ends a token by its name or id, at once.
func (s *Service) RevokeToken(ctx context.Context, by audit.Actor, nameOrID string) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		t, err := s.q.RevokeToken(ctx, tx, nameOrID)
		if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.NotFound) {
			return fault.Say(fault.NotFound, "There is no token named %q. `console token list` shows them.", nameOrID).Because(err)
		}
		if err != nil {
			return fmt.Errorf("revoke token %s: %w", nameOrID, err)
		}
		return record(ctx, tx, audit.Entry{
			Actor: by, Action: "token.revoke", Object: "token/" + t.Name, Unit: &t.UnitID,
			Detail: map[string]any{"id": t.ID, "role": t.Role},
		})
	})
}
