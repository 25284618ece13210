package query

import (
	"strings"
)

// InOrder and FilterFirst force a way to read pages, so that small tests meet both.
func (l List) InOrder() List { p := inOrder; l.plan = &p; return l }

func (l List) FilterFirst() List { p := filterFirst; l.plan = &p; return l }

// CompileAll gives every statement a filter can lead to, without a database.
func (f Filter) CompileAll() []string {
	var out []string
	for _, o := range orders {
		l := List{Filter: f, Sort: o.name, Limit: 10, Cursor: &Cursor{Sort: o.name, Key: "1"}}
		for _, p := range []plan{inOrder, filterFirst} {
			out = append(out, l.compile(o, p, known{}, nil).SQL)
		}
	}
	out = append(out, Count{Filter: f, Cap: 10}.compile(known{}).SQL)
	facets := Facets{Filter: f}
	facets.defaults()
	for _, g := range facets.groups() {
		out = append(out, facets.compile(g, known{}).SQL)
	}
	return out
}

// Blurred is the query with every character of its free values replaced by x, but for those that
// decide how a value is compared. Checked values (numbers, times, closed words) stay.
func (q Query) Blurred() Query {
	blur := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("/:=", r) {
				return r
			}
			return 'x'
		}, s)
	}
	out := Query{terms: q.Terms()}
	for i, t := range out.terms {
		s, ok := findSpec(t.Field)
		if ok && (s.closed || s.shape == shapeNumber || s.shape == shapeTime) {
			continue
		}
		out.terms[i].Values = nil
		for _, v := range t.Values {
			if s.empty == "" || !v.word(s.empty) {
				v = v.mapped(blur)
			}
			out.terms[i].Values = append(out.terms[i].Values, v)
		}
	}
	return out
}
