package main

import (
	"context"
	"fmt"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

func newToken(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "token", GroupID: groupServer, Short: "Create, list and revoke API tokens; works on the database"}
	cmd.AddCommand(newTokenCreate(a), newTokenList(a), newTokenRevoke(a))
	return cmd
}

func newTokenCreate(a *app) *cobra.Command {
	var name, role, unit, expires string
	cmd := &cobra.Command{
		Use: "create --name N --role R", Args: takes(cobra.NoArgs, "no arguments"),
		Short: "Create a token and print it, once, alone on standard output",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := auth.ParseRole(role)
			if err != nil {
				return err
			}
			lasts, err := parseLasting(expires)
			if err != nil {
				return err
			}
			return a.withTokens(cmd.Context(), func(ctx context.Context, s *auth.Service) error {
				text, info, err := s.CreateToken(ctx, shellActor(), auth.NewToken{Name: name, Role: r, Unit: unit, For: lasts})
				if err != nil {
					return err
				}
				if info.Expires == nil {
					a.say("This token has no end. Revoke it with: console token revoke " + name)
				}
				return a.printf("%s\n", text)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "`NAME` to find it by")
	cmd.Flags().StringVar(&role, "role", "", "`ROLE`: viewer, operator, approver, auditor or admin")
	cmd.Flags().StringVar(&unit, "unit", "", "`SLUG` of the unit the role is held on (default: the whole organisation)")
	cmd.Flags().StringVar(&expires, "expires", "90d", "how long it lasts: 12h, 90d, or never")
	for _, f := range []string{"name", "role"} {
		if err := cmd.MarkFlagRequired(f); err != nil {
			panic(err) // a flag of that name stands above
		}
	}
	return cmd
}

func newTokenList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Args: takes(cobra.NoArgs, "no arguments"), Short: "List tokens",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withTokens(cmd.Context(), func(ctx context.Context, s *auth.Service) error {
				all, err := s.Tokens(ctx)
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
				fmt.Fprintln(w, "NAME\tROLE\tUNIT\tEXPIRES\tLAST USED") //nolint:errcheck // Flush reports it
				for _, t := range all {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.Name, t.Role, t.Unit, ends(t), timeOr(t.LastUsed, "never")) //nolint:errcheck // see above
				}
				if err := w.Flush(); err != nil {
					return fmt.Errorf("write the list: %w", err)
				}
				return nil
			})
		},
	}
}

func newTokenRevoke(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "revoke NAME", Args: takes(cobra.ExactArgs(1), "the name or id of a token"), Short: "Revoke a token at once",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withTokens(cmd.Context(), func(ctx context.Context, s *auth.Service) error {
				if err := s.RevokeToken(ctx, shellActor(), args[0]); err != nil {
					return err
				}
				return a.printf("revoked %s\n", args[0])
			})
		},
	}
}

func ends(t auth.TokenInfo) string {
	if t.Expired {
		return "expired"
	}
	return timeOr(t.Expires, "when revoked")
}

func timeOr(t *time.Time, never string) string {
	if t == nil {
		return never
	}
	return t.UTC().Format(time.RFC3339)
}

// withTokens runs f with the service over the configured database.
func (a *app) withTokens(ctx context.Context, f func(context.Context, *auth.Service) error) error {
	cfg, err := a.settings()
	if err != nil {
		return err
	}
	return a.withDatabase(ctx, func(ctx context.Context, url string) error {
		db, err := postgres.Open(ctx, url, postgres.Options{AppName: "token", MaxConns: 2})
		if err != nil {
			return err
		}
		defer db.Close()
		s, err := auth.New(auth.Config{DB: db, Log: a.newLogger(cfg)})
		if err != nil {
			return err
		}
		return f(ctx, s)
	})
}

// shellActor is who works on the database from this machine, for the audit trail.
func shellActor() audit.Actor {
	name := "shell"
	if u, err := user.Current(); err == nil {
		name = "shell:" + u.Username
	}
	return audit.Actor{Name: name, Kind: audit.System}
}

// parseLasting reads 12h, 90d or never.
func parseLasting(s string) (time.Duration, error) {
	if s == "never" {
		return 0, nil
	}
	var days int
	if n, err := fmt.Sscanf(s, "%dd", &days); err == nil && n == 1 && days > 0 && s == fmt.Sprintf("%dd", days) {
		return time.Duration(days) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, usage{fault.Say(fault.Invalid, "--expires %q is no duration. Use 12h, 90d or never.", s)}
	}
	return d, nil
}
