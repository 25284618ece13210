package auth_test

import (
	"crypto/sha256"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

func TestSessionLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		steps  []time.Duration // the session is used after each
		ok     bool
		reason string
	}{
		{name: "in use", steps: []time.Duration{time.Hour, time.Hour + 50*time.Minute}, ok: true, reason: "each use was within the idle limit"},
		{name: "idle", steps: []time.Duration{2*time.Hour + time.Second}, reason: "nobody used it for two hours"},
		{
			name: "absolute", reason: "a working day is over, however busy",
			steps: []time.Duration{time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour, time.Hour},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "platform=viewer")
			in := w.signIn(t)
			var err error
			for i, d := range tt.steps {
				w.later(t, d)
				if _, _, err = w.svc.Session(t.Context(), in.Token); err != nil && i < len(tt.steps)-1 {
					t.Fatalf("after step %d: %v", i, err)
				}
			}
			if tt.ok != (err == nil) || (err != nil && !errors.Is(fault.Kind(err), fault.NotFound)) {
				t.Errorf("got %v: %s", err, tt.reason)
			}
			if _, err := w.svc.Purge(t.Context()); err != nil {
				t.Fatal(err)
			}
			var left int
			if err := w.db.QueryRow(t.Context(), "SELECT count(*) FROM sessions").Scan(&left); err != nil {
				t.Fatal(err)
			}
			if (left == 1) != tt.ok {
				t.Errorf("%d sessions after the purge", left)
			}
		})
	}
}

func TestOnlyTheHashIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	in := w.signIn(t)
	sum := sha256.Sum256([]byte(in.Token))
	var kept []byte
	var row string
	if err := w.db.QueryRow(t.Context(), "SELECT token_hash, s::text FROM sessions s").Scan(&kept, &row); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sum[:], kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if strings.Contains(row, in.Token) {
		t.Error("the token itself is in the table")
	}
}

func TestSignInReplacesTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	first := w.signIn(t)
	cb := w.begin(t, "/")
	cb.OldToken = first.Token
	second, err := w.svc.FinishOIDC(t.Context(), cb, origin)
	if err != nil {
		t.Fatal(err)
	}
	if second.Token == first.Token {
		t.Error("the token stayed")
	}
	if _, _, err := w.svc.Session(t.Context(), first.Token); !errors.Is(fault.Kind(err), fault.NotFound) {
		t.Errorf("the former session: %v, want it gone", err)
	}
}

func TestRotationOnRoleChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	in := w.signIn(t)
	grant := auth.Grant{Subject: auth.Subject{Group: true, Name: "platform"}, Role: auth.Operator, Unit: "retail"}
	if err := w.svc.AddGrant(t.Context(), system, grant); err != nil {
		t.Fatal(err)
	}

	// Many requests at once: each works with the new rights, one of them rotates.
	var wg sync.WaitGroup
	var rotations atomic.Int32
	var fresh atomic.Value
	for range 12 {
		wg.Go(func() {
			p, rotated, err := w.svc.Session(t.Context(), in.Token)
			if err != nil {
				t.Errorf("during the rotation: %v", err)
				return
			}
			if !p.Can(auth.SyncRun, w.units["shops"].String()) {
				t.Error("the new role is not effective")
			}
			if rotated != "" {
				rotations.Add(1)
				fresh.Store(rotated)
			}
		})
	}
	wg.Wait()
	if rotations.Load() != 1 {
		t.Fatalf("rotated %d times, want once", rotations.Load())
	}
	w.later(t, 2*time.Minute)
	if _, _, err := w.svc.Session(t.Context(), in.Token); !errors.Is(fault.Kind(err), fault.NotFound) {
		t.Errorf("the old token after the grace: %v, want it gone", err)
	}
	token, ok := fresh.Load().(string)
	if !ok {
		t.Fatal("no new token")
	}
	if _, rotated, err := w.svc.Session(t.Context(), token); err != nil || rotated != "" {
		t.Errorf("the new token: rotated %q, %v; want it to work and stay", rotated, err)
	}
}

func TestRevokedRoleIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	g := auth.Grant{Subject: auth.Subject{Name: "mara@example.org"}, Role: auth.Viewer}
	if err := w.svc.AddGrant(t.Context(), system, g); err != nil {
		t.Fatal(err)
	}
	in := w.signIn(t)
	grants, err := w.svc.Grants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.RevokeGrant(t.Context(), system, grants[0].ID); err != nil {
		t.Fatal(err)
	}
	p, _, err := w.svc.Session(t.Context(), in.Token)
	if err != nil {
		t.Fatal(err)
	}
	if p.CanSomewhere(auth.InventoryRead) || len(p.Access().Units()) > 0 || p.Access().All() {
		t.Error("a revoked role still shows rows")
	}
	if e := w.trail(t)[0]; e.Action != "grant.revoke" || e.Object != "person/mara@example.org" {
		t.Errorf("the trail says %+v, want the revoked grant", e)
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	in := w.signIn(t)
	leave, err := w.svc.SignOut(t.Context(), in.Token, origin)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(leave)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/logout" || q.Get("realm") != "test" || q.Get("client_id") != "console" ||
		q.Get("post_logout_redirect_uri") != "https://console.example.org/sign-in" || strings.Count(q.Get("id_token_hint"), ".") != 2 {
		t.Errorf("leaves to %s", leave)
	}
	if _, _, err := w.svc.Session(t.Context(), in.Token); !errors.Is(fault.Kind(err), fault.NotFound) {
		t.Errorf("after signing out: %v, want no session", err)
	}
	if e := w.trail(t)[0]; e.Action != "session.sign_out" || e.Actor.Name != "mara@example.org" {
		t.Errorf("the trail says %+v, want the sign-out", e)
	}
	if leave, err := w.svc.SignOut(t.Context(), in.Token, origin); err != nil || leave != "" {
		t.Errorf("a second time: %q, %v; want nothing to happen", leave, err)
	}
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	tokens := []string{w.signIn(t).Token, w.signIn(t).Token, w.signIn(t).Token}
	p, _, err := w.svc.Session(t.Context(), tokens[0])
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.svc.Sessions(t.Context(), p)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d sessions, %v; want 3", len(list), err)
	}
	other, _, err := w.svc.Session(t.Context(), tokens[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := w.svc.EndSession(t.Context(), p, other.Session, origin); err != nil {
		t.Fatal(err)
	}
	wantSays(t, w.svc.EndSession(t.Context(), p, other.Session, origin), fault.NotFound, "ended already")
	if n, err := w.svc.EndOtherSessions(t.Context(), p, origin); err != nil || n != 1 {
		t.Errorf("ended %d others, %v; want 1", n, err)
	}
	for i, token := range tokens {
		if _, _, err := w.svc.Session(t.Context(), token); (err == nil) != (i == 0) {
			t.Errorf("session %d: %v", i, err)
		}
	}
	stranger := p
	stranger.ID = other.Session
	wantSays(t, w.svc.EndSession(t.Context(), stranger, p.Session, origin), fault.NotFound, "ended already")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	in := w.signIn(t)
	want := auth.Settings{Zone: "Europe/Berlin", Theme: "dark", Contrast: true, Density: "roomy"}
	if err := w.svc.SaveSettings(t.Context(), in.Principal, want); err != nil {
		t.Fatal(err)
	}
	w.signIn(t) // a new sign-in keeps them
	p, _, err := w.svc.Session(t.Context(), in.Token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	for _, bad := range []auth.Settings{
		{Zone: "Mars/Base", Theme: "dark", Density: "roomy"},
		{Zone: "Local", Theme: "dark", Density: "roomy"},
		{Theme: "pink", Density: "roomy"},
		{Theme: "dark", Density: "tight"},
	} {
		if err := w.svc.SaveSettings(t.Context(), in.Principal, bad); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%+v: %v, want it refused", bad, err)
		}
	}
}

func TestDenialIsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=viewer")
	if err := w.svc.Denied(t.Context(), w.signIn(t).Principal, origin, "POST /sources"); err != nil {
		t.Fatal(err)
	}
	if e := w.trail(t)[0]; e.Outcome != audit.Denied || e.Object != "POST /sources" || e.Actor.Name != "mara@example.org" {
		t.Errorf("the trail says %+v", e)
	}
}
