package ui

import "github.com/causeway/causeway/internal/cloud"

// QueryBar is the one field of a search. It submits every token and the free text as values of the
// same parameter q; the handler joins them with spaces and redirects to the tidy address.
type QueryBar struct {
	Action      string
	Label       string // "Query": read aloud
	Placeholder string
	Tokens      []Token
	Text        string   // what is not a finished term: free text, or the whole of a query that cannot be parsed
	Keep        []Hidden // sort, columns, page size
	Error       string   // names the bad term and what was meant; "" when the query is good
	Boost       string   // hx-boost of the form: which part of the page a new result replaces; "" for a full load
	Syntax      []Term   // examples behind the question mark
}

// Token is one finished term.
type Token struct {
	Key        string // with its sign and colon: "-kind:"
	Value      string
	RemoveHref string // the page without this term
	Bad        bool   // the term that Error is about
}

// Term is a line of the syntax help.
type Term struct{ Example, Meaning string }

func (t Token) text() string { return t.Key + t.Value }

// Facets is the rail of filters. It is a fragment with a request of its own, because counting may
// take longer than reading a page of rows.
type Facets struct {
	ClearHref string // "" when nothing is filtered
	Groups    []FacetGroup
	Note      string // "Counts above 10,000 are not exact"
	Boost     string
}

// FacetGroup is one dimension.
type FacetGroup struct {
	Title   string
	Options []FacetOption // the first five
	More    []FacetOption // folded away
	MoreTxt string        // "9 more"
}

// FacetOption is one value of it. Href is the query with the value added, or taken away.
type FacetOption struct {
	Label   string
	Count   string
	Href    string
	Checked bool
	Badge   cloud.ProviderID
	Country string // shows the flag
}
