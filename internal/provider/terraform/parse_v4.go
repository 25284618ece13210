package terraform

import (
	"encoding/json"
	"fmt"
	"strings"
)

// blockV4 is one resource block of a state file. What is not named here is not decoded.
type blockV4 struct {
	Module    string       `json:"module"`
	Mode      string       `json:"mode"`
	Type      string       `json:"type"`
	Name      string       `json:"name"`
	Provider  string       `json:"provider"`
	Instances []instanceV4 `json:"instances"`
}

type instanceV4 struct {
	Key       json.RawMessage            `json:"index_key"`
	Status    string                     `json:"status"`
	Deposed   string                     `json:"deposed"`
	Values    map[string]json.RawMessage `json:"attributes"`
	Flat      map[string]string          `json:"attributes_flat"` // of a resource not refreshed since Terraform 0.11
	Sensitive json.RawMessage            `json:"sensitive_attributes"`
	Identity  map[string]json.RawMessage `json:"identity"`
}

func (s *scanner) blockV4() error {
	if s.onlyHead && s.seen["version"] && s.seen["serial"] && s.head.lineage != "" {
		return errEnough
	}
	if s.onlyHead {
		return s.skip()
	}
	var b blockV4
	if err := s.dec.Decode(&b); err != nil {
		return err
	}
	if b.Mode != "managed" {
		return nil // a data source is read by the state, not managed by it
	}
	providerAddr, err := providerOf(b.Provider)
	if err != nil {
		return s.misread(err)
	}
	for _, i := range b.Instances {
		a, err := newAddress(b.Module, b.Type, b.Name, i.Key)
		if err != nil {
			return s.misread(err)
		}
		in := instance{
			addr: a, provider: providerAddr, tainted: i.Status == "tainted", deposed: i.Deposed,
			values: i.Values, identity: i.Identity, marks: marksOfPaths(i.Sensitive),
		}
		if in.values == nil {
			in.values = unflatten(i.Flat)
		}
		if err := s.instance(in); err != nil {
			return err
		}
	}
	return nil
}

// instance redacts and emits one object.
func (s *scanner) instance(in instance) error {
	o, dropped, err := in.redact()
	if err != nil {
		return s.misread(err)
	}
	return s.out(o, dropped)
}

// misread names the object that is not understood by its position: its own words may be secret.
func (s *scanner) misread(err error) error {
	return s.invalid(fmt.Sprintf("has an object, number %d and near byte %d, that cannot be understood: %s", s.objects+1, s.dec.InputOffset(), err),
		"Fetch it anew with `terraform state pull`.")
}

// providerOf takes the address out of `provider["registry.terraform.io/hashicorp/aws"].alias` or
// `module.m.provider["…"]`, and drops the alias: it is a name, and says nothing certain.
func providerOf(config string) (string, error) {
	_, rest, ok := strings.Cut(config, `provider["`)
	if !ok {
		// Terraform 0.12 wrote provider.aws.alias.
		_, rest, ok = strings.Cut("."+config, ".provider.")
		if !ok {
			return "", errProvider
		}
		name, _, _ := strings.Cut(rest, ".")
		return checkProvider("registry.terraform.io/hashicorp/" + name)
	}
	addr, _, ok := strings.Cut(rest, `"]`)
	if !ok {
		return "", errProvider
	}
	return checkProvider(addr)
}

// unflatten keeps what stands at the top of a flat map.
func unflatten(flat map[string]string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for k, v := range flat {
		if b, err := json.Marshal(v); err == nil && !strings.Contains(k, ".") {
			out[k] = b
		}
	}
	return out
}
