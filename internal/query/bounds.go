package query

import (
	"strings"
	"time"
)

// number compares the cost. The expression is that of its index; what has no cost matches nothing
// but cost:unknown.
func (b *builder) number(s spec, v Value) string {
	if v.word(s.empty) {
		return "l.cost IS NULL"
	}
	const cost = "(l.cost IS NOT NULL AND COALESCE(l.cost, -1) "
	c := splitComparison(v.Text())
	low := b.arg(c.low, "numeric")
	switch c.op {
	case ">":
		return cost + "> " + low + ")"
	case ">=":
		return cost + ">= " + low + ")"
	case "<":
		return cost + "< " + low + ")"
	case "<=":
		return cost + "<= " + low + ")"
	case "..":
		return cost + "BETWEEN " + low + " AND " + b.arg(c.top, "numeric") + ")"
	default:
		return cost + "= " + low + ")"
	}
}

// seenAt is when a row was last proved: its scope's last complete listing. It is an expression of
// an index, so it must stay as it is written there.
const seenAt = "COALESCE(s.last_ok_at, '-infinity'::timestamptz)"

func (b *builder) time(s spec, v Value) string {
	column := "l." + s.column
	if s.name == Seen {
		column, b.scopes = seenAt, true
	}
	if s.empty != "" && v.word(s.empty) {
		if s.name == Seen {
			return column + " = '-infinity'"
		}
		return column + " IS NULL"
	}
	from, to := b.span(splitComparison(v.Text()))
	var conds []string
	if !from.IsZero() {
		conds = append(conds, column+" >= "+b.arg(from, "timestamptz"))
	}
	if !to.IsZero() {
		conds = append(conds, column+" < "+b.arg(to, "timestamptz"))
	}
	if len(conds) == 0 {
		return "FALSE" // Parse lets no such comparison through
	}
	if s.name == Created { // the only one that can be NULL
		conds = append(conds, column+" IS NOT NULL")
	}
	return "(" + strings.Join(conds, " AND ") + ")"
}

// span is the half-open interval of time that a comparison means; zero times leave an end open.
// Postgres keeps microseconds, so "after t" is "from t plus one".
func (b *builder) span(c comparison) (from, to time.Time) {
	low, ok := parseMoment(c.low)
	if !ok {
		return from, to
	}
	begin, end := b.when(low)
	younger := low.kind == isAge
	switch c.op {
	case "..":
		top, ok := parseMoment(c.top)
		if !ok {
			return from, to
		}
		topBegin, topEnd := b.when(top)
		if younger {
			begin, topEnd = topBegin, end
		}
		if topEnd.Before(begin) {
			topEnd = begin
		}
		return begin, topEnd
	case "=":
		return begin, end
	}
	before := c.op[0] == '<'
	orEqual := len(c.op) == 2
	if younger {
		before = !before // a smaller age is a later time
	}
	switch {
	case before && orEqual:
		return from, end
	case before:
		return from, begin
	case orEqual:
		return begin, to
	default:
		return end, to
	}
}

// when is the first moment that m means and the first after it.
func (b *builder) when(m moment) (begin, end time.Time) {
	switch m.kind {
	case isAge:
		begin = b.now.Add(-m.age)
	case isInstant:
		begin = m.at
	default:
		begin = inZone(m.at, b.zone)
		if m.kind == isDay {
			return begin, inZone(m.at.AddDate(0, 0, 1), b.zone)
		}
	}
	begin = begin.Truncate(time.Microsecond)
	return begin, begin.Add(time.Microsecond)
}

func inZone(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}
