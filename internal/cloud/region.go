package cloud

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/regions.csv
var regionsCSV []byte

//go:embed data/multiregions.csv
var multiregionsCSV []byte

// Region is one place a provider offers, with the country that decides residency. Codes of
// different providers collide, so a region always carries its provider.
type Region struct {
	Provider  ProviderID
	Code      string
	Title     string  // the provider's display name
	Country   string  // ISO 3166-1 alpha-2
	Metro     string  // city or metro area
	Latitude  float64 // degrees, metro centroid; only where OnMap
	Longitude float64
	OnMap     bool   // classified regions publish no place
	Paired    string // region code of the provider's own pair, "" when there is none
	Partition string
	Status    string // ga, gov, china, sovereign, dedicated, classified, restricted, limited, ...
}

// Meaning says how a set of countries is to be read.
type Meaning string

// AllOf: data is in each of the countries. AnyOf: data is somewhere among them.
// MeaningUnknown: no honest set can be named.
const (
	AllOf          Meaning = "all_of"
	AnyOf          Meaning = "any_of"
	MeaningUnknown Meaning = "unknown"
)

// Place is where a location string of a provider leads: countries and how to read them.
type Place struct {
	Countries []string
	Meaning   Meaning
}

type regionKey struct {
	provider ProviderID
	code     string
}

var regionTable = sync.OnceValue(func() map[regionKey]Region {
	t := map[regionKey]Region{}
	for _, f := range mustCSV(regionsCSV) {
		lat, errLat := strconv.ParseFloat(f["lat"], 64)
		lon, errLon := strconv.ParseFloat(f["lon"], 64)
		r := Region{
			Provider: ProviderID(f["provider"]), Code: f["region"], Title: f["display_name"], Country: f["country"],
			Metro: f["city"], Latitude: lat, Longitude: lon, OnMap: errLat == nil && errLon == nil, Paired: f["paired_region"],
			Partition: f["partition"], Status: f["status"],
		}
		t[regionKey{r.Provider, r.Code}] = r
	}
	return t
})

var placeTable = sync.OnceValue(func() map[regionKey]Place {
	t := map[regionKey]Place{}
	for _, f := range mustCSV(multiregionsCSV) {
		p := Place{Meaning: MeaningUnknown}
		switch m := Meaning(f["meaning"]); m { //nolint:exhaustive // anything else is unknown
		case AllOf, AnyOf:
			p.Meaning = m
			for c := range strings.SplitSeq(f["countries"], ";") {
				if c == "@EU" {
					p.Countries = append(p.Countries, EUCountries()...)
					continue
				}
				p.Countries = append(p.Countries, c)
			}
		}
		t[regionKey{ProviderID(f["provider"]), f["code"]}] = p
	}
	return t
})

// FindRegion looks a region up by provider and code. A code that is not in the table is not an
// error of the caller: providers open regions every month. Its country is then unknown.
func FindRegion(p ProviderID, code string) (Region, bool) {
	r, ok := regionTable()[regionKey{p, code}]
	return r, ok
}

// Regions returns every known region, ordered by provider and code.
func Regions() []Region {
	all := make([]Region, 0, len(regionTable()))
	for _, r := range regionTable() {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Region) int {
		return strings.Compare(string(a.Provider)+"\x00"+a.Code, string(b.Provider)+"\x00"+b.Code)
	})
	return all
}

// FindPlace turns a provider's location string (a region, a multi-region, a logical location)
// into countries. What is not known has MeaningUnknown and no countries; it is never guessed
// from a prefix: eu-west-2 is in the United Kingdom.
func FindPlace(p ProviderID, location string) Place {
	loc := strings.ToLower(strings.TrimSpace(location))
	if r, ok := FindRegion(p, loc); ok {
		return Place{Countries: []string{r.Country}, Meaning: AllOf}
	}
	if pl, ok := placeTable()[regionKey{p, loc}]; ok {
		return pl
	}
	return Place{Meaning: MeaningUnknown}
}

// mustCSV reads an embedded table; a broken one is a broken build.
func mustCSV(b []byte) []map[string]string {
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic(fmt.Sprintf("embedded table: %v", err))
	}
	out := make([]map[string]string, 0, len(rows)-1)
	for _, row := range rows[1:] {
		m := make(map[string]string, len(row))
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}
