package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres/embedded"
)

// settings loads the configuration; flags win over it.
func (a *app) settings() (config.Config, error) {
	cfg, err := config.Load(a.config, a.environ())
	if err != nil {
		return config.Config{}, err
	}
	if a.database != "" {
		cfg.Database.URL = config.Secret(a.database)
	}
	if a.data != "" {
		cfg.DataDir = a.data
	}
	return cfg, nil
}

// openDatabase finds the database: by its URL, or the private server of a data folder, which it
// starts or joins. close lets go of it.
func openDatabase(ctx context.Context, cfg config.Config, log *slog.Logger) (url string, close func() error, err error) {
	if cfg.Database.URL != "" {
		return cfg.Database.URL.Reveal(), func() error { return nil }, nil
	}
	if cfg.DataDir == "" {
		return "", nil, fault.Say(fault.Invalid, "No database is named. Set CAUSEWAY_DATABASE_URL or use --database URL; or --data DIR for the private one of a demo or an embedded console.")
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("find this program: %w", err)
	}
	dir, err := filepath.Abs(cfg.DataDir)
	if err != nil {
		return "", nil, fmt.Errorf("data folder %s: %w", cfg.DataDir, err)
	}
	srv, err := embedded.Start(ctx, embedded.Options{Dir: dir, Watcher: []string{self, watchCommand, dir}, Log: log})
	if err != nil {
		return "", nil, err
	}
	return srv.URL, srv.Close, nil
}

// watchCommand is the watcher of a private Postgres; see package embedded.
const watchCommand = "watch-postgres"

func newWatch(*app) *cobra.Command {
	return &cobra.Command{
		Use: watchCommand + " DIR", Hidden: true, Args: cobra.ExactArgs(1),
		Short: "Stop the private Postgres of a data folder when nobody uses it any more",
		RunE:  func(_ *cobra.Command, args []string) error { return embedded.Watch(args[0]) },
	}
}

// defaultDataDir is where the demo keeps its data when nobody says where.
func defaultDataDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/causeway", nil // Postgres drops to a user that cannot enter root's home
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "causeway"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Say(fault.Invalid, "No home folder is known for the data. Choose a folder with --data DIR.").Because(err)
	}
	return filepath.Join(home, ".local", "share", "causeway"), nil
}
