package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what the binary was made from.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Time     string `json:"time"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
}

// buildInfo reads what the Go tool recorded.
func buildInfo() build {
	b := build{Version: "unknown", Revision: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version, b.Go = info.Main.Version, info.GoVersion
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Args:  takes(cobra.NoArgs, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			b := buildInfo()
			modified := ""
			if b.Modified {
				modified = ", modified"
			}
			return a.printf("console %s (revision %s%s, %s)\n", b.Version, b.Revision, modified, b.Go)
		},
	}
}
