package query

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// comparison is ">100", "100" or "100..500", taken apart. Its parts are still text.
type comparison struct {
	op       string // ">", ">=", "<", "<=", "=" or ".."
	low, top string // top only for ".."
}

func splitComparison(s string) comparison {
	for _, op := range []string{">=", "<=", ">", "<", "="} {
		if rest, ok := strings.CutPrefix(s, op); ok {
			return comparison{op: op, low: rest}
		}
	}
	if low, top, ok := strings.Cut(s, ".."); ok {
		return comparison{op: "..", low: low, top: top}
	}
	return comparison{op: "=", low: s}
}

func (c comparison) String() string {
	switch c.op {
	case "..":
		return c.low + ".." + c.top
	case "=":
		return c.low
	default:
		return c.op + c.low
	}
}

func checkNumber(s spec, v Value) (Value, *badValue) {
	if v.word(s.empty) || v.word("none") {
		return literal(s.empty), nil
	}
	const how = "Write an amount such as cost:>100, cost:<=20.50 or cost:100..500; cost:unknown finds what has none."
	if v.Glob() || tooLong(v.Text()) {
		return v, bad("", "%q is not an amount. %s", shorten(v.Text()), how)
	}
	c := splitComparison(v.Text())
	low, ok := parseAmount(c.low)
	if !ok {
		return v, bad("", "%q is not an amount. %s", shorten(v.Text()), how)
	}
	c.low = low.String()
	if c.op == ".." {
		top, ok := parseAmount(c.top)
		if !ok || top.LessThan(low) {
			return v, bad("", "%q is not a range of amounts, smaller first. %s", shorten(v.Text()), how)
		}
		c.top = top.String()
	}
	return literal(c.String()), nil
}

// parseAmount takes plain digits only: an exponent could stand for gigabytes of zeros.
func parseAmount(s string) (decimal.Decimal, bool) {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, dotted := strings.Cut(digits, ".")
	if !isDigits(whole) || len(whole) > 15 || dotted && (!isDigits(frac) || len(frac) > 6) {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

// parseAnyAmount takes what the database may hold, within bounds that are safe to compute with.
func parseAnyAmount(s string) (decimal.Decimal, bool) {
	if len(s) > 64 || strings.Trim(s, "-.0123456789") != "" {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// moment is an age, a day or an instant.
type moment struct {
	age  time.Duration
	at   time.Time // in no zone yet, unless instant
	kind momentKind
}

type momentKind int

const (
	isAge     momentKind = iota
	isDay                // a date: a whole day in the reader's zone
	isLocal              // a date and time in the reader's zone
	isInstant            // with an offset of its own
)

var ageUnits = map[string]time.Duration{
	"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "y": 365 * 24 * time.Hour,
}

func parseMoment(s string) (moment, bool) {
	if n := len(s); n >= 2 && n <= 6 && isDigits(s[:n-1]) {
		unit, ok := ageUnits[s[n-1:]]
		count, err := strconv.Atoi(s[:n-1])
		if !ok || err != nil || count > 200*365*24*int(time.Hour/unit)+200 {
			return moment{}, false
		}
		return moment{age: time.Duration(count) * unit, kind: isAge}, true
	}
	for layout, kind := range map[string]momentKind{time.DateOnly: isDay, "2006-01-02t15:04": isLocal, "2006-01-02t15:04:05": isLocal, "2006-01-02t15:04:05z07:00": isInstant, "2006-01-02t15:04z07:00": isInstant} {
		if t, err := time.Parse(strings.ToUpper(layout), strings.ToUpper(s)); err == nil && t.Year() >= 1970 {
			return moment{at: t, kind: kind}, true
		}
	}
	return moment{}, false
}

func checkTime(s spec, v Value) (Value, *badValue) {
	if s.empty != "" && (v.word(s.empty) || v.word("unknown") || v.word("none")) {
		return literal(s.empty), nil
	}
	v = v.mapped(strings.ToLower)
	text := v.Text()
	how := string(s.name) + ":<2h (younger), " + string(s.name) + ":>7d (older), units m, h, d, w, y; or dates: " +
		string(s.name) + ":2026-11-01, " + string(s.name) + ":>=2026-11-01, " + string(s.name) + ":2026-11-01..2026-11-15."
	if v.Glob() || tooLong(text) {
		return v, bad("", "%q is not a time. Write %s", shorten(text), how)
	}
	c := splitComparison(text)
	low, ok := parseMoment(c.low)
	if !ok {
		return v, bad("", "%q is not a time. Write %s", shorten(text), how)
	}
	switch c.op {
	case "..":
		top, ok := parseMoment(c.top)
		if !ok || (top.kind == isAge) != (low.kind == isAge) || top.age < low.age || top.at.Before(low.at) {
			return v, bad("", "%q is not a range of two dates or two ages, the smaller first. Write %s", shorten(text), how)
		}
	case "=":
		if low.kind == isAge {
			return v, bad("<"+c.low, "Younger or older than %s? Write %s:<%s or %s:>%s.", c.low, s.name, c.low, s.name, c.low)
		}
		if low.kind != isDay {
			return v, bad("", "Nothing happens at exactly %s. Name a day, or compare: %s", shorten(c.low), how)
		}
	}
	return literal(c.String()), nil
}
