package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
)

// Row is one resource as the list shows it.
type Row struct {
	ID          int64
	UnitID      string
	Provider    cloud.ProviderID
	AccountID   int64
	Account     string
	Kind        cloud.Kind
	NativeType  string
	Name        string
	NativeID    string
	Region      string
	Country     string   // where it is at rest; "" unknown or none
	Countries   []string // every country any facet touches
	Class       string
	Residency   ResidencyState
	Cost        decimal.NullDecimal // a month, in the reporting currency
	Managed     string              // terraform, crossplane, none; "" where that cannot be told
	Managers    []string
	Service     string
	Owner       string
	Portability cloud.Portability
	State       string   // live, missing, gone
	Tags        []string // lower-case "key" and "key=value"
	ScopeID     int64
	Created     *time.Time // by the provider's clock
	Changed     time.Time
	Seen        *time.Time // when its scope was last read completely; nil: never
	ScopeState  string     // ok, failed, held, ...; "" where the scope is not known
}

// ResidencyState is the verdict on a resource, as the read model numbers it.
type ResidencyState int16

// The verdicts.
const (
	NotJudged ResidencyState = iota
	Violation
	Unknown
	Waived
	Compliant
	NotApplicable
)

// Word is the verdict in the grammar: "violation".
func (s ResidencyState) Word() string {
	if s < 0 || int(s) >= len(residencies) {
		return residencies[NotJudged].value
	}
	return residencies[s].value
}

// Title is the verdict in words: "Violation".
func (s ResidencyState) Title() string {
	if s < 0 || int(s) >= len(residencies) {
		return residencies[NotJudged].title
	}
	return residencies[s].title
}

// The rows of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 1000
)

// List asks for one page of rows.
type List struct {
	Filter
	Sort   Sort // "" is ByName
	Desc   bool
	Cursor *Cursor // where the page begins; nil: at the first row, or the last with Back
	Back   bool    // the page that ends at the cursor
	Limit  int     // 0 is DefaultLimit

	plan *plan // tests decide; nil: choosePlan
}

// Page is what a List gives. A nil cursor means that nothing follows in that direction.
type Page struct {
	Rows       []Row
	Next, Prev *Cursor
}

// Run reads the page.
func (l List) Run(ctx context.Context, db DB) (Page, error) {
	o, err := l.order()
	if err != nil {
		return Page{}, err
	}
	k, err := look(ctx, db, l.Query)
	if err != nil {
		return Page{}, err
	}
	way, err := choosePlan(ctx, db, l, k)
	if err != nil {
		return Page{}, err
	}
	var in *span
	if way == inOrder {
		if in, err = l.findSpan(ctx, db, o, k); err != nil {
			return Page{}, err
		}
	}
	rows, err := collect(ctx, db, l.compile(o, way, k, in), "list resources", scanRow)
	if err != nil {
		return Page{}, err
	}
	return l.page(o, rows), nil
}

// order checks what came from outside and fills in the defaults.
func (l *List) order() (order, error) {
	if l.Sort == "" {
		l.Sort = ByName
	}
	o, ok := findOrder(l.Sort)
	if !ok {
		_, _, err := ParseSort(string(l.Sort))
		return order{}, err
	}
	if l.Limit <= 0 {
		l.Limit = DefaultLimit
	}
	l.Limit = min(l.Limit, MaxLimit)
	if c := l.Cursor; c != nil && (c.Sort != l.Sort || c.Desc != l.Desc || !c.valid()) {
		return order{}, errCursor
	}
	return o, nil
}

// page cuts the extra row that was read to see whether there are more, and puts cursors at the ends.
func (l List) page(o order, rows []Row) Page {
	more := len(rows) > l.Limit
	if more {
		rows = rows[:l.Limit]
	}
	if l.Back {
		slices.Reverse(rows)
	}
	p := Page{Rows: rows}
	if len(rows) == 0 {
		return p
	}
	// Where we came from there is something, at least the row of the cursor.
	before, after := l.Cursor != nil, more
	if l.Back {
		before, after = more, l.Cursor != nil
	}
	if before {
		p.Prev = l.cursorAt(o, rows[0])
	}
	if after {
		p.Next = l.cursorAt(o, rows[len(rows)-1])
	}
	return p
}

func (l List) cursorAt(o order, r Row) *Cursor {
	c := &Cursor{Sort: l.Sort, Desc: l.Desc, Key: o.key(r), ID: r.ID}
	if l.Sort == BySeen {
		c.Scope = r.ScopeID
	}
	return c
}

// columns are Row's, in its order.
const columns = `l.id, l.unit_id::text, l.provider, l.account_id, l.account, l.kind, l.native_type, l.name, l.native_id,
    l.region, l.country, l.countries, l.data_class, l.residency, l.cost, l.managed, l.managers, l.service, l.owner,
    l.portability, l.state, l.tags, l.scope_id, l.created_at, l.changed_at, s.last_ok_at, COALESCE(s.state, '')`

func scanRow(row pgx.CollectableRow) (Row, error) {
	r, err := pgx.RowToStructByPos[Row](row)
	if err != nil {
		return Row{}, fmt.Errorf("scan a resource: %w", err)
	}
	return r, nil
}

// compile writes the statement of a page: the ids in order first, by either plan, then their rows.
func (l List) compile(o order, p plan, k known, in *span) statement {
	b := l.builder(fromList, k)
	b.scopes = l.Sort == BySeen
	where := b.where(l.Filter, Text) + in.where(b, o)
	key := []string{o.expr, "l.id"}
	if l.Sort == BySeen {
		key = []string{o.expr, "l.scope_id", "l.id"}
	}
	var inner string
	switch {
	case p == filterFirst:
		inner = l.filterFirst(b, o, key, where)
	case l.Sort == BySeen:
		inner = l.byScopes(b, where)
	default:
		inner = "SELECT l.id FROM " + b.tables() + " WHERE " + where + l.after(b, o, key) + l.orderBy(key) + l.limit(b)
	}
	sql := "SELECT " + columns + " FROM (" + inner + ") page JOIN resource_list l ON l.id = page.id LEFT JOIN scopes s ON s.id = l.scope_id" + l.orderBy(key)
	return statement{SQL: sql, Args: b.args}
}

// filterFirst finds all matches before it orders them: MATERIALIZED keeps the planner from walking
// the sort's index in the hope of an early match.
func (l List) filterFirst(b *builder, o order, key []string, where string) string {
	names := []string{"l.key", "l.id"}
	if l.Sort == BySeen {
		names = []string{"l.key", "l.scope_id", "l.id"}
	}
	selected := make([]string, len(key))
	for i := range key {
		selected[i] = key[i] + " AS " + strings.TrimPrefix(names[i], "l.")
	}
	return "WITH hit AS MATERIALIZED (SELECT " + strings.Join(selected, ", ") + " FROM " + b.tables() + " WHERE " + where +
		") SELECT l.id FROM hit l WHERE TRUE" + l.after(b, o, names) + l.orderBy(names) + l.limit(b)
}

// byScopes walks the scopes in the order of their last complete listing, and takes from each one no
// more rows than a page, so that a large scope is not sorted as a whole.
func (l List) byScopes(b *builder, where string) string {
	key := []string{"s.key", "s.id", "l.id"}
	after := ""
	scopes := "SELECT s.id, s.last_ok_at, " + seenAt + " AS key FROM scopes s"
	if c := l.Cursor; c != nil {
		k, id, row := b.arg(c.Key, "timestamptz"), b.arg(c.Scope, "bigint"), b.arg(c.ID, "bigint")
		op := " > "
		if l.down() {
			op = " < "
		}
		scopes += " WHERE (" + seenAt + ", s.id)" + strings.TrimSpace(op) + "= (" + k + ", " + id + ")"
		after = " AND ((s.key, s.id) <> (" + k + ", " + id + ") OR l.id" + op + row + ")"
	}
	rows := "SELECT l.id FROM resource_list l WHERE l.scope_id = s.id AND " + where + after + l.orderBy([]string{"l.id"}) + l.limit(b)
	return "SELECT l.id FROM (" + scopes + l.orderBy([]string{seenAt, "s.id"}) + " OFFSET 0) s CROSS JOIN LATERAL (" + rows + ") l" +
		l.orderBy(key) + l.limit(b)
}

// down reports whether the statement reads from high to low.
func (l List) down() bool { return l.Desc != l.Back }

// after is the condition that begins the page at the cursor: one comparison of rows, which an
// index on the same columns answers.
func (l List) after(b *builder, o order, key []string) string {
	if l.Cursor == nil {
		return ""
	}
	args := []string{b.arg(l.Cursor.Key, o.typ)}
	if len(key) == 3 {
		args = append(args, b.arg(l.Cursor.Scope, "bigint"))
	}
	args = append(args, b.arg(l.Cursor.ID, "bigint"))
	op := " > "
	if l.down() {
		op = " < "
	}
	return " AND (" + strings.Join(key, ", ") + ")" + op + "(" + strings.Join(args, ", ") + ")"
}

func (l List) orderBy(key []string) string {
	if l.down() {
		return " ORDER BY " + strings.Join(key, " DESC, ") + " DESC"
	}
	return " ORDER BY " + strings.Join(key, ", ")
}

func (l List) limit(b *builder) string { return " LIMIT " + b.arg(l.Limit+1, "bigint") }
