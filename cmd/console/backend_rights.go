package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
)

// require checks a right on a unit. It is held on a unit where it is held on one above: the units
// that this set of documents makes are not among those that the caller's rights list.
func (a *applier) require(perm auth.Permission, unit uuid.UUID, what string) error {
	at, known := a.units[unit]
	for n := 0; known && n <= len(a.units); n++ {
		if a.may(perm, at.ID) {
			return nil
		}
		if at.ParentID == nil {
			break
		}
		at, known = a.units[*at.ParentID]
	}
	return fault.Say(fault.Denied, "%s needs the role %s on the unit %s.", what, perm.Needs(), a.units[unit].Slug)
}

func (a *applier) root() uuid.UUID { return a.slugs[document.RootUnit] }

// mayPutUnit asks for rights on the unit, on both ends of a move, and on where each newly claimed
// account is now: a claim takes resources along, and with them who may see them.
func (a *applier) mayPutUnit(ctx context.Context, doc document.Document, spec document.Unit) error {
	had, exists := a.units[a.slugs[doc.Name]]
	if exists {
		if err := a.require(auth.AdminManage, had.ID, "Changing this unit"); err != nil {
			return err
		}
	}
	parent, known := a.slugs[spec.Parent]
	if known && (!exists || (had.ParentID != nil && *had.ParentID != parent)) {
		if err := a.require(auth.AdminManage, parent, "Placing a unit below "+spec.Parent); err != nil {
			return err
		}
		if exists {
			if err := a.require(auth.AdminManage, *had.ParentID, "Moving a unit away"); err != nil {
				return err
			}
		}
	}
	for _, acct := range spec.AccountRefs() {
		if slices.Contains(had.Accounts, acct) || a.may(auth.AdminManage, a.root()) {
			continue
		}
		unit, seen, err := a.inventory.AccountUnit(ctx, acct)
		if err != nil {
			return err
		}
		if !seen {
			unit = a.root() // nobody knows yet whose it is
		}
		if err := a.require(auth.AdminManage, unit, fmt.Sprintf("Claiming the account %s:%s", acct.Provider, acct.ID)); err != nil {
			return err
		}
	}
	return nil
}
