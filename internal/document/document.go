package document

import (
	"encoding/json"
	"regexp"
)

// APIVersion is what every document says it follows.
const APIVersion = "causeway/v1"

// RootUnit is the unit that is always there; what names no unit belongs to it.
const RootUnit = "organisation"

// Kind is what a document describes.
type Kind string

// The kinds that can be applied and exported.
const (
	KindSource Kind = "Source"
	KindUnit   Kind = "Unit"
	KindRegion Kind = "Region"
)

// Kinds returns the supported kinds in the order in which a set is applied and exported: what is
// referred to comes before what refers to it.
func Kinds() []Kind { return []Kind{KindUnit, KindRegion, KindSource} }

// Kinds of the contract that this version neither applies nor exports.
var otherKinds = []Kind{
	"Service", "CountryGroup", "Rule", "RuleAssignment", "Target", "Runbook", "DrillPolicy",
	"DrillSchedule", "Blackout", "Budget", "Workload", "RoleMapping",
}

// Document is one object. At is where it was read, for messages; it is no part of its meaning.
type Document struct {
	Kind     Kind
	Name     string
	Revision int64 // the revision an edit began from; 0 where the document does not say
	Spec     Spec
	At       Position
}

// Spec is what a document says: a Source, a Unit or a Region.
type Spec interface {
	// fields returns the spec in its canonical order.
	fields() []field
}

// field is one name of an object with a string, bool, number, list or JSON value.
type field struct {
	name  string
	value any
}

// Names become keys of the database and parts of URLs.
var (
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}$`)
	slugPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

// fields returns the whole document in canonical order.
func (d Document) fields() []field {
	meta := []field{{"name", d.Name}}
	if d.Revision > 0 {
		meta = append(meta, field{"revision", d.Revision})
	}
	return []field{{"apiVersion", APIVersion}, {"kind", string(d.Kind)}, {"metadata", meta}, {"spec", d.Spec.fields()}}
}

// MarshalJSON writes the document as the API takes it.
func (d Document) MarshalJSON() ([]byte, error) { return json.Marshal(ordered(d.fields())) }
