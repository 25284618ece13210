package document

import (
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
)

// Region is a place that providers' own lists do not have, such as an own data centre. Its
// document is named <provider>.<code>, which is what identifies it.
type Region struct {
	Provider  string
	Code      string
	Title     string
	Country   string // ISO 3166-1 alpha-2
	Metro     string
	Latitude  *float64 // degrees; nil where not given
	Longitude *float64
}

// isoCountries are the assigned ISO 3166-1 alpha-2 codes.
const isoCountries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE " +
	"GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP " +
	"KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF " +
	"NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN " +
	"SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"

func (r Region) fields() []field {
	out := []field{{"provider", r.Provider}, {"code", r.Code}, {"title", r.Title}, {"country", r.Country}}
	if r.Metro != "" {
		out = append(out, field{"metro", r.Metro})
	}
	if r.Latitude != nil && r.Longitude != nil {
		out = append(out, field{"latitude", *r.Latitude}, field{"longitude", *r.Longitude})
	}
	return out
}

func readRegion(o *object, name string) Region {
	var r Region
	r.Provider, _ = o.text("provider", true)
	r.Code, _ = o.text("code", true)
	r.Title, _ = o.text("title", true)
	if country, at := o.text("country", true); at != nil {
		r.Country = country
		if !slices.Contains(strings.Fields(isoCountries), country) {
			hint := "two capital letters, such as DE"
			switch up := strings.ToUpper(country); {
			case up == "UK":
				hint = "the United Kingdom is GB"
			case slices.Contains(strings.Fields(isoCountries), up):
				hint = "write " + up
			}
			o.w.say(at, o.path+".country", "country %q is not an ISO 3166-1 code; %s", short(country), hint)
		}
	}
	r.Metro, _ = o.text("metro", false)
	r.Latitude = o.number("latitude", -90, 90)
	r.Longitude = o.number("longitude", -180, 180)
	if (r.Latitude == nil) != (r.Longitude == nil) {
		o.w.say(o.node, o.path, "latitude and longitude are given together, or neither")
	}
	o.finish(nil)
	if r.Provider == "" || r.Code == "" || name == "" {
		return r
	}
	if want := r.Provider + "." + r.Code; name != want {
		o.w.say(o.node, "metadata.name", "metadata.name is %q; a Region is named by its provider and code, here %q", name, want)
	}
	// A built-in country decides residency, and one document must not move it.
	if _, builtIn := cloud.FindRegion(cloud.ProviderID(r.Provider), r.Code); builtIn {
		o.w.say(o.node, o.path+".code", "region %s of %s is built in and needs no document; remove it", r.Code, r.Provider)
	}
	return r
}
