package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Value is one of a term's alternatives: literal text, or a pattern with * in it.
type Value struct {
	// parts are the literal texts between the stars; a single part has no star.
	parts []string
	// quoted is kept where a value was one quoted string: it is then never a word of the
	// grammar, such as "none".
	quoted bool
}

func literal(s string) Value { return Value{parts: []string{s}} }

// Glob reports whether v is a pattern.
func (v Value) Glob() bool { return len(v.parts) > 1 }

// Text is the value without quotes; for a pattern, with its stars.
func (v Value) Text() string { return strings.Join(v.parts, "*") }

// any reports whether v is a star alone: any value at all, but one.
func (v Value) any() bool { return len(v.parts) == 2 && v.parts[0] == "" && v.parts[1] == "" }

// word reports whether v is the given word of the grammar, not a quoted text that looks like it.
func (v Value) word(w string) bool { return !v.quoted && !v.Glob() && strings.EqualFold(v.parts[0], w) }

func (v Value) equal(w Value) bool { return v.quoted == w.quoted && slices.Equal(v.parts, w.parts) }

// mapped applies f to every literal part.
func (v Value) mapped(f func(string) string) Value {
	parts := make([]string, len(v.parts))
	for i, p := range v.parts {
		parts[i] = f(p)
	}
	return Value{parts: parts, quoted: v.quoted}
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// like is v as a pattern of SQL's LIKE.
func (v Value) like() string {
	return strings.Join(v.mapped(likeEscaper.Replace).parts, "%")
}

// storable reports whether Postgres takes s as text.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// String is v as it is typed, in one canonical way.
func (v Value) String() string { return v.format(false) }

// format writes v; text terms need quotes in more places, because they have no field in front.
func (v Value) format(text bool) string {
	if v.quoted {
		return quote(v.parts[0])
	}
	var b strings.Builder
	for i, p := range v.parts {
		if i > 0 {
			b.WriteByte('*')
		}
		b.WriteString(quoteIfNeeded(p, text))
	}
	return b.String()
}

func quoteIfNeeded(s string, text bool) string {
	special := strings.ContainsAny(s, `",*`) || strings.ContainsFunc(s, unicode.IsSpace)
	if special || text && (strings.Contains(s, ":") || strings.HasPrefix(s, "-")) {
		return quote(s)
	}
	return s
}

var quoteEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(s string) string { return `"` + quoteEscaper.Replace(s) + `"` }
