package sample

import (
	"fmt"
	"strings"
)

// Unit is a business unit of the group.
type Unit struct {
	Name   string // slug
	Title  string
	Owner  string
	Claims []string // "aws:482910375512"
}

// Units returns the group's four units with the accounts that each claims.
func Units() []Unit {
	list := []Unit{
		{Name: unitRetail, Title: "Retail bank", Owner: "Ingrid Halvorsen"},
		{Name: unitPayments, Title: "Payments", Owner: "Mara Kessler"},
		{Name: unitInsurance, Title: "Insurance", Owner: "Tomasz Wolski"},
		{Name: unitPlatform, Title: "Platform", Owner: "Aoife Brennan"},
	}
	for i := range list {
		for _, a := range accounts {
			if a.unit == list[i].Name {
				list[i].Claims = append(list[i].Claims, string(a.provider)+":"+a.id)
			}
		}
	}
	return list
}

// Documents is what the demo applies before its first sync: the units, and the source that this
// adapter reads, for an estate of scale resources (0 takes DefaultScale). YAML, several documents.
func Documents(scale int) []byte {
	if scale == 0 {
		scale = DefaultScale
	}
	var b strings.Builder
	for _, u := range Units() {
		fmt.Fprintf(&b, "apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: %s}\nspec:\n  title: %s\n  parent: organisation\n  owner: %s\n  accounts:\n", u.Name, u.Title, u.Owner)
		for _, c := range u.Claims {
			fmt.Fprintf(&b, "    - %q\n", c)
		}
		b.WriteString("---\n")
	}
	fmt.Fprintf(&b, "apiVersion: causeway/v1\nkind: Source\nmetadata: {name: sample}\nspec:\n  adapter: sample\n  schedule: every 15m\n  sample:\n    seed: %d\n    scale: %d\n", DefaultSeed, scale)
	return []byte(b.String())
}
