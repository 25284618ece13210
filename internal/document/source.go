package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/causeway/causeway/internal/fault"
)

// Source is a configured connection that facts are read from.
type Source struct {
	Adapter  string
	Every    time.Duration // 0: only when asked
	Unit     string        // slug, for accounts that no unit claims
	Enabled  bool
	Settings json.RawMessage // the block under the adapter's name; an object, never nil after reading
}

// Bounds of a schedule. The short one keeps a typing mistake from hammering a provider.
const (
	minEvery = 10 * time.Second
	maxEvery = 31 * 24 * time.Hour
)

func (s Source) fields() []field {
	out := []field{{"adapter", s.Adapter}, {"schedule", Schedule(s.Every)}, {"unit", s.Unit}, {"enabled", s.Enabled}}
	if settings := strings.TrimSpace(string(s.Settings)); settings != "" && settings != "{}" && settings != "null" {
		out = append(out, field{s.Adapter, s.Settings})
	}
	return out
}

func (d Decoder) readSource(o *object) Source {
	s := Source{Unit: RootUnit}
	var at *yaml.Node
	s.Adapter, at = o.text("adapter", true)
	known := d.adapter(o.w, at, s.Adapter)
	if text, at := o.text("schedule", true); at != nil {
		every, err := ParseSchedule(text)
		if err != nil {
			o.w.say(at, o.path+".schedule", "%v", err)
		}
		s.Every = every
	}
	if unit, at := o.text("unit", false); at != nil {
		s.Unit = unit
		o.w.slug(at, o.path+".unit", unit)
	}
	s.Enabled = o.flag("enabled", true)
	if s.Adapter == "" {
		return s // which block is the adapter's is not known, so none is unknown
	}
	var where map[string]*yaml.Node
	before := len(o.w.problems)
	s.Settings, where = o.settings(s.Adapter)
	o.finish(func(name string) string {
		if slices.ContainsFunc(d.Adapters, func(a Adapter) bool { return a.Name == name }) {
			return fmt.Sprintf("the adapter is %s, so its settings stand under %s.%s", s.Adapter, o.path, s.Adapter)
		}
		return ""
	})
	if known != nil && len(o.w.problems) == before {
		known.check(o, s.Settings, where)
	}
	return s
}

// adapter finds what is known of an adapter; nil where nothing is.
func (d Decoder) adapter(w *walk, at *yaml.Node, name string) *Adapter {
	if at == nil {
		return nil
	}
	if !slugPattern.MatchString(name) || slices.Contains([]string{"adapter", "schedule", "unit", "enabled"}, name) {
		w.say(at, "spec.adapter", "spec.adapter is %q, which cannot name an adapter", short(name))
		return nil
	}
	var names []string
	for i := range d.Adapters {
		if d.Adapters[i].Name == name {
			return &d.Adapters[i]
		}
		names = append(names, d.Adapters[i].Name)
	}
	if len(names) > 0 {
		w.say(at, "spec.adapter", "unknown adapter %q%s", name, meant(name, names))
	}
	return nil
}

// check lets the adapter judge its settings. Only what the adapter refuses is a mistake; its list
// of fields serves to name every unknown one at once, where it stands.
func (a *Adapter) check(o *object, settings json.RawMessage, where map[string]*yaml.Node) {
	if a.Check == nil {
		return
	}
	err := a.Check(settings)
	if err == nil {
		return
	}
	base := join(o.path, a.Name)
	if a.unknown(o.w, base, where) || a.NamesOnly {
		return
	}
	at, path := o.entries[a.Name].key, base
	if at == nil {
		at = o.node
	}
	var public *fault.Public
	if errors.As(err, &public) && public.Field != "" {
		name := strings.TrimPrefix(strings.TrimPrefix(public.Field, "spec."), a.Name+".")
		path = join(base, name)
		for part := name; part != ""; part = parent(part) {
			if n, ok := where[part]; ok {
				at = n
				break
			}
		}
	}
	text, ok := fault.Text(err)
	if !ok {
		text = err.Error()
	}
	o.w.say(at, path, "%s: %s", path, text)
}

// unknown reports the settings that the adapter does not have.
func (a *Adapter) unknown(w *walk, base string, where map[string]*yaml.Node) bool {
	found := false
	for path, at := range where {
		if strings.Contains(path, "[") || a.has(path) || (parent(path) != "" && !a.has(parent(path))) {
			continue
		}
		var siblings []string
		for _, f := range a.Fields {
			if rest, ok := strings.CutPrefix(f, prefix(parent(path))); ok {
				if name, _, _ := strings.Cut(rest, "."); !slices.Contains(siblings, name) {
					siblings = append(siblings, name)
				}
			}
		}
		name := strings.TrimPrefix(path, prefix(parent(path)))
		w.say(at, join(base, path), "unknown field %q in %s%s", short(name), join(base, parent(path)), meant(name, siblings))
		found = true
	}
	return found
}

// has reports whether path is a setting or leads to one.
func (a *Adapter) has(path string) bool {
	return slices.ContainsFunc(a.Fields, func(f string) bool { return f == path || strings.HasPrefix(f, path+".") })
}

// parent is the path above: "accounts" of "accounts.role" and of "accounts[2]".
func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	return path[:max(i, 0)]
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + "."
}

func (w *walk) slug(at *yaml.Node, path, slug string) {
	if !slugPattern.MatchString(slug) {
		w.say(at, path, "%s is %q; a unit is named with 1 to 63 letters a-z, digits and hyphens, a letter or digit first", path, short(slug))
	}
}
