package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/web/templates/ui"
)

// settingsPrefix keeps an adapter's fields apart from the source's own in a form.
const settingsPrefix = "settings."

var fieldKinds = map[provider.FieldType]ui.FieldKind{
	provider.FieldText: ui.TextField, provider.FieldNumber: ui.TextField, provider.FieldURL: ui.URLField,
	provider.FieldList: ui.ListField, provider.FieldBool: ui.BoolField,
}

// adapterFields are the settings of an adapter as a form shows them, with what was entered.
func adapterFields(f provider.Factory, entered url.Values) []ui.Field {
	out := make([]ui.Field, len(f.Fields))
	for i, field := range f.Fields {
		name := settingsPrefix + field.Name
		out[i] = ui.Field{
			Kind: fieldKinds[field.Type], Name: name, Label: field.Label, Help: field.Help, Example: field.Example, Required: field.Required,
			Value: entered.Get(name),
		}
		if field.Type == provider.FieldList {
			out[i].Values = lines(entered.Get(name))
		}
	}
	return out
}

// lines are the values of a list field, one a line.
func lines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// readSettings turns a form into the adapter's part of a document. Fields that are empty are left
// out, so that the adapter's own defaults hold.
func readSettings(f provider.Factory, form url.Values) (json.RawMessage, error) {
	root := map[string]any{}
	for _, field := range f.Fields {
		text := strings.TrimSpace(form.Get(settingsPrefix + field.Name))
		if text == "" {
			if field.Required {
				return nil, fault.Say(fault.Invalid, "%s is needed.", field.Label).In(settingsPrefix + field.Name)
			}
			continue
		}
		value, err := fieldValue(field, text)
		if err != nil {
			return nil, err
		}
		put(root, strings.Split(field.Name, "."), value)
	}
	b, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("encode the settings of %s: %w", f.Adapter, err)
	}
	return b, nil
}

func fieldValue(field provider.Field, text string) (any, error) {
	switch field.Type {
	case provider.FieldList:
		return lines(text), nil
	case provider.FieldBool:
		return text == "true" || text == "on", nil
	case provider.FieldNumber:
		var n json.Number
		if json.Unmarshal([]byte(text), &n) != nil {
			return nil, fault.Say(fault.Invalid, "%s is a number; %q is none.", field.Label, text).In(settingsPrefix + field.Name)
		}
		return n, nil
	case provider.FieldText, provider.FieldURL:
	}
	return text, nil
}

func put(into map[string]any, path []string, value any) {
	if len(path) == 1 {
		into[path[0]] = value
		return
	}
	child, ok := into[path[0]].(map[string]any)
	if !ok {
		child = map[string]any{}
		into[path[0]] = child
	}
	put(child, path[1:], value)
}

// showSettings turns stored settings back into what a form shows.
func enteredOf(f provider.Factory, raw json.RawMessage) (url.Values, error) {
	var root map[string]any
	if err := json.Unmarshal(raw, &root); err != nil {
		return nil, fmt.Errorf("decode the settings of a %s source: %w", f.Adapter, err)
	}
	out := url.Values{}
	for _, field := range f.Fields {
		var at any = root
		for part := range strings.SplitSeq(field.Name, ".") {
			m, ok := at.(map[string]any)
			if !ok {
				at = nil
				break
			}
			at = m[part]
		}
		if text := formText(at); text != "" {
			out.Set(settingsPrefix+field.Name, text)
		}
	}
	return out, nil
}

func formText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = formText(e)
		}
		return strings.Join(parts, "\n")
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "" // what came from JSON goes back into it
	}
	return string(b)
}

// ownFields are what every source has, whatever its adapter.
func (s *server) ownFields(c echo.Context, entered url.Values) []ui.Field {
	schedule := entered.Get("schedule")
	if schedule == "" && !entered.Has("schedule") {
		schedule = "every 15m"
	}
	unit := ui.Field{
		Kind: ui.SelectField, Name: "unit", Label: "Unit", Value: entered.Get("unit"),
		Help: "Accounts that no unit claims belong to this one.",
	}
	if units, err := s.sources.Units(c.Request().Context()); err == nil {
		for _, u := range units {
			if principal(c).Can(auth.SourceWrite, u.ID.String()) {
				unit.Options = append(unit.Options, ui.FieldOption{Value: u.Slug, Label: u.Title})
			}
		}
	}
	return []ui.Field{
		{Name: "schedule", Label: "Schedule", Value: schedule, Help: "every 15m, every 2h, or manual", Example: "every 15m"},
		unit,
	}
}

// readSource reads a whole form: the source's own fields and its adapter's settings.
func (s *server) readSource(c echo.Context, f provider.Factory, form url.Values) (inventory.PutSource, error) {
	p := inventory.PutSource{Name: strings.TrimSpace(form.Get("name")), Adapter: f.Adapter, Unit: form.Get("unit"), Enabled: true, ByHand: true}
	var err error
	if p.Settings, err = readSettings(f, form); err != nil {
		return inventory.PutSource{}, err
	}
	if p.Every, err = readSchedule(form.Get("schedule")); err != nil {
		return inventory.PutSource{}, err
	}
	units, err := s.sources.Units(c.Request().Context())
	if err != nil {
		return inventory.PutSource{}, err
	}
	i := slices.IndexFunc(units, func(u inventory.Unit) bool { return u.Slug == p.Unit || (p.Unit == "" && u.ParentID == nil) })
	if i < 0 {
		return inventory.PutSource{}, fault.Say(fault.Invalid, "There is no unit %q.", p.Unit).In("unit")
	}
	return p, principal(c).Require(auth.SourceWrite, units[i].ID.String())
}

func readSchedule(text string) (time.Duration, error) {
	d, err := document.ParseSchedule(strings.TrimSpace(text))
	if err != nil {
		return 0, fault.Say(fault.Invalid, "%s", publicText(err)).In("schedule").Because(err)
	}
	return d, nil
}

// placeError puts an error at the field it names. What names none is said above the form.
func placeError(fields []ui.Field, err error) (above string) {
	name := fieldOf(err)
	for i := range fields {
		if name != "" && (fields[i].Name == name || fields[i].Name == settingsPrefix+name || "spec."+fields[i].Name == name || "metadata."+fields[i].Name == name ||
			strings.HasSuffix(name, "."+strings.TrimPrefix(fields[i].Name, settingsPrefix))) {
			fields[i].Error = publicText(err)
			return ""
		}
	}
	return publicText(err)
}
