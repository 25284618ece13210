// Package aws reads Amazon Web Services: accounts, regions and the resource families that hold or
// process data, with the facts that decide residency.
//
// It is the pattern for every adapter. A family of resources is a value in the list families: its
// name, its kinds, the calls it makes with the permission each of them needs, a lister, and pure
// functions from the SDK's types to provider.Resource. Everything else is shared and knows no
// family: scopes (reader.go), who we are and which accounts there are (account.go), pace and
// retries (pace.go), errors (problem.go), permissions and the role template (permissions.go), and
// trying each call (tester.go). To add a family, copy ec2_volumes.go and add a line to families.
//
// Invariants:
//   - A lister returns every error as it is. Reader.Resources makes a provider.Problem of it; no
//     error becomes an empty list.
//   - Attributes are chosen one by one. User data, environment variables and whatever may hold a
//     secret are never read into a Resource, nor are numbers that change by themselves (item counts,
//     progress), which would make every sync a change.
//   - Clients are made for one listing and dropped with it: 40 accounts times 30 regions times 8
//     services would otherwise hold thousands of them. Credentials are kept, one cache per account.
package aws
