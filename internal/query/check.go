package query

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
)

// badValue is a sentence on a value, with what was probably meant.
type badValue struct {
	text, meant string
}

func bad(meant, format string, args ...any) *badValue {
	return &badValue{meant: meant, text: fmt.Sprintf(format, args...)}
}

// synonyms are other words people use for values, by field.
var synonyms = map[Field]map[string]string{
	Residency: {
		"fail": "violation", "failed": "violation", "violations": "violation", "pass": "compliant", "passed": "compliant",
		"ok": "compliant", "n/a": "na",
	},
	Managed: {"unmanaged": "none", "opentofu": "terraform", "tofu": "terraform"},
	State:   {"deleted": "gone"},
}

// check brings a value into its canonical form, or says what is wrong with it.
func check(s spec, v Value) (Value, *badValue) {
	if len(v.parts) == 1 && v.parts[0] == "" {
		return v, bad("", "The quotes are empty. Put the text to find between them.")
	}
	switch s.shape {
	case shapeNumber:
		return checkNumber(s, v)
	case shapeTime:
		return checkTime(s, v)
	case shapeTag:
		return checkTag(v)
	case shapeArray, shapeWord:
		return checkWord(s, v)
	default:
		// In text, quotes stay as they were typed, and are put where they are needed; elsewhere
		// they only protect characters.
		v.quoted = s.name == Text && !v.Glob() && (v.quoted || quoteIfNeeded(v.parts[0], true) != v.parts[0])
		return v, nil
	}
}

// reserved reports whether a field reads the unquoted text as something else.
func reserved(s spec, text string) bool {
	_, synonym := synonyms[s.name][text]
	return synonym || s.empty != "" && (strings.EqualFold(text, s.empty) || strings.EqualFold(text, "unknown"))
}

func checkWord(s spec, v Value) (Value, *badValue) {
	if s.empty != "" && (v.word(s.empty) || v.word("unknown")) {
		return literal(s.empty), nil
	}
	if s.lower {
		v = v.mapped(strings.ToLower)
	}
	if full, ok := synonyms[s.name][v.Text()]; ok && !v.quoted {
		v = literal(full)
	}
	if s.name == Country || s.name == Touches {
		return checkCountry(v)
	}
	if s.closed && !v.any() && len(matching(s, v)) == 0 {
		if v.quoted && s.name == Kind { // stored by a newer version, say
			return v, nil
		}
		return v, badWord(s, v)
	}
	v.quoted = v.quoted && reserved(s, v.Text())
	return v, nil
}

func badWord(s spec, v Value) *badValue {
	var names []string
	for _, w := range s.words() {
		names = append(names, w.value)
	}
	if v.Glob() {
		return bad("", "No %s matches %s. There are: %s.", s.name, shorten(v.String()), list(names))
	}
	if n := fault.Nearest(v.Text(), names); n != "" {
		return bad(n, "There is no %s %q; did you mean %s:%s?", s.name, shorten(v.Text()), s.name, n)
	}
	return bad("", "There is no %s %q. There are: %s.", s.name, shorten(v.Text()), list(names))
}

func list(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func checkCountry(v Value) (Value, *badValue) {
	v = v.mapped(strings.ToUpper)
	if v.Glob() {
		return v, nil
	}
	v.quoted = false
	code := v.parts[0]
	if len(code) == 2 && isLetter(code[0]) && isLetter(code[1]) {
		return v, nil
	}
	var names []string
	for _, w := range countryWords() {
		names = append(names, strings.ToUpper(w.title))
	}
	n := fault.Nearest(code, names)
	for _, w := range countryWords() {
		if n != "" && strings.ToUpper(w.title) == n {
			return v, bad(w.value, "Countries are two letters: %s is %s.", w.title, w.value)
		}
	}
	return v, bad("", "Countries are two letters, such as DE for %s; %q is none.", cloud.CountryName("DE"), shorten(v.Text()))
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

func checkTag(v Value) (Value, *badValue) {
	v = v.mapped(strings.ToLower)
	if v.any() {
		return v, bad("", "tag:* says nothing. Name a key, such as tag:env, or a value, such as tag:env=prod.")
	}
	v.quoted = false
	if key, _, _ := tagKey(v); len(key.parts) == 1 && key.parts[0] == "" {
		return v, bad("", "A tag's key is missing before the =. Write tag:key=value.")
	}
	return v, nil
}

// tagKey splits a tag value at its first =. Without one, only the key is asked for.
func tagKey(v Value) (key Value, value Value, both bool) {
	for i, p := range v.parts {
		if k, rest, ok := strings.Cut(p, "="); ok {
			key = Value{parts: append(append([]string{}, v.parts[:i]...), k)}
			value = Value{parts: append([]string{rest}, v.parts[i+1:]...)}
			return key, value, true
		}
	}
	return v, Value{}, false
}

// checkTogether looks at what only all values of a term show. An answer is a sentence.
func checkTogether(s spec, values []Value) string {
	if s.shape != shapeTag {
		return ""
	}
	var key string
	for _, v := range values {
		k, _, both := tagKey(v)
		if both {
			key = k.String()
			continue
		}
		if key != "" {
			return fmt.Sprintf("Is %q a value of %s or a key of its own? Write tag:…,%s=%s for the value, or name the key first.",
				shorten(v.Text()), shorten(key), shorten(key), shorten(v.String()))
		}
	}
	return ""
}

// tooLong keeps numbers and dates from being absurd before they are parsed.
func tooLong(s string) bool { return utf8.RuneCountInString(s) > 64 }
