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
	Paths []string `json:"paths,omitempty"`
	// Push says that the source is fed by console push. Not together with paths: a sync of the paths
	// would take the pushed states, which it does not find there, to have vanished.
	Push bool `json:"push,omitempty"`
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
		Fields: []provider.Field{
			{
				Name: "paths", Label: "Paths", Type: provider.FieldList, Example: "states/network/*.tfstate",
				Help: "One a line: a state file, a pattern (*, ?, [a-z]), or a directory, which is searched for *.tfstate. A new file appears by itself.",
			},
			{Name: "push", Label: "Fed by console push", Type: provider.FieldBool, Help: "Instead of paths: pipelines send their states, already redacted."},
		},
		Check: func(raw json.RawMessage) error {
			_, err := parseSettings(cfg, raw)
			return err
		},
		Open: func(_ context.Context, src provider.Source) (provider.Reader, error) {
			paths, err := parseSettings(cfg, src.Settings)
			if err != nil {
				return nil, err
			}
			if paths == nil {
				// Not an empty list of states: that would end every pushed one.
				return nil, &provider.Problem{
					Code: provider.ProblemInvalid, Text: "The source " + src.Name + " is fed by console push and has nothing to read by itself.",
					Fix: "Run console push in the pipeline that applies the state, and give the source no schedule.",
				}
			}
			fsys, closer, err := openRoot(cfg.Root)
			if err != nil {
				return nil, err
			}
			return newReader(fsys, cfg.Root == "", paths, closer), nil
		},
		AcceptPush: func(raw json.RawMessage, body []byte) ([]byte, error) {
			paths, err := parseSettings(cfg, raw)
			if err != nil {
				return nil, err
			}
			if paths != nil {
				return nil, fault.Say(fault.Conflict, "This source reads states from paths; what is pushed to it would vanish with its next sync. Push to a source with push: true.").In("spec.terraform.push")
			}
			return CleanPush(body)
		},
		OpenPush: func(payload []byte) (provider.Reader, error) {
			s, err := DecodeSnapshot(bytes.NewReader(payload))
			if err != nil {
				text, _ := fault.Text(err)
				return nil, &provider.Problem{Code: provider.ProblemInvalid, Text: text, Err: err}
			}
			return PushReader(s), nil
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
// root, with slashes. Nil paths mean a source that is fed by pushes.
func parseSettings(cfg Config, raw json.RawMessage) ([]string, error) {
	var set settings
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&set); err != nil {
		return nil, fault.Say(fault.Invalid, "The settings of a terraform source are {\"paths\": [\"…\"]} or {\"push\": true}.").In("paths").Because(err)
	}
	if set.Push {
		if len(set.Paths) > 0 {
			return nil, fault.Say(fault.Invalid, "A terraform source has paths or push, not both. Make two sources of it.").In("push")
		}
		return nil, nil
	}
	if len(set.Paths) == 0 || len(set.Paths) > maxPaths {
		return nil, fault.Say(fault.Invalid, "paths has %d entries. Give 1 to %d files, directories or patterns, or say push: true.", len(set.Paths), maxPaths).In("paths")
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
