package document

import (
	"cmp"
	"fmt"
	"slices"
)

// distinct reports documents that name the same object, and accounts that two units claim.
func (w *walk) distinct(docs []Document) {
	type key struct {
		kind Kind
		name string
	}
	names := map[key]Position{}
	claims := map[string]string{}
	for _, doc := range docs {
		k := key{doc.Kind, doc.Name}
		if first, dup := names[k]; dup {
			w.problems = append(w.problems, Problem{doc.At, "metadata.name", fmt.Sprintf("%s %s is given twice; it is already at %s", doc.Kind, doc.Name, first)})
			continue
		}
		names[k] = doc.At
		u, ok := doc.Spec.(Unit)
		if !ok {
			continue
		}
		for _, account := range u.Accounts {
			if other, taken := claims[account]; taken {
				w.problems = append(w.problems, Problem{doc.At, "spec.accounts", fmt.Sprintf("account %s is claimed by unit %s and by unit %s; an account belongs to one unit", account, other, doc.Name)})
			}
			claims[account] = doc.Name
		}
	}
}

// Sort brings documents into canonical order: by kind as in Kinds, then by name, and a unit after
// its parent, so that applying them one after the other never refers to what is not there yet.
func Sort(docs []Document) {
	parents := map[string]string{}
	for _, doc := range docs {
		if u, ok := doc.Spec.(Unit); ok {
			parents[doc.Name] = u.Parent
		}
	}
	depth := func(doc Document) int {
		n := 0
		if doc.Kind != KindUnit {
			return n
		}
		// A loop of parents ends after as many steps as there are units; the server refuses it.
		for at, ok := doc.Name, true; ok && n <= len(parents); n++ {
			at, ok = parents[at], parents[at] != ""
		}
		return n
	}
	rank := Kinds()
	slices.SortStableFunc(docs, func(a, b Document) int {
		return cmp.Or(
			cmp.Compare(slices.Index(rank, a.Kind), slices.Index(rank, b.Kind)),
			cmp.Compare(depth(a), depth(b)),
			cmp.Compare(a.Name, b.Name),
		)
	})
}
