package web

import (
	"slices"
	"strings"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/query"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

// column is one column of the inventory, in the page and in the CSV.
type column struct {
	key     string
	label   string
	sort    query.Sort // "" where it cannot be sorted
	initial bool       // shown unless the person chose otherwise
	num     bool
	from    ui.From
	cell    func(r query.Row, w when) ui.Cell
	csv     func(r query.Row) string
}

// when is the moment and the place ages are shown for.
type when struct {
	now  time.Time
	zone *time.Location
}

// columns stand beside the name, which always comes first.
var columns = []column{
	{
		key: "kind", label: "Kind", sort: query.ByKind, initial: true, from: ui.FromMid,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: r.Kind.Title(), Title: r.NativeType} },
		csv:  func(r query.Row) string { return string(r.Kind) },
	},
	{
		key: "provider", label: "Provider", sort: query.ByProvider, initial: true,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Badge: r.Provider} },
		csv:  func(r query.Row) string { return string(r.Provider) },
	},
	{
		key: "account", label: "Account", sort: query.ByAccount, initial: true, from: ui.FromMid,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: r.Account, Quiet: true} },
		csv:  func(r query.Row) string { return r.Account },
	},
	{
		key: "region", label: "Region", sort: query.ByRegion, initial: true,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Region: regionOf(r)} },
		csv:  func(r query.Row) string { return r.Region },
	},
	{
		key: "country", label: "Country", sort: query.ByCountry, from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell {
			if r.Country == "" {
				return ui.Cell{Status: new(ui.Unknown("Unknown"))}
			}
			return ui.Cell{Text: cloud.CountryName(r.Country)}
		},
		csv: func(r query.Row) string { return r.Country },
	},
	{
		key: "owner", label: "Owner", initial: true, from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: r.Owner, Quiet: true} },
		csv:  func(r query.Row) string { return r.Owner },
	},
	{
		key: "portability", label: "Portability", from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: capital(string(r.Portability)), Quiet: true} },
		csv:  func(r query.Row) string { return string(r.Portability) },
	},
	{
		key: "managed", label: "Managed by", sort: query.ByManaged, initial: true, from: ui.FromMid,
		cell: func(r query.Row, _ when) ui.Cell { return managedCell(r) },
		csv:  func(r query.Row) string { return strings.Join(r.Managers, ";") },
	},
	{
		key: "state", label: "State", initial: true, from: ui.FromMid,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Status: new(stateOf(r))} },
		csv:  func(r query.Row) string { return r.State },
	},
	{
		key: "tags", label: "Tags", from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Tags: pairs(r.Tags)} },
		csv:  func(r query.Row) string { return strings.Join(pairs(r.Tags), ";") },
	},
	{
		key: "type", label: "Native type", from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: r.NativeType, Mono: true, Quiet: true} },
		csv:  func(r query.Row) string { return r.NativeType },
	},
	{
		key: "id", label: "Native id", from: ui.FromWide,
		cell: func(r query.Row, _ when) ui.Cell { return ui.Cell{Text: r.NativeID, Mono: true, Quiet: true} },
		csv:  func(r query.Row) string { return r.NativeID },
	},
	{
		key: "created", label: "Created", from: ui.FromWide, num: true,
		cell: func(r query.Row, w when) ui.Cell { return ui.Cell{Time: format.Day(deref(r.Created), w.zone)} },
		csv:  func(r query.Row) string { return isoTime(deref(r.Created)) },
	},
	{
		key: "changed", label: "Changed", sort: query.ByChanged, from: ui.FromWide, num: true,
		cell: func(r query.Row, w when) ui.Cell { return ui.Cell{Time: format.Age(w.now, r.Changed, w.zone)} },
		csv:  func(r query.Row) string { return isoTime(r.Changed) },
	},
	{
		key: "seen", label: "Seen", sort: query.BySeen, initial: true, from: ui.FromMid, num: true,
		cell: func(r query.Row, w when) ui.Cell {
			return ui.Cell{Time: format.Age(w.now, deref(r.Seen), w.zone), Quiet: true}
		},
		csv: func(r query.Row) string { return isoTime(deref(r.Seen)) },
	},
}

// shownColumns are the chosen ones in their fixed order; an unknown choice is left out.
func shownColumns(chosen []string) []column {
	var out []column
	for _, c := range columns {
		if len(chosen) == 0 && c.initial || slices.Contains(chosen, c.key) {
			out = append(out, c)
		}
	}
	return out
}

func columnMenu(a address) inventorypage.Columns {
	shown := shownColumns(a.cols)
	m := inventorypage.Columns{Action: "/inventory", Keep: a.keep("cols")}
	for _, c := range columns {
		on := slices.ContainsFunc(shown, func(s column) bool { return s.key == c.key })
		m.Choices = append(m.Choices, inventorypage.Column{Key: c.key, Label: c.label, On: on})
	}
	m.Title = "Columns, " + format.Int(int64(len(shown))) + " of " + format.Int(int64(len(columns)))
	a.cols = nil
	m.Reset = a.to("/inventory")
	return m
}

func heads(a address, shown []column) []ui.Head {
	out := []ui.Head{{Key: "name", Label: "Name", SortHref: a.sorted(query.ByName), Sort: direction(a, query.ByName)}}
	for _, c := range shown {
		h := ui.Head{Key: c.key, Label: c.label, Num: c.num, From: c.from}
		if c.sort != "" {
			h.SortHref, h.Sort = a.sorted(c.sort), direction(a, c.sort)
		}
		out = append(out, h)
	}
	return out
}

func direction(a address, by query.Sort) ui.Sort {
	switch {
	case a.sort != by:
		return ui.Unsorted
	case a.desc:
		return ui.Descending
	}
	return ui.Ascending
}

func regionOf(r query.Row) *ui.Region {
	region := ui.MakeRegion(r.Provider, r.Region)
	if r.Country != "" && region.Country == "" {
		region.Country, region.CountryName = r.Country, cloud.CountryName(r.Country)
	}
	return &region
}

func managedCell(r query.Row) ui.Cell {
	if len(r.Managers) == 0 && r.Managed == "none" {
		return ui.Cell{Status: new(ui.Warns("Unmanaged"))}
	}
	names := make([]string, len(r.Managers))
	for i, m := range r.Managers {
		names[i] = capital(m)
	}
	return ui.Cell{Text: strings.Join(names, ", ")}
}

// stateOf is what is known of the row right now: whether it exists, and whether its scope could
// still be read.
func stateOf(r query.Row) ui.Status {
	switch {
	case r.State == "gone":
		return ui.Gone("Gone")
	case r.State == "missing":
		return ui.Warns("Missing")
	case r.ScopeState == "failed" || r.ScopeState == "lost":
		return ui.Warns("Stale")
	case r.ScopeState == "held":
		return ui.Warns("Held")
	}
	return ui.Fine("Live")
}

// pairs drops the bare keys of a row's tags: they only serve the search.
func pairs(tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return !strings.Contains(t, "=") })
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func deref(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
