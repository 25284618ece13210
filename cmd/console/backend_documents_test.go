package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/provider/sample"
	"github.com/causeway/causeway/internal/web/api"
)

// more adds what the sample lacks: a unit in a unit, a region, settings of several kinds. Nothing
// stands where it would have to for one document after the other to work.
const more = `---
apiVersion: causeway/v1
kind: Source
metadata: {name: states}
spec: {adapter: terraform, schedule: every 90m, unit: cards, enabled: false, terraform: {paths: [b.tfstate, "a/*.tfstate"]}}
---
apiVersion: causeway/v1
kind: Unit
metadata: {name: cards}
spec: {title: "Cards: 100%", parent: payments-eu}
---
apiVersion: causeway/v1
kind: Unit
metadata: {name: payments-eu}
spec: {title: Payments in the EU, parent: payments}
---
apiVersion: causeway/v1
kind: Region
metadata: {name: nordhaven.fra-1}
spec: {provider: nordhaven, code: fra-1, title: Frankfurt, country: DE, metro: Frankfurt, latitude: 50.11, longitude: 8.68}
---
apiVersion: causeway/v1
kind: Region
metadata: {name: nordhaven.osl-1}
spec: {provider: nordhaven, code: osl-1, title: Oslo, country: "NO"}
`

// written counts everything that an apply could write.
func (r *rig) written() map[string]int {
	r.t.Helper()
	out := map[string]int{}
	for _, table := range []string{"units", "unit_accounts", "sources", "regions", "due_work", "audit_entries"} {
		out[table] = r.count(table)
	}
	return out
}

func (r *rig) export(p auth.Principal, kind document.Kind) string {
	r.t.Helper()
	docs, err := r.b.Export(r.t.Context(), as(p, auth.SourceRead), kind)
	if err != nil {
		r.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := document.Encode(&b, docs); err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}

func TestApplyAndExportRoundTrip(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	text := string(sample.Documents(1000)) + more
	want := []string{
		"Unit retail-bank created", "Unit payments created", "Unit insurance created", "Unit platform created", "Source sample created",
		"Source states created", "Unit cards created", "Unit payments-eu created", "Region nordhaven.fra-1 created", "Region nordhaven.osl-1 created",
	}
	suffixed := func(s string) []string {
		out := make([]string, len(want))
		for i := range want {
			out[i] = want[i] + " " + s
		}
		return out
	}
	before := r.written()
	if diff := cmp.Diff(suffixed("-"), outcomes(r.apply(r.admin, text, api.ApplyOptions{DryRun: true}))); diff != "" {
		t.Errorf("dry run, in the documents' order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, r.written()); diff != "" {
		t.Fatalf("a dry run writes nothing (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(suffixed("1"), outcomes(r.apply(r.admin, text, api.ApplyOptions{}))); diff != "" {
		t.Fatalf("apply (-want +got):\n%s", diff)
	}
	after := r.written()
	exported := r.export(r.admin, "")
	for what, again := range map[string]string{"the same documents": text, "what was exported": exported} {
		for _, res := range r.apply(r.admin, again, api.ApplyOptions{}) {
			if res.Outcome != api.Unchanged || res.Revision == nil || *res.Revision != 1 {
				t.Errorf("%s: %+v", what, res)
			}
		}
	}
	if diff := cmp.Diff(after, r.written()); diff != "" {
		t.Errorf("documents that change nothing write nothing (-before +after):\n%s", diff)
	}
	if again := r.export(r.admin, ""); again != exported {
		t.Errorf("exported twice (-first +second):\n%s", cmp.Diff(exported, again))
	}
	if got := r.export(r.admin, document.KindRegion); strings.Count(got, "kind:") != 2 || !strings.Contains(got, `country: "NO"`) {
		t.Errorf("regions alone:\n%s", got)
	}
	other := newRig(t)
	for _, res := range other.apply(other.admin, exported, api.ApplyOptions{}) {
		want := api.Created
		if res.Name == document.RootUnit {
			want = api.Unchanged // it is there from the start
		}
		if res.Outcome != want {
			t.Errorf("on another console: %+v", res)
		}
	}
}

func TestApplyChangesAndConflicts(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	doc := func(revision, settings string) string {
		return "apiVersion: causeway/v1\nkind: Source\nmetadata: {name: shop" + revision + "}\nspec: {adapter: shelf, schedule: manual, unit: retail, shelf: {colour: " + settings + "}}\n"
	}
	for _, c := range []struct {
		name, text string
		o          api.ApplyOptions
		want       []string
	}{
		{"dry run of an edit", doc(", revision: 1", "blue"), api.ApplyOptions{DryRun: true}, []string{"Source shop updated 1"}},
		{"an edit", doc(", revision: 1", "blue"), api.ApplyOptions{}, []string{"Source shop updated 2"}},
		{"an older edit", doc(", revision: 1", "green"), api.ApplyOptions{}, []string{"Source shop conflict 2"}},
		{"an edit of no revision", doc("", "green"), api.ApplyOptions{}, []string{"Source shop updated 3"}},
		{"an older edit that says the same", doc(", revision: 1", "green"), api.ApplyOptions{}, []string{"Source shop unchanged 3"}},
		{"forced", doc(", revision: 1", "blue"), api.ApplyOptions{Force: true}, []string{"Source shop updated 4"}},
		{
			"what is refused leaves the others",
			`{apiVersion: causeway/v1, kind: Unit, metadata: {name: shops}, spec: {title: Shops, parent: retial}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: thief}, spec: {title: Thief, accounts: ["aws:2222"]}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: vault}, spec: {adapter: sample, schedule: manual, unit: bank}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: lost}, spec: {adapter: shelf, schedule: manual, unit: nowhere}}
---
{apiVersion: causeway/v1, kind: Region, metadata: {name: own.a}, spec: {provider: own, code: a, title: A, country: DE}}
`,
			api.ApplyOptions{},
			[]string{
				"Unit shops failed - spec.parent", "Unit thief failed - spec.accounts", "Source vault failed 1 spec.adapter",
				"Source lost failed - spec.unit", "Region own.a created 1",
			},
		},
		{
			"a region moves", "{apiVersion: causeway/v1, kind: Region, metadata: {name: own.a}, spec: {provider: own, code: a, title: A, country: FR}}",
			api.ApplyOptions{},
			[]string{"Region own.a updated 2"},
		},
		{
			"an older edit of a region", "{apiVersion: causeway/v1, kind: Region, metadata: {name: own.a, revision: 1}, spec: {provider: own, code: a, title: A, country: SE}}",
			api.ApplyOptions{},
			[]string{"Region own.a conflict 2"},
		},
	} {
		before := r.count("units")
		got := r.apply(r.admin, c.text, c.o)
		if diff := cmp.Diff(c.want, outcomes(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		for _, res := range got {
			refused := res.Outcome == api.Failed || res.Outcome == api.Conflict
			if refused != (res.Detail != "") {
				t.Errorf("%s: %+v; exactly refusals have a reason", c.name, res)
			}
		}
		if r.count("units") != before {
			t.Errorf("%s: a refused unit is there", c.name)
		}
	}
	_, err := r.inv.PutSource(t.Context(), audit.Actor{Name: "mara@example.org", Kind: audit.Person}, inventory.PutSource{
		Name: "shop", Adapter: "shelf", Unit: "retail", Enabled: true, Settings: []byte(`{"colour":"yellow"}`), Revision: 4, ByHand: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := r.apply(r.admin, doc("", "blue"), api.ApplyOptions{})
	if diff := cmp.Diff([]string{"Source shop conflict 5"}, outcomes(got)); diff != "" || !strings.Contains(string(got[0].Detail), "changed on a page") {
		t.Errorf("over an edit of a page: %s (-want +got):\n%s", got[0].Detail, diff)
	}
	if got := r.export(r.admin, document.KindSource); !strings.Contains(got, "colour: yellow") {
		t.Errorf("what was changed on the page is not there:\n%s", got)
	}
}

func TestApplyMovesAnAccountInOneSet(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	// The new owner comes first, in a unit of its own with a source in it.
	const text = `
{apiVersion: causeway/v1, kind: Unit, metadata: {name: acquired}, spec: {title: Acquired, accounts: ["aws:2222"]}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: bank, revision: 1}, spec: {title: Bank}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: below}, spec: {title: Below, parent: acquired}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: new}, spec: {adapter: shelf, schedule: manual, unit: below}}
`
	before := r.written()
	want := []string{"Unit acquired created -", "Unit bank updated 1", "Unit below created -", "Source new created -"}
	if diff := cmp.Diff(want, outcomes(r.apply(r.admin, text, api.ApplyOptions{DryRun: true}))); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, r.written()); diff != "" {
		t.Errorf("a dry run writes nothing (-before +after):\n%s", diff)
	}
	want = []string{"Unit acquired created 1", "Unit bank updated 2", "Unit below created 1", "Source new created 1"}
	if diff := cmp.Diff(want, outcomes(r.apply(r.admin, text, api.ApplyOptions{}))); diff != "" {
		t.Errorf("apply (-want +got):\n%s", diff)
	}
}

func TestApplyChecksSettingsOnArrival(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, err := serverDecoder(r.inv.Adapters()).Decode("a.yaml", []byte(`
apiVersion: causeway/v1
kind: Source
metadata: {name: shop}
spec: {adapter: shelf, schedule: manual, shelf: {colour: grey}}
`))
	wantSays(t, err, fault.Invalid, "a.yaml:5:50: spec.shelf.colour: A shelf cannot be grey.")
}

func TestApplyAsksForRightsPerDocument(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	admin := r.token(auth.Admin, "retail")
	text := `
{apiVersion: causeway/v1, kind: Unit, metadata: {name: shops}, spec: {title: Shops, parent: retail}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: tills}, spec: {adapter: shelf, schedule: manual, unit: shops}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: shop}, spec: {adapter: shelf, schedule: manual, unit: retail}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: vault}, spec: {adapter: shelf, schedule: manual, unit: retail}}
---
{apiVersion: causeway/v1, kind: Source, metadata: {name: everything}, spec: {adapter: shelf, schedule: manual}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: bank}, spec: {title: Ours, parent: retail}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: top}, spec: {title: Top}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: grab}, spec: {title: Grab, parent: retail, accounts: ["aws:3333"]}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: foresight}, spec: {title: Foresight, parent: retail, accounts: ["aws:9999"]}}
---
{apiVersion: causeway/v1, kind: Unit, metadata: {name: own}, spec: {title: Own, parent: retail, accounts: ["aws:1111"]}}
---
{apiVersion: causeway/v1, kind: Region, metadata: {name: own.a}, spec: {provider: own, code: a, title: A, country: DE}}
`
	before := r.written()
	dry := outcomes(r.apply(admin, text, api.ApplyOptions{DryRun: true, Force: true}))
	if diff := cmp.Diff(before, r.written()); diff != "" {
		t.Errorf("a dry run writes nothing (-before +after):\n%s", diff)
	}
	want := []string{
		"Unit shops created", "Source tills created", "Source shop updated", "Source vault failed", "Source everything failed",
		"Unit bank failed", "Unit top failed", "Unit grab failed", "Unit foresight failed", "Unit own created", "Region own.a failed",
	}
	short := func(in []string) []string {
		out := make([]string, len(in))
		for i := range in {
			out[i] = strings.Join(strings.Fields(in[i])[:3], " ")
		}
		return out
	}
	if diff := cmp.Diff(want, short(dry)); diff != "" {
		t.Errorf("dry run (-want +got):\n%s", diff)
	}
	results := r.apply(admin, text, api.ApplyOptions{Force: true})
	if diff := cmp.Diff(want, short(outcomes(results))); diff != "" {
		t.Errorf("apply (-want +got):\n%s", diff)
	}
	denied := 0
	for _, res := range results {
		if res.Outcome != api.Failed {
			continue
		}
		denied++
		if res.Revision != nil || !strings.Contains(string(res.Detail), "needs the role admin on the unit") {
			t.Errorf("%+v; it says which role is missing where, and nothing of what is there", res)
		}
	}
	entries, err := audit.Recent(t.Context(), r.db, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Outcome == audit.Denied {
			denied--
		}
	}
	if denied != 0 {
		t.Errorf("%d more refusals than entries in the audit trail", denied)
	}
	if got := r.export(r.token(auth.Viewer, "retail"), ""); strings.Contains(got, "vault") || strings.Contains(got, "bank") ||
		strings.Count(got, "kind: Unit") != 3 || strings.Count(got, "kind: Source") != 2 {
		t.Errorf("what a viewer of retail may export:\n%s", got)
	}
}

func TestApplyMovesAUnitOnlyWithRightsAtBothEnds(t *testing.T) {
	t.Parallel()
	r := newTwoUnits(t)
	r.apply(r.admin, "{apiVersion: causeway/v1, kind: Unit, metadata: {name: vaults}, spec: {title: Vaults, parent: bank}}", api.ApplyOptions{})
	move := r.decode("{apiVersion: causeway/v1, kind: Unit, metadata: {name: vaults, revision: 1}, spec: {title: Vaults, parent: retail}}")
	units, err := r.inv.Units(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slugs := map[uuid.UUID]string{}
	for _, u := range units {
		slugs[u.ID] = u.Slug
	}
	for _, c := range []struct {
		on   []string
		says string
	}{
		{[]string{"retail"}, "Changing this unit needs the role admin on the unit vaults."},
		{[]string{"vaults", "bank"}, "Placing a unit below retail needs the role admin on the unit retail."},
		{[]string{"vaults", "retail"}, "Moving a unit away needs the role admin on the unit bank."},
		{[]string{"vaults", "retail", "bank"}, ""},
	} {
		refused := 0
		a := applier{
			may:     func(_ auth.Permission, unit uuid.UUID) bool { return slices.Contains(c.on, slugs[unit]) },
			refused: func(string) error { refused++; return nil },
			actor:   audit.SystemActor(),
		}
		got, err := applyDocuments(t.Context(), r.inv, a, move)
		if err != nil || string(got[0].Detail) != c.says || (refused == 1) != (c.says != "") {
			t.Errorf("with rights on %v: %+v, %v, %d refusals; want %q", c.on, got, err, refused, c.says)
		}
	}
}

func TestApplyAsSystem(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := applyAsSystem(t.Context(), r.inv, r.decode(string(sample.Documents(1000)))); err != nil {
		t.Fatal(err)
	}
	if got := r.export(r.admin, document.KindSource); !strings.Contains(got, "scale: 1000") {
		t.Errorf("sources:\n%s", got)
	}
	err := applyAsSystem(t.Context(), r.inv, r.decode("{apiVersion: causeway/v1, kind: Unit, metadata: {name: a}, spec: {title: A, parent: b}}"))
	if err == nil || !strings.Contains(err.Error(), `apply Unit a: There is no unit "b".`) {
		t.Errorf("what cannot be applied is an error: %v", err)
	}
}
