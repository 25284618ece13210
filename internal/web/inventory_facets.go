package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

// facetsShown is how many values stand open in the rail.
const facetsShown = 5

// showFacets answers the rail, in a request of its own because counting may take longer than a page
// of rows.
func (s *server) showFacets(c echo.Context) error {
	a, err := readAddress(c)
	if err != nil {
		return err
	}
	facets, err := s.inventory.Facets(c.Request().Context(), query.Facets{Filter: s.filter(c, a.q)})
	if err != nil {
		return err
	}
	rail := ui.Facets{Boost: inventorypage.Boost}
	if !a.q.Empty() {
		clear := a
		clear.q = query.Query{}
		rail.ClearHref = clear.to("/inventory")
	}
	for _, f := range facets {
		if f.Capped {
			rail.Note = "Counts are of the first " + format.Int(query.DefaultCap) + " rows found."
		}
		if g, ok := facetGroup(a, f); ok {
			rail.Groups = append(rail.Groups, g)
		}
	}
	return render(c, http.StatusOK, rail.Show())
}

// facetGroup leaves a dimension out of which nothing is known: a filter with one value helps nobody.
func facetGroup(a address, f query.Facet) (ui.FacetGroup, bool) {
	g := ui.FacetGroup{Title: f.Field.Title()}
	known := false
	for _, v := range f.Values {
		known = known || v.Ticked || (v.Value != "" && v.Value != query.NotJudged.Word())
		edited, err := a.q.Toggle(f.Field, v.Value)
		if err != nil {
			continue // a value that the grammar cannot name cannot be ticked
		}
		o := ui.FacetOption{Label: facetLabel(f.Field, v.Value), Count: format.Int(v.N), Href: a.with(edited), Checked: v.Ticked}
		switch f.Field { //nolint:exhaustive // only two dimensions have a picture
		case query.Provider:
			o.Badge = cloud.ProviderID(v.Value)
		case query.Country:
			o.Country = v.Value
		}
		if len(g.Options) < facetsShown || v.Ticked {
			g.Options = append(g.Options, o)
		} else {
			g.More = append(g.More, o)
		}
	}
	if len(g.More) > 0 {
		g.MoreTxt = format.Int(int64(len(g.More))) + " more"
	}
	return g, known
}

func facetLabel(f query.Field, value string) string {
	switch f { //nolint:exhaustive // the others show the value itself
	case query.Provider:
		return cloud.ProviderID(value).Badge().Short
	case query.Country:
		if value == "" {
			return "Unknown place"
		}
		return cloud.CountryName(value)
	case query.Kind:
		return cloud.Kind(value).Title()
	case query.Managed:
		switch value {
		case "none":
			return "Unmanaged"
		case "":
			return "Cannot be told"
		}
	}
	if value == "" {
		return "None known"
	}
	if f == query.Account {
		return value
	}
	return capital(value)
}
