// Package api serves the JSON interface under /api/v1: what a page can show or do, for programs and
// for the commands of console that are clients of a server.
//
// It holds the wire types, which are a promise to others and therefore not the domain's types; the
// handlers, over small interfaces that cmd/console fills; and one table of routes (routes.go) that
// the server mounts and the OpenAPI description is made from.
//
// Conventions: names in snake_case; times in UTC after RFC 3339; money as strings with a currency;
// what is not known is null, never 0 or ""; lists are never null; errors are problem documents
// after RFC 9457 (problem.go).
package api
