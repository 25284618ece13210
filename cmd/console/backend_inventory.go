package main

import (
	"context"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/internal/web/api"
)

// Resources returns one page of the list.
func (b backend) Resources(ctx context.Context, who api.Caller, ask api.ResourceQuery) (api.Page[api.Resource], error) {
	var none api.Page[api.Resource]
	q, err := query.Parse(ask.Query)
	if err != nil {
		return none, fault.Say(fault.Invalid, "%s", err.Error()).In("q") // its problems are made for people
	}
	l := query.List{Filter: query.Filter{Query: q, Access: who.Access, Now: b.clock(), Zone: b.zoneOf(who.Principal)}, Limit: ask.Limit}
	if l.Sort, l.Desc, err = query.ParseSort(ask.Sort); err != nil {
		return none, err
	}
	if ask.Cursor != "" {
		at, err := query.DecodeCursor(ask.Cursor)
		if err != nil {
			return none, err
		}
		l.Cursor = &at
	}
	page, err := b.inventory.List(ctx, l)
	if err != nil {
		return none, err
	}
	slugs, err := b.unitSlugs(ctx)
	if err != nil {
		return none, err
	}
	out := api.Page[api.Resource]{Items: make(api.List[api.Resource], len(page.Rows))}
	for i, r := range page.Rows {
		out.Items[i] = b.resourceOf(r, slugs[r.UnitID])
	}
	if page.Next != nil {
		out.Next = api.Text(page.Next.Encode())
	}
	return out, nil
}

// resourceOf is a row of the list as the wire has it.
func (b backend) resourceOf(r query.Row, unit string) api.Resource {
	out := api.Resource{
		ID: r.ID, Provider: string(r.Provider), NativeID: r.NativeID, NativeType: r.NativeType, Kind: string(r.Kind), Name: r.Name,
		Account: r.Account, Unit: api.Text(unit), Region: api.Text(r.Region), Country: api.Text(r.Country), Countries: r.Countries,
		Class: api.Text(r.Class), Residency: r.Residency.Word(), Managed: api.Text(r.Managed), Service: api.Text(r.Service),
		Owner: api.Text(r.Owner), Portability: string(r.Portability), State: r.State, Tags: r.Tags, ChangedAt: api.At(r.Changed),
	}
	if r.Cost.Valid && b.currency != "" {
		out.Cost = api.MoneyOf(cloud.Money{Amount: r.Cost.Decimal, Currency: b.currency})
	}
	if r.Created != nil {
		out.CreatedAt = api.At(*r.Created)
	}
	if r.Seen != nil {
		out.SeenAt = api.At(*r.Seen)
	}
	return out
}

// Resource returns one resource with everything that is known of it. The list follows the inventory
// by moments: what only the list knows is null for a resource that it does not have yet.
func (b backend) Resource(ctx context.Context, who api.Caller, id int64) (api.ResourceDetail, error) {
	r, err := b.inventory.Resource(ctx, who.Access, id)
	if err != nil {
		return api.ResourceDetail{}, err
	}
	row, listed, err := b.inventory.Row(ctx, who.Access, id)
	if err != nil {
		return api.ResourceDetail{}, err
	}
	if !listed {
		row = query.Row{Changed: r.Since, Created: &r.Created}
	}
	d := api.ResourceDetail{
		Resource: b.resourceOf(row, r.Unit), Zone: api.Text(r.Zone), AccountID: r.AccountID, Incarnation: r.Incarnation,
		Attributes: r.Attributes, FirstSeenAt: api.At(r.FirstSeen), Since: api.At(r.Since), MissingSince: api.At(r.MissingSince),
		GoneAt: api.At(r.Gone), GoneReason: api.Text(r.GoneReason), Locations: locationsOf(r), Witnesses: witnessesOf(r),
		Relations: relationsOf(r), History: versionsOf(r),
	}
	d.ID, d.Provider, d.NativeID, d.NativeType, d.Kind = r.ID, string(r.Provider), r.NativeID, r.NativeType, string(r.Kind)
	d.Name, d.Account, d.Region, d.State = r.Name, r.Account, api.Text(r.Region), r.State
	d.Portability = string(r.Portability)
	for _, t := range r.Tags {
		d.Labels = append(d.Labels, api.Tag{Namespace: string(t.Namespace), Key: t.Key, Value: t.Value, Inherited: t.Inherited})
	}
	return d, nil
}

func locationsOf(r inventory.Resource) (out api.List[api.Location]) {
	for _, l := range r.Locations {
		out = append(out, api.Location{
			Facet: string(l.Facet), Place: l.Place, Countries: l.Countries, Meaning: string(l.Meaning), Detail: api.Text(l.Detail),
			Evidence: api.Evidence(l.Evidence), Observed: api.At(l.Observed), Proved: api.At(l.Proved),
		})
	}
	return out
}

func witnessesOf(r inventory.Resource) (out api.List[api.Witness]) {
	for _, w := range r.Witnesses {
		out = append(out, api.Witness{
			Source: w.Source, API: w.API, Account: w.Account, Region: api.Text(w.Region), Manager: api.Text(w.Manager), Ref: api.Text(w.Ref),
			Owner: w.Owner, State: string(w.ScopeState), Since: api.At(w.Since), Proved: api.At(w.Proved),
		})
	}
	return out
}

func relationsOf(r inventory.Resource) (out api.List[api.Relation]) {
	for _, x := range r.Out {
		rel := api.Relation{
			Type: string(x.Type), Direction: "out", Provider: string(x.Provider), NativeID: api.Text(x.NativeID), Name: api.Text(x.Name),
		}
		if x.ID != 0 {
			rel.ID = &x.ID
		}
		out = append(out, rel)
	}
	for _, x := range r.In {
		out = append(out, api.Relation{Type: string(x.Type), Direction: "in", Provider: string(x.Provider), ID: &x.ID, Name: api.Text(x.Name)})
	}
	return out
}

func versionsOf(r inventory.Resource) (out api.List[api.Version]) {
	for _, v := range r.History {
		out = append(out, api.Version{
			From: api.At(v.From), To: api.At(v.To), Name: v.Name, Region: api.Text(v.Region), State: v.State, Reason: v.Reason,
			Attributes: v.Attributes,
		})
	}
	return out
}
