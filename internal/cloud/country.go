package cloud

import (
	_ "embed"
	"slices"
	"sync"
)

//go:embed data/countries.csv
var countriesCSV []byte

// Country is a place with a law of its own. A country decides residency, never a region's prefix.
type Country struct {
	Code string // ISO 3166-1 alpha-2
	Name string // short English name
	EU   bool   // member state today; dated membership is the compliance domain's
	EEA  bool
}

var countryTable = sync.OnceValue(func() map[string]Country {
	t := map[string]Country{}
	for _, f := range mustCSV(countriesCSV) {
		t[f["country"]] = Country{Code: f["country"], Name: f["name"], EU: f["eu"] == "true", EEA: f["eea"] == "true"}
	}
	return t
})

// FindCountry looks a country up by its ISO 3166-1 alpha-2 code, upper case.
func FindCountry(code string) (Country, bool) {
	c, ok := countryTable()[code]
	return c, ok
}

// CountryName returns the short English name, or the code itself where the name is not known.
func CountryName(code string) string {
	if c, ok := countryTable()[code]; ok {
		return c.Name
	}
	return code
}

// EUCountries returns the codes of the member states, sorted.
func EUCountries() []string {
	var codes []string
	for code, c := range countryTable() {
		if c.EU {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}
