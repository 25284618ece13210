package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/web/templates/ui"
)

// address is everything of the inventory page that stands in its URL, so that a link shows a
// colleague the same thing and back works.
type address struct {
	q      query.Query
	text   string // as typed, where it cannot be parsed
	bad    error  // why
	sort   query.Sort
	desc   bool
	cols   []string // empty: the default columns
	rows   int
	cursor *query.Cursor
	back   bool
	at     int64 // number of the first row shown, from 0: a help for the eye, nothing depends on it
	view   string
	peek   string
}

var pageSizes = []int{50, 100, 200}

// readAddress understands the parameters. A query that cannot be parsed is no error here: the page
// names the bad term and shows the last good result.
func readAddress(c echo.Context) (address, error) {
	v := c.QueryParams()
	a := address{rows: pageSizes[0], view: v.Get("view"), peek: v.Get("peek"), back: v.Get("back") == "1", cols: v["cols"]}
	a.text = strings.TrimSpace(strings.Join(v["q"], " "))
	if a.q, a.bad = query.Parse(a.text); a.bad != nil {
		good, err := query.Parse(v.Get("good"))
		if err != nil {
			good = query.Query{}
		}
		a.q = good
	}
	var err error
	if a.sort, a.desc, err = query.ParseSort(v.Get("sort")); err != nil {
		return address{}, err
	}
	if text := v.Get("rows"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || !slices.Contains(pageSizes, n) {
			return address{}, fault.Say(fault.Invalid, "A page cannot have %q rows. Choose 50, 100 or 200.", text).In("rows")
		}
		a.rows = n
	}
	if text := v.Get("cursor"); text != "" {
		cursor, err := query.DecodeCursor(text)
		if err != nil {
			return address{}, err
		}
		a.cursor = &cursor
	}
	if n, err := strconv.ParseInt(v.Get("at"), 10, 64); err == nil && n > 0 {
		a.at = n
	}
	return a, nil
}

// sortText is the order as the parameter has it.
func (a address) sortText() string {
	text := string(a.sort)
	if a.desc {
		text = "-" + text
	}
	if text == string(query.ByName) {
		return ""
	}
	return text
}

func (a address) values() url.Values {
	v := url.Values{}
	if text := a.q.String(); text != "" {
		v.Set("q", text)
	}
	if text := a.sortText(); text != "" {
		v.Set("sort", text)
	}
	if a.rows != pageSizes[0] {
		v.Set("rows", strconv.Itoa(a.rows))
	}
	if len(a.cols) > 0 {
		v["cols"] = a.cols
	}
	return v
}

// to is the page of this address at its first row, without a view: the query has been edited.
func (a address) to(path string) string { return join(path, a.values()) }

func join(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// with is the page with another query.
func (a address) with(q query.Query) string {
	a.q = q
	return a.to("/inventory")
}

// sorted is the page in another order; the same column again turns the order round.
func (a address) sorted(by query.Sort) string {
	a.desc = a.sort == by && !a.desc
	a.sort = by
	return a.to("/inventory")
}

// turned is another page of the same list.
func (a address) turned(cursor *query.Cursor, back bool, at int64) string {
	if cursor == nil {
		return ""
	}
	v := a.values()
	v.Set("cursor", cursor.Encode())
	if back {
		v.Set("back", "1")
	}
	if at > 0 {
		v.Set("at", strconv.FormatInt(at, 10))
	}
	if a.view != "" {
		v.Set("view", a.view)
	}
	return join("/inventory", v)
}

// keep is what a form has to carry along, besides its own fields.
func (a address) keep(without ...string) []ui.Hidden {
	var out []ui.Hidden
	v := a.values()
	for _, name := range []string{"q", "sort", "rows", "cols"} {
		if slices.Contains(without, name) {
			continue
		}
		for _, value := range v[name] {
			out = append(out, ui.Hidden{Name: name, Value: value})
		}
	}
	return out
}
