// Package auth knows who somebody is and what they may do: sign-in at an identity provider (OpenID
// Connect), sessions, roles on units, API tokens, and the keys that sign what leaves the console.
// It alone writes people, sessions, sign_in_attempts, grants, api_tokens and keyring.
//
// Everything is denied unless a role allows it. A role is held on a unit and reaches all units
// below; role.go has the one table of what each role may do. A request's rights are read from the
// database each time, so what is revoked is gone with the next request. Whether a session, an
// attempt or a token has run out is judged by the database's clock, never by the process's.
//
// Start at Service.Session, which turns a cookie into a Principal, and Principal.Can.
package auth
