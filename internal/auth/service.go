package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth/authdb"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

// Limits of a session where the configuration has none: somebody who leaves for lunch signs in again,
// and nobody's session outlasts a working day.
const (
	DefaultIdle     = 2 * time.Hour
	DefaultAbsolute = 12 * time.Hour
)

// rotationGrace is how long a rotated token still works, for requests that were on their way.
const rotationGrace = time.Minute

// DB is a pool: queries, and transactions.
type DB interface {
	authdb.DBTX
	postgres.Beginner
}

// Config is what a Service needs.
type Config struct {
	DB       DB
	Log      *slog.Logger
	Idle     time.Duration // 0: DefaultIdle
	Absolute time.Duration // 0: DefaultAbsolute
	Mappings []Mapping     // what groups are, by configuration, beside the grants table
	OIDC     *OIDC         // nil: nobody can sign in with an identity provider
	Demo     *Demo         // nil: no demo sign-in
}

// Service is the one door to this package.
type Service struct {
	db       DB
	q        *authdb.Queries
	log      *slog.Logger
	idle     time.Duration
	absolute time.Duration
	mappings []Mapping
	oidc     *OIDC
	demo     *Demo
}

// New checks c and makes a Service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Log == nil {
		return nil, fmt.Errorf("auth: a database and a log are needed")
	}
	if c.OIDC != nil && c.Demo != nil {
		return nil, fault.Say(fault.Invalid, "The demo sign-in and an identity provider exclude each other. Leave CAUSEWAY_OIDC_ISSUER empty for the demo, or use `console serve`.")
	}
	s := &Service{
		db: c.DB, q: authdb.New(), log: c.Log, mappings: slices.Clone(c.Mappings), oidc: c.OIDC, demo: c.Demo,
		idle: c.Idle, absolute: c.Absolute,
	}
	if s.idle == 0 {
		s.idle = DefaultIdle
	}
	if s.absolute == 0 {
		s.absolute = DefaultAbsolute
	}
	if s.idle < 5*time.Minute || s.absolute < s.idle {
		return nil, fault.Say(fault.Invalid, "A session may idle for %s and last %s. The first must be 5m or more and the second no shorter than the first.", s.idle, s.absolute).In("session")
	}
	return s, nil
}

// rightsOf reads what somebody may do now.
func (s *Service) rightsOf(ctx context.Context, db authdb.DBTX, issuer, person string, groups []string) (rights, error) {
	maps := s.mappings
	if issuer == demoIssuer {
		maps = s.demo.mappings(groups)
	}
	p := authdb.RightsOfParams{Person: person, Groups: groups, MappedRoles: []string{}, MappedUnits: []string{}}
	for _, m := range maps {
		if slices.Contains(groups, m.Group) {
			p.MappedRoles = append(p.MappedRoles, string(m.Role))
			p.MappedUnits = append(p.MappedUnits, m.Unit)
		}
	}
	rows, err := s.q.RightsOf(ctx, db, p)
	if err != nil {
		return nil, fmt.Errorf("read the rights of %s: %w", person, postgres.Classify(err))
	}
	out := rights{}
	for _, r := range rows {
		out[Role(r.Role)] = append(out[Role(r.Role)], r.UnitID.String())
	}
	return out, nil
}

// unitBySlug finds the unit a grant or token names.
func (s *Service) unitBySlug(ctx context.Context, db authdb.DBTX, slug string) (uuid.UUID, error) {
	u, err := s.q.UnitBySlug(ctx, db, slug)
	if err != nil {
		err = postgres.Classify(err)
		if errors.Is(fault.Kind(err), fault.NotFound) {
			return uuid.Nil, fault.Say(fault.Invalid, "There is no unit %q. The root unit is organisation; `console export` lists the others.", slug).In("unit").Because(err)
		}
		return uuid.Nil, fmt.Errorf("unit %s: %w", slug, err)
	}
	return u.ID, nil
}

// record writes an audit entry in the transaction of what it records.
func record(ctx context.Context, tx pgx.Tx, e audit.Entry) error { return audit.Append(ctx, tx, e) }

// Denied records that somebody tried to change what they may not.
func (s *Service) Denied(ctx context.Context, p Principal, o Origin, what string) error {
	return audit.Append(ctx, s.db, audit.Entry{Actor: p.Actor(o), Action: "request.change", Outcome: audit.Denied, Object: what})
}

// Purge removes what has run out: sessions and sign-in attempts.
func (s *Service) Purge(ctx context.Context) (int64, error) {
	sessions, err := s.q.PurgeSessions(ctx, s.db, s.idle)
	if err != nil {
		return 0, fmt.Errorf("purge sessions: %w", postgres.Classify(err))
	}
	attempts, err := s.q.PurgeAttempts(ctx, s.db)
	if err != nil {
		return 0, fmt.Errorf("purge sign-in attempts: %w", postgres.Classify(err))
	}
	return sessions + attempts, nil
}

// LocalPath is s when it is a path of this console, and "/" otherwise, so that nobody is led
// elsewhere after signing in.
func LocalPath(s string) string {
	if len(s) > 2000 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsRune(s, '\\') {
		return "/"
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	if u.Path == "/sign-in" || u.Path == "/sign-out" || strings.HasPrefix(u.Path, "/sign-in/") {
		return "/"
	}
	return s
}

// secret makes 256 random bits as text, and hash what the database keeps of it.
func secret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}
