package query

import (
	"context"

	"github.com/causeway/causeway/internal/cloud"
)

// One reads the list's row of one resource, gone or not. ok is false where acc does not see it, or
// where the list does not have it yet: it follows the inventory by moments.
func One(ctx context.Context, db DB, acc cloud.Access, id int64) (r Row, ok bool, err error) {
	b := Filter{}.builder(fromList, known{})
	where := "l.id = " + b.arg(id, "bigint")
	if seen := b.access(acc); seen != "" {
		where += " AND " + seen
	}
	sql := "SELECT " + columns + " FROM resource_list l LEFT JOIN scopes s ON s.id = l.scope_id WHERE " + where
	rows, err := collect(ctx, db, statement{SQL: sql, Args: b.args}, "read a row of the list", scanRow)
	if err != nil || len(rows) == 0 {
		return Row{}, false, err
	}
	return rows[0], true, nil
}
