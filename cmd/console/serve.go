package main

import (
	"context"
	"crypto/tls"
	"net"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

func newServe(a *app) *cobra.Command {
	var embed, workers bool
	var addr string
	cmd := &cobra.Command{
		Use: "serve", GroupID: groupServer, Args: takes(cobra.NoArgs, "no arguments"),
		Short: "Serve the console, with its background work",
		Long: `Serve pages and the JSON interface, and carry out background work, until stopped.

The database must have this version's schema: run console migrate up first. With --embedded the
console runs a private Postgres in --data DIR and migrates it by itself.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.settings()
			if err != nil {
				return err
			}
			if addr != "" {
				cfg.Addr = addr
			}
			if embed && cfg.DataDir == "" {
				return usage{fault.Say(fault.Invalid, "--embedded needs --data DIR: the folder of the private Postgres.")}
			}
			if embed {
				cfg.Database.URL = ""
			}
			return a.serve(cmd.Context(), cfg, embed, workers)
		},
	}
	cmd.Flags().BoolVar(&embed, "embedded", false, "run a private Postgres in --data DIR")
	cmd.Flags().BoolVar(&workers, "workers", true, "carry out background work too; false: only serve")
	cmd.Flags().StringVar(&addr, "addr", "", "listen on `HOST:PORT` (default 127.0.0.1:8080)")
	return cmd
}

func (a *app) serve(ctx context.Context, cfg config.Config, embed, workers bool) error {
	if !cfg.OIDC.Enabled() {
		return fault.Say(fault.Invalid, "Nobody could sign in: no identity provider is configured. Set CAUSEWAY_OIDC_ISSUER, CAUSEWAY_OIDC_CLIENT_ID and CAUSEWAY_PUBLIC_URL, or try console demo.")
	}
	log := a.newLogger(cfg)
	log.InfoContext(ctx, "configuration", "config", cfg.String())
	l, err := listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	if l, err = encrypted(l, cfg.TLS); err != nil {
		return err
	}
	url, release, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer release() //nolint:errcheck // the watcher stops the server in any case
	if embed {
		err = postgres.Migrate(ctx, url, log)
	} else {
		err = postgres.RequireSchema(ctx, url)
	}
	if err != nil {
		return err
	}
	c, err := assemble(ctx, cfg, url, nil, log)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.auth.CheckMappings(ctx); err != nil {
		log.WarnContext(ctx, "some role mappings lead nowhere", "err", err)
	}
	return c.run(ctx, l, cfg.PublicURL, url, workers)
}

// encrypted wraps the listener where the console ends TLS by itself.
func encrypted(l net.Listener, t config.TLS) (net.Listener, error) {
	if t.CertFile == "" {
		return l, nil
	}
	cert, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
	if err != nil {
		return nil, fault.Say(fault.Invalid, "The TLS certificate %s or its key %s cannot be used: %v.", t.CertFile, t.KeyFile, err).In("tls")
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), nil
}

// run serves on l until ctx ends: first the edge stops, then the work behind it.
func (c *console) run(ctx context.Context, l net.Listener, publicURL, databaseURL string, workers bool) error {
	edge, err := c.server(publicURL, databaseURL)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return edge.Run(gctx, l) })
	g.Go(func() error { return c.relay(gctx, edge) })
	if workers && c.cfg.Workers > 0 {
		g.Go(func() error { return c.work(gctx) })
	}
	return g.Wait()
}

func newWorker(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "worker", GroupID: groupServer, Args: takes(cobra.NoArgs, "no arguments"),
		Short: "Carry out background work only",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			cfg, err := a.settings()
			if err != nil {
				return err
			}
			log := a.newLogger(cfg)
			url, release, err := openDatabase(ctx, cfg, log)
			if err != nil {
				return err
			}
			defer release() //nolint:errcheck // see serve
			if err := postgres.RequireSchema(ctx, url); err != nil {
				return err
			}
			c, err := assemble(ctx, cfg, url, nil, log)
			if err != nil {
				return err
			}
			defer c.close()
			return c.work(ctx)
		},
	}
}
