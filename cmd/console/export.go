package main

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/document"
)

func newExport(a *app) *cobra.Command {
	var kind string
	var kinds []string
	for _, k := range document.Kinds() {
		kinds = append(kinds, string(k))
	}
	cmd := &cobra.Command{
		Use:     "export",
		GroupID: groupClient,
		Short:   "Write what the console knows as YAML documents",
		Long:    "Export writes sources, units and regions as documents to standard output. Applying them again changes nothing.",
		Args:    takes(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			query := url.Values{}
			if kind != "" {
				if !slices.Contains(kinds, kind) {
					return usage{fmt.Errorf("--kind is %q; it must be one of %v", kind, kinds)}
				}
				query.Set("kind", kind)
			}
			c, err := a.connect()
			if err != nil {
				return err
			}
			yaml, err := c.getBytes(cmd.Context(), "/export", query, requestTimeout)
			if err != nil {
				return err
			}
			return a.printf("%s", yaml)
		},
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only documents of this `KIND`: Unit, Region or Source")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}
