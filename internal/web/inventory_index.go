package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

// showInventory answers the list of resources.
func (s *server) showInventory(c echo.Context) error {
	a, err := readAddress(c)
	if err != nil {
		return err
	}
	// A form sends tokens and text as values of one parameter: the tidy address is the one to share.
	if v := c.QueryParams(); a.bad == nil && (len(v["q"]) > 1 || v.Has("good")) {
		return c.Redirect(http.StatusSeeOther, a.to("/inventory"))
	}
	page, err := s.inventoryPage(c, a)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Page())
}

func (s *server) inventoryPage(c echo.Context, a address) (inventorypage.Index, error) {
	shell, err := s.shell(c, "Inventory", areaInventory)
	if err != nil {
		return inventorypage.Index{}, err
	}
	f := s.filter(c, a.q)
	total, err := s.count(c, query.Query{})
	if err != nil {
		return inventorypage.Index{}, err
	}
	p := inventorypage.Index{
		Shell: shell, Query: queryBar(a), QueryText: a.q.String(), Columns: columnMenu(a),
		Density: inventorypage.Density{Post: "/settings/density", Return: currentPage(c), Roomy: shell.Roomy},
		Export:  a.to("/inventory.csv"),
	}
	if err := s.fillViews(c, a, &p); err != nil {
		return inventorypage.Index{}, err
	}
	if total.N == 0 {
		first, err := s.firstUse(c)
		if err != nil {
			return inventorypage.Index{}, err
		}
		if first != nil {
			p.First, p.Count = first, "0"
			p.CountNote = "resources"
			return p, nil
		}
	}
	found, err := s.count(c, a.q)
	if err != nil {
		return inventorypage.Index{}, err
	}
	p.Count, p.CountNote = countWords(found, total)
	if p.Stale, err = s.staleStrips(c); err != nil {
		return inventorypage.Index{}, err
	}
	p.FacetsURL = a.to("/inventory/facets")
	if found.N == 0 && !a.q.Empty() {
		p.NoMatch, err = s.noMatch(c, a, f)
		return p, err
	}
	return p, s.fillRows(c, a, found, &p)
}

// count says how many resources a query finds. The page asks for some queries twice (the whole, and
// a tab that shows it): each is counted once a request.
func (s *server) count(c echo.Context, q query.Query) (query.Total, error) {
	key := "count " + q.String()
	if known, ok := c.Get(key).(query.Total); ok {
		return known, nil
	}
	n, err := s.inventory.Count(c.Request().Context(), query.Count{Filter: s.filter(c, q)})
	if err == nil {
		c.Set(key, n)
	}
	return n, err
}

func countWords(found, total query.Total) (count, note string) {
	count = format.Int(found.N)
	if found.Capped {
		count = "More than " + count
	}
	return count, "of " + format.Count(total.N, "resource", "resources")
}

// fillRows reads one page of rows.
func (s *server) fillRows(c echo.Context, a address, found query.Total, p *inventorypage.Index) error {
	page, err := s.inventory.List(c.Request().Context(), query.List{
		Filter: s.filter(c, a.q), Sort: a.sort, Desc: a.desc, Cursor: a.cursor, Back: a.back, Limit: a.rows,
	})
	if err != nil {
		return err
	}
	shown, w := shownColumns(a.cols), when{s.clock(), s.zone(c)}
	p.Heads = heads(a, shown)
	for _, r := range page.Rows {
		p.Rows = append(p.Rows, inventoryRow(r, shown, w))
	}
	p.Pager = pager(a, page, found)
	if a.peek == "" {
		return nil
	}
	id, err := strconv.ParseInt(a.peek, 10, 64)
	if err != nil {
		return nil //nolint:nilerr // a mangled link shows the list without the panel
	}
	r, err := s.inventory.Resource(c.Request().Context(), principal(c).Access(), id)
	if err != nil {
		return nil //nolint:nilerr // it may be gone since the link was made
	}
	peek := s.peekOf(c, r)
	p.Peek = &peek
	return nil
}

func inventoryRow(r query.Row, shown []column, w when) inventorypage.Row {
	href := "/inventory/" + strconv.FormatInt(r.ID, 10)
	row := inventorypage.Row{ID: r.NativeID, Href: href, PeekURL: href + "/peek", Name: r.Name, Gone: r.State != "live"}
	for _, c := range shown {
		row.Cells = append(row.Cells, c.cell(r, w))
	}
	return row
}

func pager(a address, page query.Page, found query.Total) ui.Pager {
	first := a.at + 1
	last := a.at + int64(len(page.Rows))
	of := format.Int(found.N)
	if found.Capped {
		of = "more than " + of
	}
	g := ui.Pager{
		Range: fmt.Sprintf("%s–%s of %s", format.Int(first), format.Int(last), of), Note: sortNote(a),
		PrevHref: a.turned(page.Prev, true, max(0, a.at-int64(a.rows))), NextHref: a.turned(page.Next, false, last),
		PerPage: strconv.Itoa(a.rows),
	}
	if len(page.Rows) == 0 {
		g.Range = "0 of " + of
	}
	for _, n := range pageSizes {
		b := a
		b.rows = n
		g.Choices = append(g.Choices, ui.Option{Label: strconv.Itoa(n), Href: b.to("/inventory"), Current: n == a.rows})
	}
	return g
}

func sortNote(a address) string {
	label := "name"
	for _, c := range columns {
		if c.sort == a.sort {
			label = strings.ToLower(c.label)
		}
	}
	switch {
	case a.sort == query.BySeen && !a.desc:
		return "Sorted by seen, longest ago first"
	case a.sort == query.BySeen, a.sort == query.ByChanged && a.desc:
		return "Sorted by " + label + ", newest first"
	case a.sort == query.ByChanged:
		return "Sorted by changed, oldest first"
	case a.desc:
		return "Sorted by " + label + ", Z to A"
	}
	return "Sorted by " + label
}

// queryBar shows finished terms as tokens and what is left as text.
func queryBar(a address) ui.QueryBar {
	b := ui.QueryBar{
		Action: "/inventory", Label: "Query", Placeholder: "Name, id, or terms like provider:aws region:eu-* tag:env=prod",
		Keep: a.keep("q"), Boost: inventorypage.Boost, Syntax: querySyntax,
	}
	if text := a.q.String(); text != "" {
		// What is typed next may not be understood: then the rows of this query stay.
		b.Keep = append(b.Keep, ui.Hidden{Name: "good", Value: text})
	}
	if a.bad != nil {
		b.Text, b.Error = a.text, publicText(a.bad)
		return b
	}
	for _, t := range a.q.Terms() {
		if t.Field == query.Text && !t.Negated {
			b.Text = strings.TrimSpace(b.Text + " " + t.String())
			continue
		}
		text := t.String()
		key, value, _ := strings.Cut(text, ":")
		b.Tokens = append(b.Tokens, ui.Token{Key: key + ":", Value: value, RemoveHref: a.with(a.q.Without(t))})
	}
	return b
}

var querySyntax = []ui.Term{
	{Example: "provider:aws,azure", Meaning: "either of them"},
	{Example: "region:eu-*", Meaning: "any region that begins so"},
	{Example: "country:DE", Meaning: "at rest in Germany"},
	{Example: "kind:db.*", Meaning: "every kind of database"},
	{Example: "tag:env=prod", Meaning: "the tag env is prod; tag:env has the tag at all"},
	{Example: "managed:none", Meaning: "no code declares it"},
	{Example: "state:missing,gone", Meaning: "no longer shown by its source"},
	{Example: "seen:>2h", Meaning: "not proved for two hours"},
	{Example: "-account:sandbox", Meaning: "not in this account"},
	{Example: `"orders"`, Meaning: "part of the name, or of the id's last piece"},
}

// noMatch says which term to drop.
func (s *server) noMatch(c echo.Context, a address, f query.Filter) (*inventorypage.NoMatch, error) {
	drops, err := s.inventory.Drops(c.Request().Context(), query.Count{Filter: f})
	if err != nil {
		return nil, err
	}
	clear := a
	clear.q = query.Query{}
	n := &inventorypage.NoMatch{Query: a.q.String(), Clear: clear.to("/inventory")}
	for _, d := range drops {
		count := format.Int(d.Total.N)
		if d.Total.Capped {
			count = "more than " + count
		}
		n.Drops = append(n.Drops, inventorypage.Drop{Term: d.Term.String(), Count: count, Href: a.with(d.Query)})
	}
	return n, nil
}
