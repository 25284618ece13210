package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/postgres"
)

func newMigrate(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", GroupID: groupServer, Short: "Bring the database's schema up to this version, or look at it"}
	cmd.AddCommand(
		&cobra.Command{
			Use: "up", Args: takes(cobra.NoArgs, "no arguments"),
			Short: "Apply what is missing; run it as the database's owner",
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.withDatabase(cmd.Context(), func(ctx context.Context, url string) error {
					cfg, err := a.settings()
					if err != nil {
						return err
					}
					if err := postgres.Migrate(ctx, url, a.newLogger(cfg)); err != nil {
						return err
					}
					return a.printf("The schema is up to date.\n")
				})
			},
		},
		&cobra.Command{
			Use: "status", Args: takes(cobra.NoArgs, "no arguments"),
			Short: "List the schema's steps and which of them the database has",
			RunE: func(cmd *cobra.Command, _ []string) error {
				return a.withDatabase(cmd.Context(), func(ctx context.Context, url string) error {
					steps, err := postgres.Migrations(ctx, url)
					if err != nil {
						return err
					}
					missing := 0
					for _, s := range steps {
						word := "applied"
						if !s.Applied {
							word = "missing"
							missing++
						}
						if err := a.printf("%-8s %05d %s\n", word, s.Version, s.Name); err != nil {
							return err
						}
					}
					if missing > 0 {
						return failedQuietly("%d steps are missing", missing)
					}
					return nil
				})
			},
		},
	)
	return cmd
}

// withDatabase runs f with the URL of the configured database.
func (a *app) withDatabase(ctx context.Context, f func(ctx context.Context, url string) error) error {
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	url, release, err := openDatabase(ctx, cfg, a.newLogger(cfg))
	if err != nil {
		return err
	}
	defer release() //nolint:errcheck // the watcher stops a private server in any case
	return f(ctx, url)
}
