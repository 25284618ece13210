package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Encode writes documents as YAML in canonical order and form: the same objects are always the
// same bytes.
func Encode(w io.Writer, docs []Document) error {
	docs = append([]Document(nil), docs...)
	Sort(docs)
	if len(docs) == 0 {
		return nil
	}
	enc := yaml.NewEncoder(w)
	enc.SetIndent(2)
	for _, doc := range docs {
		n, err := node(doc.fields())
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", doc.Kind, doc.Name, err)
		}
		if err := enc.Encode(n); err != nil {
			return fmt.Errorf("encode %s %s: %w", doc.Kind, doc.Name, err)
		}
	}
	return enc.Close()
}

// node turns a value of a field into YAML.
func node(value any) (*yaml.Node, error) {
	switch v := value.(type) {
	case []field:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range v {
			child, err := node(f.value)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, text(f.name), child)
		}
		return n, nil
	case map[string]any:
		fields := make([]field, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			fields = append(fields, field{name, v[name]})
		}
		return node(fields)
	case []string:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, text(item))
		}
		return n, nil
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			child, err := node(item)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		return n, nil
	case json.RawMessage:
		// Decoded first, so that names are sorted and numbers keep their digits.
		dec := json.NewDecoder(bytes.NewReader(v))
		dec.UseNumber()
		var settings any
		if err := dec.Decode(&settings); err != nil {
			return nil, fmt.Errorf("read settings: %w", err)
		}
		return node(settings)
	case json.Number:
		return number(v.String()), nil
	case float64:
		return number(strconv.FormatFloat(v, 'f', -1, 64)), nil
	case string:
		return text(v), nil
	}
	n := &yaml.Node{}
	return n, n.Encode(value)
}

// oldBools are truth values to readers of YAML 1.1, of which there are many: Norway is none.
var oldBools = []string{"y", "n", "yes", "no", "on", "off"}

// text is a string that is read again as the same string. The library's own choice of quotes loses
// what YAML takes for a line break and writes "<<" as a merge key.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	odd := func(r rune) bool { return unicode.IsControl(r) || !unicode.IsPrint(r) }
	if s == "<<" || s == "=" || slices.Contains(oldBools, strings.ToLower(s)) || strings.ContainsFunc(s, odd) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// number is written without quotes.
func number(digits string) *yaml.Node {
	tag := "!!int"
	if strings.ContainsAny(digits, ".eE") {
		tag = "!!float"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: digits}
}

// ordered is an object whose names keep their order in JSON.
type ordered []field

// MarshalJSON writes the object.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		if nested, ok := f.value.([]field); ok {
			f.value = ordered(nested)
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
