package query

import (
	"slices"
	"strings"
)

// Limits keep one query from costing more than a page may.
const (
	MaxLength = 2000 // bytes of input
	MaxTerms  = 32
	MaxValues = 100 // over all terms
)

// Query is a parsed search. The zero value asks for everything that is not gone.
type Query struct {
	terms []Term
}

// Term is one condition: a field with alternatives, or text looked for in names.
type Term struct {
	Field   Field // Text where no field was named
	Negated bool
	Values  []Value
	// Start and End are the term's bytes in the parsed input. A term added by With has none.
	Start, End int
}

// Terms returns the conditions in the order they were typed.
func (q Query) Terms() []Term { return slices.Clone(q.terms) }

// Empty reports whether there is no condition.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// String is the query in its canonical form. Parsing that gives an equal query.
func (q Query) String() string {
	out := make([]string, len(q.terms))
	for i, t := range q.terms {
		out[i] = t.String()
	}
	return strings.Join(out, " ")
}

// String is the term as it is typed.
func (t Term) String() string {
	var b strings.Builder
	if t.Negated {
		b.WriteByte('-')
	}
	if t.Field != Text {
		b.WriteString(string(t.Field))
		b.WriteByte(':')
	}
	for i, v := range t.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(v.format(t.Field == Text))
	}
	return b.String()
}

// Equal reports whether two queries have the same terms, wherever they stood in the input.
func (q Query) Equal(o Query) bool { return slices.EqualFunc(q.terms, o.terms, Term.equal) }

func (t Term) equal(o Term) bool {
	return t.Field == o.Field && t.Negated == o.Negated && slices.EqualFunc(t.Values, o.Values, Value.equal)
}

func (t Term) has(v Value) bool { return slices.ContainsFunc(t.Values, v.equal) }
