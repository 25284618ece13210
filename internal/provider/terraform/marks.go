package terraform

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// marks is a tree of what a state marks as sensitive. The zero value marks nothing.
type marks struct {
	all bool // this and everything below it
	at  map[string]*marks
}

var everything = &marks{all: true}

// of returns the marks of an attribute, a key or an index below m.
func (m *marks) of(name string) *marks {
	if m == nil || m.all {
		return m
	}
	return m.at[name]
}

func (m *marks) whole() bool { return m != nil && m.all }

// any reports whether m or something below it is marked.
func (m *marks) any() bool { return m != nil && (m.all || len(m.at) > 0) }

func (m *marks) below(name string) *marks {
	if m.at == nil {
		m.at = map[string]*marks{}
	}
	if m.at[name] == nil {
		m.at[name] = &marks{}
	}
	return m.at[name]
}

// marksOfPaths reads sensitive_attributes of a state file: a list of paths. What of a path is not
// understood (an element of a set, say) marks what comes before it.
func marksOfPaths(raw json.RawMessage) *marks {
	if absent(raw) {
		return nil
	}
	var paths [][]struct {
		Type  string          `json:"type"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(raw, &paths); err != nil {
		return everything
	}
	root := &marks{}
	for _, path := range paths {
		m := root
		for _, step := range path {
			name, ok := stepName(step.Type, step.Value)
			if !ok {
				break
			}
			m = m.below(name)
		}
		m.all = true
	}
	return root
}

func stepName(kind string, value json.RawMessage) (string, bool) {
	var name string
	switch kind {
	case "get_attr":
		if json.Unmarshal(value, &name) != nil {
			return "", false
		}
		return name, true
	case "index":
		var key struct {
			Value any `json:"value"`
		}
		dec := json.NewDecoder(bytes.NewReader(value))
		dec.UseNumber()
		if dec.Decode(&key) != nil {
			return "", false
		}
		switch key.Value.(type) {
		case string, json.Number:
			return scalar(key.Value)
		}
	}
	return "", false
}

// marksOfTree reads sensitive_values of the show form: a tree with true at what is sensitive.
func marksOfTree(raw json.RawMessage) *marks {
	if absent(raw) {
		return nil
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return everything
	}
	return treeOf(v)
}

func treeOf(v any) *marks {
	m := &marks{}
	switch v := v.(type) {
	case bool:
		m.all = v
	case map[string]any:
		for k, below := range v {
			if b := treeOf(below); b.any() {
				m.below(k)
				m.at[k] = b
			}
		}
	case []any:
		for i, below := range v {
			if b := treeOf(below); b.any() {
				m.below(strconv.Itoa(i))
				m.at[strconv.Itoa(i)] = b
			}
		}
	case nil:
	default:
		m.all = true
	}
	return m
}

func absent(raw json.RawMessage) bool {
	t := bytes.TrimSpace(raw)
	return len(t) == 0 || bytes.Equal(t, []byte("null"))
}

// hiddenValues collects the strings and long numbers that m marks in v, at any depth.
func hiddenValues(v any, m *marks, into []string) []string {
	if !m.any() {
		return into
	}
	switch v := v.(type) {
	case map[string]any:
		for k, below := range v {
			into = hiddenValues(below, m.of(k), into)
		}
	case []any:
		for i, below := range v {
			into = hiddenValues(below, m.of(strconv.Itoa(i)), into)
		}
	case string:
		if m.all {
			into = append(into, v)
		}
	case json.Number:
		// A short number, such as a port, stands in many ids by chance.
		if m.all && len(v) > 5 {
			into = append(into, v.String())
		}
	}
	return into
}
