// Package web is the edge: it turns HTTP into calls of the domains and their answers into pages and
// JSON. A handler reads the request, calls one service, fills one page struct and returns an error.
//
// Every route stands in a table (route) with the permission it needs; nothing else reaches echo, so a
// route without a permission cannot exist. A group of pages is one file with a method
// func (s *server) routesX() []route, listed in routes.go.
//
// A request passes, outermost first:
//
//  1. requestID     a fresh id; one from outside is not believed
//  2. observe       access log and metrics; it turns an error into its page, so it knows the status
//  3. headers       content security policy and its relatives
//  4. recoverPanic  a panic becomes an error like any other, with its stack in the log
//  5. knownHost     only the names this console is reached by (DNS rebinding)
//  6. sameOrigin    cross-site requests that change something are refused (CSRF)
//  7. guard         per route: body limit, deadlines, who is asking, and whether they may
//
// Inside a handler, principal(c) is who asks, principal(c).Access() the rows they may see,
// origin(c) where the request came from.
package web
