package query

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// DB is a pool, a connection or a transaction. It is only read.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// with puts the execution mode before the arguments: unnamed statements, so that every one is
// planned for its own values. A prepared statement's generic plan would treat a rare tag like a
// common one, and each of the many shapes of search would stay in the server's memory.
func (s statement) with() []any {
	return append([]any{pgx.QueryExecModeExec}, s.Args...)
}

// collect runs a statement and scans every row.
func collect[T any](ctx context.Context, db DB, s statement, what string, scan pgx.RowToFunc[T]) ([]T, error) {
	rows, err := db.Query(ctx, s.SQL, s.with()...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// known is what has to be looked up before a query can be written: the accounts and units that
// its values mean, by their patterns.
type known struct {
	accounts map[string]accountsKnown
	units    map[string][]string
}

type accountsKnown struct {
	ids   []int64
	names []string
}

// look finds the accounts and units of a query. Queries without such terms cost nothing.
func look(ctx context.Context, db DB, q Query) (known, error) {
	k := known{accounts: map[string]accountsKnown{}, units: map[string][]string{}}
	var accounts, units []string
	for _, t := range q.terms {
		for _, v := range t.Values {
			switch {
			case t.Field == Account && !v.any():
				accounts = append(accounts, v.like())
			case t.Field == Unit:
				units = append(units, v.like())
			}
		}
	}
	if len(accounts) > 0 {
		if err := k.lookAccounts(ctx, db, accounts); err != nil {
			return known{}, err
		}
	}
	if len(units) > 0 {
		if err := k.lookUnits(ctx, db, units); err != nil {
			return known{}, err
		}
	}
	return k, nil
}

const accountsSQL = `SELECT p.pattern, a.id, a.name FROM unnest($1::text[]) AS p(pattern)
JOIN accounts a ON a.name ILIKE p.pattern OR a.native_id ILIKE p.pattern`

func (k known) lookAccounts(ctx context.Context, db DB, patterns []string) error {
	type row struct {
		Pattern string
		ID      int64
		Name    string
	}
	rows, err := collect(ctx, db, statement{accountsSQL, []any{patterns}}, "look up accounts", pgx.RowToStructByPos[row])
	for _, r := range rows {
		a := k.accounts[r.Pattern]
		a.ids, a.names = append(a.ids, r.ID), append(a.names, r.Name)
		k.accounts[r.Pattern] = a
	}
	return err
}

// A unit means its whole subtree.
const unitsSQL = `WITH RECURSIVE tree AS (
    SELECT p.pattern, u.id FROM unnest($1::text[]) AS p(pattern) JOIN units u ON u.slug LIKE p.pattern
    UNION
    SELECT t.pattern, u.id FROM tree t JOIN units u ON u.parent_id = t.id
)
SELECT pattern, id::text FROM tree`

func (k known) lookUnits(ctx context.Context, db DB, patterns []string) error {
	type row struct{ Pattern, ID string }
	rows, err := collect(ctx, db, statement{unitsSQL, []any{patterns}}, "look up units", pgx.RowToStructByPos[row])
	for _, r := range rows {
		k.units[r.Pattern] = append(k.units[r.Pattern], r.ID)
	}
	return err
}
