package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// showForm turns a state file into what `terraform show -json` prints of it, or into a plan's JSON.
func showForm(t testing.TB, state []byte, plan bool) []byte {
	t.Helper()
	var v struct {
		Version   string           `json:"terraform_version"`
		Resources []map[string]any `json:"resources"`
	}
	if err := json.Unmarshal(state, &v); err != nil {
		t.Fatal(err)
	}
	root := map[string]any{}
	for _, b := range v.Resources {
		module, _ := b["module"].(string)
		for _, i := range b["instances"].([]any) {
			in := i.(map[string]any)
			key, err := json.Marshal(in["index_key"])
			if err != nil {
				t.Fatal(err)
			}
			rendered, err := renderKey(key)
			if err != nil {
				t.Fatal(err)
			}
			addr := b["type"].(string) + "." + b["name"].(string) + rendered
			if module != "" {
				addr = module + "." + addr
			}
			_, p, _ := strings.Cut(b["provider"].(string), `"`)
			p, _, _ = strings.Cut(p, `"`)
			r := map[string]any{
				"address": addr, "mode": b["mode"], "type": b["type"], "name": b["name"], "index": in["index_key"], "provider_name": p,
				"schema_version": 0, "values": in["attributes"], "sensitive_values": sensitiveTree(in["sensitive_attributes"]), "identity": in["identity"],
			}
			if in["status"] == "tainted" {
				r["tainted"] = true
			}
			if in["deposed"] != nil {
				r["deposed_key"] = in["deposed"]
			}
			m := moduleNode(root, module)
			list, _ := m["resources"].([]any)
			m["resources"] = append(list, r)
		}
	}
	doc := map[string]any{"format_version": "1.0", "terraform_version": v.Version, "values": map[string]any{
		"outputs": map[string]any{"x": map[string]any{"value": "planted-output", "sensitive": false}}, "root_module": root,
	}}
	if plan {
		doc = map[string]any{
			"format_version": "1.2", "terraform_version": v.Version, "prior_state": doc, "variables": map[string]any{"p": map[string]any{"value": "planted"}},
			"planned_values": map[string]any{"root_module": map[string]any{"resources": []any{map[string]any{"address": "aws_s3_bucket.planned", "mode": "managed"}}}},
		}
	}
	return toJSON(t, doc)
}

func moduleNode(root map[string]any, module string) map[string]any {
	m, path := root, ""
	for module != "" {
		step := moduleStep.FindString(module)
		module = module[len(step):]
		path = strings.TrimPrefix(path+"."+strings.TrimSuffix(step, "."), ".")
		children, _ := m["child_modules"].([]any)
		i := slices.IndexFunc(children, func(c any) bool { return c.(map[string]any)["address"] == path })
		if i < 0 {
			children = append(children, map[string]any{"address": path})
			i = len(children) - 1
			m["child_modules"] = children
		}
		m = children[i].(map[string]any)
	}
	return m
}

func sensitiveTree(paths any) map[string]any {
	tree := map[string]any{}
	list, _ := paths.([]any)
	for _, p := range list {
		steps := p.([]any)
		tree[fmt.Sprint(steps[0].(map[string]any)["value"])] = true
	}
	return tree
}

var byAddress = cmpopts.SortSlices(func(a, b Object) bool { return a.Address+a.Deposed < b.Address+b.Deposed })

func TestBothFormsYieldTheSameObjects(t *testing.T) {
	for name, state := range shapedStates(t) {
		want := mustRedact(t, state, name)
		for _, form := range []struct {
			form Form
			doc  []byte
		}{{FormShow, showForm(t, state, false)}, {FormPlan, showForm(t, state, true)}} {
			got := mustRedact(t, form.doc, name)
			if got.Form != form.form || got.Lineage != "" || got.Serial != 0 {
				t.Errorf("%s as %s: form %s, lineage %q, serial %d", name, form.form, got.Form, got.Lineage, got.Serial)
			}
			if diff := cmp.Diff(want.Resources, got.Resources, byAddress); diff != "" {
				t.Errorf("%s as %s (-state +%s):\n%s", name, form.form, form.form, diff)
			}
			if diff := cmp.Diff(want.Dropped, got.Dropped); diff != "" {
				t.Errorf("%s as %s drops otherwise:\n%s", name, form.form, diff)
			}
		}
	}
}

// The real files were written by test/e2e/terraform.sh with the versions in their names.
func TestRealStates(t *testing.T) {
	state := mustRedact(t, readFile(t, "testdata/real/terraform-1.11.tfstate"), "real")
	for _, file := range []string{"terraform-1.11.show.json", "terraform-1.11.plan.json", "opentofu-1.10.tfstate", "terraform-1.5-local.tfstate"} {
		got := mustRedact(t, readFile(t, "testdata/real/"+file), "real")
		if text := string(toJSON(t, got)); strings.Contains(text, "planted") || strings.Contains(text, "RSA PRIVATE") {
			t.Errorf("%s: a planted secret is kept", file)
		}
		if file == "terraform-1.5-local.tfstate" {
			continue
		}
		if diff := cmp.Diff(state.Resources, got.Resources, byAddress); diff != "" {
			t.Errorf("%s (-state +file):\n%s", file, diff)
		}
	}
	if state.Lineage == "" || state.Serial < 2 || state.TerraformVersion != "1.11.4" || len(state.Resources) != 23 {
		t.Errorf("lineage %q, serial %d, version %q, %d objects", state.Lineage, state.Serial, state.TerraformVersion, len(state.Resources))
	}
	for _, want := range []string{
		`terraform_data.each["a\"quote"]`, `terraform_data.each["$${x}"]`, `terraform_data.each["two\nlines"]`, `terraform_data.each["münchen"]`,
		`terraform_data.each["back\\slash"]`, `module.net["q\"k"].module.inner[1].terraform_data.subnet[0]`,
	} {
		if !slices.ContainsFunc(state.Resources, func(o Object) bool { return o.Address == want }) {
			t.Errorf("terraform's address %s is missing", want)
		}
	}
}

func TestWireFormatComesBack(t *testing.T) {
	for name, state := range shapedStates(t) {
		want := mustRedact(t, state, name)
		got, err := DecodeSnapshot(bytes.NewReader(toJSON(t, want)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-sent +received):\n%s", name, diff)
		}
	}
}
