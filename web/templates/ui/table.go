package ui

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
)

// Sort is the order of a column, as aria-sort says it.
type Sort string

// The orders. The zero value is "not sorted by this column".
const (
	Unsorted   Sort = ""
	Ascending  Sort = "ascending"
	Descending Sort = "descending"
)

// From is the width from which a column is shown. A phone keeps three columns.
type From string

// The widths. The zero value is "always".
const (
	Always   From = ""
	FromMid  From = "mid"  // 768 pixels
	FromWide From = "wide" // 1200 pixels
	FromFull From = "full" // 1400 pixels
)

// Head is a column of a table. Cells carry no widths of their own: the browser measures them.
type Head struct {
	Key      string // name of the column in addresses
	Label    string // with the unit: "€ / month"
	SortHref string // where a click leads; "" where the column cannot be sorted
	Sort     Sort
	Num      bool // figures stand at the right
	From     From
}

func (h Head) class() string { return cellClass(h.Num, h.From) }

func cellClass(num bool, from From) string {
	class := ""
	if num {
		class = "cw-num"
	}
	if from != Always {
		if class != "" {
			class += " "
		}
		class += "cw-from-" + string(from)
	}
	return class
}

func (h Head) sortIcon() string {
	if h.Sort == Descending {
		return "arrow-down"
	}
	return "arrow-up"
}

// Cell is one value of a row. The first field that is set decides how it is shown, in the order
// below; a Cell with nothing set shows a dash.
type Cell struct {
	Badge  cloud.ProviderID
	Region *Region
	Status *Status
	Time   format.Stamp
	Tags   []string // shown in mono, two of them and then the number of the rest
	Text   string
	Href   string // makes Text a link
	Title  string // the whole of a clipped Text
	Mono   bool
	Quiet  bool // secondary text
}

func (c Cell) title() string {
	if c.Title != "" {
		return c.Title
	}
	return c.Text
}

// Pager is the foot of a table that is read in pages.
type Pager struct {
	Range    string // "1–50 of 214"; "1–50 of more than 10,000" where the count is capped
	Note     string // "Sorted by residency, worst first"
	PrevHref string // "" on the first page
	NextHref string // "" on the last page
	PerPage  string // the current choice: "50"
	Choices  []Option
}
