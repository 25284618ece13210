package query

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway/causeway/internal/fault"
)

// Sort is a column to order by. Rows that are equal in it are ordered by their id.
type Sort string

// The sort keys.
const (
	ByName      Sort = "name"
	ByKind      Sort = "kind"
	ByProvider  Sort = "provider"
	ByAccount   Sort = "account"
	ByRegion    Sort = "region"
	ByCountry   Sort = "country"
	ByClass     Sort = "class"
	ByResidency Sort = "residency" // ascending: what needs attention first
	ByCost      Sort = "cost"      // no cost known sorts below everything
	ByManaged   Sort = "managed"
	ByService   Sort = "service"
	ByChanged   Sort = "changed"
	BySeen      Sort = "seen" // ascending: longest unproved first
)

// order is how a sort key is written. Each has an index on (expr, id).
type order struct {
	name Sort
	expr string
	typ  string // of expr, for the cursor's parameter
	key  func(Row) string
	// counted: resource_facets has the column too.
	counted bool
}

var orders = []order{
	{ByName, "l.name", "text", func(r Row) string { return r.Name }, false},
	{ByKind, "l.kind", "text", func(r Row) string { return string(r.Kind) }, true},
	{ByProvider, "l.provider", "text", func(r Row) string { return string(r.Provider) }, true},
	{ByAccount, "l.account", "text", func(r Row) string { return r.Account }, true},
	{ByRegion, "l.region", "text", func(r Row) string { return r.Region }, true},
	{ByCountry, "l.country", "text", func(r Row) string { return r.Country }, true},
	{ByClass, "l.data_class", "text", func(r Row) string { return r.Class }, true},
	{ByResidency, residencyRank, "int", func(r Row) string { return strconv.Itoa((int(r.Residency) + 5) % 6) }, true},
	{ByCost, "COALESCE(l.cost, -1)", "numeric", costKey, false},
	{ByManaged, "l.managed", "text", func(r Row) string { return r.Managed }, true},
	{ByService, "l.service", "text", func(r Row) string { return r.Service }, true},
	{ByChanged, "l.changed_at", "timestamptz", func(r Row) string { return r.Changed.UTC().Format(time.RFC3339Nano) }, false},
	{BySeen, seenAt, "timestamptz", seenKey, false},
}

func costKey(r Row) string {
	if !r.Cost.Valid {
		return "-1"
	}
	return r.Cost.Decimal.String()
}

func seenKey(r Row) string {
	if r.Seen == nil {
		return "-infinity"
	}
	return r.Seen.UTC().Format(time.RFC3339Nano)
}

// Sorts returns every sort key.
func Sorts() []Sort {
	out := make([]Sort, len(orders))
	for i, o := range orders {
		out[i] = o.name
	}
	return out
}

// ParseSort reads a sort key with an optional leading minus for descending; "" is by name.
func ParseSort(s string) (key Sort, desc bool, err error) {
	name, desc := strings.CutPrefix(s, "-")
	if name == "" {
		name = string(ByName)
	}
	if _, ok := findOrder(Sort(name)); ok {
		return Sort(name), desc, nil
	}
	var names []string
	for _, o := range orders {
		names = append(names, string(o.name))
	}
	return "", false, fault.Say(fault.Invalid, "Rows cannot be sorted by %q. Choose one of: %s.", shorten(name), strings.Join(names, ", ")).In("sort")
}

func findOrder(s Sort) (order, bool) {
	i := slices.IndexFunc(orders, func(o order) bool { return o.name == s })
	if i < 0 {
		return order{}, false
	}
	return orders[i], true
}
