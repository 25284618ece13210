package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider/terraform"
	"github.com/causeway/causeway/internal/web/api"
)

func newPush(a *app) *cobra.Command {
	var source, workspace string
	var dryRun bool
	cmd := &cobra.Command{
		Use:     "push FILE",
		GroupID: groupClient,
		Short:   "Send a Terraform state to the inventory, redacted here",
		Long: `Push reads a state file, or what terraform show -json prints of a state or a plan, and sends to the
console what its allow-list names: types, ids, regions, tags. Everything else, and whatever is marked
sensitive or looks like a secret, does not leave this machine. --dry-run prints what would be sent.

The workspace is called by --workspace, or else by the file's name, or by its directory's where the file
is a terraform.tfstate.`,
		Example: "  terraform show -json | console push - --workspace network\n  console push network/terraform.tfstate --source states",
		Args:    takes(cobra.ExactArgs(1), "one file, or - for standard input"),
		RunE: func(cmd *cobra.Command, files []string) error {
			name, err := workspaceName(workspace, files[0])
			if err != nil {
				return err
			}
			snapshot, err := a.redact(files[0], name)
			if err != nil {
				return err
			}
			if dryRun {
				return a.printSnapshot(snapshot)
			}
			return a.push(cmd.Context(), source, snapshot)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "`NAME` of the source to push to; may be left out where there is one of adapter terraform")
	cmd.Flags().StringVar(&workspace, "workspace", "", "`NAME` of the workspace")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be sent, and send nothing")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("source", a.completeSource))
	return cmd
}

// workspaceName is what people call the state.
func workspaceName(given, file string) (string, error) {
	if given != "" {
		return given, nil
	}
	if file == "-" {
		return "", usage{errors.New("a state from standard input needs --workspace NAME")}
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", file, err)
	}
	base := filepath.Base(abs)
	name := strings.TrimSuffix(strings.TrimSuffix(base, ".json"), ".tfstate")
	if name == "terraform" || name == "" {
		name = filepath.Base(filepath.Dir(abs))
	}
	return name, nil
}

// redact reads the file and keeps only what may leave this machine.
func (a *app) redact(file, name string) (terraform.Snapshot, error) {
	r := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return terraform.Snapshot{}, fault.Say(fault.Invalid, "%s cannot be read: %v.", file, errors.Unwrap(err)).Because(err)
		}
		defer func() { _ = f.Close() }() // read only: nothing is lost
		r = f
	}
	return terraform.Redact(r, name)
}

func (a *app) push(ctx context.Context, source string, s terraform.Snapshot) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	if source == "" {
		if source, err = pushSource(ctx, c); err != nil {
			return err
		}
	}
	var started api.Started
	if err := c.post(ctx, "/sources/"+url.PathEscape(source)+"/push", s, &started, longTimeout); err != nil {
		return err
	}
	if err := a.printf("%s", printable(sent(source, s))); err != nil {
		return err
	}
	ended, err := a.follow(ctx, c, []api.Run{started.Run})
	if err != nil {
		return err
	}
	return a.outcome(ended)
}

// pushSource finds the one source that takes states.
func pushSource(ctx context.Context, c *client) (string, error) {
	sources, err := c.sources(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range sources {
		if s.Adapter == "terraform" {
			names = append(names, s.Name)
		}
	}
	switch len(names) {
	case 1:
		return names[0], nil
	case 0:
		return "", fault.Say(fault.NotFound, "No source takes Terraform states yet. Connect one of adapter terraform with console apply.")
	}
	return "", fault.Say(fault.Invalid, "Several sources take Terraform states: %s. Choose one with --source.", strings.Join(names, ", "))
}

// sent says what left this machine, and what did not.
func sent(source string, s terraform.Snapshot) string {
	line := fmt.Sprintf("%s: %s sent to %s", s.Name, count(len(s.Resources), "resource"), source)
	if s.Lineage != "" {
		line += fmt.Sprintf(" (serial %d)", s.Serial)
	}
	var dropped []string
	for _, d := range []struct {
		n    int
		what string
	}{
		{s.Dropped.Sensitive, "marked sensitive"},
		{s.Dropped.SecretLike, "looking like a secret"},
		{s.Dropped.TooLong, "too long"},
	} {
		if d.n > 0 {
			dropped = append(dropped, fmt.Sprintf("%d %s", d.n, d.what))
		}
	}
	if dropped == nil {
		return line + "; only allow-listed attributes left this machine\n"
	}
	return line + "; only allow-listed attributes left this machine, and of those not: " + strings.Join(dropped, ", ") + "\n"
}

// printSnapshot shows exactly what a push would send.
func (a *app) printSnapshot(s terraform.Snapshot) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the snapshot: %w", err)
	}
	return a.printf("%s\n", b)
}
