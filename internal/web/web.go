package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/events"
	"github.com/causeway/causeway/web/static"
)

// identifier says who a request is from.
type identifier interface {
	Session(ctx context.Context, token string) (p auth.Principal, rotated string, err error)
	Token(ctx context.Context, text string) (auth.Principal, error)
	Denied(ctx context.Context, p auth.Principal, o auth.Origin, what string) error
}

// signer signs people in and out.
type signer interface {
	Methods() auth.Methods
	ProviderDown(ctx context.Context) error
	DemoUnits(ctx context.Context) ([]auth.Unit, error)
	BeginOIDC(ctx context.Context, returnTo, browser string) (auth.Attempt, error)
	FinishOIDC(ctx context.Context, cb auth.Callback, o auth.Origin) (auth.SignedIn, error)
	SignInDemo(ctx context.Context, c auth.DemoChoice, o auth.Origin, oldToken string) (auth.SignedIn, error)
	SignOut(ctx context.Context, token string, o auth.Origin) (leave string, err error)
}

// ownAccount is what a person may do to their own sessions and settings.
type ownAccount interface {
	Sessions(ctx context.Context, p auth.Principal) ([]auth.SessionInfo, error)
	EndSession(ctx context.Context, p auth.Principal, id uuid.UUID, o auth.Origin) error
	EndOtherSessions(ctx context.Context, p auth.Principal, o auth.Origin) (int64, error)
	SaveSettings(ctx context.Context, p auth.Principal, set auth.Settings) error
}

// authority is what *auth.Service is to the edge.
type authority interface {
	identifier
	signer
	ownAccount
}

var _ authority = (*auth.Service)(nil)

// estate is what *inventory.Service is to the edge.
type estate interface {
	inventoryReader
	viewKeeper
	sourceKeeper
}

// Check is one thing that must work before traffic is sent here.
type Check struct {
	Name string
	Try  func(ctx context.Context) error
}

// Config is what the edge needs.
type Config struct {
	Log       *slog.Logger
	Auth      authority
	Events    *events.Hub
	PublicURL string // as browsers reach the console; https except on loopback
	Version   string
	// Proxies may say in X-Forwarded-For whom they speak for; empty: nobody may.
	Proxies []netip.Prefix
	Ready   []Check
	// Inventory is what the pages of inventory and sources show and change; nil: there are none.
	Inventory estate
	API       []api.Route    // the JSON interface; made with Caller
	Zone      *time.Location // the organisation's; nil: UTC
	Stories   bool           // show every page with canned data below /story/; only the demo does
	// Collectors are metrics of other packages.
	Collectors []prometheus.Collector
	// MetricsPublic lets a scraper read /metrics without a token.
	MetricsPublic bool
	// Drain is how long a stopping console goes on serving after /readyz said no, so that a load
	// balancer can notice.
	Drain time.Duration
	Clock func() time.Time
}

// Server is the web edge.
type Server struct{ s *server }

type server struct {
	log        *slog.Logger
	auth       authority
	events     *events.Hub
	public     *url.URL
	hosts      []string
	version    string
	proxies    []netip.Prefix
	checks     []Check
	static     http.Handler
	metrics    *metrics
	metricsFor auth.Permission
	drain      time.Duration
	inventory  inventoryReader
	views      viewKeeper
	sources    sourceKeeper
	api        []api.Route
	stories    bool
	homeZone   *time.Location
	clock      func() time.Time
	crossSite  *http.CrossOriginProtection
	signIns    *limiter
	badTokens  *limiter
	draining   atomic.Bool
	routes     []Route
	echo       *echo.Echo
}

// New checks c and builds the edge.
func New(c Config) (*Server, error) {
	if c.Log == nil || c.Auth == nil || c.Events == nil || c.Clock == nil {
		return nil, errors.New("web: Log, Auth, Events and Clock are needed")
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" || (public.Path != "" && public.Path != "/") || public.RawQuery != "" {
		return nil, fault.Say(fault.Invalid, "The public URL %q cannot be used. It is how browsers reach the console, without a path: https://console.example.org.", c.PublicURL).In("url")
	}
	public.Path = ""
	loopback := isLoopback(public.Hostname())
	if public.Scheme != "https" && (public.Scheme != "http" || !loopback) {
		return nil, fault.Say(fault.Invalid, "The public URL %q is not https. Sign-in cookies travel over plain http on loopback only.", c.PublicURL).In("url")
	}
	m, err := newMetrics(c.Version, c.Collectors)
	if err != nil {
		return nil, err
	}
	s := &server{
		log: c.Log, auth: c.Auth, events: c.Events, public: public, hosts: hostNames(public, loopback), version: c.Version,
		proxies: slices.Clone(c.Proxies), checks: slices.Clone(c.Ready), static: static.Handler(), metrics: m,
		metricsFor: auth.MetricsRead, drain: c.Drain, clock: c.Clock, crossSite: http.NewCrossOriginProtection(),
		signIns: newLimiter(1, 60, c.Clock), badTokens: newLimiter(0.5, 20, c.Clock),
	}
	s.api, s.homeZone, s.stories = c.API, c.Zone, c.Stories
	if c.Inventory != nil {
		s.inventory, s.views, s.sources = c.Inventory, c.Inventory, c.Inventory
	}
	if s.homeZone == nil {
		s.homeZone = time.UTC
	}
	if c.MetricsPublic {
		s.metricsFor = Public
	}
	if err := s.crossSite.AddTrustedOrigin(public.String()); err != nil {
		return nil, fmt.Errorf("trust the public URL: %w", err)
	}
	s.echo = echo.New()
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.Logger.SetOutput(io.Discard) // what is worth logging goes through slog
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.Use(requestID, s.observe, s.headers, recoverPanic, s.knownHost, s.sameOrigin)
	if err := s.mount(s.echo, s.table()); err != nil {
		return nil, err
	}
	return &Server{s: s}, nil
}

// Handler is the edge as one handler.
func (w *Server) Handler() http.Handler { return w.s.echo }

// Routes lists every route with what it needs.
func (w *Server) Routes() []Route { return slices.Clone(w.s.routes) }

// Run serves on l until ctx ends, then stops gracefully: /readyz says no, what is under way is
// finished, streams are ended.
func (w *Server) Run(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           w.s.echo,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(w.s.log.Handler(), slog.LevelDebug), // broken TLS, requests that are none
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	w.s.stop(context.WithoutCancel(ctx), srv)
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	}
	return nil
}

// stopWithin is how long requests under way may take to finish.
const stopWithin = 20 * time.Second

func (s *server) stop(ctx context.Context, srv *http.Server) {
	s.draining.Store(true)
	pause := time.NewTimer(s.drain)
	defer pause.Stop()
	<-pause.C
	s.events.Close()
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		s.log.WarnContext(ctx, "requests were cut off", "err", err)
		if err := srv.Close(); err != nil {
			s.log.WarnContext(ctx, "the listener did not close", "err", err)
		}
	}
}

// hostNames are the Host headers this console answers to. On loopback all its names are one.
func hostNames(public *url.URL, loopback bool) []string {
	if !loopback {
		return []string{public.Host}
	}
	var out []string
	for _, h := range []string{"localhost", "127.0.0.1", "::1", public.Hostname()} {
		if port := public.Port(); port != "" {
			out = append(out, net.JoinHostPort(h, port))
		} else if ip := net.ParseIP(h); ip != nil && ip.To4() == nil {
			out = append(out, "["+h+"]")
		} else {
			out = append(out, h)
		}
	}
	return out
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
