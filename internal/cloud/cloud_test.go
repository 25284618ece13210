package cloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
)

func TestEveryRegionHasAKnownCountry(t *testing.T) {
	t.Parallel()
	if n := len(cloud.Regions()); n < 250 {
		t.Errorf("%d regions, want the whole table", n)
	}
	for _, r := range cloud.Regions() {
		if _, ok := cloud.FindCountry(r.Country); !ok {
			t.Errorf("%s %s: country %q has no name", r.Provider, r.Code, r.Country)
		}
		if r.Status == "ga" && !r.OnMap {
			t.Errorf("%s %s has no coordinates", r.Provider, r.Code)
		}
	}
}

func TestFindPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		provider cloud.ProviderID
		location string
		want     cloud.Place
		reason   string
	}{
		{cloud.AWS, "eu-west-2", cloud.Place{Countries: []string{"GB"}, Meaning: cloud.AllOf}, "a prefix decides nothing"},
		{cloud.AWS, "EU-CENTRAL-1 ", cloud.Place{Countries: []string{"DE"}, Meaning: cloud.AllOf}, "spelling is forgiven"},
		{cloud.GCP, "eur4", cloud.Place{Countries: []string{"FI", "NL"}, Meaning: cloud.AllOf}, "a dual region is in both"},
		{cloud.GCP, "us", cloud.Place{Countries: []string{"US"}, Meaning: cloud.AnyOf}, "a multi-region is somewhere"},
		{cloud.GCP, "asia", cloud.Place{Meaning: cloud.MeaningUnknown}, "no honest set"},
		{cloud.AWS, "mars-north-1", cloud.Place{Meaning: cloud.MeaningUnknown}, "never guessed"},
	} {
		if diff := cmp.Diff(c.want, cloud.FindPlace(c.provider, c.location)); diff != "" {
			t.Errorf("%s %q: %s (-want +got):\n%s", c.provider, c.location, c.reason, diff)
		}
	}
	if eu := cloud.FindPlace(cloud.GCP, "eu"); len(eu.Countries) != 27 || eu.Meaning != cloud.AnyOf {
		t.Errorf("gcp eu: %v, want 27 member states", eu)
	}
}

func TestFindNativeTypeIgnoresCase(t *testing.T) {
	t.Parallel()
	n, ok := cloud.FindNativeType(cloud.Azure, "microsoft.compute/VIRTUALMACHINES")
	if !ok || n.Kind != "compute.instance" || n.Kind.Title() != "Virtual machine" {
		t.Errorf("got %+v, %v", n, ok)
	}
}

func TestZeroAccessSeesNothing(t *testing.T) {
	t.Parallel()
	var a cloud.Access
	if a.All() || a.Sees("x") || len(a.Units()) != 0 || a.Units() == nil {
		t.Errorf("the zero value must see nothing: %+v", a)
	}
}
