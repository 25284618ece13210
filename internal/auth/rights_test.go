package auth_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

func TestAccessOverTheUnitTree(t *testing.T) {
	t.Parallel()
	person := auth.Subject{Name: "mara@example.org"}
	tests := []struct {
		name     string
		mappings string
		grants   []auth.Grant
		all      bool
		sees     []string
		syncs    []string
		reason   string
	}{
		{name: "root", mappings: "platform=operator", all: true, reason: "a role on the root holds everywhere"},
		{
			name: "inner unit", grants: []auth.Grant{{Subject: person, Role: auth.Operator, Unit: "retail"}},
			sees: []string{"retail", "shops", "web"}, syncs: []string{"retail", "shops", "web"}, reason: "a unit reaches its descendants, not its parent or its siblings",
		},
		{
			name: "leaf", mappings: "platform=viewer@web", sees: []string{"web"}, reason: "a leaf reaches itself",
		},
		{
			name: "two roles", mappings: "platform=viewer@bank",
			grants: []auth.Grant{{Subject: auth.Subject{Group: true, Name: "platform"}, Role: auth.Operator, Unit: "shops"}},
			sees:   []string{"bank", "shops"}, syncs: []string{"shops"}, reason: "what may be done differs by unit",
		},
		{
			name: "others' grants", mappings: "gardeners=admin;platform=viewer@web",
			grants: []auth.Grant{{Subject: auth.Subject{Group: true, Name: "mara@example.org"}, Role: auth.Admin}, {Subject: auth.Subject{Name: "platform"}, Role: auth.Admin}},
			sees:   []string{"web"}, reason: "a group named like the person, and a person named like the group, give nothing",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, tt.mappings)
			for _, g := range tt.grants {
				if err := w.svc.AddGrant(t.Context(), system, g); err != nil {
					t.Fatal(err)
				}
			}
			p, _, err := w.svc.Session(t.Context(), w.signIn(t).Token)
			if err != nil {
				t.Fatal(err)
			}
			if p.Access().All() != tt.all {
				t.Errorf("sees everything: %v, want %v: %s", p.Access().All(), tt.all, tt.reason)
			}
			if diff := cmp.Diff(tt.sees, w.where(p, auth.InventoryRead)); !tt.all && diff != "" {
				t.Errorf("sees (-want +got): %s\n%s", tt.reason, diff)
			}
			if diff := cmp.Diff(tt.syncs, w.where(p, auth.SyncRun)); !tt.all && diff != "" {
				t.Errorf("may sync (-want +got): %s\n%s", tt.reason, diff)
			}
		})
	}
}

// where lists the units on which p may do perm.
func (w *world) where(p auth.Principal, perm auth.Permission) []string {
	var out []string
	for slug, id := range w.units {
		if p.Can(perm, id.String()) {
			out = append(out, slug)
		}
	}
	slices.Sort(out)
	return out
}

func TestNobodyMayNothing(t *testing.T) {
	t.Parallel()
	var p auth.Principal
	for _, perm := range auth.Permissions() {
		if p.CanSomewhere(perm) || p.Can(perm, auth.RootUnit) || p.Access().Sees(auth.RootUnit) {
			t.Errorf("nobody may %s", perm)
		}
	}
}

// TestRoleTable is the table of role.go, said a second time by hand: who widens a role must do it twice.
func TestRoleTable(t *testing.T) {
	t.Parallel()
	read := []auth.Permission{auth.InventoryExport, auth.InventoryRead, auth.MetricsRead, auth.SettingsOwn, auth.SourceRead}
	want := map[auth.Role][]auth.Permission{
		auth.Viewer:   read,
		auth.Operator: append(slices.Clone(read), auth.InventoryPush, auth.SyncRun),
		auth.Approver: append(slices.Clone(read), auth.ChangeApprove),
		auth.Auditor:  append(slices.Clone(read), auth.AuditRead),
		auth.Admin:    auth.Permissions(),
	}
	for _, role := range auth.Roles() {
		var got []auth.Permission
		for _, p := range auth.Permissions() {
			if role.Allows(p) {
				got = append(got, p)
			}
		}
		slices.Sort(want[role])
		if diff := cmp.Diff(want[role], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

func TestRequireNamesTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	p := w.signIn(t).Principal
	if err := p.Require(auth.InventoryRead, auth.RootUnit); err != nil {
		t.Errorf("a viewer may not read: %v", err)
	}
	wantSays(t, p.Require(auth.SyncRun, auth.RootUnit), fault.Denied, "role operator")
	wantSays(t, p.Require(auth.AuditRead, auth.RootUnit), fault.Denied, "role auditor")
}

func TestGrantsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	person := auth.Subject{Name: "x"}
	wantSays(t, w.svc.AddGrant(t.Context(), system, auth.Grant{Subject: person, Role: "king"}), fault.Invalid, "viewer, operator, approver, auditor, admin")
	wantSays(t, w.svc.AddGrant(t.Context(), system, auth.Grant{Subject: person, Role: auth.Viewer, Unit: "nowhere"}), fault.Invalid, `"nowhere"`)
	wantSays(t, w.svc.AddGrant(t.Context(), system, auth.Grant{Role: auth.Viewer}), fault.Invalid, "a person or a group")
}

func TestApplyMapping(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	ops := auth.Grant{Subject: auth.Subject{Group: true, Name: "ops"}, Role: auth.Operator, Unit: "retail"}
	audits := auth.Grant{Subject: auth.Subject{Group: true, Name: "audit"}, Role: auth.Auditor}
	if err := w.svc.AddGrant(t.Context(), system, auth.Grant{Subject: auth.Subject{Name: "boss"}, Role: auth.Admin}); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		want           []auth.Grant
		added, revoked int
	}{
		{want: []auth.Grant{ops, audits, audits}, added: 2},
		{want: []auth.Grant{audits, ops}},
		{want: []auth.Grant{audits}, revoked: 1},
		{want: nil, revoked: 1},
	} {
		added, revoked, err := w.svc.ApplyMapping(t.Context(), system, "teams", step.want)
		if err != nil || added != step.added || revoked != step.revoked {
			t.Errorf("step %d: added %d, revoked %d, %v; want %d, %d", i, added, revoked, err, step.added, step.revoked)
		}
	}
	_, _, err := w.svc.ApplyMapping(t.Context(), system, "teams", []auth.Grant{ops, {Subject: ops.Subject, Role: auth.Viewer, Unit: "nowhere"}})
	wantSays(t, err, fault.Invalid, `"nowhere"`)
	left, err := w.svc.Grants(t.Context())
	if err != nil || len(left) != 1 || left[0].Subject.Name != "boss" {
		t.Errorf("left %+v, %v; want only what was given by hand, and nothing of the refused document", left, err)
	}
}

func TestParseMappings(t *testing.T) {
	t.Parallel()
	got, err := auth.ParseMappings(" cn=ops,dc=example=operator@retail; platform = admin ;")
	want := []auth.Mapping{{Group: "cn=ops,dc=example", Role: auth.Operator, Unit: "retail"}, {Group: "platform", Role: auth.Admin, Unit: "organisation"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"platform", "=admin", "platform=", "platform=king"} {
		if _, err := auth.ParseMappings(bad); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%q: %v, want it refused", bad, err)
		}
	}
	w := newWorld(t, "platform=admin@nowhere")
	wantSays(t, w.svc.CheckMappings(t.Context()), fault.Invalid, `"nowhere"`)
}
