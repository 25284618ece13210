package sample_test

import (
	"fmt"
	"testing"

	"github.com/causeway/causeway/internal/provider"
)

// TestMemoryDoesNotGrow counts allocations: opening a large estate takes as many as opening a small
// one, and the first rows of a large listing as many as those of a small one.
func TestMemoryDoesNotGrow(t *testing.T) {
	const rows = 100
	measure := func(scale int) (opening, reading float64) {
		settings := fmt.Sprintf(`{"scale": %d, "fail": false}`, scale)
		opening = testing.AllocsPerRun(1, func() { open(t, settings, nil) })
		r := open(t, settings, nil)
		var frankfurt provider.Scope
		for s, err := range r.Scopes(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Account.Name == "payments-prod" && s.Region == "eu-central-1" && s.API == "ec2" {
				frankfurt = s
			}
		}
		reading = testing.AllocsPerRun(1, func() {
			n := 0
			for _, err := range r.Resources(t.Context(), frankfurt) {
				if err != nil {
					t.Fatal(err)
				}
				if n++; n == rows {
					return
				}
			}
			t.Fatalf("%d rows at scale %d, want at least %d", n, scale, rows)
		})
		return opening, reading
	}
	smallOpen, smallRead := measure(20_000)
	largeOpen, largeRead := measure(10_000_000)
	if largeOpen > smallOpen*1.01 {
		t.Errorf("opening 10,000,000 resources takes %.0f allocations, 20,000 take %.0f: the plan grows with the estate", largeOpen, smallOpen)
	}
	if largeRead > smallRead*1.5 {
		t.Errorf("the first %d rows take %.0f allocations of 10,000,000 and %.0f of 20,000: rows are made before they are asked for", rows, largeRead, smallRead)
	}
}

func BenchmarkRows(b *testing.B) {
	r := open(b, `{"scale": 1000000, "fail": false}`, nil)
	var scopes []provider.Scope
	for s, err := range r.Scopes(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		scopes = append(scopes, s)
	}
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		for _, s := range scopes {
			for _, err := range r.Resources(b.Context(), s) {
				if err != nil {
					b.Fatal(err)
				}
				rows++
			}
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
