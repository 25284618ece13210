// Package providertest is the suite that every adapter passes. An adapter's test builds a Subject:
// how to open a Reader over a small estate, and how to open the same estate with one fault in it.
//
//	func TestConformance(t *testing.T) {
//		providertest.Run(t, providertest.Subject{
//			Open:    func(t testing.TB) provider.Reader { return open(t, awstest.Serve(t, estate)) },
//			Secrets: []string{"hunter2-in-user-data"},
//			Faults: providertest.Faults{
//				Denied:  func(t testing.TB) provider.Reader { … deny one call … },
//				PageTwo: func(t testing.TB) provider.Reader { … fail the second page of one call … },
//			},
//		})
//	}
//
// What the suite proves above all: an error never becomes an empty list. Every fault is opened over
// the same estate as Open, and each scope must then either fail or show all of its rows. The sync
// core takes a complete listing as proof of what is gone, so a swallowed error deletes.
//
// Rows that repeat across pages are tolerated where Faults.Repeated offers them, because some
// providers shift their pages while they are read; the core keeps the first row of an id. A healthy
// listing must not repeat itself.
package providertest
