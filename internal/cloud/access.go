package cloud

import "slices"

// Access is what a person may see: everything, or the rows of some units. Every store method
// that returns rows takes one, so that scoping cannot be forgotten. The zero value sees nothing.
type Access struct {
	all   bool
	units []string
}

// FullAccess sees every unit. Only system work and people with a role on the root unit have it.
func FullAccess() Access { return Access{all: true} }

// UnitAccess sees the rows of the given units (ids, already expanded to their descendants).
func UnitAccess(ids []string) Access { return Access{units: slices.Clone(ids)} }

// All reports whether nothing is hidden.
func (a Access) All() bool { return a.all }

// Units returns the visible unit ids; it is meaningless when All is true. Never nil, so that
// it can be passed as a SQL array that matches nothing.
func (a Access) Units() []string {
	if a.units == nil {
		return []string{}
	}
	return a.units
}

// Sees reports whether rows of the unit are visible.
func (a Access) Sees(unit string) bool { return a.all || slices.Contains(a.units, unit) }
