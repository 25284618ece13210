// Package document reads and writes the documents that `console apply` takes and `console export`
// gives: YAML or JSON objects with apiVersion, kind, metadata and spec.
//
// Reading is strict, because a misspelt field that is ignored is a promise nobody keeps. Every
// mistake of a set is reported at once, each with file, line, column and, where one is near, the
// name that was meant. Writing is canonical, so that what was exported and is applied again changes
// nothing.
//
// Start at Decoder.Files. The settings of a source's adapter are not this package's business: they
// are kept as JSON and checked by the Adapter that the caller gives.
package document
