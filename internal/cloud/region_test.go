package cloud_test

import (
	"testing"

	"github.com/causeway/causeway/internal/cloud"
)

func TestRegionTableLoads(t *testing.T) {
	t.Parallel()
	for _, r := range cloud.Regions() {
		if _, ok := cloud.FindCountry(r.Country); !ok {
			t.Errorf("%s %s: country %q is not in the table of countries", r.Provider, r.Code, r.Country)
		}
		if !r.Located && r.Status == "ga" {
			t.Errorf("%s %s: a region open to everybody has coordinates", r.Provider, r.Code)
		}
	}
	london, ok := cloud.FindRegion(cloud.AWS, "eu-west-2")
	if !ok || london.Country != "GB" || !london.Located {
		t.Errorf("eu-west-2 is %+v (found %t), want it located in GB", london, ok)
	}
}
