package inventory

import (
	"context"
	"fmt"
	"iter"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/query"
)

// List reads one page of the inventory.
func (s *Service) List(ctx context.Context, l query.List) (query.Page, error) {
	p, err := l.Run(ctx, s.db)
	if err != nil {
		return query.Page{}, fmt.Errorf("inventory page: %w", postgres.Classify(err))
	}
	return p, nil
}

// Row returns the list's row of one resource; ok is false where acc does not see it, or where the
// list does not have it yet.
func (s *Service) Row(ctx context.Context, acc cloud.Access, id int64) (r query.Row, ok bool, err error) {
	r, ok, err = query.One(ctx, s.db, acc, id)
	if err != nil {
		return query.Row{}, false, fmt.Errorf("inventory row %d: %w", id, postgres.Classify(err))
	}
	return r, ok, nil
}

// Count says how many resources a query finds.
func (s *Service) Count(ctx context.Context, c query.Count) (query.Total, error) {
	t, err := c.Run(ctx, s.db)
	if err != nil {
		return query.Total{}, fmt.Errorf("inventory count: %w", postgres.Classify(err))
	}
	return t, nil
}

// Facets counts the values a person can tick.
func (s *Service) Facets(ctx context.Context, f query.Facets) ([]query.Facet, error) {
	out, err := f.Run(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("inventory facets: %w", postgres.Classify(err))
	}
	return out, nil
}

// Drops says what a query without a match would find without each of its terms.
func (s *Service) Drops(ctx context.Context, c query.Count) ([]query.Drop, error) {
	out, err := c.Drops(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("what to drop: %w", postgres.Classify(err))
	}
	return out, nil
}

// Export yields every row of a query, page by page, so that an export of the whole estate needs no
// more memory than one page and holds no transaction open while the reader is slow.
func (s *Service) Export(ctx context.Context, l query.List) iter.Seq2[query.Row, error] {
	return func(yield func(query.Row, error) bool) {
		l.Limit, l.Cursor, l.Back = query.MaxLimit, nil, false
		for {
			p, err := s.List(ctx, l)
			if err != nil {
				yield(query.Row{}, err)
				return
			}
			for _, r := range p.Rows {
				if !yield(r, nil) {
					return
				}
			}
			if p.Next == nil {
				return
			}
			l.Cursor = p.Next
		}
	}
}
