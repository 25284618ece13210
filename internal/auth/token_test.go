package auth_test

import (
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres/pgtest"
)

func TestTokenLifecycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	text, info, err := w.svc.CreateToken(t.Context(), system, auth.NewToken{Name: "ci", Role: auth.Operator, Unit: "retail", For: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "cwt_") || len(text) != 4+32+1+43 || info.Expires == nil {
		t.Errorf("token %d characters, %+v", len(text), info)
	}
	p, err := w.svc.Token(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != auth.Token || p.Name != "ci" {
		t.Errorf("the token is %+v", p)
	}
	if diff := cmp.Diff([]string{"retail", "shops", "web"}, w.where(p, auth.SyncRun)); diff != "" {
		t.Errorf("may sync (-want +got):\n%s", diff)
	}
	list, err := w.svc.Tokens(t.Context())
	if err != nil || len(list) != 1 || list[0].LastUsed == nil || list[0].Unit != "retail" || list[0].By != "system" {
		t.Errorf("list %+v, %v; want the token, used", list, err)
	}
	_, _, err = w.svc.CreateToken(t.Context(), system, auth.NewToken{Name: "ci", Role: auth.Viewer})
	wantSays(t, err, fault.Conflict, `"ci"`)

	if err := w.svc.RevokeToken(t.Context(), system, "ci"); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Token(t.Context(), text)
	wantSays(t, err, fault.Denied, "not valid")
	wantSays(t, w.svc.RevokeToken(t.Context(), system, "ci"), fault.NotFound, `"ci"`)
	trail := w.trail(t)
	if trail[0].Action != "token.revoke" || trail[1].Action != "token.create" || trail[1].Unit == nil || *trail[1].Unit != w.units["retail"] {
		t.Errorf("the trail says %+v", trail)
	}
	for _, e := range trail {
		for _, v := range e.Detail {
			if s, ok := v.(string); ok && strings.Contains(text, s) && len(s) > 40 {
				t.Error("the token is in the audit trail")
			}
		}
	}
}

func TestTokenRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	text, _, err := w.svc.CreateToken(t.Context(), system, auth.NewToken{Name: "short", Role: auth.Viewer, For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "cwt", "cwt_", "cwt_zz_x", text[:len(text)-1], text + "x", strings.Replace(text, "cwt_", "abc_", 1), "cwt_00_" + text[37:], "cwt_" + strings.Repeat("0", 32) + text[36:]} {
		if _, err := w.svc.Token(t.Context(), bad); !errors.Is(fault.Kind(err), fault.Denied) {
			t.Errorf("%q: %v, want it denied", bad, err)
		}
	}
	w.later(t, 2*time.Hour)
	if _, err := w.svc.Token(t.Context(), text); !errors.Is(fault.Kind(err), fault.Denied) {
		t.Errorf("an expired token: %v, want it denied", err)
	}
	if list, err := w.svc.Tokens(t.Context()); err != nil || len(list) != 1 || !list[0].Expired {
		t.Errorf("list %+v, %v; want the token, expired", list, err)
	}
	for _, bad := range []auth.NewToken{{Name: "", Role: auth.Viewer}, {Name: "x", Role: "king"}, {Name: "x", Role: auth.Viewer, Unit: "nowhere"}, {Name: "x", Role: auth.Viewer, For: -1}} {
		if _, _, err := w.svc.CreateToken(t.Context(), system, bad); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%+v: %v, want it refused", bad, err)
		}
	}
}

func TestTokenNeverApproves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "platform=admin")
	text, _, err := w.svc.CreateToken(t.Context(), system, auth.NewToken{Name: "all", Role: auth.Admin})
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.svc.Token(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if !token.Can(auth.AdminManage, auth.RootUnit) || token.CanSomewhere(auth.ChangeApprove) || token.CanSomewhere(auth.SettingsOwn) {
		t.Error("a token of an admin may manage, and may neither approve nor have settings")
	}
	if !w.signIn(t).Principal.CanSomewhere(auth.ChangeApprove) {
		t.Error("an admin in person may approve")
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	loopback := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	for name, addr := range map[string]net.Addr{
		"everywhere": &net.TCPAddr{IP: net.IPv6zero}, "no address": &net.TCPAddr{}, "elsewhere": &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)}, "unix": &net.UnixAddr{Name: "x"},
	} {
		if _, err := auth.NewDemo(true, addr); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%s: %v, want no demo sign-in", name, err)
		}
	}
	if _, err := auth.NewDemo(false, loopback); !errors.Is(fault.Kind(err), fault.Invalid) {
		t.Errorf("outside of demo mode: %v, want no demo sign-in", err)
	}
	demo, err := auth.NewDemo(true, loopback)
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.New(t)
	units := makeUnits(t, db)
	svc, err := auth.New(auth.Config{DB: db, Log: slog.New(slog.DiscardHandler), Demo: demo})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range auth.Roles() {
		in, err := svc.SignInDemo(t.Context(), auth.DemoChoice{Role: role}, origin, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]auth.Role{role}, in.Principal.Roles()); diff != "" || !in.Principal.Access().All() {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
	in, err := svc.SignInDemo(t.Context(), auth.DemoChoice{Role: auth.Viewer, Unit: "retail"}, origin, "")
	if err != nil {
		t.Fatal(err)
	}
	if p := in.Principal; !p.Access().Sees(units["shops"].String()) || p.Access().Sees(units["bank"].String()) {
		t.Error("a viewer of retail sees retail's units and no others")
	}
	_, err = svc.SignInDemo(t.Context(), auth.DemoChoice{Role: "king"}, origin, "")
	wantSays(t, err, fault.Invalid, `"king"`)

	// The same database served without demo mode: the session is known, and worth nothing.
	serious, err := auth.New(auth.Config{DB: db, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := serious.Session(t.Context(), in.Token)
	if err != nil || p.CanSomewhere(auth.InventoryRead) {
		t.Errorf("a demo session outside of a demo: %v, may read %v", err, p.CanSomewhere(auth.InventoryRead))
	}
	_, err = serious.SignInDemo(t.Context(), auth.DemoChoice{Role: auth.Admin}, origin, "")
	wantSays(t, err, fault.NotFound, "no demo sign-in")
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	db, log := pgtest.New(t), slog.New(slog.DiscardHandler)
	demo, err := auth.NewDemo(true, &net.TCPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Fatal(err)
	}
	idp, err := auth.NewOIDC(auth.OIDCConfig{Issuer: "https://a.example", ClientID: "x", PublicURL: "https://b.example", Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = auth.New(auth.Config{DB: db, Log: log, Demo: demo, OIDC: idp})
	wantSays(t, err, fault.Invalid, "exclude each other")
	_, err = auth.New(auth.Config{DB: db, Log: log, Idle: time.Hour, Absolute: time.Minute})
	wantSays(t, err, fault.Invalid, "no shorter")
	for _, bad := range []auth.OIDCConfig{
		{Issuer: "a.example", ClientID: "x", PublicURL: "https://b.example"},
		{Issuer: "http://a.example", ClientID: "x", PublicURL: "https://b.example"},
		{Issuer: "https://a.example", PublicURL: "https://b.example"},
		{Issuer: "https://a.example", ClientID: "x", PublicURL: "http://b.example"},
	} {
		bad.Clock = time.Now
		if _, err := auth.NewOIDC(bad); !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Errorf("%+v: %v, want it refused", bad, err)
		}
	}
}
