package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Completion is what could stand at the cursor.
type Completion struct {
	// Start and End are the bytes of the input that a suggestion replaces.
	Start, End int
	Items      []Suggestion
	// Stored is the field whose values come from the database, for the caller to offer in the
	// same place; Prefix is what was typed of one so far. Empty where there is nothing to look up.
	Stored Field
	Prefix string
}

// Suggestion is one text to insert, with what it means.
type Suggestion struct {
	Insert string // as it is typed, quoted where needed
	Title  string
}

const maxSuggestions = 40

// Complete suggests what could be typed at the cursor, a byte position in the input.
func Complete(in string, cursor int) Completion {
	cursor = max(0, min(cursor, len(in)))
	for cursor > 0 && cursor < len(in) && !utf8.RuneStart(in[cursor]) {
		cursor--
	}
	start := wordStart(in, cursor)
	word := in[start:cursor]
	if rest, ok := strings.CutPrefix(word, "-"); ok {
		word, start = rest, start+1
	}
	name, values, ok := strings.Cut(word, ":")
	if !ok {
		return completeField(start, cursor, word)
	}
	field := Field(strings.ToLower(name))
	if a, ok := aliases[string(field)]; ok {
		field = a
	}
	s, ok := findSpec(field)
	if !ok {
		return Completion{Start: start, End: cursor}
	}
	begin := cursor - len(values) + lastComma(values)
	return completeValue(s, begin, cursor, strings.TrimPrefix(in[begin:cursor], `"`))
}

// wordStart is where the term at the cursor begins: after the last space outside quotes.
func wordStart(in string, cursor int) int {
	start, quoted := 0, false
	for i, r := range in[:cursor] {
		switch {
		case r == '"' && (i == 0 || in[i-1] != '\\'):
			quoted = !quoted
		case unicode.IsSpace(r) && !quoted:
			start = i + utf8.RuneLen(r)
		}
	}
	return start
}

// lastComma is where the last alternative begins.
func lastComma(values string) int {
	at, quoted := 0, false
	for i := range len(values) {
		switch values[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				at = i + 1
			}
		}
	}
	return at
}

func completeField(start, end int, prefix string) Completion {
	c := Completion{Start: start, End: end}
	lower := strings.ToLower(prefix)
	for _, s := range specs {
		if strings.HasPrefix(string(s.name), lower) {
			c.Items = append(c.Items, Suggestion{Insert: string(s.name) + ":", Title: s.help})
		}
	}
	return c
}

func completeValue(s spec, start, end int, prefix string) Completion {
	c := Completion{Start: start, End: end}
	if s.stored {
		c.Stored, c.Prefix = s.name, prefix
	}
	lower := strings.ToLower(prefix)
	add := func(w word) {
		begins := strings.HasPrefix(strings.ToLower(w.value), lower) || wordBegins(strings.ToLower(w.title), lower)
		if begins && len(c.Items) < maxSuggestions {
			c.Items = append(c.Items, Suggestion{Insert: quoteIfNeeded(w.value, false), Title: w.title})
		}
	}
	if s.words != nil {
		for _, w := range s.words() {
			add(w)
		}
	}
	for _, w := range examples[s.name] {
		add(w)
	}
	if s.empty != "" {
		add(word{s.empty, s.title + ": not known"})
	}
	return c
}

// wordBegins reports whether a word of the title begins with the prefix: "bucket" finds "Object bucket".
func wordBegins(title, prefix string) bool {
	return strings.HasPrefix(title, prefix) || strings.Contains(title, " "+prefix)
}

// examples are offered for fields that take a comparison.
var examples = map[Field][]word{
	Cost:    {{">100", "more than 100 a month"}, {"<10", "less than 10 a month"}, {"100..500", "between 100 and 500"}},
	Seen:    {{"<2h", "in the last 2 hours"}, {">1d", "not for a day"}},
	Created: {{"<30d", "in the last 30 days"}, {">1y", "more than a year ago"}},
	Changed: {{"<24h", "in the last 24 hours"}, {"<7d", "in the last 7 days"}},
}
