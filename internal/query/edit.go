package query

import (
	"fmt"
	"slices"

	"github.com/causeway/causeway/internal/fault"
)

// Value and query editing for facets: values here are as the database has them, never grammar;
// "" is the value that no row knows (cost:unknown, service:none).

// With returns the query with one more alternative on a field: a new one of the field's term, or
// a new term. A negated term that forbids the value loses it.
func (q Query) With(f Field, value string) (Query, error) {
	v, err := stored(f, value)
	if err != nil {
		return q, err
	}
	out := q.dropping(f, v, true)
	for i, t := range out.terms {
		if t.Field != f || t.Negated {
			continue
		}
		if !t.has(v) {
			out.terms[i].Values = append(slices.Clone(t.Values), v)
		}
		return out, nil
	}
	out.terms = append(out.terms, Term{Field: f, Values: []Value{v}})
	return out, nil
}

// Toggle takes the value away where the query asks for it, and adds it otherwise.
func (q Query) Toggle(f Field, value string) (Query, error) {
	v, err := stored(f, value)
	if err != nil {
		return q, err
	}
	if q.asks(f, v) {
		return q.dropping(f, v, false), nil
	}
	return q.With(f, value)
}

// Has reports whether the query names the value as one it asks for: the facet's box is then ticked.
func (q Query) Has(f Field, value string) bool {
	v, err := stored(f, value)
	return err == nil && q.asks(f, v)
}

// Without returns the query without a term of it.
func (q Query) Without(t Term) Query {
	out := Query{terms: slices.Clone(q.terms)}
	if i := slices.IndexFunc(out.terms, t.equal); i >= 0 {
		out.terms = slices.Delete(out.terms, i, i+1)
	}
	return out
}

// WithoutField returns the query without any term on a field.
func (q Query) WithoutField(f Field) Query {
	return Query{terms: slices.DeleteFunc(slices.Clone(q.terms), func(t Term) bool { return t.Field == f })}
}

func (q Query) asks(f Field, v Value) bool {
	return slices.ContainsFunc(q.terms, func(t Term) bool { return t.Field == f && !t.Negated && t.has(v) })
}

// dropping removes the value from the terms on the field that are negated, or are not.
func (q Query) dropping(f Field, v Value, negated bool) Query {
	var out Query
	for _, t := range q.terms {
		if t.Field == f && t.Negated == negated && t.has(v) {
			t.Values = slices.DeleteFunc(slices.Clone(t.Values), v.equal)
		}
		if len(t.Values) > 0 {
			out.terms = append(out.terms, t)
		}
	}
	return out
}

// stored is a database value as the grammar writes it: quoted where it looks like a word of the grammar.
func stored(f Field, value string) (Value, error) {
	s, ok := findSpec(f)
	if f == Text {
		s, ok = textSpec, true
	}
	if !ok {
		return Value{}, fault.Say(fault.Invalid, "There is no field %q.", f).In("field")
	}
	if value == "" && s.empty != "" {
		return literal(s.empty), nil
	}
	v, wrong := check(s, Value{parts: []string{value}, quoted: true})
	if wrong != nil {
		return Value{}, fault.Say(fault.Invalid, "%s", wrong.text).In(string(f)).Because(fmt.Errorf("value %q of %s", value, f))
	}
	return v, nil
}
