package terraform

import (
	"encoding/json"
	"errors"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

var errProvider = errors.New("its provider is not an address such as registry.terraform.io/hashicorp/aws")

// values walks the values of the show form: the module tree, and nothing of the outputs.
func (s *scanner) values(depth int) error {
	return s.object(depth, func(key string) error {
		if key == "root_module" {
			return s.module(depth + 1)
		}
		return s.skip()
	})
}

// module walks one module and those below it. The address of each stands in its resources.
func (s *scanner) module(depth int) error {
	return s.object(depth, func(key string) error {
		switch key {
		case "resources":
			return s.array(depth, s.resource)
		case "child_modules":
			return s.array(depth, func() error { return s.module(depth + 2) })
		}
		return s.skip()
	})
}

// shown is tfjson.StateResource with its values left undecoded, so that only allowed ones are.
type shown struct {
	Address   string                     `json:"address"`
	Mode      tfjson.ResourceMode        `json:"mode"`
	Type      string                     `json:"type"`
	Name      string                     `json:"name"`
	Index     json.RawMessage            `json:"index"`
	Provider  string                     `json:"provider_name"`
	Values    map[string]json.RawMessage `json:"values"`
	Sensitive json.RawMessage            `json:"sensitive_values"`
	Identity  map[string]json.RawMessage `json:"identity"`
	Tainted   bool                       `json:"tainted"`
	Deposed   string                     `json:"deposed_key"`
}

func (s *scanner) resource() error {
	if s.onlyHead {
		return s.skip()
	}
	var r shown
	if err := s.dec.Decode(&r); err != nil {
		return err
	}
	if r.Mode != tfjson.ManagedResourceMode {
		return nil
	}
	providerAddr, err := checkProvider(r.Provider)
	if err != nil {
		return s.misread(err)
	}
	a, err := shownAddress(r)
	if err != nil {
		return s.misread(err)
	}
	return s.instance(instance{
		addr: a, provider: providerAddr, tainted: r.Tainted, deposed: r.Deposed,
		values: r.Values, identity: r.Identity, marks: marksOfTree(r.Sensitive),
	})
}

// shownAddress takes the module path from the absolute address, and the rest from the fields, so
// that both forms of one state write the same address.
func shownAddress(r shown) (address, error) {
	module, _ := splitModulesRaw(r.Address)
	return newAddress(module, r.Type, r.Name, r.Index)
}

// splitModulesRaw is splitModules without hiding anything: newAddress does that.
func splitModulesRaw(s string) (path, rest string) {
	rest = s
	for {
		m := moduleStep.FindString(rest)
		if m == "" {
			return strings.TrimSuffix(s[:len(s)-len(rest)], "."), rest
		}
		rest = rest[len(m):]
	}
}

func checkProvider(addr string) (string, error) {
	if !strings.Contains(addr, "/") {
		// Terraform 0.12 showed the name alone.
		addr = "registry.terraform.io/hashicorp/" + addr
	}
	if !providerPattern.MatchString(addr) || secretLike(addr) {
		return "", errProvider
	}
	return addr, nil
}
