package query

import (
	"fmt"
	"strings"
)

// Explain says in plain English what each term asks for, one sentence a term.
func Explain(q Query) []string {
	out := make([]string, 0, len(q.terms))
	for _, t := range q.terms {
		out = append(out, t.Explain())
	}
	return out
}

// Explain is the term as an English sentence.
func (t Term) Explain() string {
	s, ok := findSpec(t.Field)
	if !ok {
		s = textSpec
	}
	alternatives := make([]string, len(t.Values))
	for i, v := range t.Values {
		alternatives[i] = phrase(s, v)
	}
	is, isNot := verbs(s)
	if t.Negated {
		is = isNot
	}
	return s.title + " " + is + " " + orList(alternatives) + "."
}

// verbs join the field's title and a phrase, plain and negated.
func verbs(s spec) (is, isNot string) {
	switch {
	case s.name == Text:
		return "contains", "does not contain"
	case s.name == Tag:
		return "has", "does not have"
	case s.name == Touches:
		return "includes", "does not include"
	case s.shape == shapeTime:
		return "was", "was not"
	default:
		return "is", "is not"
	}
}

func orList(a []string) string {
	if len(a) < 2 {
		return strings.Join(a, "")
	}
	return strings.Join(a[:len(a)-1], ", ") + " or " + a[len(a)-1]
}

func phrase(s spec, v Value) string {
	switch {
	case s.empty != "" && v.word(s.empty):
		if s.name == Seen {
			return "never"
		}
		return "not known"
	case v.any():
		return "anything that is known"
	case s.shape == shapeNumber:
		return amountPhrase(splitComparison(v.Text()))
	case s.shape == shapeTime:
		return timePhrase(splitComparison(v.Text()))
	case s.shape == shapeTag:
		return tagPhrase(v)
	case v.Glob() && s.name == Text:
		return "text like " + v.Text()
	case v.Glob():
		return "like " + v.Text()
	}
	return wordPhrase(s, v.Text())
}

// wordPhrase uses the words of the page where a value has some.
func wordPhrase(s spec, value string) string {
	if s.name == Kind {
		if m := matching(s, literal(value)); len(m) > 1 {
			return fmt.Sprintf("any %q kind (%s)", value, list(m))
		}
	}
	if s.words != nil && s.name != Region {
		for _, w := range s.words() {
			if w.value == value {
				return w.title
			}
		}
	}
	return `"` + value + `"`
}

func amountPhrase(c comparison) string {
	switch c.op {
	case ">":
		return "more than " + c.low + " a month"
	case ">=":
		return c.low + " a month or more"
	case "<":
		return "less than " + c.low + " a month"
	case "<=":
		return c.low + " a month or less"
	case "..":
		return "between " + c.low + " and " + c.top + " a month"
	default:
		return "exactly " + c.low + " a month"
	}
}

func timePhrase(c comparison) string {
	low := momentPhrase(c.low)
	m, ok := parseMoment(c.low)
	age := ok && m.kind == isAge
	switch {
	case c.op == "..":
		if age {
			return "between " + low + " and " + momentPhrase(c.top) + " ago"
		}
		return "from " + low + " to " + momentPhrase(c.top)
	case c.op == "=":
		return "on " + low
	case age && c.op[0] == '<':
		return "less than " + low + " ago"
	case age:
		return "more than " + low + " ago"
	}
	return map[string]string{"<": "before ", "<=": "until ", ">": "after ", ">=": "since "}[c.op] + low
}

var unitNames = map[byte]string{'m': "minute", 'h': "hour", 'd': "day", 'w': "week", 'y': "year"}

func momentPhrase(s string) string {
	m, ok := parseMoment(s)
	if !ok || m.kind != isAge {
		return strings.ToUpper(s)
	}
	count := strings.TrimLeft(s[:len(s)-1], "0")
	if count == "1" {
		return "1 " + unitNames[s[len(s)-1]]
	}
	if count == "" {
		count = "0"
	}
	return count + " " + unitNames[s[len(s)-1]] + "s"
}

func tagPhrase(v Value) string {
	key, value, both := tagKey(v)
	switch {
	case !both && v.Glob():
		return "a key like " + v.Text()
	case !both:
		return `the key "` + v.Text() + `"`
	case v.Glob():
		return key.Text() + " like " + value.Text()
	default:
		return key.Text() + ` = "` + value.Text() + `"`
	}
}
