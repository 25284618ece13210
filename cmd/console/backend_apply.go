package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/web/api"
)

// applier applies one set of documents for one caller.
type applier struct {
	inventory  *inventory.Service
	actor      audit.Actor
	force, dry bool
	// may says whether the caller holds a permission on a unit that was there when they signed in.
	may func(auth.Permission, uuid.UUID) bool
	// refused records what the caller tried and may not.
	refused func(what string) error

	units map[uuid.UUID]inventory.Unit // as they are now
	slugs map[string]uuid.UUID
}

// all applies every document, whatever becomes of the others. An error means that the console itself
// failed; what was applied until then stays, and applying again goes on from there.
func (a *applier) all(ctx context.Context, docs []document.Document) ([]api.ApplyResult, error) {
	if err := a.load(ctx); err != nil {
		return nil, err
	}
	type key struct {
		kind document.Kind
		name string
	}
	results := map[key]api.ApplyResult{}
	todo := slices.Clone(docs)
	document.Sort(todo)
	// Once more for what missed something that came later, while there is any progress: an account
	// can move from one unit to another in one set, whichever of them comes first.
	for progress := true; progress && len(todo) > 0; {
		var missed []document.Document
		progress = false
		for _, doc := range todo {
			r, err := a.one(ctx, doc)
			if err != nil {
				return nil, fmt.Errorf("apply %s %s: %w", doc.Kind, doc.Name, err)
			}
			results[key{doc.Kind, doc.Name}] = r
			progress = progress || r.Outcome == api.Created || r.Outcome == api.Updated
			if r.Outcome == api.Failed && slices.Contains([]api.Text{"spec.accounts", "spec.parent", "spec.unit"}, r.Field) {
				missed = append(missed, doc)
			}
		}
		todo = missed
	}
	out := make([]api.ApplyResult, len(docs))
	for i, doc := range docs {
		out[i] = results[key{doc.Kind, doc.Name}]
	}
	return out, nil
}

// load reads the tree of units.
func (a *applier) load(ctx context.Context) error {
	units, err := a.inventory.Units(ctx)
	if err != nil {
		return err
	}
	a.units, a.slugs = make(map[uuid.UUID]inventory.Unit, len(units)), make(map[string]uuid.UUID, len(units))
	for _, u := range units {
		a.units[u.ID], a.slugs[u.Slug] = u, u.ID
	}
	return nil
}

func (a *applier) one(ctx context.Context, doc document.Document) (api.ApplyResult, error) {
	r := api.ApplyResult{Kind: string(doc.Kind), Name: doc.Name}
	if doc.Revision > 0 {
		r.Yours = &doc.Revision
	}
	before, err := a.revision(ctx, doc)
	if err != nil {
		return r, err
	}
	put, err := a.put(ctx, doc)
	if err != nil {
		return a.refusal(ctx, doc, r, before, err)
	}
	r.Outcome, r.Revision = api.Outcome(put.Action), &put.Revision
	if a.dry {
		r.Revision = before
	}
	return r, nil
}

// put checks the caller's rights on what the document touches, and writes it.
func (a *applier) put(ctx context.Context, doc document.Document) (inventory.PutResult, error) {
	switch spec := doc.Spec.(type) {
	case document.Unit:
		return a.unit(ctx, doc, spec)
	case document.Region:
		return a.region(ctx, doc, spec)
	case document.Source:
		return a.source(ctx, doc, spec)
	}
	return inventory.PutResult{}, fault.Say(fault.Invalid, "This console does not apply documents of kind %s.", doc.Kind).In("kind")
}

// refusal turns what the caller can do something about into a result; other errors stay errors.
func (a *applier) refusal(ctx context.Context, doc document.Document, r api.ApplyResult, before *int64, err error) (api.ApplyResult, error) {
	kind := fault.Kind(err)
	r.Outcome, r.Revision = api.Failed, before
	said, public := errors.AsType[*fault.Public](err)
	if public {
		r.Field, r.Detail = api.Text(said.Field), api.Text(said.Text())
	}
	switch {
	case errors.Is(kind, fault.Denied) && public:
		r.Revision = nil // whoever may not change it need not see it
		return r, a.refused("apply " + string(doc.Kind) + "/" + doc.Name)
	case errors.Is(kind, fault.Conflict) && (!public || r.Field == "metadata.revision"):
		if !public {
			r.Detail = "Somebody else changed it at the same moment. Apply it again."
		}
		r.Outcome, r.Field = api.Conflict, ""
		if err := a.load(ctx); err != nil {
			return r, err
		}
		r.Revision, err = a.revision(ctx, doc)
		return r, err
	case public && !errors.Is(kind, fault.Unavailable):
		return r, nil
	}
	return r, err
}

// revision is what is there now of a document's object; nil where nothing is.
func (a *applier) revision(ctx context.Context, doc document.Document) (*int64, error) {
	switch doc.Kind {
	case document.KindUnit:
		if u, ok := a.units[a.slugs[doc.Name]]; ok {
			return &u.Revision, nil
		}
	case document.KindRegion:
		regions, err := a.inventory.OwnRegions(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range regions {
			if string(r.Provider)+"."+r.Code == doc.Name {
				return &r.Revision, nil
			}
		}
	case document.KindSource:
		src, found, err := a.findSource(ctx, doc.Name)
		if err != nil || !found {
			return nil, err
		}
		return &src.Revision, nil
	}
	return nil, nil
}

func (a *applier) findSource(ctx context.Context, name string) (src inventory.Source, found bool, err error) {
	src, err = a.inventory.Source(ctx, cloud.FullAccess(), name) // the caller's rights are checked by require
	if errors.Is(fault.Kind(err), fault.NotFound) {
		return inventory.Source{}, false, nil
	}
	return src, err == nil, err
}

func (a *applier) unit(ctx context.Context, doc document.Document, spec document.Unit) (inventory.PutResult, error) {
	if err := a.mayPutUnit(ctx, doc, spec); err != nil {
		return inventory.PutResult{}, err
	}
	put, err := a.inventory.PutUnit(ctx, a.actor, inventory.PutUnit{
		Slug: doc.Name, Title: spec.Title, Parent: spec.Parent, Owner: spec.Owner, Accounts: spec.AccountRefs(),
		Revision: doc.Revision, Force: a.force,
	})
	if said, public := errors.AsType[*fault.Public](err); public && said.Field == "spec.unit" {
		return put, said.In("spec.parent") // the unit that a Unit names is its parent
	}
	if err != nil || put.Action == inventory.Unchanged {
		return put, err
	}
	return put, a.load(ctx)
}

// region needs a right on everything: a region belongs to no unit, and its country decides residency.
func (a *applier) region(ctx context.Context, doc document.Document, spec document.Region) (inventory.PutResult, error) {
	if err := a.require(auth.AdminManage, a.root(), "Declaring a region"); err != nil {
		return inventory.PutResult{}, err
	}
	return a.inventory.PutRegion(ctx, a.actor, inventory.PutRegion{
		Region: inventory.Region{
			Provider: cloud.ProviderID(spec.Provider), Code: spec.Code, Title: spec.Title, Country: spec.Country, Metro: spec.Metro,
			Latitude: spec.Latitude, Longitude: spec.Longitude, Revision: doc.Revision,
		},
		Force: a.force,
	})
}

// source needs the right where the source is and where it goes to.
func (a *applier) source(ctx context.Context, doc document.Document, spec document.Source) (inventory.PutResult, error) {
	had, found, err := a.findSource(ctx, doc.Name)
	if err != nil {
		return inventory.PutResult{}, err
	}
	if found {
		if err := a.require(auth.SourceWrite, had.UnitID, "Changing this source"); err != nil {
			return inventory.PutResult{}, err
		}
	}
	if unit, known := a.slugs[spec.Unit]; known {
		if err := a.require(auth.SourceWrite, unit, "Placing a source in the unit "+spec.Unit); err != nil {
			return inventory.PutResult{}, err
		}
	}
	return a.inventory.PutSource(ctx, a.actor, inventory.PutSource{
		Name: doc.Name, Adapter: spec.Adapter, Settings: spec.Settings, Every: spec.Every, Unit: spec.Unit, Enabled: spec.Enabled,
		Revision: doc.Revision, Force: a.force,
	})
}
