package auth

import (
	"context"
	"fmt"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// Mapping says, by configuration, what members of a group are: a role on a unit.
type Mapping struct {
	Group string // as the identity provider's groups claim has it
	Role  Role
	Unit  string // slug
}

// rootSlug is the unit of a mapping or grant that names none.
const rootSlug = "organisation"

// ParseMappings reads "platform=admin; retail-ops=operator@retail": groups to roles, each on a unit
// or, without one, on everything.
func ParseMappings(s string) ([]Mapping, error) {
	var out []Mapping
	for part := range strings.SplitSeq(s, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		// A group may be a path or an address; the last = ends it.
		i := strings.LastIndex(part, "=")
		if i < 1 || i == len(part)-1 {
			return nil, fault.Say(fault.Invalid, "The role mapping %q cannot be understood. It looks like group=role or group=role@unit.", part).In("role mappings")
		}
		role, unit, found := strings.Cut(strings.TrimSpace(part[i+1:]), "@")
		if !found {
			unit = rootSlug
		}
		r, err := ParseRole(role)
		if err != nil {
			return nil, fmt.Errorf("role mapping %q: %w", part, err)
		}
		out = append(out, Mapping{Group: strings.TrimSpace(part[:i]), Role: r, Unit: unit})
	}
	return out, nil
}

// CheckMappings is an error a person can read when a configured mapping names a unit that does not
// exist (yet): it would silently give nobody anything.
func (s *Service) CheckMappings(ctx context.Context) error {
	for _, m := range s.mappings {
		if _, err := s.unitBySlug(ctx, s.db, m.Unit); err != nil {
			return fmt.Errorf("role mapping of group %s: %w", m.Group, err)
		}
	}
	return nil
}
