package ui

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Node is one value of a tree of attributes: a leaf has a Value, a branch has Children.
type Node struct {
	Name     string
	Value    string // as JSON writes it, strings without their quotes
	Note     string // "3 entries", of a branch
	Children []Node
}

// Tree turns decoded JSON (maps, slices, values) into nodes, maps in the order of their keys.
func Tree(attributes map[string]any) []Node {
	nodes := make([]Node, 0, len(attributes))
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		nodes = append(nodes, node(name, attributes[name]))
	}
	return nodes
}

func node(name string, value any) Node {
	switch v := value.(type) {
	case map[string]any:
		return Node{Name: name, Value: emptyAs("{}", len(v)), Note: entries(len(v)), Children: Tree(v)}
	case []any:
		n := Node{Name: name, Value: emptyAs("[]", len(v)), Note: entries(len(v))}
		for i, e := range v {
			n.Children = append(n.Children, node(fmt.Sprint(i), e))
		}
		return n
	case string:
		return Node{Name: name, Value: v}
	}
	b, err := json.Marshal(value)
	if err != nil { // a value that JSON cannot hold cannot have come from JSON
		return Node{Name: name, Value: fmt.Sprint(value)}
	}
	return Node{Name: name, Value: string(b)}
}

func emptyAs(text string, n int) string {
	if n == 0 {
		return text
	}
	return ""
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
