package query

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/causeway/causeway/internal/cloud"
)

// Filter is a query as one person asks it, now.
type Filter struct {
	Query  Query
	Access cloud.Access   // always part of the SQL; the zero value sees nothing
	Now    time.Time      // ages are counted back from it
	Zone   *time.Location // whose days dates mean; nil is UTC
}

// source is the table a statement reads, always under the alias l.
type source int

const (
	fromList   source = iota // one row a resource
	fromFacets               // counts by every dimension
)

// answers decides which table a query can use: the counts, where every term is on one of their
// dimensions, otherwise the list.
func answers(q Query) source {
	for _, t := range q.terms {
		if s, ok := findSpec(t.Field); !ok || !s.dimension {
			return fromList
		}
	}
	return fromFacets
}

// statement is SQL with its arguments.
type statement struct {
	SQL  string
	Args []any
}

// builder collects arguments while SQL is put together. Everything a person typed goes through
// arg, and nothing else does.
type builder struct {
	args  []any
	from  source
	known known
	now   time.Time
	zone  *time.Location
	// scopes: a condition needs the scopes table, as s.
	scopes bool
}

func (f Filter) builder(from source, k known) *builder {
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	return &builder{from: from, known: k, now: f.Now, zone: zone}
}

// arg adds an argument and returns its placeholder, with the type it has in SQL.
func (b *builder) arg(v any, typ string) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d::%s", len(b.args), typ)
}

// notGone holds where a query does not name states.
const notGone = "l.state <> 'gone'"

// where is the condition of the filter, without the terms on one field (a facet counts without its
// own terms). Text is never left out: a facet has no field of that name.
func (b *builder) where(f Filter, without Field) string {
	conds := []string{b.access(f.Access)}
	if without != State && !f.Query.names(State) {
		conds = append(conds, notGone)
	}
	for _, t := range f.Query.terms {
		if t.Field != without || t.Field == Text {
			conds = append(conds, b.term(t))
		}
	}
	conds = slices.DeleteFunc(conds, func(c string) bool { return c == "" })
	if len(conds) == 0 {
		return "TRUE"
	}
	return strings.Join(conds, " AND ")
}

// names reports whether the query asks for values of the field, rather than only against some.
func (q Query) names(f Field) bool {
	return slices.ContainsFunc(q.terms, func(t Term) bool { return t.Field == f && !t.Negated })
}

func (b *builder) access(a cloud.Access) string {
	if a.All() {
		return ""
	}
	if len(a.Units()) == 0 {
		return "FALSE"
	}
	return "l.unit_id = ANY((" + b.arg(a.Units(), "text[]") + ")::uuid[])"
}

// tables is the FROM list of a statement whose conditions are already built.
func (b *builder) tables() string {
	switch {
	case b.from == fromFacets:
		return "resource_facets l"
	case b.scopes:
		return "resource_list l JOIN scopes s ON s.id = l.scope_id" // every row has its scope
	default:
		return "resource_list l"
	}
}
