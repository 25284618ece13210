package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

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
			key := &yaml.Node{}
			key.SetString(f.name)
			n.Content = append(n.Content, key, child)
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
		n := &yaml.Node{}
		return n, n.Encode(numbers(settings))
	}
	n := &yaml.Node{}
	return n, n.Encode(value)
}

// numbers turns JSON numbers into what YAML writes without quotes.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case json.Number:
		tag := "!!int"
		if strings.ContainsAny(v.String(), ".eE") {
			tag = "!!float"
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
	}
	return v
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
