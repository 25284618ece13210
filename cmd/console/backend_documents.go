package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/web/api"
)

// Apply applies documents in the order in which they refer to each other, and answers in theirs. A
// dry run does the same and undoes it.
func (b backend) Apply(ctx context.Context, who api.Caller, docs []document.Document, o api.ApplyOptions) ([]api.ApplyResult, error) {
	a := applier{
		actor: who.Actor, force: o.Force, dry: o.DryRun,
		may: func(perm auth.Permission, unit uuid.UUID) bool { return who.Principal.Can(perm, unit.String()) },
		refused: func(what string) error {
			if o.DryRun {
				return nil // nothing was tried
			}
			return b.refused(ctx, who, what)
		},
	}
	return applyDocuments(ctx, b.inventory, a, docs)
}

// applyAsSystem applies documents that come with the program itself, such as the sample's. What is
// wrong with one of them is an error.
func applyAsSystem(ctx context.Context, inv *inventory.Service, docs []document.Document) error {
	a := applier{
		actor: audit.SystemActor(), force: true, may: func(auth.Permission, uuid.UUID) bool { return true },
		refused: func(string) error { return nil },
	}
	results, err := applyDocuments(ctx, inv, a, docs)
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Outcome == api.Failed || r.Outcome == api.Conflict {
			return fmt.Errorf("apply %s %s: %s", r.Kind, r.Name, r.Detail)
		}
	}
	return nil
}

func applyDocuments(ctx context.Context, inv *inventory.Service, a applier, docs []document.Document) ([]api.ApplyResult, error) {
	if !a.dry {
		a.inventory = inv
		return a.all(ctx, docs)
	}
	var results []api.ApplyResult
	err := inv.Rehearse(ctx, func(trial *inventory.Service) (err error) {
		a.inventory = trial
		results, err = a.all(ctx, docs)
		return err
	})
	return results, err
}

// Export returns what the caller may see of a kind, "" for all. Applied again, it changes nothing.
func (b backend) Export(ctx context.Context, who api.Caller, kind document.Kind) ([]document.Document, error) {
	var docs []document.Document
	for _, part := range []struct {
		kind document.Kind
		read func(context.Context, cloud.Access) ([]document.Document, error)
	}{
		{document.KindUnit, b.unitDocuments},
		{document.KindRegion, b.regionDocuments},
		{document.KindSource, b.sourceDocuments},
	} {
		if kind != "" && kind != part.kind {
			continue
		}
		more, err := part.read(ctx, who.Access)
		if err != nil {
			return nil, err
		}
		docs = append(docs, more...)
	}
	document.Sort(docs)
	return docs, nil
}

func (b backend) unitDocuments(ctx context.Context, acc cloud.Access) ([]document.Document, error) {
	units, err := b.inventory.Units(ctx)
	if err != nil {
		return nil, err
	}
	slugs := map[uuid.UUID]string{}
	for _, u := range units {
		slugs[u.ID] = u.Slug
	}
	var docs []document.Document
	for _, u := range units {
		if !acc.Sees(u.ID.String()) {
			continue
		}
		spec := document.Unit{Title: u.Title, Owner: u.Owner}
		if u.ParentID != nil {
			spec.Parent = slugs[*u.ParentID]
		}
		for _, acct := range u.Accounts {
			spec.Accounts = append(spec.Accounts, string(acct.Provider)+":"+acct.ID)
		}
		slices.Sort(spec.Accounts)
		docs = append(docs, document.Document{Kind: document.KindUnit, Name: u.Slug, Revision: u.Revision, Spec: spec})
	}
	return docs, nil
}

// regionDocuments are everybody's: a region belongs to no unit.
func (b backend) regionDocuments(ctx context.Context, _ cloud.Access) ([]document.Document, error) {
	regions, err := b.inventory.OwnRegions(ctx)
	if err != nil {
		return nil, err
	}
	docs := make([]document.Document, len(regions))
	for i, r := range regions {
		docs[i] = document.Document{Kind: document.KindRegion, Name: string(r.Provider) + "." + r.Code, Revision: r.Revision, Spec: document.Region{
			Provider: string(r.Provider), Code: r.Code, Title: r.Title, Country: r.Country, Metro: r.Metro, Latitude: r.Latitude, Longitude: r.Longitude,
		}}
	}
	return docs, nil
}

func (b backend) sourceDocuments(ctx context.Context, acc cloud.Access) ([]document.Document, error) {
	sources, err := b.inventory.Sources(ctx, acc)
	if err != nil {
		return nil, err
	}
	docs := make([]document.Document, len(sources))
	for i, s := range sources {
		docs[i] = document.Document{Kind: document.KindSource, Name: s.Name, Revision: s.Revision, Spec: document.Source{
			Adapter: s.Adapter, Every: s.Every, Unit: s.Unit, Enabled: s.Enabled, Settings: s.Settings,
		}}
	}
	return docs, nil
}
