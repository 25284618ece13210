package web

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

// builtinViews are there for everybody.
var builtinViews = []struct{ name, query string }{
	{"All resources", ""},
	{"Unmanaged", "managed:none"},
	{"Missing", "state:missing"},
}

// fillViews makes the tabs over the list: built in, one's own, and those that others share.
func (s *server) fillViews(c echo.Context, a address, p *inventorypage.Index) error {
	person := principal(c)
	views, err := s.views.Views(c.Request().Context(), person.Access(), person.Name)
	if err != nil {
		return err
	}
	for _, b := range builtinViews {
		q, err := query.Parse(b.query)
		if err != nil {
			return err
		}
		if err := s.addTab(c, a, p, b.name, q, ""); err != nil {
			return err
		}
	}
	for _, v := range views {
		q, err := query.Parse(v.Query)
		if err != nil {
			q = query.Query{} // saved under an older grammar: the view opens, its words are shown as they are
		}
		if err := s.addTab(c, a, p, v.Name, q, v.ID.String()); err != nil {
			return err
		}
		if a.view == v.ID.String() && v.Person == person.Name {
			p.View = s.ownView(c, v)
		}
	}
	if person.Kind == auth.Person {
		p.SaveView = &inventorypage.SaveView{
			Post: "/inventory/views", Keep: a.keep(),
			Name: ui.Field{Name: "name", Label: "Name", Required: true, Help: "1 to 60 characters. A view of yours with the same name is replaced."},
			Unit: s.unitChoice(c, ""),
		}
	}
	return nil
}

func (s *server) addTab(c echo.Context, a address, p *inventorypage.Index, name string, q query.Query, id string) error {
	n, err := s.count(c, q)
	if err != nil {
		return err
	}
	count := format.Int(n.N)
	if n.Capped {
		count += "+"
	}
	to := address{q: q, rows: a.rows, cols: a.cols, sort: query.ByName}
	v := to.values()
	current := q.Equal(a.q) && a.view == ""
	if id != "" {
		v.Set("view", id)
		current = a.view == id
	}
	p.Views = append(p.Views, ui.Tab{Label: name, Count: count, Href: join("/inventory", v), Current: current})
	return nil
}

func (s *server) ownView(c echo.Context, v inventory.View) *inventorypage.View {
	unit := ""
	if v.UnitID != nil {
		unit = v.UnitID.String()
	}
	return &inventorypage.View{
		Name: v.Name, Post: "/inventory/views/" + v.ID.String(), Delete: "/inventory/views/" + v.ID.String() + "/delete",
		Keep:   []ui.Hidden{{Name: "return", Value: currentPage(c)}},
		Rename: ui.Field{Name: "name", Label: "Name", Value: v.Name, Required: true},
		Unit:   s.unitChoice(c, unit),
	}
}

// unitChoice offers the units a person sees, and "only me".
func (s *server) unitChoice(c echo.Context, chosen string) ui.Field {
	f := ui.Field{Name: "unit", Label: "Shared with", Value: chosen, Kind: ui.SelectField, Options: []ui.FieldOption{{Value: "", Label: "Only me"}}}
	units, err := s.inventory.Units(c.Request().Context())
	if err != nil {
		return f // the view can still be saved for oneself
	}
	for _, u := range units {
		if principal(c).Access().Sees(u.ID.String()) {
			f.Options = append(f.Options, ui.FieldOption{Value: u.ID.String(), Label: u.Title})
		}
	}
	return f
}

func (s *server) saveView(c echo.Context) error {
	q, err := query.Parse(c.FormValue("q"))
	if err != nil {
		return err
	}
	unit, err := s.readUnit(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return fault.Say(fault.Invalid, "The form could not be read.").Because(err)
	}
	id, err := s.views.SaveView(c.Request().Context(), principal(c).Actor(origin(c)), inventory.View{
		UnitID: unit, Name: c.FormValue("name"), Query: q.String(), Sort: c.FormValue("sort"), Columns: form["cols"],
	})
	if err != nil {
		return err
	}
	to := address{q: q, rows: pageSizes[0], cols: form["cols"]}
	if to.sort, to.desc, err = query.ParseSort(c.FormValue("sort")); err != nil {
		return err
	}
	v := to.values()
	v.Set("view", id.String())
	return c.Redirect(http.StatusSeeOther, join("/inventory", v))
}

func (s *server) changeView(c echo.Context) error {
	id, err := viewID(c)
	if err != nil {
		return err
	}
	unit, err := s.readUnit(c)
	if err != nil {
		return err
	}
	if err := s.views.ChangeView(c.Request().Context(), principal(c).Actor(origin(c)), id, c.FormValue("name"), unit); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, auth.LocalPath(c.FormValue("return")))
}

func (s *server) deleteView(c echo.Context) error {
	id, err := viewID(c)
	if err != nil {
		return err
	}
	if err := s.views.DeleteView(c.Request().Context(), principal(c).Actor(origin(c)), id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/inventory")
}

func viewID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return uuid.Nil, fault.Say(fault.NotFound, "There is no such view.")
	}
	return id, nil
}

// readUnit is the unit a view is shared with; only one that the person sees.
func (s *server) readUnit(c echo.Context) (*uuid.UUID, error) {
	text := c.FormValue("unit")
	if text == "" {
		return nil, nil //nolint:nilnil // nil is "only me"
	}
	id, err := uuid.Parse(text)
	if err != nil || !principal(c).Access().Sees(id.String()) {
		return nil, fault.Say(fault.Invalid, "A view can only be shared with a unit that you see yourself.").In("unit")
	}
	return &id, nil
}
