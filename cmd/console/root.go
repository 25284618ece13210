package main

import (
	"github.com/spf13/cobra"
)

// commands is everything the binary can do, in the order of its help.
func commands() []func(*app) *cobra.Command {
	return []func(*app) *cobra.Command{
		newDemo, newServe, newWorker, newMigrate, newToken, newWatch,
		newApply, newExport, newSync, newPush, newSource,
		newResources, newSources, newScopes, newRuns,
		newVersion, newHealthcheck,
	}
}

// Groups of the help.
const (
	groupServer = "server"
	groupClient = "client"
)

func newRoot(a *app) *cobra.Command {
	root := group(&cobra.Command{
		Use:   "console",
		Short: "Causeway: what runs where, whether it may, what it costs, and whether it would survive",
		Long: `Causeway is a console for estates that span clouds.

Commands that are clients of a server find it by --server or CAUSEWAY_SERVER, and their token in
CAUSEWAY_TOKEN or CAUSEWAY_TOKEN_FILE. With --data DIR (or CAUSEWAY_DATA_DIR) they use the demo that
runs there.

Exit codes: 0 it went well; 1 it was done and failed, such as a scope that could not be read;
2 wrong usage, wrong input, or the server could not be asked.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	})
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	root.AddGroup(
		&cobra.Group{ID: groupServer, Title: "The console itself:"},
		&cobra.Group{ID: groupClient, Title: "Clients of a server:"},
	)
	flags := root.PersistentFlags()
	flags.StringVar(&a.server, "server", "", "`URL` of the server, for commands that are its clients")
	flags.StringVar(&a.data, "data", "", "`DIR` of a demo or an embedded database")
	flags.StringVar(&a.database, "database", "", "`URL` of the database, for commands that work on it")
	flags.StringVar(&a.config, "config", "", "configuration `FILE`")
	for _, command := range commands() {
		root.AddCommand(command(a))
	}
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	return root
}
