package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// settings takes the block of an adapter as JSON with sorted names, and where each name stands.
func (o *object) settings(name string) (json.RawMessage, map[string]*yaml.Node) {
	where := map[string]*yaml.Node{}
	n, ok := o.ask(name, false)
	if !ok {
		return json.RawMessage("{}"), where
	}
	path := join(o.path, name)
	if n.Kind != yaml.MappingNode {
		o.w.say(n, path, "%s must be a mapping of names to values, not %s", path, what(n))
		return json.RawMessage("{}"), where
	}
	raw, err := json.Marshal(o.w.value(n, path, path, where, 0))
	if err != nil {
		o.w.say(n, path, "%s cannot be written as JSON: %v", path, err)
		return json.RawMessage("{}"), where
	}
	return raw, where
}

// value reads n as what JSON can hold. where collects the key (or item) of each path below base.
func (w *walk) value(n *yaml.Node, path, base string, where map[string]*yaml.Node, depth int) any {
	at := n
	n, ok := w.resolve(n)
	if !ok {
		return nil
	}
	if depth > maxDepth {
		w.say(at, path, "%s is nested deeper than %d levels, or an alias repeats what it is part of", base, maxDepth)
		w.nodes = maxNodes + 1 // a loop through two aliases would be reported without end
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		o := w.object(n, path)
		m := make(map[string]any, len(o.order))
		for _, name := range o.order {
			below := join(path, name)
			where[strings.TrimPrefix(below, base+".")] = o.entries[name].key
			m[name] = w.value(o.entries[name].value, below, base, where, depth+1)
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			below := fmt.Sprintf("%s[%d]", path, i)
			where[strings.TrimPrefix(below, base+".")] = item
			list = append(list, w.value(item, below, base, where, depth+1))
		}
		return list
	case yaml.ScalarNode:
		return w.scalar(n, path)
	default:
		w.say(n, path, "%s cannot be read", path)
		return nil
	}
}

// scalar reads one value. What YAML would change on the way to JSON is refused, not changed: an
// account id without quotes is a number that loses its leading zeros.
func (w *walk) scalar(n *yaml.Node, path string) any {
	switch n.ShortTag() {
	case "!!str", "!!merge": // as a value, << is only text
		if strings.ContainsRune(n.Value, 0) || len(n.Value) > 100_000 {
			w.say(n, path, "%s must be text of at most 100000 bytes without a NUL", path)
		}
		return n.Value
	case "!!null":
		return nil
	case "!!timestamp":
		return n.Value
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if v, ok := plainNumber(n); ok {
			return v
		}
		w.say(n, path, "%s is %s, which is not kept as it is written; put quotes around it", path, what(n))
		return nil
	}
	w.say(n, path, "%s has the tag %s, which is not supported", path, short(n.Tag))
	return nil
}

// plainNumber returns a number that JSON writes as YAML did.
func plainNumber(n *yaml.Node) (json.Number, bool) {
	digits := strings.TrimPrefix(n.Value, "-")
	if len(digits) > 1 && digits[0] == '0' && digits[1] != '.' {
		return "", false
	}
	var f float64
	if json.Unmarshal([]byte(n.Value), &f) != nil || math.IsInf(f, 0) {
		return "", false
	}
	if !strings.ContainsAny(n.Value, ".eE") && math.Abs(f) > 1<<53 {
		return "", false
	}
	return json.Number(n.Value), true
}

// parseJSON reads the JSON values of data into nodes, so that both notations share one reader.
func parseJSON(data []byte) ([]*yaml.Node, *Problem) {
	p := jsonParser{dec: json.NewDecoder(bytes.NewReader(data)), data: data}
	p.dec.UseNumber()
	var docs []*yaml.Node
	for len(bytes.TrimLeft(data[p.dec.InputOffset():], " \t\r\n")) > 0 {
		n, err := p.node(0)
		if err != nil {
			line, column := p.place(p.dec.InputOffset())
			return docs, &Problem{Position: Position{Line: line, Column: column}, Text: "this is not valid JSON: " + strings.TrimPrefix(err.Error(), "json: ")}
		}
		docs = append(docs, n)
	}
	return docs, nil
}

type jsonParser struct {
	dec  *json.Decoder
	data []byte
	// The last place that was asked for: places are asked for in order, and counting the lines of
	// a large file from its start for each value takes too long.
	offset int64
	line   int
	start  int64 // of the line
}

// place returns line and column of an offset.
func (p *jsonParser) place(offset int64) (line, column int) {
	for ; p.offset < offset && p.offset < int64(len(p.data)); p.offset++ {
		if p.data[p.offset] == '\n' {
			p.line++
			p.start = p.offset + 1
		}
	}
	return p.line + 1, int(p.offset-p.start) + 1
}

// node reads the next value.
func (p *jsonParser) node(depth int) (*yaml.Node, error) {
	from := p.dec.InputOffset()
	for from < int64(len(p.data)) && slices.Contains([]byte(" \t\r\n,:"), p.data[from]) {
		from++
	}
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = p.place(from)
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
		if v == '[' {
			n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		}
		for p.dec.More() {
			child, err := p.node(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err := p.dec.Token()
		return n, err
	case string:
		n.Tag, n.Value = "!!str", v
	case json.Number:
		n.Tag, n.Value = "!!int", v.String()
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case bool:
		n.Tag, n.Value = "!!bool", fmt.Sprint(v)
	case nil:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}
