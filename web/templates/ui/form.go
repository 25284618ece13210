package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// FieldKind is how a form field is entered.
type FieldKind string

// The kinds. The zero value is one line of text.
const (
	TextField   FieldKind = ""
	URLField    FieldKind = "url"
	ListField   FieldKind = "list" // several values, one a line
	BoolField   FieldKind = "bool"
	SelectField FieldKind = "select"
	RadioField  FieldKind = "radio"
)

// Field is one input with its label, its help and, after a failed attempt, its error. What was
// entered is kept in Value or Values.
type Field struct {
	Kind     FieldKind
	Name     string
	Label    string
	Help     string
	Example  string
	Required bool
	Error    string
	Value    string   // BoolField: "true" when it is on
	Values   []string // ListField
	Options  []FieldOption
	form     string // see In
}

// In tells the field which form it is in, where a page has several with fields of the same name.
func (f Field) In(form string) Field {
	f.form = form + "-"
	return f
}

// FieldOption is one choice of a SelectField or a RadioField.
type FieldOption struct{ Value, Label, Help string }

func (f Field) id() string { return "field-" + f.form + strings.ReplaceAll(f.Name, ".", "-") }

// describedBy names the elements that explain the field, "" where there are none.
func (f Field) describedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	if f.Help != "" || f.Example != "" {
		ids = append(ids, f.id()+"-help")
	}
	return strings.Join(ids, " ")
}

func (f Field) attributes() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	if by := f.describedBy(); by != "" {
		a["aria-describedby"] = by
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Required && f.Kind != BoolField {
		a["required"] = true
	}
	return a
}
