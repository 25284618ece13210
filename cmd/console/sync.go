package main

import (
	"context"
	"errors"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
)

func newSync(a *app) *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:     "sync [--source NAME]",
		GroupID: groupClient,
		Short:   "Read sources now, and show how far they are",
		Long: `Sync asks the console to read a source now, or every enabled one, and watches until it ends. A sync
that runs already is joined. Ctrl-C stops watching; the sync goes on in the console.

It exits with 1 if a scope could not be read, and lists each with its problem and the fix.`,
		Args: takes(cobra.NoArgs, "no arguments; name a source with --source"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.connect()
			if err != nil {
				return err
			}
			names := []string{source}
			if source == "" {
				if names, err = enabled(cmd.Context(), c); err != nil {
					return err
				}
			}
			return a.sync(cmd.Context(), c, names)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "only the source of this `NAME`")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("source", a.completeSource))
	return cmd
}

// enabled returns the names of the sources that may be synced.
func enabled(ctx context.Context, c *client) ([]string, error) {
	sources, err := c.sources(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range sources {
		if s.Enabled {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return nil, fault.Say(fault.NotFound, "There is no enabled source to sync. Connect one with console apply -f source.yaml.")
	}
	return names, nil
}

// sync starts a run for each source and watches them. A source that cannot be started does not keep
// the others from being read.
func (a *app) sync(ctx context.Context, c *client, names []string) error {
	var runs []api.Run
	var refused error
	for _, name := range names {
		var started api.Started
		err := c.post(ctx, "/sources/"+url.PathEscape(name)+"/sync", nil, &started, requestTimeout)
		if err != nil && (len(names) == 1 || !errors.Is(err, fault.Conflict)) {
			return err
		}
		if err != nil {
			a.say(plain(ctx, err))
			refused = failedQuietly("a source was not synced")
			continue
		}
		runs = append(runs, started.Run)
	}
	ended, err := a.follow(ctx, c, runs)
	if err != nil {
		return err
	}
	if err := a.outcome(ended); err != nil {
		return err
	}
	return refused
}
