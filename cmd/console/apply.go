package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
)

func newApply(a *app) *cobra.Command {
	var paths []string
	var in api.Apply
	cmd := &cobra.Command{
		Use:     "apply -f PATH...",
		GroupID: groupClient,
		Short:   "Make the console know what documents say",
		Long: `Apply reads documents (YAML or JSON; files, directories, - for standard input), checks all of
them, and makes the console know what they say. Nothing is sent while one of them is wrong.

A document that names an older revision than the console has is a conflict and changes nothing,
unless --force is given. What no document names stays as it is.`,
		Example: "  console apply -f sources.yaml\n  console export | console apply -f - --dry-run",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, more []string) error {
			paths = append(paths, more...) // the shell expands -f *.yaml to one flag and arguments
			if len(paths) == 0 {
				return usage{fmt.Errorf("apply needs -f PATH")}
			}
			docs, err := a.decoder().Files(paths, a.in)
			if err != nil {
				return err
			}
			return a.apply(cmd, docs, in)
		},
	}
	cmd.Flags().StringArrayVarP(&paths, "file", "f", nil, "file or directory of documents, - for standard input; may be repeated")
	cmd.Flags().BoolVar(&in.DryRun, "dry-run", false, "say what would happen, and change nothing")
	cmd.Flags().BoolVar(&in.Force, "force", false, "overwrite edits that are newer than a document's revision")
	return cmd
}

// apply sends documents in the order in which they refer to each other.
func (a *app) apply(cmd *cobra.Command, docs []document.Document, in api.Apply) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	document.Sort(docs)
	for _, doc := range docs {
		b, err := json.Marshal(doc)
		if err != nil {
			return fmt.Errorf("write %s %s: %w", doc.Kind, doc.Name, err)
		}
		in.Documents = append(in.Documents, b)
	}
	var applied api.Applied
	if err := c.post(cmd.Context(), "/apply", in, &applied, longTimeout); err != nil {
		return err
	}
	if len(applied.Results) != len(docs) {
		return fault.Say(fault.Unavailable, "%s answered for %d of %d documents. console export shows what it knows.", c.base, len(applied.Results), len(docs))
	}
	return a.printApplied(docs, applied)
}

// printApplied writes a line for each document and fails when one was not applied.
func (a *app) printApplied(docs []document.Document, applied api.Applied) error {
	refused := 0
	for i, r := range applied.Results {
		line := fmt.Sprintf("%s %s %s", r.Kind, r.Name, r.Outcome)
		switch r.Outcome {
		case api.Created, api.Updated:
			if applied.DryRun {
				line += " (dry run)"
			}
		case api.Unchanged:
		case api.Conflict:
			refused++
			line += ": " + conflict(docs[i].At, r)
		case api.Failed:
			refused++
			line += fmt.Sprintf(": %s: %s", docs[i].At, r.Detail)
		}
		if err := a.printf("%s\n", printable(line)); err != nil {
			return err
		}
	}
	if refused > 0 {
		return failedQuietly("%d documents were not applied", refused)
	}
	return nil
}

// conflict names both revisions and the ways out.
func conflict(at document.Position, r api.ApplyResult) string {
	now := "another one"
	if r.Revision != nil {
		now = fmt.Sprint(*r.Revision)
	}
	yours := "names no revision"
	if r.Yours != nil {
		yours = fmt.Sprintf("says revision %d", *r.Yours)
	}
	return fmt.Sprintf("%s %s, and the console has %s. Export it and look at the difference, or use --force", at, yours, now)
}
