// Package settingspage is what a person sets for themselves.
package settingspage

import (
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Settings is the page. Post takes theme (system, light, dark), contrast (true), zone (an IANA
// name), keys (true) and density (dense, roomy); a box that is not ticked is not sent.
type Settings struct {
	Shell    layout.Shell
	Post     string
	Saved    bool
	Error    string
	Theme    ui.Field
	Contrast ui.Field
	Zone     ui.Field
	Keys     ui.Field
	Density  ui.Field
	Facts    []ui.Fact // who is signed in: name, groups, roles by unit, session end
}

// Fields makes the form from what is stored. zones are the offered IANA names, the organisation's first.
func Fields(s layout.Shell, zone string, zones []string) Settings {
	p := Settings{Shell: s}
	p.Theme = ui.Field{Kind: ui.RadioField, Name: "theme", Label: "Theme", Value: string(s.Theme), Options: []ui.FieldOption{
		{Value: string(layout.System), Label: "As the system"},
		{Value: string(layout.Light), Label: "Light"},
		{Value: string(layout.Dark), Label: "Dark"},
	}}
	p.Contrast = ui.Field{
		Kind: ui.BoolField, Name: "contrast", Label: "More contrast", Value: truth(s.Contrast),
		Help: "Also on while the system asks for it.",
	}
	p.Zone = ui.Field{
		Kind: ui.SelectField, Name: "zone", Label: "Time zone", Value: zone, Required: true,
		Help: "Times are shown in this zone; a month and a day are this zone's.",
	}
	for _, z := range zones {
		p.Zone.Options = append(p.Zone.Options, ui.FieldOption{Value: z, Label: z})
	}
	p.Keys = ui.Field{
		Kind: ui.BoolField, Name: "keys", Label: "Single-key shortcuts", Value: truth(!s.KeysOff),
		Help: "Letters act without Ctrl or Alt, except while a field has the focus.",
	}
	p.Density = ui.Field{Kind: ui.RadioField, Name: "density", Label: "Table rows", Value: "dense", Options: []ui.FieldOption{
		{Value: "dense", Label: "Dense", Help: "32 pixels"},
		{Value: "roomy", Label: "Roomy", Help: "40 pixels"},
	}}
	if s.Roomy {
		p.Density.Value = "roomy"
	}
	return p
}

func truth(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
