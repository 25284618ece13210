package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/web"
	"github.com/causeway/causeway/internal/web/events"
)

// console is everything a process is made of. Parts that its command does not need are nil.
type console struct {
	cfg       config.Config
	log       *slog.Logger
	db        *pgxpool.Pool
	inventory *inventory.Service
	syncer    *inventory.Syncer
	auth      *auth.Service
	events    *events.Hub
	demo      bool
}

// assemble opens the database and makes every domain's service over it.
func assemble(ctx context.Context, cfg config.Config, url string, demo *auth.Demo, log *slog.Logger) (*console, error) {
	db, err := postgres.Open(ctx, url, postgres.Options{AppName: "console", MaxConns: 24})
	if err != nil {
		return nil, err
	}
	c := &console{cfg: cfg, log: log, db: db, demo: demo != nil, events: events.New(events.Options{})}
	list := factories(cfg, log)
	c.syncer, err = inventory.NewSyncer(inventory.SyncerConfig{
		DB: db, Log: log, Factories: list, Secret: secrets(cfg.SecretsDir), Clock: time.Now,
		Backoff: func(n int) time.Duration { return time.Duration(n*n) * time.Second },
	})
	if err == nil {
		c.inventory = inventory.NewService(db, list, c.syncer)
		c.auth, err = newAuth(cfg, db, demo, log)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return c, nil
}

func newAuth(cfg config.Config, db *pgxpool.Pool, demo *auth.Demo, log *slog.Logger) (*auth.Service, error) {
	ac := auth.Config{DB: db, Log: log, Idle: cfg.Session.Idle, Absolute: cfg.Session.Absolute, Demo: demo}
	var err error
	if ac.Mappings, err = auth.ParseMappings(cfg.OIDC.RoleMappings); err != nil {
		return nil, err
	}
	if cfg.OIDC.Enabled() {
		ac.OIDC, err = auth.NewOIDC(auth.OIDCConfig{
			Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: cfg.OIDC.ClientSecret.Reveal(), PublicURL: cfg.PublicURL,
			Scopes: cfg.OIDC.Scopes, NameClaim: cfg.OIDC.NameClaim, GroupsClaim: cfg.OIDC.GroupsClaim, Clock: time.Now,
		})
		if err != nil {
			return nil, err
		}
	}
	return auth.New(ac)
}

// secrets resolves names within one folder. Nothing outside it can be named.
func secrets(dir string) func(string) (string, error) {
	return func(name string) (string, error) {
		if dir == "" {
			return "", fault.Say(fault.Invalid, "The secret %q cannot be read: no folder of secrets is configured (CAUSEWAY_SECRETS_DIR).", name)
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return "", fault.Say(fault.Unavailable, "The folder of secrets %s cannot be opened.", dir).Because(err)
		}
		defer root.Close()
		if name == "" || name != filepath.Base(name) {
			return "", fault.Say(fault.Invalid, "%q is no name of a secret: it is a file name within the folder of secrets, without a path.", name)
		}
		b, err := root.ReadFile(name)
		if err != nil {
			return "", fault.Say(fault.NotFound, "There is no secret %q in the folder of secrets, or it cannot be read.", name).Because(err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
}

// close ends what assemble began.
func (c *console) close() { c.db.Close() }

// work carries out background work until ctx ends.
func (c *console) work(ctx context.Context) error {
	if err := c.inventory.ScheduleUpkeep(ctx); err != nil {
		return err
	}
	if err := jobs.Schedule(ctx, c.db, purgeWork, "sessions", purgeEvery); err != nil {
		return err
	}
	handlers := map[jobs.Kind]jobs.Handler{purgeWork: func(ctx context.Context, _ jobs.Work) error {
		_, err := c.auth.Purge(ctx)
		return err
	}}
	maps.Copy(handlers, c.inventory.Handlers())
	runner, err := jobs.New(jobs.Config{DB: c.db, Log: c.log, Workers: c.cfg.Workers, Handlers: handlers})
	if err != nil {
		return err
	}
	projector := inventory.NewProjector(c.db, c.log)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return runner.Run(gctx) })
	g.Go(func() error { return projector.Run(gctx) })
	return g.Wait()
}

// purgeWork drops sessions, attempts and the like that are over.
const (
	purgeWork  jobs.Kind = "auth-purge"
	purgeEvery           = time.Hour
)

// relay passes what happens to runs on to the pages that watch them. Notifications of one run that
// come close together count once: a page needs its newest state, not each of them.
func (c *console) relay(ctx context.Context, edge *web.Server) error {
	wake, stop := postgres.Listen(ctx, c.db, "causeway_runs", c.log)
	defer stop()
	tick := time.NewTicker(relayEvery)
	defer tick.Stop()
	changed := map[uuid.UUID]struct{}{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case payload := <-wake:
			if id, err := uuid.Parse(payload); err == nil {
				changed[id] = struct{}{}
			}
		case <-tick.C:
			for id := range changed {
				if err := edge.RunChanged(ctx, id); err != nil && ctx.Err() == nil {
					c.log.WarnContext(ctx, "telling pages of a run failed", "run", id, "err", err)
				}
			}
			clear(changed)
		}
	}
}

const relayEvery = 250 * time.Millisecond

// server makes the web edge.
func (c *console) server(url string, databaseURL string) (*web.Server, error) {
	json, err := newAPI(apiConfig{
		Inventory: c.inventory, Auth: c.auth, Asks: web.Asks, Clock: time.Now, Zone: c.cfg.Zone, Version: buildInfo().Version,
	})
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Log: c.log, Auth: c.auth, Events: c.events, PublicURL: url, Version: buildInfo().Version, Proxies: c.cfg.TrustedProxies,
		Inventory: c.inventory, API: json.Routes(), Stories: c.demo, Zone: c.cfg.Zone, Clock: time.Now,
		Ready: []web.Check{
			{Name: "database", Try: c.db.Ping},
			{Name: "schema", Try: func(ctx context.Context) error { return postgres.RequireSchema(ctx, databaseURL) }},
		},
		Collectors: []prometheus.Collector{postgres.Collector(c.db), newFeedLag(c.db, c.log)},
	})
}

// listen takes the address, and says in plain words when somebody else has it.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.Say(fault.Conflict, "The address %s is in use by another program. Choose another with --addr, such as --addr 127.0.0.1:0 for any free port.", addr)
	}
	if err != nil {
		return nil, fault.Say(fault.Invalid, "The console cannot listen on %s: %v. Correct --addr; it is HOST:PORT.", addr, err)
	}
	return l, nil
}

// newLogger writes to standard error, as the configuration says.
func (a *app) newLogger(cfg config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.err, o))
	}
	return slog.New(slog.NewTextHandler(a.err, o))
}
