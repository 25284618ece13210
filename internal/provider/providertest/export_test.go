package providertest

import "testing"

// Check is one check of the suite, for the test that runs each against broken readers.
type Check struct {
	Name string
	Run  func(t testing.TB, s Subject)
}

// Checks lists the checks that apply to s.
func Checks(s Subject) []Check {
	var all []Check
	for _, c := range checks(s) {
		all = append(all, Check{Name: c.name, Run: c.run})
	}
	return all
}
