package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/web/api"
)

// listCommand is a command that writes a list; it differs from the others in what it asks for.
type listCommand[T any] struct {
	cmd      *cobra.Command
	columns  []column[T]
	path     func(given []string) string
	query    func(given []string) url.Values
	limit    int  // items unless told
	perSheet bool // has pages, so --limit is offered
}

func (l listCommand[T]) build(a *app) *cobra.Command {
	var o output
	limit := l.limit
	l.cmd.GroupID = groupClient
	l.cmd.RunE = func(cmd *cobra.Command, given []string) error {
		if limit < 0 {
			return usage{fmt.Errorf("--limit is %d; it must be 0 (all) or more", limit)}
		}
		c, err := a.connect()
		if err != nil {
			return err
		}
		out, err := newList(a.out, o, l.columns)
		if err != nil {
			return err
		}
		var query url.Values
		if l.query != nil {
			query = l.query(given)
		}
		more, err := all(cmd.Context(), c, l.path(given), query, limit, out.add)
		if err != nil {
			return err
		}
		if err := out.close(); err != nil {
			return err
		}
		if more {
			a.say(fmt.Sprintf("There are more than these %d; --limit 0 lists all.", limit))
		}
		return nil
	}
	o.flag(l.cmd)
	if l.perSheet {
		l.cmd.Flags().IntVar(&limit, "limit", limit, "list at most this many; 0 lists all")
	}
	return l.cmd
}

func newResources(a *app) *cobra.Command {
	var sort string
	cmd := &cobra.Command{
		Use:   "resources [QUERY]",
		Short: "Search the inventory",
		Long: `Resources lists what the query finds. The query is the same as on the inventory page. One that begins
with a hyphen stands after --: console resources -- -managed:terraform`,
		Example: "  console resources kind:storage.bucket country:US\n  console resources 'tag:env=prod -managed:terraform' --sort -cost -o csv --limit 0",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().StringVar(&sort, "sort", "", "`COLUMN` to sort by, with - before it for descending")
	return listCommand[api.Resource]{
		cmd: cmd, limit: 100, perSheet: true,
		path: func([]string) string { return "/resources" },
		query: func(given []string) url.Values {
			return url.Values{"q": {strings.Join(given, " ")}, "sort": {sort}}
		},
		columns: []column[api.Resource]{
			{"name", func(r api.Resource) string { return r.Name }},
			{"kind", func(r api.Resource) string { return r.Kind }},
			{"provider", func(r api.Resource) string { return r.Provider }},
			{"account", func(r api.Resource) string { return r.Account }},
			{"region", func(r api.Resource) string { return string(r.Region) }},
			{"country", func(r api.Resource) string { return string(r.Country) }},
			{"residency", func(r api.Resource) string { return r.Residency }},
			{"cost", func(r api.Resource) string {
				if r.Cost == nil {
					return ""
				}
				return r.Cost.Amount + " " + r.Cost.Currency
			}},
			{"managed", func(r api.Resource) string { return string(r.Managed) }},
			{"state", func(r api.Resource) string { return r.State }},
			{"native id", func(r api.Resource) string { return r.NativeID }},
		},
	}.build(a)
}

func newSources(a *app) *cobra.Command {
	return listCommand[api.Source]{
		cmd:  &cobra.Command{Use: "sources", Short: "List sources and how fresh they are", Args: takes(cobra.NoArgs, "no arguments")},
		path: func([]string) string { return "/sources" },
		columns: []column[api.Source]{
			{"name", func(s api.Source) string { return s.Name }},
			{"adapter", func(s api.Source) string { return s.Adapter }},
			{"unit", func(s api.Source) string { return s.Unit }},
			{"schedule", func(s api.Source) string { return s.Schedule }},
			{"enabled", func(s api.Source) string { return strconv.FormatBool(s.Enabled) }},
			{"scopes ok", func(s api.Source) string { return fmt.Sprintf("%d/%d", s.ScopesOK, s.Scopes) }},
			{"failed", func(s api.Source) string { return strconv.FormatInt(s.ScopesFailed, 10) }},
			{"held", func(s api.Source) string { return strconv.FormatInt(s.ScopesHeld, 10) }},
			{"resources", func(s api.Source) string { return strconv.FormatInt(s.Rows, 10) }},
			{"oldest", func(s api.Source) string { return instant(s.OldestOK) }},
		},
	}.build(a)
}

func newScopes(a *app) *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use: "scopes SOURCE", Short: "List the ledger of a source: what was read completely, when, and why not since",
		Args: takes(cobra.ExactArgs(1), "the name of a source"), ValidArgsFunction: a.completeSource,
	}
	cmd.Flags().StringVar(&state, "state", "", "only scopes in this `STATE`; failing is all that are not right")
	return listCommand[api.Scope]{
		cmd: cmd, limit: 100, perSheet: true,
		path:  func(given []string) string { return "/sources/" + url.PathEscape(given[0]) + "/scopes" },
		query: func([]string) url.Values { return url.Values{"state": {state}} },
		columns: []column[api.Scope]{
			{"state", func(s api.Scope) string { return s.State }},
			{"account", func(s api.Scope) string { return s.Account }},
			{"region", func(s api.Scope) string { return string(s.Region) }},
			{"api", func(s api.Scope) string { return s.API }},
			{"resources", func(s api.Scope) string { return strconv.FormatInt(s.Rows, 10) }},
			{"complete at", func(s api.Scope) string { return instant(s.LastOK) }},
			{"problem", func(s api.Scope) string {
				if s.Problem == nil {
					return ""
				}
				return s.Problem.Code + ": " + s.Problem.Text
			}},
		},
	}.build(a)
}

func newRuns(a *app) *cobra.Command {
	return listCommand[api.Run]{
		cmd: &cobra.Command{
			Use: "runs SOURCE", Short: "List the newest runs of a source",
			Args: takes(cobra.ExactArgs(1), "the name of a source"), ValidArgsFunction: a.completeSource,
		},
		limit: 20, perSheet: true,
		path: func(given []string) string { return "/sources/" + url.PathEscape(given[0]) + "/runs" },
		columns: []column[api.Run]{
			{"id", func(r api.Run) string { return r.ID }},
			{"state", func(r api.Run) string { return r.State }},
			{"trigger", func(r api.Run) string { return r.Trigger }},
			{"queued", func(r api.Run) string { return instant(r.QueuedAt) }},
			{"took", func(r api.Run) string {
				if r.StartedAt.IsZero() || r.FinishedAt.IsZero() {
					return ""
				}
				return r.FinishedAt.Sub(r.StartedAt.Time).Round(time.Second).String()
			}},
			{"scopes", func(r api.Run) string { return fmt.Sprintf("%d/%d", r.ScopesDone, r.ScopesPlanned) }},
			{"failed", func(r api.Run) string { return strconv.Itoa(r.ScopesFailed) }},
			{"seen", func(r api.Run) string { return strconv.FormatInt(r.RowsSeen, 10) }},
			{"new", func(r api.Run) string { return strconv.FormatInt(r.RowsNew, 10) }},
			{"changed", func(r api.Run) string { return strconv.FormatInt(r.RowsChanged, 10) }},
			{"gone", func(r api.Run) string { return strconv.FormatInt(r.RowsGone, 10) }},
		},
	}.build(a)
}

// instant is a time as scripts sort it.
func instant(t api.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
