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

// What BenchmarkPlans showed on a million rows with random_page_cost 1.1: a unit of the planner's cost
// took 1 to 4 microseconds, and a step of the walk about 3.
const (
	// affordable is the cost, in the planner's units, up to which all matches are found first, however
	// short the walk might be: about 50 to 100 ms. Matches can lie at the far end of the order (one
	// account's rows are all of one provider), and a walk to there took up to a second.
	affordable = 25_000
	// caution is how many times longer than expected a walk may turn out before finding all
	// matches would have been better.
	caution = 10
)

// choosePlan asks the planner what finding all matches costs. Left alone with ORDER BY and LIMIT it
// would walk the sort's index even for a rare tag, because it takes matches to be spread evenly.
func choosePlan(ctx context.Context, db DB, l List, k known) (plan, error) {
	if l.plan != nil {
		return *l.plan, nil
	}
	b := l.builder(fromList, k)
	where := b.where(l.Filter, Text)
	if where == "TRUE" || where == notGone {
		return inOrder, nil
	}
	e, err := askPlanner(ctx, db, statement{SQL: "SELECT l.id FROM " + b.tables() + " WHERE " + where, Args: b.args})
	if err != nil {
		return inOrder, err
	}
	if e.Cost <= affordable {
		return filterFirst, nil
	}
	var total float64
	if err := db.QueryRow(ctx, "SELECT reltuples FROM pg_class WHERE oid = 'resource_list'::regclass").Scan(&total); err != nil {
		return inOrder, fmt.Errorf("look up the size of the list: %w", err)
	}
	if walk := float64(l.Limit+1) * total / max(e.Rows, 1); caution*walk >= e.Cost {
		return filterFirst, nil
	}
	return inOrder, nil
}

// span is the part of the sort's order in which there are matches, as the values of its ends.
type span struct {
	low, high string
}

// findSpan asks the counts where in the order the matches lie, so that walking it begins there: the
// rows of one account are all of one provider, and without this a walk by provider passes all others
// first. It is nil where the counts cannot tell.
func (l List) findSpan(ctx context.Context, db DB, o order, k known) (*span, error) {
	if !o.counted || l.Query.Empty() && l.Access.All() || answers(l.Query) != fromFacets {
		return nil, nil
	}
	b := l.builder(fromFacets, k)
	expr := o.expr
	if o.typ == "text" {
		expr += ` COLLATE "C"` // the list's; the counts have the database's own
	}
	sql := "SELECT min(" + expr + ")::text, max(" + expr + ")::text FROM resource_facets l WHERE l.n > 0 AND " + b.where(l.Filter, Text)
	var low, high *string
	if err := db.QueryRow(ctx, sql, statement{Args: b.args}.with()...).Scan(&low, &high); err != nil {
		return nil, fmt.Errorf("find the span of a search: %w", err)
	}
	if low == nil || high == nil {
		return nil, nil
	}
	return &span{*low, *high}, nil
}

func (s *span) where(b *builder, o order) string {
	if s == nil {
		return ""
	}
	return " AND " + o.expr + " >= " + b.arg(s.low, o.typ) + " AND " + o.expr + " <= " + b.arg(s.high, o.typ)
}

// estimate is the planner's guess of what a statement gives and costs, in its own units.
type estimate struct {
	Rows float64 `json:"Plan Rows"`
	Cost float64 `json:"Total Cost"`
}

// askPlanner does not run the statement.
func askPlanner(ctx context.Context, db DB, s statement) (estimate, error) {
	var out []byte
	if err := db.QueryRow(ctx, "EXPLAIN (FORMAT JSON) "+s.SQL, s.with()...).Scan(&out); err != nil {
		return estimate{}, fmt.Errorf("estimate a search: %w", err)
	}
	var plans []struct {
		Plan estimate `json:"Plan"`
	}
	if err := json.Unmarshal(out, &plans); err != nil {
		return estimate{}, fmt.Errorf("read the estimate of a search: %w", err)
	}
	if len(plans) != 1 {
		return estimate{}, fmt.Errorf("read the estimate of a search: %d plans", len(plans))
	}
	return plans[0].Plan, nil
}
