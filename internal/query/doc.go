// Package query is the search language of the console, the same in the page, the API, the command
// line and every selector: it parses, completes and explains a query, and turns it into SQL over
// the inventory's read model (resource_list and resource_facets, which it only reads).
//
//	provider:aws,azure region:eu-* tag:env=prod cost:>100 -account:sandbox "orders"
//
// Terms are ANDed, commas OR, a leading minus negates, * stands for any characters, and quotes
// take their content literally. A term that is not understood is an error that says what was
// meant; every bad term is reported, each with its place in the input.
//
// What a person typed reaches the database only as a parameter: the SQL is put together from this
// package's own words. Every statement carries a cloud.Access, so rows that a person may not see
// are neither listed nor counted.
//
// Start at Parse, then Filter and its List, Count and Facets.
package query
