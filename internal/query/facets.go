package query

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Facets asks for the counts of every value a person can tick. Each dimension is counted without
// the query's own terms on it, so that a second value can be ticked.
type Facets struct {
	Filter
	// Dimensions to count; empty: FacetFields.
	Dimensions []Field
	Cap        int // rows of the list looked at a dimension, where counts cannot answer; 0 is DefaultCap
	Max        int // values a dimension; 0 is 200
}

// FacetFields are the dimensions the inventory page shows.
func FacetFields() []Field {
	return []Field{Provider, Residency, Country, Class, Managed, Kind, Account, State}
}

// Facet is one dimension.
type Facet struct {
	Field  Field
	Values []FacetValue // most first
	Capped bool         // counts are of the first rows found only
	More   bool         // there are values beyond Max
}

// FacetValue is one value with how many resources have it.
type FacetValue struct {
	Value  string // as With, Toggle and Has take it: "" where no value is known; residency by its word
	N      int64
	Ticked bool // the query asks for it
}

// Run counts every dimension.
func (f Facets) Run(ctx context.Context, db DB) ([]Facet, error) {
	k, err := look(ctx, db, f.Query)
	if err != nil {
		return nil, err
	}
	f.defaults()
	found := make(map[Field]*Facet, len(f.Dimensions))
	for _, g := range f.groups() {
		s := f.compile(g, k)
		counts, err := collect(ctx, db, s, "count facets", pgx.RowToStructByPos[facetCount])
		if err != nil {
			return nil, err
		}
		f.read(g, counts, found)
	}
	out := make([]Facet, 0, len(f.Dimensions))
	for _, d := range f.Dimensions {
		if r := found[d]; r != nil {
			out = append(out, *r)
			continue
		}
		out = append(out, Facet{Field: d})
	}
	return out, nil
}

func (f *Facets) defaults() {
	if len(f.Dimensions) == 0 {
		f.Dimensions = FacetFields()
	}
	f.Dimensions = slices.DeleteFunc(slices.Clone(f.Dimensions), func(d Field) bool {
		s, ok := findSpec(d)
		return !ok || !s.dimension || d == Unit
	})
	if f.Cap <= 0 {
		f.Cap = DefaultCap
	}
	if f.Max <= 0 {
		f.Max = 200
	}
}

// group is a set of dimensions that are counted under the same condition, in one statement.
type group struct {
	without    Field // whose own terms are left out; Text for none
	dimensions []Field
	from       source
}

// groups puts the dimensions without a term of their own together; each of the others is alone.
// The state is always alone, because its default hides rows from the others.
func (f Facets) groups() []group {
	shared := group{without: Text, from: answers(f.Query)}
	var out []group
	for _, d := range f.Dimensions {
		own := d == State || slices.ContainsFunc(f.Query.terms, func(t Term) bool { return t.Field == d })
		if !own {
			shared.dimensions = append(shared.dimensions, d)
			continue
		}
		out = append(out, group{without: d, dimensions: []Field{d}, from: answers(f.Query.WithoutField(d))})
	}
	if len(shared.dimensions) > 0 {
		out = append(out, shared)
	}
	return out
}

// facetCount is one row of a count: which dimension, its value, how many; and over how many rows
// of the list it was taken.
type facetCount struct {
	Dimension int32
	Value     string
	N         int64
	Rows      int64
}

// compile counts a group in one pass. GROUPING SETS gives each dimension's counts; grouping() has a
// bit for every column that a row is not about.
func (f Facets) compile(g group, k known) statement {
	b := f.builder(g.from, k)
	where := b.where(f.Filter, g.without)
	cols, sets, cases := make([]string, len(g.dimensions)), make([]string, len(g.dimensions)), make([]string, len(g.dimensions))
	for i, d := range g.dimensions {
		s, _ := findSpec(d)
		cols[i] = "l." + s.column
		sets[i] = "(" + cols[i] + ")"
		cases[i] = "WHEN grouping(" + cols[i] + ") = 0 THEN " + strconv.Itoa(i)
	}
	dimension := "CASE " + strings.Join(cases, " ") + " END"
	texts := make([]string, len(cols))
	for i, c := range cols {
		texts[i] = c + "::text"
	}
	value := "COALESCE(" + strings.Join(texts, ", ") + ")"
	grouped := " GROUP BY GROUPING SETS (" + strings.Join(sets, ", ") + ")"
	if b.from == fromFacets {
		return statement{SQL: "SELECT " + dimension + ", " + value + ", sum(l.n)::bigint, 0::bigint FROM resource_facets l WHERE " +
			where + grouped + " HAVING sum(l.n) > 0", Args: b.args}
	}
	rows := "SELECT " + strings.Join(cols, ", ") + " FROM " + b.tables() + " WHERE " + where + " LIMIT " + b.arg(f.Cap+1, "bigint")
	return statement{SQL: "WITH l AS MATERIALIZED (" + rows + ") SELECT " + dimension + ", " + value +
		", count(*), (SELECT count(*) FROM l) FROM l" + grouped, Args: b.args}
}

// read sorts the counts of a group into facets.
func (f Facets) read(g group, counts []facetCount, found map[Field]*Facet) {
	for _, d := range g.dimensions {
		found[d] = &Facet{Field: d}
	}
	for _, c := range counts {
		if int(c.Dimension) >= len(g.dimensions) {
			continue
		}
		d := g.dimensions[c.Dimension]
		value := c.Value
		if d == Residency {
			value = residencyValue(value)
		}
		r := found[d]
		r.Capped = r.Capped || c.Rows > int64(f.Cap)
		r.Values = append(r.Values, FacetValue{Value: value, N: c.N, Ticked: f.Query.Has(d, value)})
	}
	for _, d := range g.dimensions {
		found[d].addTicked(f.Query)
		found[d].order(f.Max)
	}
}

// addTicked shows what the query asks for even where nothing has it, so that it can be unticked.
func (r *Facet) addTicked(q Query) {
	s, _ := findSpec(r.Field)
	for _, t := range q.terms {
		if t.Field != r.Field || t.Negated {
			continue
		}
		for _, v := range t.Values {
			value := v.Text()
			if s.empty != "" && v.word(s.empty) {
				value = ""
			}
			if v.Glob() || s.closed && !isWord(s.words(), value) || slices.ContainsFunc(r.Values, func(o FacetValue) bool { return o.Value == value }) {
				continue
			}
			r.Values = append(r.Values, FacetValue{Value: value, Ticked: true})
		}
	}
}

func residencyValue(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return number
	}
	return ResidencyState(n).Word() //nolint:gosec // a smallint
}

// order puts the most frequent first; residency by what needs attention. Ticked values are never cut off.
func (r *Facet) order(most int) {
	rank := func(v FacetValue) int { return 0 }
	if r.Field == Residency {
		words := residencyWords()
		rank = func(v FacetValue) int {
			return slices.IndexFunc(words, func(w word) bool { return w.value == v.Value })
		}
	}
	slices.SortFunc(r.Values, func(a, b FacetValue) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		if a.N != b.N {
			if a.N > b.N {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Value, b.Value)
	})
	n := 0
	r.Values = slices.DeleteFunc(r.Values, func(v FacetValue) bool {
		n++
		cut := n > most && !v.Ticked
		r.More = r.More || cut
		return cut
	})
}
