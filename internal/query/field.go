package query

import "slices"

// Field is a name that can stand before a colon.
type Field string

// The fields.
const (
	Text        Field = "" // no field: the name, or the end of the native id
	Provider    Field = "provider"
	Account     Field = "account"
	Kind        Field = "kind"
	Type        Field = "type" // the provider's own type
	Region      Field = "region"
	Country     Field = "country" // where the data is at rest
	Touches     Field = "touches" // any country that any facet touches
	Class       Field = "class"
	Residency   Field = "residency"
	Cost        Field = "cost"
	Managed     Field = "managed"
	Service     Field = "service"
	Owner       Field = "owner"
	Unit        Field = "unit"
	Portability Field = "portability"
	State       Field = "state"
	Tag         Field = "tag"
	Name        Field = "name"
	ID          Field = "id" // the native id
	Seen        Field = "seen"
	Created     Field = "created"
	Changed     Field = "changed"
)

// shape says how the values of a field are read and compared.
type shape int

const (
	shapeText   shape = iota // free text with patterns
	shapeWord                // one text column, compared exactly or by pattern
	shapeArray               // an array of words
	shapeNumber              // an amount, with a comparison
	shapeTime                // an age or a date, with a comparison
	shapeTag                 // key or key=value
)

// spec is all that the package knows of a field.
type spec struct {
	name  Field
	title string // begins an English sentence: "Provider"
	help  string // for completion, one line
	shape shape
	// column in resource_list; dimension: the same column exists in resource_facets.
	column    string
	dimension bool
	// empty is the word for "no value known"; "" where every row has one.
	empty string
	// lower: stored in lower case.
	lower bool
	// words are the values a person may be offered; closed: no other is right.
	words  func() []word
	closed bool
	// stored: the values come from the database.
	stored bool
}

// specs are in the order that completion shows them.
var specs = []spec{
	{name: Provider, title: "Provider", help: "who runs it: aws, azure, gcp, kubernetes", shape: shapeWord, column: "provider", dimension: true, lower: true, words: providerWords},
	{name: Account, title: "Account", help: "account, subscription, project or cluster, by name or id", shape: shapeWord, column: "account", dimension: true, stored: true},
	{name: Kind, title: "Kind", help: "what it is: storage.bucket, db.*, snapshot", shape: shapeWord, column: "kind", dimension: true, lower: true, words: kindWords, closed: true},
	{name: Type, title: "Native type", help: "the provider's own type: AWS::S3::Bucket", shape: shapeWord, column: "native_type"},
	{name: Region, title: "Region", help: "the provider's region: eu-central-1, europe-*", shape: shapeWord, column: "region", dimension: true, empty: "none", words: regionWords},
	{name: Country, title: "Country", help: "where the data is at rest: DE", shape: shapeWord, column: "country", dimension: true, empty: "unknown", words: countryWords},
	{name: Touches, title: "Any place", help: "a country that any copy, backup or access reaches: US", shape: shapeArray, column: "countries", words: countryWords},
	{name: Class, title: "Data class", help: "personal, payment, secret", shape: shapeWord, column: "data_class", dimension: true, lower: true, empty: "unknown", words: classWords},
	{name: Residency, title: "Residency", help: "violation, unknown, waived, compliant", shape: shapeWord, column: "residency", dimension: true, lower: true, words: residencyWords, closed: true},
	{name: Cost, title: "Cost", help: "a month, in the reporting currency: >100", shape: shapeNumber, column: "cost", empty: "unknown"},
	{name: Managed, title: "Managed by", help: "terraform, crossplane, none", shape: shapeWord, column: "managed", dimension: true, lower: true, empty: "unknown", words: managedWords},
	{name: Service, title: "Service", help: "what the business calls it", shape: shapeWord, column: "service", dimension: true, empty: "none", stored: true},
	{name: Owner, title: "Owner", help: "the team that looks after it", shape: shapeWord, column: "owner", dimension: true, empty: "none", stored: true},
	{name: Unit, title: "Unit", help: "business unit, with the units below it", shape: shapeWord, column: "unit_id", dimension: true, lower: true, stored: true},
	{name: Portability, title: "Portability", help: "standard, equivalent, proprietary", shape: shapeWord, column: "portability", dimension: true, lower: true, words: portabilityWords, closed: true},
	{name: State, title: "State", help: "live, missing, gone; gone is hidden unless asked for", shape: shapeWord, column: "state", dimension: true, lower: true, words: stateWords, closed: true},
	{name: Tag, title: "Tag", help: "env=prod, env (has the key), team=pay*", shape: shapeTag, column: "tags", lower: true, stored: true},
	{name: Name, title: "Name", help: "the whole name: orders-db, orders-*", shape: shapeText, column: "name"},
	{name: ID, title: "Native id", help: "the whole id: an ARN, a resource id", shape: shapeText, column: "native_id"},
	{name: Seen, title: "Last seen", help: "when it was last proved to exist: <2h, >7d", shape: shapeTime, empty: "never"},
	{name: Created, title: "Created", help: "by the provider's clock: <30d, >2026-01-31", shape: shapeTime, column: "created_at", empty: "unknown"},
	{name: Changed, title: "Changed", help: "when we saw it change: <24h, 2026-11-01..2026-11-15", shape: shapeTime, column: "changed_at"},
}

// textSpec is what a term without a field is.
var textSpec = spec{name: Text, title: "Name or id", shape: shapeText, column: "search"}

// aliases are other names people know the fields by.
var aliases = map[string]Field{
	"label": Tag, "managed-by": Managed, "data-class": Class, "native-id": ID, "native-type": Type,
}

func findSpec(f Field) (spec, bool) {
	i := slices.IndexFunc(specs, func(s spec) bool { return s.name == f })
	if i < 0 {
		return spec{}, false
	}
	return specs[i], true
}

// Title is the field's name in words: "Managed by".
func (f Field) Title() string {
	if s, ok := findSpec(f); ok {
		return s.title
	}
	return "Name or id"
}
