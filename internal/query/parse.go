package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/causeway/causeway/internal/fault"
)

// Parse reads a query. On error, which is an *Errors, the query holds the terms that were
// understood, so that a page can still show them.
func Parse(in string) (Query, error) {
	p := &parser{in: in}
	p.run()
	if len(p.problems) > 0 {
		return p.query, &Errors{Problems: p.problems}
	}
	return p.query, nil
}

type parser struct {
	in       string
	pos      int
	values   int
	query    Query
	problems []Problem
}

func (p *parser) run() {
	if len(p.in) > MaxLength {
		p.fail(0, 0, "", "The query is %d bytes long; %d are allowed. Leave out some terms.", len(p.in), MaxLength)
		return
	}
	if !utf8.ValidString(p.in) {
		p.fail(0, len(p.in), "", "The query is not valid UTF-8 text. Type it again.")
		return
	}
	if i := strings.IndexFunc(p.in, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }); i >= 0 {
		p.fail(i, i+1, "", "The query has a control character. Delete it.")
		return
	}
	for p.skipSpace(); p.pos < len(p.in); p.skipSpace() {
		if len(p.query.terms) == MaxTerms {
			p.fail(p.pos, len(p.in), "", "The query has more than %d terms. Leave out some, or join values with commas.", MaxTerms)
			return
		}
		p.term()
		if p.values > MaxValues {
			p.fail(p.pos, len(p.in), "", "The query has more than %d values. Leave out some, or use a pattern with *.", MaxValues)
			return
		}
	}
}

// fail records a problem of the bytes from start to end; the text is a sentence.
func (p *parser) fail(start, end int, meant, format string, args ...any) {
	p.problems = append(p.problems, Problem{
		Start: start, End: end, Term: p.in[start:end], Meant: meant, Text: fmt.Sprintf(format, args...),
		column: utf8.RuneCountInString(p.in[:start]) + 1,
	})
}

// term reads one term and adds it, or says what is wrong with it. It always moves on.
func (p *parser) term() {
	start := p.pos
	t := Term{Start: start, Negated: p.in[p.pos] == '-'}
	if t.Negated {
		p.pos++
	}
	name, named := p.fieldName()
	values, wrong := p.valueList()
	t.End = p.pos
	if wrong != "" {
		p.fail(start, p.pos, "", "%s", wrong)
		return
	}
	s := textSpec
	if named {
		var ok bool
		if s, ok = p.lookup(t, name); !ok {
			return
		}
	}
	t.Field = s.name
	for _, v := range values {
		v, bad := check(s, v)
		if bad != nil {
			p.fail(start, p.pos, p.repaired(t, bad), "%s", bad.text)
			return
		}
		if !t.has(v) {
			t.Values = append(t.Values, v)
			p.values++
		}
	}
	if wrong := checkTogether(s, t.Values); wrong != "" {
		p.fail(start, p.pos, "", "%s", wrong)
		return
	}
	p.query.terms = append(p.query.terms, t)
}

// repaired is the term with the value that was probably meant.
func (p *parser) repaired(t Term, bad *badValue) string {
	if bad.meant == "" {
		return ""
	}
	t.Values = []Value{literal(bad.meant)}
	return t.String()
}

func (p *parser) lookup(t Term, name string) (spec, bool) {
	lower := strings.ToLower(name)
	if a, ok := aliases[lower]; ok {
		lower = string(a)
	}
	if s, ok := findSpec(Field(lower)); ok {
		return s, true
	}
	names := make([]string, 0, len(specs)+len(aliases))
	for _, s := range specs {
		names = append(names, string(s.name))
	}
	for a := range aliases {
		names = append(names, a)
	}
	slices.Sort(names)
	whole := p.in[t.Start:t.End]
	rest := whole[strings.IndexByte(whole, ':'):]
	if n := fault.Nearest(lower, names); n != "" {
		minus := strings.Repeat("-", boolInt(t.Negated))
		p.fail(t.Start, t.End, minus+n+rest, "There is no field %q; did you mean %s%s? To find the text itself, put it in quotes.", name, n, shorten(rest))
		return spec{}, false
	}
	p.fail(t.Start, t.End, quote(whole), "There is no field %q. To find the text itself, put it in quotes: %s.", name, shorten(quote(whole)))
	return spec{}, false
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// shorten keeps a sentence readable when it quotes what was typed.
func shorten(s string) string {
	const most = 60 // characters
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// fieldName reads a name and its colon, or nothing.
func (p *parser) fieldName() (string, bool) {
	end := p.pos
	for end < len(p.in) && isNameByte(p.in[end]) {
		end++
	}
	if end == p.pos || end == len(p.in) || p.in[end] != ':' {
		return "", false
	}
	name := p.in[p.pos:end]
	p.pos = end + 1
	return name, true
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// valueList reads values with commas between them. A non-empty answer says what is wrong; the
// position is then after the broken part.
func (p *parser) valueList() ([]Value, string) {
	var out []Value
	for {
		v, wrong := p.value()
		if wrong != "" {
			return nil, wrong
		}
		out = append(out, v)
		if p.pos == len(p.in) || p.in[p.pos] != ',' {
			return out, ""
		}
		p.pos++
	}
}

// value reads up to a space or a comma: bare text and quoted strings in any mixture.
func (p *parser) value() (Value, string) {
	v, start, pieces := Value{parts: []string{""}}, p.pos, 0
	add := func(s string) { v.parts[len(v.parts)-1] += s }
	for p.pos < len(p.in) {
		r, size := utf8.DecodeRuneInString(p.in[p.pos:])
		if unicode.IsSpace(r) || r == ',' {
			break
		}
		pieces++
		switch r {
		case '"':
			s, ok := p.quoted()
			if !ok {
				return v, "A quote is opened and never closed. Add the closing \"."
			}
			add(s)
			v.quoted = pieces == 1
			continue
		case '*':
			if n := len(v.parts); n == 1 || v.parts[n-1] != "" {
				v.parts = append(v.parts, "")
			}
		default:
			add(p.in[p.pos : p.pos+size])
		}
		v.quoted = false
		p.pos += size
	}
	v.quoted = v.quoted && pieces == 1
	if p.pos == start {
		for p.pos < len(p.in) && p.in[p.pos] == ',' {
			p.pos++ // report ",,," once
		}
		return v, "A value is missing: name one after the colon, the comma or the minus, without a space."
	}
	return v, ""
}

// quoted reads a quoted string; a backslash takes the next character literally.
func (p *parser) quoted() (string, bool) {
	var b strings.Builder
	for i := p.pos + 1; i < len(p.in); i++ {
		switch c := p.in[i]; c {
		case '"':
			p.pos = i + 1
			return b.String(), true
		case '\\':
			if i++; i < len(p.in) {
				b.WriteByte(p.in[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	p.pos = len(p.in)
	return "", false
}

func (p *parser) skipSpace() {
	for p.pos < len(p.in) {
		r, size := utf8.DecodeRuneInString(p.in[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += size
	}
}
