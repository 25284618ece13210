package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// Redact reads a state, or what `terraform show -json` prints of a state or a plan, and keeps only
// what may leave the machine. name is what people call the workspace. Errors may be read by people
// and carry no value of the state; the *provider.Problem is within.
func Redact(r io.Reader, name string) (Snapshot, error) {
	if err := checkName(name); err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Format: SnapshotFormat, Name: name, Resources: []Object{}}
	head, err := scan(name, r, false, func(o Object, d Dropped) error {
		s.Resources = append(s.Resources, o)
		s.Dropped.add(d)
		return nil
	})
	var p *provider.Problem
	switch {
	case errors.As(err, &p):
		return Snapshot{}, fault.Say(fault.Invalid, "%s", strings.TrimSpace(p.Text+" "+p.Fix)).Because(p)
	case err != nil:
		return Snapshot{}, err
	}
	s.Form, s.Lineage, s.Serial, s.TerraformVersion = head.form, head.lineage, head.serial, head.version
	return s, nil
}

// instance is one object of a state before redaction.
type instance struct {
	addr     address
	provider string
	tainted  bool
	deposed  string
	values   map[string]json.RawMessage
	identity map[string]json.RawMessage
	marks    *marks
}

// redact keeps what the allow-list names and no mark or look forbids.
func (in instance) redact() (Object, Dropped, error) {
	if in.deposed != "" && !deposedPattern.MatchString(in.deposed) {
		return Object{}, Dropped{}, errors.New("its deposed key is not one")
	}
	o := Object{Address: in.addr.String(), Type: in.addr.typ, Provider: in.provider, Tainted: in.tainted, Deposed: in.deposed}
	k := keeper{hidden: in.hidden()}
	names := allowed
	if !clouds[family(o.Type)] {
		names = anyProvider
	}
	for name := range names {
		v, m := in.find(name)
		s, ok := scalar(v)
		switch {
		case !ok:
			continue
		case m.any():
			k.dropped.Sensitive++
			continue
		}
		if s, ok := k.value(name, s); ok {
			o.keep(name, s)
		}
	}
	o.Tags = k.tags(in.tags(&k))
	if block, ok := replicaBlocks[o.Type]; ok {
		o.Replicas = k.replicas(in.column(block[0], block[1]))
	}
	return o, k.dropped, nil
}

// find decodes one attribute, or one of a nested block ("metadata.name": the first such block).
func (in instance) find(name string) (any, *marks) {
	block, attr, nested := strings.Cut(name, ".")
	if !nested {
		return decode(in.values[name]), in.marks.of(name)
	}
	v, m := decode(in.values[block]), in.marks.of(block)
	if block == "identity" {
		v, m = decodeMap(in.identity), in.marks.all0()
	}
	if list, ok := v.([]any); ok && len(list) > 0 {
		v, m = list[0], m.of("0")
	}
	if obj, ok := v.(map[string]any); ok {
		return obj[attr], m.of(attr)
	}
	return nil, nil
}

// tags merges every map of tags the object has. A key that is marked in one of them is in none: a
// provider copies tags into tags_all without the mark.
func (in instance) tags(k *keeper) map[string]string {
	merged, hidden := map[string]string{}, map[string]bool{}
	for _, name := range tagAttributes {
		v, m := in.find(name)
		obj, ok := v.(map[string]any)
		if !ok {
			continue
		}
		for key, value := range obj {
			s, ok := scalar(value)
			switch {
			case m.of(key).any():
				hidden[key] = true
			case ok:
				merged[key] = s
			}
		}
	}
	for key := range hidden {
		k.dropped.Sensitive++
		delete(merged, key)
	}
	return merged
}

// column returns one attribute of every block of a list of blocks.
func (in instance) column(block, attr string) []string {
	list, ok := decode(in.values[block]).([]any)
	if !ok || in.marks.of(block).any() {
		return nil
	}
	var out []string
	for _, b := range list {
		if obj, ok := b.(map[string]any); ok {
			if s, ok := scalar(obj[attr]); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// hidden returns every value that is marked as sensitive, so that its copies are found.
func (in instance) hidden() []string {
	if !in.marks.any() {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(in.values)) {
		if m := in.marks.of(name); m.any() {
			out = hiddenValues(decode(in.values[name]), m, out)
		}
	}
	return out
}

// all0 is m where it marks everything; the identity has no marks of its own.
func (m *marks) all0() *marks {
	if m.whole() {
		return m
	}
	return nil
}

func decodeMap(raw map[string]json.RawMessage) any {
	out := map[string]any{}
	for k, v := range raw {
		out[k] = decode(v)
	}
	return out
}

// decode reads a value; one that is not JSON cannot stand in a document that was decoded.
func decode(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil
	}
	return v
}
