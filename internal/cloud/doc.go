// Package cloud holds the words that every other package shares: providers, accounts,
// regions, countries, kinds of resource, money, and who may see what.
//
// It is a leaf: the standard library and one decimal library, nothing else. The facts it
// embeds (data/*.csv) are values that adapters and residency rules must agree on.
package cloud
