// Package archtest keeps the house as docs/architecture.md draws it: who may import whom, which
// package writes which table, where SQL may stand, that nobody asks which provider a thing is
// from, and that every page has a golden test. Each rule is a function from what it reads to
// what is wrong, so that a test can plant a violation and see that it is found. A new package adds
// its line to rules in imports.go.
package archtest
