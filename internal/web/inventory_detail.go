package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

func (s *server) resource(c echo.Context) (inventory.Resource, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return inventory.Resource{}, fault.Say(fault.NotFound, "There is no resource %q: its address ends in a number.", c.Param("id"))
	}
	return s.inventory.Resource(c.Request().Context(), principal(c).Access(), id)
}

func (s *server) showPeek(c echo.Context) error {
	r, err := s.resource(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, s.peekOf(c, r).Fragment())
}

func (s *server) peekOf(c echo.Context, r inventory.Resource) inventorypage.Peek {
	w := when{s.clock(), s.zone(c)}
	p := inventorypage.Peek{
		Name: r.Name, Kind: r.Kind.Title(), Provider: r.Provider, Href: "/inventory/" + strconv.FormatInt(r.ID, 10),
		State: resourceState(r), Facts: facts(r, w), Locations: locations(r, w), Witnesses: s.witnesses(r, w),
	}
	for _, t := range r.Tags {
		p.Tags = append(p.Tags, t.Key+"="+t.Value)
	}
	return p
}

// showResource answers the page of one resource.
func (s *server) showResource(c echo.Context) error {
	r, err := s.resource(c)
	if err != nil {
		return err
	}
	shell, err := s.shell(c, r.Name, areaInventory)
	if err != nil {
		return err
	}
	shell.Scroll = true
	w := when{s.clock(), s.zone(c)}
	p := inventorypage.Detail{
		Shell: shell, Name: r.Name, Provider: r.Provider, Kind: r.Kind.Title(),
		Crumbs:  []ui.Crumb{{Label: "Inventory", Href: "/inventory"}, {Label: r.Account, Href: search("account:" + quoted(r.Account))}, {Label: r.Name}},
		Actions: []ui.Action{{Label: "Copy id", Copy: r.NativeID, Icon: "copy"}},
		Facts:   facts(r, w), Tags: tagGroups(r), Locations: locations(r, w), Relations: relations(r), Witnesses: s.witnesses(r, w),
		Former: former(r, w), History: history(r, w),
	}
	p.State, p.Notice = absence(r, w)
	if p.Attrs, p.Raw, err = attributes(r.Attributes); err != nil {
		return err
	}
	return render(c, http.StatusOK, p.Page())
}

func resourceState(r inventory.Resource) ui.Status {
	switch r.State {
	case "gone":
		return ui.Gone("Gone")
	case "missing":
		return ui.Warns("Missing")
	}
	return ui.Fine("Live")
}

var goneWords = map[inventory.GoneReason]string{
	inventory.GoneDeleted:        "no source shows it any more after a complete listing",
	inventory.GoneScopeRemoved:   "its account, region or source was removed",
	inventory.GonePermissionLost: "the right to see it was lost",
	inventory.GoneSourceChanged:  "the settings of its source no longer cover it",
	inventory.GoneSuperseded:     "another resource took its place",
}

// absence says why a resource is missing or gone.
func absence(r inventory.Resource, w when) (*ui.Tag, *ui.Strip) {
	switch r.State {
	case "gone":
		return &ui.Tag{Icon: "history", Text: "Gone"},
			&ui.Strip{Tone: ui.Warn, Text: fmt.Sprintf("Gone since %s: %s. What is shown is its last state.", format.At(r.Gone, w.zone).Text, goneWords[r.GoneReason])}
	case "missing":
		return &ui.Tag{Tone: ui.Warn, Icon: "alert-triangle-filled", Text: "Missing"},
			&ui.Strip{Tone: ui.Warn, Text: fmt.Sprintf("Missing since %s: its provider no longer lists it, but it is not proved to be gone, or code still declares it.", format.At(r.MissingSince, w.zone).Text)}
	}
	return nil, nil
}

func facts(r inventory.Resource, w when) []ui.Fact {
	region := ui.MakeRegion(r.Provider, r.Region)
	out := []ui.Fact{
		{Label: "Native id", Text: r.NativeID, Mono: true, Copy: true},
		{Label: "Native type", Text: r.NativeType, Mono: true},
		{Label: "Account", Text: r.Account, Href: search("account:" + quoted(r.Account)), Badge: r.Provider, Note: idNote(r)},
		{Label: "Unit", Text: r.UnitTitle, Href: search("unit:" + r.Unit)},
		{Label: "Region", Region: &region, Note: r.Zone},
		{Label: "Portability", Text: capital(string(r.Portability)), Note: equivalents(r)},
		{Label: "Created", Time: format.At(r.Created, w.zone), Note: "by the provider's clock"},
		{Label: "First seen here", Time: format.At(r.FirstSeen, w.zone)},
		{Label: "Last changed", Time: format.Ago(w.now, r.Since, w.zone)},
	}
	if r.Created.IsZero() {
		out[6] = ui.Fact{Label: "Created", Text: "The provider does not say"}
	}
	if r.Incarnation > 1 {
		out = append(out, ui.Fact{Label: "Incarnation", Text: strconv.Itoa(r.Incarnation), Note: "the same id existed before"})
	}
	return out
}

func idNote(r inventory.Resource) string {
	if r.AccountID == r.Account {
		return ""
	}
	return r.AccountID
}

// equivalents names what does the same job elsewhere.
func equivalents(r inventory.Resource) string {
	n, ok := cloud.FindNativeType(r.Provider, r.NativeType)
	if !ok {
		return ""
	}
	var out []string
	for _, p := range []cloud.ProviderID{cloud.AWS, cloud.Azure, cloud.GCP} {
		if e := n.Equivalents[p]; e != "" && p != r.Provider {
			out = append(out, p.Badge().Letters+": "+e)
		}
	}
	return strings.Join(out, " · ")
}

var namespaceWords = map[cloud.TagNamespace]string{cloud.NamespaceTag: "Tags", cloud.NamespaceLabel: "Labels", cloud.NamespaceNetTag: "Network tags"}

func tagGroups(r inventory.Resource) []inventorypage.TagGroup {
	var out []inventorypage.TagGroup
	for _, t := range r.Tags {
		words := namespaceWords[t.Namespace]
		if len(out) == 0 || out[len(out)-1].Namespace != words {
			out = append(out, inventorypage.TagGroup{Namespace: words})
		}
		g := &out[len(out)-1]
		g.Tags = append(g.Tags, inventorypage.Tag{Key: t.Key, Value: t.Value, Inherited: t.Inherited, Href: search("tag:" + quoted(t.Key+"="+t.Value))})
	}
	return out
}

var meaningWords = map[cloud.Meaning]string{cloud.AllOf: "in each", cloud.AnyOf: "somewhere among", cloud.MeaningUnknown: "not known"}

func locations(r inventory.Resource, w when) []inventorypage.Location {
	out := make([]inventorypage.Location, len(r.Locations))
	for i, l := range r.Locations {
		out[i] = inventorypage.Location{
			Facet: capital(string(l.Facet)), Place: l.Place, Detail: l.Detail, Meaning: meaningWords[l.Meaning],
			Evidence: fmt.Sprintf("%s · %s = %s", l.Evidence.API, l.Evidence.Field, l.Evidence.Value), Age: format.Age(w.now, l.Proved, w.zone),
		}
		for _, code := range l.Countries {
			out[i].Countries = append(out[i].Countries, inventorypage.Country{Code: code, Name: cloud.CountryName(code)})
		}
	}
	return out
}

// outWords and inWords name an edge from both of its ends.
var (
	outWords = map[string]string{
		"replica_of": "Replica of", "backup_of": "Backup of", "replicates_to": "Replicates to", "attached_to": "Attached to",
		"runs_on": "Runs on", "part_of": "Part of", "encrypted_by": "Encrypted by",
	}
	inWords = map[string]string{
		"replica_of": "Has replica", "backup_of": "Has backup", "replicates_to": "Replicated from", "attached_to": "Has attached",
		"runs_on": "Runs", "part_of": "Contains", "encrypted_by": "Encrypts",
	}
)

func relations(r inventory.Resource) []inventorypage.Relation {
	var out []inventorypage.Relation
	for _, x := range r.Out {
		rel := inventorypage.Relation{Words: outWords[string(x.Type)], Provider: x.Provider, Name: x.NativeID}
		if x.ID != 0 {
			rel.Name, rel.Kind, rel.Href = x.Name, x.Kind.Title(), "/inventory/"+strconv.FormatInt(x.ID, 10)
		}
		out = append(out, rel)
	}
	for _, x := range r.In {
		out = append(out, inventorypage.Relation{
			Words: inWords[string(x.Type)], Provider: x.Provider, Name: x.Name, Kind: x.Kind.Title(), Href: "/inventory/" + strconv.FormatInt(x.ID, 10),
		})
	}
	return out
}

func attributes(raw json.RawMessage) (tree []ui.Node, indented string, err error) {
	var decoded map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&decoded); err != nil {
		return nil, "", fmt.Errorf("decode attributes: %w", err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, "", fmt.Errorf("indent attributes: %w", err)
	}
	return ui.Tree(decoded), b.String(), nil
}

// search is the inventory of a query.
func search(q string) string { return "/inventory?q=" + url.QueryEscape(q) }

// quoted makes a value safe for the grammar.
func quoted(s string) string {
	if strings.ContainsAny(s, " ,:*\"()") || s == "" {
		return `"` + strings.ReplaceAll(s, `"`, "") + `"`
	}
	return s
}
