package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// DefaultCap is how many rows of the list are counted at most, where the counts by dimension
// cannot answer.
const DefaultCap = 10_000

// Count asks how many resources a query finds, and what they cost.
type Count struct {
	Filter
	Cap int // 0 is DefaultCap
}

// Total is how many, and what they cost.
type Total struct {
	N      int64
	Capped bool // there are more than N
	// Cost is a month's, of those resources whose cost is known: Costed of them. Meaningless
	// when Capped.
	Cost   decimal.Decimal
	Costed int64
}

// Run counts: exactly from the counts by dimension, or up to the cap from the list.
func (c Count) Run(ctx context.Context, db DB) (Total, error) {
	k, err := look(ctx, db, c.Query)
	if err != nil {
		return Total{}, err
	}
	if c.Cap <= 0 {
		c.Cap = DefaultCap
	}
	s := c.compile(k)
	var t Total
	if err := db.QueryRow(ctx, s.SQL, s.with()...).Scan(&t.N, &t.Cost, &t.Costed); err != nil {
		return Total{}, fmt.Errorf("count resources: %w", err)
	}
	if answers(c.Query) == fromList && t.N > int64(c.Cap) {
		return Total{N: int64(c.Cap), Capped: true}, nil
	}
	return t, nil
}

func (c Count) compile(k known) statement {
	b := c.builder(answers(c.Query), k)
	where := b.where(c.Filter, Text)
	if b.from == fromFacets {
		return statement{
			SQL:  "SELECT COALESCE(sum(l.n), 0)::bigint, COALESCE(sum(l.cost), 0), COALESCE(sum(l.costed), 0)::bigint FROM resource_facets l WHERE " + where,
			Args: b.args,
		}
	}
	inner := "SELECT l.cost FROM " + b.tables() + " WHERE " + where + " LIMIT " + b.arg(c.Cap+1, "bigint")
	return statement{SQL: "SELECT count(*), COALESCE(sum(l.cost), 0), count(l.cost) FROM (" + inner + ") l", Args: b.args}
}

// maxDrops bounds the work for a query that finds nothing.
const maxDrops = 8

// Drop is a term without which the query finds something.
type Drop struct {
	Term  Term
	Query Query // the query without it
	Total Total
}

// Drops tries a query without each of its terms in turn, the first eight, and returns those that
// find something, most first. It is meant for a query that finds nothing.
func (c Count) Drops(ctx context.Context, db DB) ([]Drop, error) {
	if c.Cap <= 0 {
		c.Cap = 1000
	}
	var out []Drop
	for i, t := range c.Query.Terms() {
		if i == maxDrops {
			break
		}
		less := c
		less.Query = c.Query.Without(t)
		total, err := less.Run(ctx, db)
		if err != nil {
			return nil, err
		}
		if total.N > 0 {
			out = append(out, Drop{Term: t, Query: less.Query, Total: total})
		}
	}
	slices.SortStableFunc(out, func(a, b Drop) int { return cmp.Compare(b.Total.N, a.Total.N) })
	return out, nil
}
