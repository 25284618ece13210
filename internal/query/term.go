package query

import "strings"

// term is the condition of one term. Conditions on columns that may be NULL are never unknown, so
// that a negated term finds exactly what the plain one does not.
func (b *builder) term(t Term) string {
	s, ok := findSpec(t.Field)
	if !ok {
		s = textSpec
	}
	cond := strings.Join(b.alternatives(s, t.Values), " OR ")
	if t.Negated {
		return "NOT (" + cond + ")"
	}
	return "(" + cond + ")"
}

func (b *builder) alternatives(s spec, values []Value) []string {
	switch s.name {
	case Kind:
		return b.kinds(s, values)
	case Residency:
		return b.residency(s, values)
	case Account:
		return b.accounts(values)
	case Unit:
		return b.units(values)
	default: // by its shape
	}
	switch s.shape {
	case shapeWord:
		return b.words("l."+s.column, s, values)
	case shapeArray:
		return b.array(values)
	case shapeTag:
		return b.tags(values)
	default: // value by value
	}
	var out []string
	for _, v := range values {
		switch {
		case s.shape == shapeNumber:
			out = append(out, b.number(s, v))
		case s.shape == shapeTime:
			out = append(out, b.time(s, v))
		case s.name == Name:
			out = append(out, b.name(v))
		case s.name == ID:
			out = append(out, b.nativeID(v))
		default:
			out = append(out, b.text(v))
		}
	}
	return out
}

// words compares a text column: all plain values at once, each pattern by itself.
func (b *builder) words(column string, s spec, values []Value) []string {
	var plain, out []string
	for _, v := range values {
		switch {
		case s.empty != "" && v.word(s.empty):
			plain = append(plain, "")
		case v.any():
			out = append(out, column+" <> ''")
		case v.Glob():
			out = append(out, column+" LIKE "+b.arg(v.like(), "text"))
		default:
			plain = append(plain, v.Text())
		}
	}
	if len(plain) > 0 {
		out = append(out, b.oneOf(column, plain))
	}
	return out
}

// oneOf compares with one value by =, which the planner estimates best, with several by ANY.
func (b *builder) oneOf(column string, values []string) string {
	if len(values) == 1 {
		return column + " = " + b.arg(values[0], "text")
	}
	return column + " = ANY(" + b.arg(values, "text[]") + ")"
}

// kinds names every kind a value means, so that estimates and indexes work for groups too.
func (b *builder) kinds(s spec, values []Value) []string {
	var names []string
	for _, v := range values {
		if v.any() {
			return []string{"TRUE"}
		}
		if m := matching(s, v); len(m) > 0 {
			names = append(names, m...)
		} else {
			names = append(names, v.Text())
		}
	}
	return []string{b.oneOf("l.kind", names)}
}

// residencyRank orders by what needs attention: violation 0, unknown, waived, compliant, not
// applicable 4, not judged 5. It is an expression of an index, so it must stay as it is written there.
const residencyRank = "((l.residency + 5) % 6)"

func (b *builder) residency(s spec, values []Value) []string {
	ranks := []int32{}
	for _, v := range values {
		if v.any() {
			ranks = append(ranks, 0, 1, 2, 3, 4) // anything but not judged
			continue
		}
		m := matching(s, v)
		for i, w := range residencies {
			for _, name := range m {
				if w.value == name {
					ranks = append(ranks, int32((i+5)%6)) //nolint:gosec // below 6
				}
			}
		}
	}
	if len(ranks) == 1 {
		return []string{residencyRank + " = " + b.arg(ranks[0], "int")}
	}
	return []string{residencyRank + " = ANY(" + b.arg(ranks, "int[]") + ")"}
}

// accounts are named by what is shown, or by what the accounts table knows: any spelling of the
// name, or the provider's id.
func (b *builder) accounts(values []Value) []string {
	s, _ := findSpec(Account)
	out := b.words("l.account", s, values)
	var ids []int64
	var names []string
	for _, v := range values {
		if v.any() {
			continue
		}
		a := b.known.accounts[v.like()]
		ids, names = append(ids, a.ids...), append(names, a.names...)
	}
	if len(ids) == 0 {
		return out
	}
	// The name is there for its index.
	return append(out, "(l.account = ANY("+b.arg(names, "text[]")+") AND l.account_id = ANY("+b.arg(ids, "bigint[]")+"))")
}

func (b *builder) units(values []Value) []string {
	ids := []string{}
	for _, v := range values {
		ids = append(ids, b.known.units[v.like()]...)
	}
	return []string{"l.unit_id = ANY((" + b.arg(ids, "text[]") + ")::uuid[])"}
}

func (b *builder) array(values []Value) []string {
	var plain, out []string
	for _, v := range values {
		switch {
		case v.any():
			out = append(out, "cardinality(l.countries) > 0")
		case v.Glob():
			out = append(out, "EXISTS (SELECT FROM unnest(l.countries) c WHERE c LIKE "+b.arg(v.like(), "text")+")")
		default:
			plain = append(plain, v.Text())
		}
	}
	if len(plain) > 0 {
		out = append(out, "l.countries && "+b.arg(plain, "text[]"))
	}
	return out
}

// tags are found by the array's index; a pattern looks into the arrays that have its key.
func (b *builder) tags(values []Value) []string {
	var plain, out []string
	for _, v := range values {
		if !v.Glob() {
			plain = append(plain, v.Text())
			continue
		}
		key, _, both := tagKey(v)
		cond := "EXISTS (SELECT FROM unnest(l.tags) t WHERE t LIKE " + b.arg(v.like(), "text")
		if !both {
			cond += " AND strpos(t, '=') = 0"
		}
		cond += ")"
		if both && !key.Glob() {
			cond = "(l.tags && " + b.arg([]string{key.Text()}, "text[]") + " AND " + cond + ")"
		}
		out = append(out, cond)
	}
	if len(plain) > 0 {
		out = append(out, "l.tags && "+b.arg(plain, "text[]"))
	}
	return out
}

// text looks into the search column, which has the name and the last segment of the native id; a
// whole native id is narrowed by its own last segment first, because only search has an index.
func (b *builder) text(v Value) string {
	lower := v.mapped(strings.ToLower)
	cond := "l.search LIKE " + b.arg("%"+lower.like()+"%", "text")
	if v.Glob() || !strings.ContainsAny(v.parts[0], "/:") {
		return cond
	}
	return "(" + cond + " OR " + b.nativeID(v) + ")"
}

// name is the whole name, in any case; search, which holds it in lower case, has the index.
func (b *builder) name(v Value) string {
	lower := v.mapped(strings.ToLower)
	return `(l.search LIKE ` + b.arg("%"+lower.like()+"%", "text") +
		` AND l.name COLLATE "default" ILIKE ` + b.arg(v.like(), "text") + ")"
}

// nativeID is the whole id as typed or in lower case (Azure's ids are stored so).
func (b *builder) nativeID(v Value) string {
	lower := v.mapped(strings.ToLower)
	tail := Value{parts: []string{lastSegment(lower.parts[len(lower.parts)-1])}}
	cond := "l.search LIKE " + b.arg("%"+tail.like(), "text")
	if v.Glob() {
		return "(" + cond + " AND (l.native_id LIKE " + b.arg(v.like(), "text") + " OR l.native_id LIKE " + b.arg(lower.like(), "text") + "))"
	}
	return "(" + cond + " AND l.native_id = ANY(" + b.arg([]string{v.Text(), lower.Text()}, "text[]") + "))"
}

// lastSegment is what the projector puts into search of a native id.
func lastSegment(id string) string { return id[strings.LastIndexAny(id, "/:")+1:] }
