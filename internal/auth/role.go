package auth

import (
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// Role is what somebody is on a unit and on everything below it.
type Role string

// The roles. Auditor reads everything and changes nothing.
const (
	Viewer   Role = "viewer"
	Operator Role = "operator"
	Approver Role = "approver"
	Auditor  Role = "auditor"
	Admin    Role = "admin"
)

// Roles lists them, least first.
func Roles() []Role { return []Role{Viewer, Operator, Approver, Auditor, Admin} }

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles(), r) {
		return r, nil
	}
	names := make([]string, len(Roles()))
	for i, r := range Roles() {
		names[i] = string(r)
	}
	return "", fault.Say(fault.Invalid, "There is no role %q. The roles are %s.", s, strings.Join(names, ", ")).In("role")
}

// Permission is one thing that can be allowed. Routes and handlers ask for permissions, never for roles.
type Permission string

// The permissions.
const (
	InventoryRead   Permission = "inventory.read"
	InventoryExport Permission = "inventory.export"
	InventoryPush   Permission = "inventory.push" // send a state or plan
	SourceRead      Permission = "source.read"
	SourceWrite     Permission = "source.write"
	SyncRun         Permission = "sync.run"
	AuditRead       Permission = "audit.read"
	MetricsRead     Permission = "metrics.read"
	ChangeApprove   Permission = "change.approve" // the second of two
	SettingsOwn     Permission = "settings.own"   // one's own settings and sessions
	AdminManage     Permission = "admin.manage"   // units, grants, tokens, documents
)

// allowed is the one table of what a role may do. The first role of a line is the one that a
// person who lacks the permission is told to ask for.
var allowed = map[Permission][]Role{
	InventoryRead:   {Viewer, Operator, Approver, Auditor, Admin},
	InventoryExport: {Viewer, Operator, Approver, Auditor, Admin},
	InventoryPush:   {Operator, Admin},
	SourceRead:      {Viewer, Operator, Approver, Auditor, Admin},
	SourceWrite:     {Admin},
	SyncRun:         {Operator, Admin},
	AuditRead:       {Auditor, Admin},
	MetricsRead:     {Viewer, Operator, Approver, Auditor, Admin},
	ChangeApprove:   {Approver, Admin},
	SettingsOwn:     {Viewer, Operator, Approver, Auditor, Admin},
	AdminManage:     {Admin},
}

// personOnly is never allowed to a token, whatever its role: an approval is given by a person in
// their own signed-in session.
var personOnly = []Permission{ChangeApprove, SettingsOwn}

// Permissions lists every permission, sorted.
func Permissions() []Permission {
	out := make([]Permission, 0, len(allowed))
	for p := range allowed {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// Known reports whether p is a permission at all.
func (p Permission) Known() bool { return len(allowed[p]) > 0 }

// Needs names the role to ask for by somebody who lacks p.
func (p Permission) Needs() Role {
	if !p.Known() {
		return Admin
	}
	return allowed[p][0]
}

// PersonOnly reports whether p is never allowed to a token.
func (p Permission) PersonOnly() bool { return slices.Contains(personOnly, p) }

// Allows reports whether the role, where it is held, allows p.
func (r Role) Allows(p Permission) bool { return slices.Contains(allowed[p], r) }
