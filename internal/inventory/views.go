package inventory

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/postgres"
)

// View is a saved query over the inventory.
type View struct {
	ID      uuid.UUID
	Person  string     // whose it is
	UnitID  *uuid.UUID // shared with this unit; nil: only for the person
	Name    string
	Query   string
	Sort    string
	Columns []string
}

// Views returns a person's own views and those shared with units they see, by name.
func (s *Service) Views(ctx context.Context, acc cloud.Access, person string) ([]View, error) {
	rows, err := s.q.ViewsOf(ctx, s.db, inventorydb.ViewsOfParams{Person: person, AllUnits: acc.All(), Units: acc.Units()})
	if err != nil {
		return nil, fmt.Errorf("read saved views: %w", postgres.Classify(err))
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = View{ID: r.ID, Person: r.Person, UnitID: r.UnitID, Name: r.Name, Query: r.Query, Sort: r.Sort, Columns: r.Columns}
	}
	return out, nil
}

// SaveView stores a view under its name; the person's view of that name is replaced.
func (s *Service) SaveView(ctx context.Context, a audit.Actor, v View) (uuid.UUID, error) {
	name, err := viewName(v.Name)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, fmt.Errorf("make a view id: %w", err)
	}
	if v.Columns == nil {
		v.Columns = []string{}
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		row, err := s.q.PutView(ctx, tx, inventorydb.PutViewParams{
			ID: id, Person: a.Name, UnitID: v.UnitID, Name: name, Query: v.Query, Sort: v.Sort, Columns: v.Columns,
		})
		if err != nil {
			return fmt.Errorf("save view %q: %w", name, postgres.Classify(err))
		}
		id = row.ID
		return audit.Append(ctx, tx, audit.Entry{Actor: a, Action: "view.save", Object: "view/" + name, Unit: v.UnitID, Detail: map[string]any{"query": v.Query}})
	})
	return id, err
}

// ChangeView renames a view, or shares it with another unit.
func (s *Service) ChangeView(ctx context.Context, a audit.Actor, id uuid.UUID, name string, unit *uuid.UUID) error {
	name, err := viewName(name)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.RenameView(ctx, tx, inventorydb.RenameViewParams{ID: id, Name: name, UnitID: unit, Person: a.Name})
		if errors.Is(postgres.Classify(err), fault.Conflict) {
			return fault.Say(fault.Conflict, "You have a view named %q already. Choose another name.", name).In("name")
		}
		if err != nil {
			return fmt.Errorf("change view %s: %w", id, postgres.Classify(err))
		}
		return viewDone(ctx, tx, n, audit.Entry{Actor: a, Action: "view.change", Object: "view/" + name, Unit: unit})
	})
}

// DeleteView removes a view; only its owner may.
func (s *Service) DeleteView(ctx context.Context, a audit.Actor, id uuid.UUID) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		n, err := s.q.DeleteView(ctx, tx, inventorydb.DeleteViewParams{ID: id, Person: a.Name})
		if err != nil {
			return fmt.Errorf("delete view %s: %w", id, postgres.Classify(err))
		}
		return viewDone(ctx, tx, n, audit.Entry{Actor: a, Action: "view.delete", Object: "view/" + id.String()})
	})
}

func viewDone(ctx context.Context, tx pgx.Tx, rows int64, e audit.Entry) error {
	if rows == 0 {
		return fault.Say(fault.NotFound, "There is no such view of yours. Views that others share can only be changed by them.")
	}
	return audit.Append(ctx, tx, e)
}

func viewName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 60 {
		return "", fault.Say(fault.Invalid, "A view's name has 1 to 60 characters; this one has %d.", n).In("name")
	}
	return name, nil
}
