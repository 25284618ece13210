// Package inventory knows what exists, where, and who says so. It alone writes sources, accounts,
// units, scopes, runs, resources, witnesses, locations, relations, their histories, the read model
// (resource_list, resource_facets) and saved views.
//
// Invariants:
//   - Only a scope that was listed completely in this run may mark what it no longer shows. A
//     listing that fails half-way removes nothing.
//   - Who lists a scope holds its advisory lock on the very connection that writes: a process that
//     lost its connection cannot write any more.
//   - An unchanged row is not written. When it was last proved is its scope's last_ok_at.
//   - One resource seen by several sources is one row with several witnesses; the closest one's
//     description is shown.
//   - resource_facets equals a count over resource_list at every commit.
//
// Start reading at Syncer.Run, then scopeWriter.merge, scopeWriter.closeListed and project.
package inventory
