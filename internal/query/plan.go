package query

import (
	"context"
	"encoding/json"
	"fmt"
)

// plan is one of two ways to read a page.
type plan int

const (
	// inOrder walks the sort's index and drops what does not match: right when matches are common.
	inOrder plan = iota
	// filterFirst finds all matches, then orders them: right when they are few.
	filterFirst
)

// mostFiltered is the number of matches, by the planner's estimate, up to which all of them are
// found before they are ordered.
const mostFiltered = 30_000

// choosePlan asks the planner how many rows the filter finds. Left alone with ORDER BY and LIMIT
// it would walk the sort's index even for a rare tag, because it takes matches to be spread evenly.
func choosePlan(ctx context.Context, db DB, l List, k known) (plan, error) {
	if l.plan != nil {
		return *l.plan, nil
	}
	b := l.builder(fromList, k)
	where := b.where(l.Filter, Text)
	if where == "TRUE" || where == "l.state <> 'gone'" {
		return inOrder, nil
	}
	rows, err := estimate(ctx, db, statement{SQL: "SELECT l.id FROM " + b.tables() + " WHERE " + where, Args: b.args})
	if err != nil {
		return inOrder, err
	}
	if rows <= mostFiltered {
		return filterFirst, nil
	}
	return inOrder, nil
}

// estimate is the planner's guess of how many rows a statement gives. It does not run it.
func estimate(ctx context.Context, db DB, s statement) (float64, error) {
	var out []byte
	s.SQL = "EXPLAIN (FORMAT JSON) " + s.SQL
	if err := db.QueryRow(ctx, s.SQL, s.with()...).Scan(&out); err != nil {
		return 0, fmt.Errorf("estimate a search: %w", err)
	}
	var plans []struct {
		Plan struct {
			Rows float64 `json:"Plan Rows"`
		} `json:"Plan"`
	}
	if err := json.Unmarshal(out, &plans); err != nil || len(plans) != 1 {
		return 0, fmt.Errorf("read the estimate of a search: %w", err)
	}
	return plans[0].Plan.Rows, nil
}
