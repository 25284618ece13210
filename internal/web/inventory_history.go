package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/ui"
)

func (s *server) witnesses(r inventory.Resource, w when) []inventorypage.Witness {
	out := make([]inventorypage.Witness, len(r.Witnesses))
	for i, x := range r.Witnesses {
		badge := s.badgeFor(x.Adapter)
		out[i] = inventorypage.Witness{
			Source: x.Source, SourceHref: "/sources/" + x.Source, Badge: badge, Scope: scopeWords(x.Account, x.Region, x.API), Ref: x.Ref,
			Manager: capital(x.Manager), Proved: format.Age(w.now, x.Proved, w.zone), State: scopeStatus(x.ScopeState, x.Problem), Owner: x.Owner,
		}
		if x.Misses > 0 {
			out[i].Misses = "not in the last listing"
		}
		if x.Said != nil {
			out[i].Disagrees = disagreements(r, *x.Said)
		}
	}
	return out
}

func scopeWords(account, region, api string) string {
	if region == "" {
		region = "global"
	}
	return account + " · " + region + " · " + api
}

// scopeStatus is how the scope behind a fact is doing.
func scopeStatus(state inventory.ScopeState, problem string) ui.Status {
	var st ui.Status
	switch state {
	case inventory.ScopeOK:
		st = ui.Fine("Read completely")
	case inventory.ScopeRunning:
		st = ui.Running("Being read")
	case inventory.ScopeFailed:
		st = ui.Failed("Failing")
	case inventory.ScopeLost:
		st = ui.Failed("No longer offered")
	case inventory.ScopeHeld:
		st = ui.Warns("Held back")
	case inventory.ScopePlanned:
		st = ui.Waiting("Not read yet")
	case inventory.ScopeRemoved:
		st = ui.Gone("Removed")
	}
	st.Title = problem
	return st
}

// disagreements compares what a witness says with what is shown. A witness that does not state
// something does not disagree.
func disagreements(r inventory.Resource, said inventory.Said) []inventorypage.Change {
	var out []inventorypage.Change
	add := func(field, shown, other string) {
		if other != "" && shown != other {
			out = append(out, inventorypage.Change{Field: field, From: shown, To: other})
		}
	}
	add("name", r.Name, said.Name)
	add("region", r.Region, said.Region)
	shown := tagMap(r.Tags)
	for _, t := range said.Tags {
		if v, ok := shown[t.Key]; !ok || v != t.Value {
			out = append(out, inventorypage.Change{Field: "tag " + t.Key, From: v, To: t.Value})
		}
	}
	return out
}

func former(r inventory.Resource, w when) []inventorypage.Former {
	out := make([]inventorypage.Former, len(r.Former))
	for i, f := range r.Former {
		out[i] = inventorypage.Former{
			Source: f.Source, Scope: strings.TrimSpace(f.API + " " + f.Ref), Reason: goneWords[f.Reason], Ended: format.Ago(w.now, f.Ended, w.zone),
		}
	}
	return out
}

// snapshot is the comparable part of a version.
type snapshot struct {
	fields map[string]string
}

func snapshotOf(name, kind, region, zone, portability, state string, tags []cloud.Tag, attrs json.RawMessage) snapshot {
	f := map[string]string{"name": name, "kind": kind, "region": region, "zone": zone, "portability": portability, "state": state}
	for k, v := range tagMap(tags) {
		f["tag "+k] = v
	}
	var decoded map[string]any
	if json.Unmarshal(attrs, &decoded) == nil {
		flatten("", decoded, f)
	}
	return snapshot{f}
}

// flatten turns nested attributes into dotted names.
func flatten(prefix string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for k, child := range v {
			flatten(strings.TrimPrefix(prefix+"."+k, "."), child, into)
		}
	case []any:
		for i, child := range v {
			flatten(prefix+"["+strconv.Itoa(i)+"]", child, into)
		}
	case string:
		into[prefix] = v
	default:
		b, err := json.Marshal(v)
		if err == nil {
			into[prefix] = string(b)
		}
	}
}

func (s snapshot) diff(next snapshot) []inventorypage.Change {
	keys := maps.Clone(s.fields)
	maps.Copy(keys, next.fields)
	var out []inventorypage.Change
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if s.fields[k] != next.fields[k] {
			out = append(out, inventorypage.Change{Field: k, From: s.fields[k], To: next.fields[k]})
		}
	}
	return out
}

var reasonWords = map[string]struct{ title, icon string }{
	"changed":         {"Changed", "pencil"},
	"returned":        {"Shown again", "circle-check"},
	"missing":         {"Missing from its listing", "alert-triangle"},
	"deleted":         {"Gone", "history"},
	"scope_removed":   {"Gone with its scope", "history"},
	"permission_lost": {"Right to see it lost", "history"},
	"source_changed":  {"No longer covered by its source", "history"},
	"superseded":      {"Replaced", "history"},
}

// history walks the versions, newest first. Each entry says what ended a version, and what is
// different since.
func history(r inventory.Resource, w when) []inventorypage.Version {
	next := snapshotOf(r.Name, string(r.Kind), r.Region, r.Zone, string(r.Portability), r.State, r.Tags, r.Attributes)
	var out []inventorypage.Version
	for _, v := range r.History {
		this := snapshotOf(v.Name, string(v.Kind), v.Region, v.Zone, string(v.Portability), v.State, v.Tags, v.Attributes)
		words := reasonWords[v.Reason]
		out = append(out, inventorypage.Version{Icon: words.icon, Title: words.title, At: format.At(v.To, w.zone), Changes: this.diff(next)})
		next = this
	}
	return append(out, inventorypage.Version{Icon: "plus", Title: "First seen", At: format.At(r.FirstSeen, w.zone)})
}

func tagMap(tags []cloud.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}
