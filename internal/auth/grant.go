package auth

import (
	"context"
	"errors"
	"fmt"
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

// Subject is who a grant is for.
type Subject struct {
	Group bool   // a group of the identity provider; else a person
	Name  string // the group, or the person as they sign in
}

func (s Subject) kind() string {
	if s.Group {
		return "group"
	}
	return "person"
}

// Grant gives a role on a unit, named by slug.
type Grant struct {
	ID       uuid.UUID
	Subject  Subject
	Role     Role
	Unit     string // slug; "" the root
	Document string // the RoleMapping it came from; "" given by hand
	By       string
	At       time.Time
}

func (g Grant) key() string {
	return strings.Join([]string{g.Subject.kind(), g.Subject.Name, string(g.Role), g.Unit}, "\x00")
}

func (g *Grant) check() error {
	if _, err := ParseRole(string(g.Role)); err != nil {
		return err
	}
	g.Subject.Name = strings.TrimSpace(g.Subject.Name)
	if !g.Subject.Group {
		g.Subject.Name = strings.ToLower(g.Subject.Name)
	}
	if g.Subject.Name == "" || clip(g.Subject.Name, 300) != g.Subject.Name {
		return fault.Say(fault.Invalid, "A grant needs a person or a group.").In("subject")
	}
	if g.Unit == "" {
		g.Unit = rootSlug
	}
	return nil
}

// AddGrant gives a role. Giving it twice is no error and changes nothing.
func (s *Service) AddGrant(ctx context.Context, by audit.Actor, g Grant) error {
	if err := g.check(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return s.addGrant(ctx, tx, by, g) })
}

func (s *Service) addGrant(ctx context.Context, tx pgx.Tx, by audit.Actor, g Grant) error {
	unit, err := s.unitBySlug(ctx, tx, g.Unit)
	if err != nil {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a grant id: %w", err)
	}
	n, err := s.q.AddGrant(ctx, tx, authdb.AddGrantParams{
		ID: id, SubjectKind: g.Subject.kind(), Subject: g.Subject.Name, Role: string(g.Role), UnitID: unit, Document: g.Document, CreatedBy: by.Name,
	})
	if err != nil {
		return fmt.Errorf("grant %s to %s: %w", g.Role, g.Subject.Name, postgres.Classify(err))
	}
	if n == 0 {
		return nil
	}
	return record(ctx, tx, grantEntry(by, "grant.add", g, unit))
}

func grantEntry(by audit.Actor, action string, g Grant, unit uuid.UUID) audit.Entry {
	return audit.Entry{
		Actor: by, Action: action, Object: g.Subject.kind() + "/" + g.Subject.Name, Unit: &unit,
		Detail: map[string]any{"role": g.Role, "unit": g.Unit, "document": g.Document},
	}
}

// Grants lists who was given what.
func (s *Service) Grants(ctx context.Context) ([]Grant, error) {
	rows, err := s.q.Grants(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("list grants: %w", postgres.Classify(err))
	}
	out := make([]Grant, len(rows))
	for i, r := range rows {
		out[i] = Grant{
			ID: r.ID, Subject: Subject{Group: r.SubjectKind == "group", Name: r.Subject}, Role: Role(r.Role), Unit: r.Unit,
			Document: r.Document, By: r.CreatedBy, At: r.CreatedAt,
		}
	}
	return out, nil
}

// RevokeGrant takes a role back. It is gone with the next request of whoever had it.
func (s *Service) RevokeGrant(ctx context.Context, by audit.Actor, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error { return s.revokeGrant(ctx, tx, by, id) })
}

func (s *Service) revokeGrant(ctx context.Context, tx pgx.Tx, by audit.Actor, id uuid.UUID) error {
	r, err := s.q.RevokeGrant(ctx, tx, id)
	if err = postgres.Classify(err); errors.Is(fault.Kind(err), fault.NotFound) {
		return fault.Say(fault.NotFound, "That grant has been revoked already.").Because(err)
	}
	if err != nil {
		return fmt.Errorf("revoke grant %s: %w", id, err)
	}
	g := Grant{Subject: Subject{Group: r.SubjectKind == "group", Name: r.Subject}, Role: Role(r.Role), Unit: r.Unit, Document: r.Document}
	return record(ctx, tx, grantEntry(by, "grant.revoke", g, r.UnitID))
}

// ApplyMapping makes the grants of a RoleMapping document exactly these, and says how many were
// added and revoked. Grants given by hand or by other documents stay.
func (s *Service) ApplyMapping(ctx context.Context, by audit.Actor, document string, want []Grant) (added, revoked int, err error) {
	if document == "" {
		return 0, 0, fault.Say(fault.Invalid, "A RoleMapping needs a name.").In("metadata.name")
	}
	want = slices.Clone(want)
	missing := map[string]Grant{}
	for i := range want {
		if err := want[i].check(); err != nil {
			return 0, 0, fmt.Errorf("role mapping %s: %w", document, err)
		}
		want[i].Document = document
		missing[want[i].key()] = want[i]
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, err := s.q.DocumentGrants(ctx, tx, document)
		if err != nil {
			return fmt.Errorf("read the grants of %s: %w", document, postgres.Classify(err))
		}
		for _, r := range rows {
			k := Grant{Subject: Subject{Group: r.SubjectKind == "group", Name: r.Subject}, Role: Role(r.Role), Unit: r.Unit}.key()
			if _, wanted := missing[k]; wanted {
				delete(missing, k)
				continue
			}
			if err := s.revokeGrant(ctx, tx, by, r.ID); err != nil {
				return err
			}
			revoked++
		}
		for _, g := range want {
			if _, absent := missing[g.key()]; !absent {
				continue
			}
			delete(missing, g.key())
			if err := s.addGrant(ctx, tx, by, g); err != nil {
				return fmt.Errorf("role mapping %s: %w", document, err)
			}
			added++
		}
		return nil
	})
	return added, revoked, err
}

// ReleaseName forgets a person who left, their sessions and the grants of their name, so that
// another account may sign in under it without inheriting anything.
func (s *Service) ReleaseName(ctx context.Context, by audit.Actor, name string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		people, err := s.q.ReleaseName(ctx, tx, name)
		if err != nil {
			return fmt.Errorf("release %s: %w", name, postgres.Classify(err))
		}
		if people == 0 {
			return fault.Say(fault.NotFound, "Nobody named %q has signed in here.", name)
		}
		grants, err := s.q.RevokePersonGrants(ctx, tx, name)
		if err != nil {
			return fmt.Errorf("release %s: %w", name, postgres.Classify(err))
		}
		return record(ctx, tx, audit.Entry{Actor: by, Action: "person.release", Object: "person/" + name, Detail: map[string]any{"grants": grants}})
	})
}
