package providertest

import (
	"testing"

	"github.com/causeway/causeway/internal/provider"
)

// Subject is an adapter under test.
type Subject struct {
	// Open returns a Reader over a healthy estate of at least one scope with a row. Each call
	// returns a new Reader over the same estate. The suite closes it.
	Open func(t testing.TB) provider.Reader
	// Secrets are strings planted where the adapter meets them and must leave them: passwords in a
	// state, user data, environment variables. They are searched for in everything the Reader yields,
	// errors included.
	Secrets []string
	// OwnRegions are region codes that no embedded table knows, such as an own data centre's.
	OwnRegions []string
	// Offline says that the adapter reads no network, so that nobody can deny or page it. Only then
	// may Faults leave Denied and PageTwo out.
	Offline bool
	Faults  Faults
}

// Faults open the estate of Subject.Open with one thing broken. A nil field is a fault that the
// adapter's source cannot have; see Subject.Offline for the two that it must offer.
type Faults struct {
	// Denied refuses a call for want of a grant.
	Denied func(t testing.TB) provider.Reader
	// PageTwo answers the first page of a listing and fails on the next.
	PageTwo func(t testing.TB) provider.Reader
	// Throttled answers one call with "too fast" however often it is asked. The Reader must pace
	// itself with the given limiter.
	Throttled func(t testing.TB, l provider.Limiter) provider.Reader
	// Stalled never answers one call, until the context ends.
	Stalled func(t testing.TB) provider.Reader
	// Repeated shows rows of the first page on the second again.
	Repeated func(t testing.TB) provider.Reader
}

// Run holds the subject against the contract of package provider.
func Run(t *testing.T, s Subject) {
	t.Helper()
	for _, c := range checks(s) {
		t.Run(c.name, func(t *testing.T) { c.run(t, s) })
	}
}

type check struct {
	name string
	run  func(t testing.TB, s Subject)
}

// checks lists what applies to s; a fault that s does not offer has no check.
func checks(s Subject) []check {
	list := []check{
		{"subject is complete", checkSubject},
		{"scopes", checkScopes},
		{"resources", checkResources},
		{"secrets stay behind", checkSecrets},
		{"a second listing is equal", checkStable},
		{"several goroutines", checkConcurrent},
		{"a canceled listing is not complete", checkCanceled},
		{"stopping early is safe", checkBreak},
		{"close twice", checkClose},
	}
	if s.Faults.Denied != nil {
		list = append(list, check{"denied", checkDenied})
	}
	if s.Faults.PageTwo != nil {
		list = append(list, check{"error on page two", checkPageTwo})
	}
	if s.Faults.Throttled != nil {
		list = append(list, check{"throttled", checkThrottled})
	}
	if s.Faults.Stalled != nil {
		list = append(list, check{"stalled", checkStalled})
	}
	if s.Faults.Repeated != nil {
		list = append(list, check{"repeated rows", checkRepeated})
	}
	return list
}

func checkSubject(t testing.TB, s Subject) {
	t.Helper()
	if s.Offline {
		return
	}
	if s.Faults.Denied == nil {
		t.Errorf("Faults.Denied is not set: an adapter that reaches a network shows what a missing grant does (or is Offline)")
	}
	if s.Faults.PageTwo == nil {
		t.Errorf("Faults.PageTwo is not set: an adapter that reaches a network shows what a failing second page does (or is Offline)")
	}
}
