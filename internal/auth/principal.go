package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
)

// RootUnit is the unit everything hangs below. Who holds a role on it holds it everywhere.
const RootUnit = "00000000-0000-7000-8000-000000000001"

// Kind says what kind of thing acts.
type Kind string

// The kinds. The zero value is nobody, who may nothing.
const (
	Nobody Kind = ""
	Person Kind = "person"
	Token  Kind = "token"
)

// Settings are a person's own choices.
type Settings struct {
	Zone       string // IANA name; "" the organisation's
	Theme      string // light, dark, system
	Contrast   bool   // more than the system asks for
	Density    string // dense, roomy
	SingleKeys bool   // keyboard shortcuts of one key (WCAG 2.1.4 wants them switchable)
}

// DefaultSettings are those of somebody who chose nothing.
func DefaultSettings() Settings {
	return Settings{Theme: "system", Density: "dense", SingleKeys: true}
}

// Validate is an error a person can read when a choice is none of those there are.
func (s Settings) Validate() error {
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		return fault.Say(fault.Invalid, "There is no time zone %q. Zones are named like Europe/Berlin or UTC.", s.Zone).In("zone")
	}
	if !slices.Contains([]string{"light", "dark", "system"}, s.Theme) {
		return fault.Say(fault.Invalid, "There is no theme %q. Choose light, dark or system.", s.Theme).In("theme")
	}
	if !slices.Contains([]string{"dense", "roomy"}, s.Density) {
		return fault.Say(fault.Invalid, "There is no density %q. Choose dense or roomy.", s.Density).In("density")
	}
	return nil
}

// Principal is who makes a request, with what they may do. The zero value is nobody.
type Principal struct {
	Kind     Kind
	ID       uuid.UUID // of the person or the token
	Name     string    // as in grants and the audit trail
	Title    string    // as shown
	Session  uuid.UUID // of a person's request
	Settings Settings
	rights   rights
}

// rights are the units each role reaches, descendants included.
type rights map[Role][]string

// Roles lists what the principal is somewhere, least first.
func (p Principal) Roles() []Role {
	var out []Role
	for _, r := range Roles() {
		if len(p.rights[r]) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// SignedIn reports whether this is somebody at all.
func (p Principal) SignedIn() bool { return p.Kind != Nobody }

// Can reports whether the principal may do perm to things of the unit.
func (p Principal) Can(perm Permission, unit string) bool { return p.AccessFor(perm).Sees(unit) }

// CanSomewhere reports whether there is any unit on which the principal may do perm. It decides
// about routes; what a route touches is decided by Can or Access.
func (p Principal) CanSomewhere(perm Permission) bool {
	a := p.AccessFor(perm)
	return a.All() || len(a.Units()) > 0
}

// Access is the rows the principal may see.
func (p Principal) Access() cloud.Access { return p.AccessFor(InventoryRead) }

// AccessFor is the units on which the principal may do perm; everything with a role on the root.
func (p Principal) AccessFor(perm Permission) cloud.Access {
	if p.Kind == Nobody || (p.Kind != Person && perm.PersonOnly()) {
		return cloud.Access{}
	}
	var units []string
	for role, reach := range p.rights {
		if !role.Allows(perm) {
			continue
		}
		if slices.Contains(reach, RootUnit) {
			return cloud.FullAccess()
		}
		units = append(units, reach...)
	}
	slices.Sort(units)
	return cloud.UnitAccess(slices.Compact(units))
}

// Require is an error a person can read unless the principal may do perm to things of the unit.
func (p Principal) Require(perm Permission, unit string) error {
	if p.Can(perm, unit) {
		return nil
	}
	return Forbidden(perm)
}

// Forbidden says which role is missing.
func Forbidden(perm Permission) error {
	return fault.Say(fault.Denied, "This needs the role %s. An administrator of your unit can grant it.", perm.Needs())
}

// fingerprint changes when the rights do.
func (r rights) fingerprint() string {
	h := sha256.New()
	for _, role := range Roles() {
		units := slices.Clone(r[role])
		slices.Sort(units)
		h.Write([]byte(role))
		for _, u := range units {
			h.Write([]byte(" " + u))
		}
		h.Write([]byte("\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Origin is where a request came from; it goes into the audit trail and the list of sessions.
type Origin struct {
	Remote    string // client address
	RequestID string
	Agent     string // User-Agent
}

// Actor names the principal in the audit trail.
func (p Principal) Actor(o Origin) audit.Actor {
	a := audit.Actor{Name: p.Name, Kind: audit.Person, Remote: o.Remote, RequestID: o.RequestID}
	switch p.Kind {
	case Token:
		a.Kind = audit.Token
	case Nobody:
		a.Name = "nobody"
	case Person:
	}
	return a
}
