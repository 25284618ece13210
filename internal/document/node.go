package document

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Limits of one file. Aliases count each time they are used, so that a few lines cannot stand for
// more than a file may hold.
const (
	maxNodes = 200_000
	maxDepth = 64
)

// walk reads nodes of one file and collects what is wrong with them.
type walk struct {
	file     string
	noLines  bool // lines mean nothing to the reader: the documents came in a request
	nodes    int
	problems Problems
}

func (w *walk) at(n *yaml.Node) Position {
	if w.noLines {
		return Position{File: w.file}
	}
	return Position{w.file, n.Line, n.Column}
}

func (w *walk) say(n *yaml.Node, path, format string, args ...any) {
	w.problems = append(w.problems, Problem{Position: w.at(n), Field: path, Text: fmt.Sprintf(format, args...)})
}

// resolve follows an alias and counts the node; ok is false when the file stands for too much.
func (w *walk) resolve(n *yaml.Node) (*yaml.Node, bool) {
	for hops := 0; n.Kind == yaml.AliasNode && n.Alias != nil && hops < maxDepth; hops++ {
		n = n.Alias
	}
	w.nodes++
	if w.nodes == maxNodes+1 {
		w.say(n, "", "the file stands for more than %d values, counting what its aliases repeat; split it or write fewer aliases", maxNodes)
	}
	return n, w.nodes <= maxNodes
}

// object reads a mapping. Names are used up by asking for them; finish reports the rest.
type object struct {
	w       *walk
	path    string
	node    *yaml.Node
	entries map[string]entry
	order   []string
	asked   []string
	broken  bool // not a mapping: already reported, so that missing fields are not
}

type entry struct{ key, value *yaml.Node }

// object reads n as a mapping whose keys are distinct strings.
func (w *walk) object(n *yaml.Node, path string) *object {
	o := &object{w: w, path: path, node: n, entries: map[string]entry{}}
	n, ok := w.resolve(n)
	if !ok || n.Kind != yaml.MappingNode {
		o.broken = true
		if ok {
			w.say(n, path, "%s must be a mapping of names to values, not %s", title(path), what(n))
		}
		return o
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name, ok := w.key(key, path)
		if !ok {
			continue
		}
		if first, dup := o.entries[name]; dup {
			w.say(key, join(path, name), "field %q is given twice; line %d has it already", name, first.key.Line)
			continue
		}
		o.entries[name] = entry{key, value}
		o.order = append(o.order, name)
	}
	return o
}

// key returns the name a key stands for.
func (w *walk) key(n *yaml.Node, path string) (string, bool) {
	if n.ShortTag() == "!!merge" {
		w.say(n, path, "merge keys (<<) are not supported; write the fields out")
		return "", false
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		w.say(n, path, "a field name in %s must be text, not %s; put quotes around it", title(path), what(n))
		return "", false
	}
	return n.Value, true
}

// ask takes a field; ok is false where it is absent or null.
func (o *object) ask(name string, need bool) (*yaml.Node, bool) {
	o.asked = append(o.asked, name)
	e, found := o.entries[name]
	if found {
		n, ok := o.w.resolve(e.value)
		if !ok {
			return nil, false
		}
		if n.ShortTag() != "!!null" {
			return n, true
		}
	}
	if need && !o.broken {
		at := o.node
		if found {
			at = e.value
		}
		o.w.say(at, join(o.path, name), "field %q is missing in %s", name, title(o.path))
	}
	return nil, false
}

// text takes a string of one line.
func (o *object) text(name string, need bool) (string, *yaml.Node) {
	n, ok := o.ask(name, need)
	if !ok {
		return "", nil
	}
	s, ok := o.w.text(n, join(o.path, name))
	if !ok {
		return "", nil
	}
	if need && s == "" {
		o.w.say(n, join(o.path, name), "%s is empty", join(o.path, name))
		return "", nil
	}
	return s, n
}

// text reads n as a string that a database and a page can hold.
func (w *walk) text(n *yaml.Node, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		fix := ""
		if n.Kind == yaml.ScalarNode {
			fix = "; put quotes around it"
		}
		w.say(n, path, "%s must be text, not %s%s", path, what(n), fix)
		return "", false
	}
	if strings.ContainsFunc(n.Value, unicode.IsControl) || len(n.Value) > 1000 {
		w.say(n, path, "%s must be one line of at most 1000 bytes without control characters", path)
		return "", false
	}
	return n.Value, true
}

// texts takes a list of strings, with their nodes.
func (o *object) texts(name string) ([]string, []*yaml.Node) {
	n, ok := o.ask(name, false)
	if !ok {
		return nil, nil
	}
	path := join(o.path, name)
	if n.Kind != yaml.SequenceNode {
		o.w.say(n, path, "%s must be a list, not %s; write [%s]", path, what(n), short(n.Value))
		return nil, nil
	}
	var out []string
	var nodes []*yaml.Node
	for i, item := range n.Content {
		item, ok := o.w.resolve(item)
		if !ok {
			break
		}
		if s, ok := o.w.text(item, fmt.Sprintf("%s[%d]", path, i)); ok {
			out, nodes = append(out, s), append(nodes, item)
		}
	}
	return out, nodes
}

// flag takes true or false; absent is otherwise.
func (o *object) flag(name string, otherwise bool) bool {
	n, ok := o.ask(name, false)
	if !ok {
		return otherwise
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		if v, err := strconv.ParseBool(strings.ToLower(n.Value)); err == nil {
			return v
		}
	}
	o.w.say(n, join(o.path, name), "%s must be true or false, not %s", join(o.path, name), what(n))
	return otherwise
}

// number takes a number between low and high; nil where it is absent.
func (o *object) number(name string, low, high float64) *float64 {
	n, ok := o.ask(name, false)
	if !ok {
		return nil
	}
	var v float64
	path := join(o.path, name)
	if n.Kind != yaml.ScalarNode || (n.ShortTag() != "!!int" && n.ShortTag() != "!!float") || n.Decode(&v) != nil {
		o.w.say(n, path, "%s must be a number, not %s", path, what(n))
		return nil
	}
	if !(v >= low && v <= high) { // NaN is in no range
		o.w.say(n, path, "%s is %s; it must be between %g and %g", path, short(n.Value), low, high)
		return nil
	}
	return &v
}

// object takes a mapping; an absent one is reported when it is needed.
func (o *object) object(name string) *object {
	n, ok := o.ask(name, true)
	if !ok {
		return &object{w: o.w, path: join(o.path, name), node: o.node, broken: true}
	}
	return o.w.object(n, join(o.path, name))
}

// finish reports the fields that nothing asked for. why, where not nil, may explain one.
func (o *object) finish(why func(name string) string) {
	for _, name := range o.order {
		if slices.Contains(o.asked, name) {
			continue
		}
		e := o.entries[name]
		hint := meant(name, o.asked)
		if why != nil && why(name) != "" {
			hint = "; " + why(name)
		}
		o.w.say(e.key, join(o.path, name), "unknown field %q in %s%s", short(name), title(o.path), hint)
	}
}

func join(path, name string) string {
	switch "" {
	case path:
		return name
	case name:
		return path
	}
	return path + "." + name
}

// title is how a path reads in a sentence.
func title(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

// what says in words what a node holds.
func what(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		return scalarWhat(n)
	}
}

func scalarWhat(n *yaml.Node) string {
	switch n.ShortTag() {
	case "!!null":
		return "empty"
	case "!!bool":
		return "the truth value " + short(n.Value)
	case "!!int", "!!float":
		return "the number " + short(n.Value)
	case "!!timestamp":
		return "the date " + short(n.Value)
	case "!!str":
		return strconv.Quote(short(n.Value))
	}
	return "a value tagged " + short(n.ShortTag())
}

// short keeps a quoted value from filling a message.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
