package auth

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

// demoIssuer marks people who chose a role instead of proving who they are. Outside demo mode their
// sessions have no rights.
const demoIssuer = "demo"

// Demo is the sign-in without proof. It can only be made for a loopback listener in demo mode.
type Demo struct{}

// NewDemo refuses unless the console runs as a demo and listens where only this machine reaches it.
// addr is the address the listener really has.
func NewDemo(demoMode bool, addr net.Addr) (*Demo, error) {
	if !demoMode {
		return nil, fault.Say(fault.Invalid, "The demo sign-in exists in demo mode only. Configure an identity provider with CAUSEWAY_OIDC_ISSUER.")
	}
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() {
		return nil, fault.Say(fault.Invalid, "The demo lets anybody in who reaches it, so it listens on loopback only, and %v is not. Use --addr 127.0.0.1:8080.", addr).In("addr")
	}
	return &Demo{}, nil
}

// DemoChoice is a role that can be chosen, on a unit.
type DemoChoice struct {
	Role Role
	Unit string // slug; "" the root
}

func (c DemoChoice) group() string { return "demo:" + string(c.Role) + "@" + c.Unit }

// mappings gives the groups of a demo person their meaning; nil outside of a demo.
func (d *Demo) mappings(groups []string) []Mapping {
	if d == nil {
		return nil
	}
	var out []Mapping
	for _, g := range groups {
		role, unit, ok := strings.Cut(strings.TrimPrefix(g, "demo:"), "@")
		if ok {
			out = append(out, Mapping{Group: g, Role: Role(role), Unit: unit})
		}
	}
	return out
}

// Unit is a unit as a form offers it.
type Unit struct{ Slug, Title string }

// DemoUnits lists the units a demo person can choose, the root first; nothing outside of a demo.
func (s *Service) DemoUnits(ctx context.Context) ([]Unit, error) {
	if s.demo == nil {
		return nil, nil
	}
	rows, err := s.q.UnitChoices(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("list the units: %w", postgres.Classify(err))
	}
	out := make([]Unit, len(rows))
	for i, r := range rows {
		out[i] = Unit{Slug: r.Slug, Title: r.Title}
	}
	return out, nil
}

// SignInDemo signs in as whoever has the chosen role.
func (s *Service) SignInDemo(ctx context.Context, c DemoChoice, o Origin, oldToken string) (SignedIn, error) {
	if s.demo == nil {
		return SignedIn{}, fault.Say(fault.NotFound, "There is no demo sign-in here.")
	}
	if _, err := ParseRole(string(c.Role)); err != nil {
		return SignedIn{}, err
	}
	if c.Unit == "" {
		c.Unit = rootSlug
	}
	if _, err := s.unitBySlug(ctx, s.db, c.Unit); err != nil {
		return SignedIn{}, err
	}
	name := "demo-" + string(c.Role)
	title := "Demo " + string(c.Role)
	if c.Unit != rootSlug {
		name, title = name+"-"+c.Unit, title+" of "+c.Unit
	}
	who := identity{issuer: demoIssuer, subject: name, name: name, title: title, groups: []string{c.group()}}
	in, err := s.start(ctx, who, o, oldToken)
	if err != nil {
		return SignedIn{}, s.failed(ctx, o, name, err)
	}
	return in, nil
}

// Methods says how one can sign in here.
type Methods struct {
	Provider string // the identity provider's title; "" none
	Demo     bool
}

// Methods says how one can sign in here.
func (s *Service) Methods() Methods {
	m := Methods{Demo: s.demo != nil}
	if s.oidc != nil {
		m.Provider = s.oidc.title
	}
	return m
}

// ProviderDown is why the identity provider cannot be used now, in words for the sign-in page; nil
// when it can, or there is none.
func (s *Service) ProviderDown(ctx context.Context) error {
	if s.oidc == nil {
		return nil
	}
	_, err := s.oidc.provider(ctx)
	return err
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
