package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
	"github.com/causeway/causeway/internal/provider/sample"
)

type demoOptions struct {
	addr  string
	scale int
	// scaled: the size was asked for, and is not the default.
	scaled bool
}

func newDemo(a *app) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use: "demo", GroupID: groupServer, Args: takes(cobra.NoArgs, "no arguments"),
		Short: "Run everything on this machine, with a sample estate",
		Long: `Start a private Postgres, the sample estate and the console on a loopback address, and print its URL.
Sign-in is local: choose a role. No account and no network is needed. A second start reuses the data.

Other commands given the same --data DIR talk to this demo: console sync --data DIR.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.scaled = cmd.Flags().Changed("scale")
			return a.demo(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.addr, "addr", "127.0.0.1:8080", "listen on `HOST:PORT`, a loopback address")
	cmd.Flags().IntVar(&o.scale, "scale", sample.DefaultScale, "`RESOURCES` in the sample estate, 1000 to 10000000")
	return cmd
}

func (a *app) demo(ctx context.Context, o demoOptions) error {
	cfg, err := a.demoSettings()
	if err != nil {
		return err
	}
	log := a.newLogger(cfg)
	l, err := listen(ctx, o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	local, err := auth.NewDemo(true, l.Addr())
	if err != nil {
		return err
	}
	cfg.Database.URL = ""
	databaseURL, release, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return err
	}
	err = a.runDemo(ctx, cfg, o, l, local, databaseURL, log)
	return errors.Join(err, release())
}

// demoSettings is a configuration in which nothing has to be set. Sources may reach emulators on
// this machine: nobody else's console runs here.
func (a *app) demoSettings() (config.Config, error) {
	cfg, err := a.settings()
	if err != nil {
		return config.Config{}, err
	}
	cfg.OIDC = config.OIDC{}
	cfg.AllowLoopbackEndpoints = true
	if cfg.DataDir == "" {
		if cfg.DataDir, err = defaultDataDir(); err != nil {
			return config.Config{}, err
		}
	}
	if cfg.Log.Level < slog.LevelWarn {
		cfg.Log.Level = slog.LevelWarn // a person reads this terminal: the pages tell the rest
	}
	return cfg, nil
}

func (a *app) runDemo(ctx context.Context, cfg config.Config, o demoOptions, l net.Listener, local *auth.Demo, databaseURL string, log *slog.Logger) error {
	if err := postgres.Migrate(ctx, databaseURL, log); err != nil {
		return err
	}
	c, err := assemble(ctx, cfg, databaseURL, local, log)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.sampleEstate(ctx, o); err != nil {
		return err
	}
	url := "http://" + l.Addr().String()
	if err := c.leaveKeys(ctx, cfg.DataDir, url); err != nil {
		return err
	}
	defer os.Remove(filepath.Join(cfg.DataDir, "server")) //nolint:errcheck // a stale one is found out by the next command
	a.say("Causeway runs at " + url)
	a.say("Data is kept in " + cfg.DataDir + ". Ctrl-C stops everything.")
	return c.run(ctx, l, url, databaseURL, true)
}

// sampleEstate applies the sample's documents the first time. What people change afterwards stays,
// unless another size is asked for: then the source is applied again, and nothing else.
func (c *console) sampleEstate(ctx context.Context, o demoOptions) error {
	_, err := c.inventory.Source(ctx, cloud.FullAccess(), "sample")
	if err != nil && !errors.Is(err, fault.NotFound) {
		return err
	}
	known := err == nil
	if known && !o.scaled {
		return nil
	}
	docs, err := serverDecoder(c.inventory.Adapters()).Decode("sample", sample.Documents(o.scale))
	if err != nil {
		return fmt.Errorf("read the sample's documents: %w", err)
	}
	if known {
		docs = slices.DeleteFunc(docs, func(d document.Document) bool { return d.Kind != document.KindSource })
	}
	return applyAsSystem(ctx, c.inventory, docs)
}

// leaveKeys writes where the demo listens and an administrator's token, for other commands.
func (c *console) leaveKeys(ctx context.Context, dir, url string) error {
	tokenFile := filepath.Join(dir, "token")
	if err := writePrivate(filepath.Join(dir, "server"), url); err != nil {
		return err
	}
	old, err := os.ReadFile(tokenFile)
	if err == nil {
		if _, err := c.auth.Token(ctx, strings.TrimSpace(string(old))); err == nil {
			return nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", tokenFile, err)
	}
	if err := c.auth.RevokeToken(ctx, audit.SystemActor(), "demo"); err != nil && !errors.Is(err, fault.NotFound) {
		return err
	}
	text, _, err := c.auth.CreateToken(ctx, audit.SystemActor(), auth.NewToken{Name: "demo", Role: auth.Admin})
	if err != nil {
		return err
	}
	return writePrivate(tokenFile, text)
}

func writePrivate(name, text string) error {
	if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
