package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// Config is what the operator of the console decides, and no source may change.
type Config struct {
	// Root is the directory that states are read from. A source's paths are relative to it, or lie
	// below it, and nothing outside is read, not even through a symbolic link. "" lets a source name
	// any absolute path.
	Root string
}

// settings are spec.terraform of a Source document.
type settings struct {
	Paths []string `json:"paths"`
}

// maxPaths bounds a source's list; a directory or a glob covers many states in one line.
const maxPaths = 1000

// Factory makes readers of state files.
func Factory(cfg Config) provider.Factory {
	return provider.Factory{
		Adapter: "terraform",
		Title:   "Terraform and OpenTofu states",
		Badge:   cloud.Terraform,
		Help: "Reads state files (version 4) that the console can reach: files, directories and patterns. Only allow-listed attributes are kept. " +
			"Where a state must not leave its team, let the team's pipeline run console push instead.",
		Fields: []provider.Field{{
			Name: "paths", Label: "Paths", Type: provider.FieldList, Required: true, Example: "states/network/*.tfstate",
			Help: "One a line: a state file, a pattern (*, ?, [a-z]), or a directory, which is searched for *.tfstate. A new file appears by itself.",
		}},
		Check: func(raw json.RawMessage) error {
			_, err := parseSettings(cfg, raw)
			return err
		},
		Open: func(_ context.Context, src provider.Source) (provider.Reader, error) {
			paths, err := parseSettings(cfg, src.Settings)
			if err != nil {
				return nil, err
			}
			fsys, closer, err := openRoot(cfg.Root)
			if err != nil {
				return nil, err
			}
			return newReader(fsys, cfg.Root == "", paths, closer), nil
		},
		Permissions: []provider.Permission{{Call: "read", Why: "the state files and the directories they are in"}},
	}
}

// openRoot opens the file system that paths are relative to.
func openRoot(dir string) (fs.FS, func() error, error) {
	if dir == "" {
		return os.DirFS("/"), func() error { return nil }, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, &provider.Problem{
			Code: provider.ProblemUnreachable, Text: "The directory of states " + dir + " cannot be opened.", Fix: "Create it, or let the console's user read it.", Err: err,
		}
	}
	return root.FS(), root.Close, nil
}

// parseSettings validates settings, and returns the paths as package fs has them: relative to the
// root, with slashes.
func parseSettings(cfg Config, raw json.RawMessage) ([]string, error) {
	var set settings
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&set); err != nil {
		return nil, fault.Say(fault.Invalid, "The settings of a terraform source are {\"paths\": [\"…\"]}.").In("paths").Because(err)
	}
	if len(set.Paths) == 0 || len(set.Paths) > maxPaths {
		return nil, fault.Say(fault.Invalid, "paths has %d entries. Give 1 to %d files, directories or patterns.", len(set.Paths), maxPaths).In("paths")
	}
	out := make([]string, 0, len(set.Paths))
	for i, p := range set.Paths {
		rel, err := relative(cfg.Root, p)
		if err != nil {
			return nil, fault.Say(fault.Invalid, "paths[%d] %q %s.", i, p, err).In(fmt.Sprintf("paths[%d]", i))
		}
		out = append(out, rel)
	}
	return out, nil
}

// relative makes p relative to root, and refuses what lies outside.
func relative(root, p string) (string, error) {
	if strings.TrimSpace(p) == "" || strings.ContainsRune(p, 0) {
		return "", fmt.Errorf("is empty or has a NUL: name a file, a directory or a pattern")
	}
	if root == "" && !filepath.IsAbs(p) {
		return "", fmt.Errorf("is not absolute, and no directory of states is configured: begin it with /")
	}
	rel := path.Clean(filepath.ToSlash(p))
	if filepath.IsAbs(p) {
		base := "/"
		if root != "" {
			abs, err := filepath.Abs(root)
			if err != nil {
				return "", fmt.Errorf("cannot be compared with the directory of states: %w", err)
			}
			base = abs
		}
		r, err := filepath.Rel(base, rel)
		if err != nil {
			return "", fmt.Errorf("cannot be compared with the directory of states: %w", err)
		}
		rel = filepath.ToSlash(r)
	}
	if !fs.ValidPath(rel) {
		return "", fmt.Errorf("lies outside of the directory of states %s: move the state there, or ask who runs the console", root)
	}
	if _, err := path.Match(rel, ""); err != nil {
		return "", fmt.Errorf("is not a valid pattern: close its bracket")
	}
	return rel, nil
}
