package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/web/api"
)

func newSource(a *app) *cobra.Command {
	cmd := group(&cobra.Command{Use: "source", GroupID: groupClient, Short: "Look after one source"})
	cmd.AddCommand(newSourceTest(a))
	return cmd
}

var testColumns = []column[api.TestResult]{
	{"result", func(r api.TestResult) string {
		if r.OK {
			return "ok"
		}
		return "denied"
	}},
	{"call", func(r api.TestResult) string { return r.Call }},
	{"account", func(r api.TestResult) string { return string(r.Account) }},
	{"region", func(r api.TestResult) string { return string(r.Region) }},
	{"for", func(r api.TestResult) string { return r.Why }},
	{"problem", func(r api.TestResult) string { return string(r.Problem) }},
	{"fix", func(r api.TestResult) string { return string(r.Fix) }},
}

func newSourceTest(a *app) *cobra.Command {
	var o output
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Try every call a source needs, and name what is denied",
		Long: `Test tries every call the source's adapter makes. For each that is denied it says which grant is
missing and whom to give it to. Nothing is changed. It exits with 1 if a call was denied.`,
		Args:              takes(cobra.ExactArgs(1), "the name of a source"),
		ValidArgsFunction: a.completeSource,
		RunE: func(cmd *cobra.Command, names []string) error {
			c, err := a.connect()
			if err != nil {
				return err
			}
			l, err := newList(a.out, o, testColumns)
			if err != nil {
				return err
			}
			path := "/sources/" + url.PathEscape(names[0]) + "/test"
			body, err := c.getBytes(cmd.Context(), path, nil, longTimeout)
			if err != nil {
				return err
			}
			var page api.Page[api.TestResult]
			if err := c.decode(body, path, &page); err != nil {
				return err
			}
			denied := 0
			for _, r := range page.Items {
				if !r.OK {
					denied++
				}
				if err := l.add(r); err != nil {
					return err
				}
			}
			if err := l.close(); err != nil {
				return err
			}
			if denied > 0 {
				return failed{err: fmt.Errorf("%d of %s denied", denied, count(len(page.Items), "call"))}
			}
			return nil
		},
	}
	o.flag(cmd)
	return cmd
}

// completeSource offers the names of sources to the shell; without a server it offers nothing.
func (a *app) completeSource(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := a.connect()
	if err != nil || len(given) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), 2*time.Second)
	defer cancel()
	sources, err := c.sources(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range sources {
		names = append(names, s.Name+"\t"+s.Adapter)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// sources reads every source.
func (c *client) sources(ctx context.Context) ([]api.Source, error) {
	var page api.Page[api.Source]
	err := c.get(ctx, "/sources", nil, &page)
	return page.Items, err
}
