package terraform

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/causeway/causeway/internal/provider"
)

// maxFiles bounds what one source finds, so that a wrong path such as / ends.
const maxFiles = 20_000

// found is a state file, and what to call the workspace that it is of.
type found struct{ path, name string }

// finder resolves the paths of a source. What cannot be read is kept as a problem of its path: an
// unreadable directory is not an empty one.
type finder struct {
	fsys  fs.FS
	shown string // what stands before a path when people read it
	files []found
	have  map[string]bool
	bad   []trouble
}

// trouble is a path that cannot be resolved.
type trouble struct {
	path string
	err  *provider.Problem
}

// find resolves every path. Its error is the context's.
func find(ctx context.Context, fsys fs.FS, shown string, paths []string) (*finder, error) {
	f := &finder{fsys: fsys, shown: shown, have: map[string]bool{}}
	for _, p := range paths {
		if err := f.one(ctx, p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(f.files, func(a, b found) int { return strings.Compare(a.path, b.path) })
	return f, nil
}

func (f *finder) one(ctx context.Context, p string) error {
	info, err := fs.Stat(f.fsys, p)
	switch {
	case err == nil && info.IsDir():
		return f.dir(ctx, p)
	case err == nil:
		f.add(p, "")
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(p, `*?[`):
		return f.glob(ctx, p)
	default:
		f.trouble(p, err)
	}
	return nil
}

// dir searches a directory for *.tfstate. Hidden ones are left out: .terraform keeps the record of a
// backend under the same name.
func (f *finder) dir(ctx context.Context, dir string) error {
	n := 0
	err := fs.WalkDir(f.fsys, dir, func(p string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			n++
			f.trouble(p, err)
			return fs.SkipDir
		case d.IsDir() && p != dir && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(d.Name(), ".tfstate") && !strings.HasPrefix(d.Name(), "."):
			n++
			f.add(p, dir)
		}
		if len(f.files) > maxFiles {
			f.problem(dir, provider.ProblemInvalid, fmt.Sprintf("holds more than %d states", maxFiles), "Name the directories that are meant.", nil)
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("search %s: %w", dir, err)
	}
	if n == 0 {
		f.problem(dir, provider.ProblemInvalid, "holds no *.tfstate file", "Check the path, and whether the directory is mounted. If its states are gone on purpose, take it out of paths.", nil)
	}
	return nil
}

// glob matches a pattern segment by segment. Unlike fs.Glob it reports a directory it cannot read.
func (f *finder) glob(ctx context.Context, pattern string) error {
	before := len(f.bad)
	dirs, fixed := []string{"."}, "."
	segments := strings.Split(pattern, "/")
	for i, seg := range segments {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("match %s: %w", pattern, err)
		}
		if !strings.ContainsAny(seg, `*?[`) {
			for j := range dirs {
				dirs[j] = path.Join(dirs[j], seg)
			}
			if len(dirs) == 1 && !strings.ContainsAny(strings.Join(segments[:i], "/"), `*?[`) {
				fixed = dirs[0]
			}
			continue
		}
		dirs = f.matches(dirs, seg)
	}
	n := 0
	for _, p := range dirs {
		info, err := fs.Stat(f.fsys, p)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // no match below this one
		case err != nil:
			f.trouble(p, err)
		case !info.IsDir() && n < maxFiles:
			n++
			f.add(p, fixed)
		}
	}
	if n == 0 && len(f.bad) == before {
		f.problem(pattern, provider.ProblemInvalid, "matches no file", "Check the pattern, and whether its directory is mounted. If its states are gone on purpose, take it out of paths.", nil)
	}
	return nil
}

func (f *finder) matches(dirs []string, seg string) []string {
	var out []string
	for _, d := range dirs {
		entries, err := fs.ReadDir(f.fsys, d)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !isFile(f.fsys, d) {
			f.trouble(d, err)
		}
		for _, e := range entries {
			// The pattern was checked when the settings were.
			if ok, err := path.Match(seg, e.Name()); err == nil && ok && !strings.HasPrefix(e.Name(), ".") {
				out = append(out, path.Join(d, e.Name()))
			}
		}
	}
	return out
}

func isFile(fsys fs.FS, p string) bool {
	info, err := fs.Stat(fsys, p)
	return err == nil && !info.IsDir()
}

func (f *finder) add(p, below string) {
	if !f.have[p] {
		f.have[p] = true
		f.files = append(f.files, found{p, workspaceName(p, below)})
	}
}

// workspaceName turns a path into what people call the workspace: below the configured directory,
// without the parts that every state's path has.
func workspaceName(p, below string) string {
	name := path.Base(p)
	if below != "" && below != "." {
		name = strings.TrimPrefix(p, below+"/")
	} else if below == "." {
		name = p
	}
	stem := strings.TrimSuffix(name, ".tfstate")
	if path.Base(stem) == "terraform" {
		dir := path.Dir(name)
		if dir == "." {
			dir = path.Base(path.Dir(p))
		}
		stem = dir
	}
	stem = strings.ReplaceAll("/"+stem, "/terraform.tfstate.d/", "/")
	stem = strings.Trim(stem, "/.")
	if stem = cut(clean(stem), maxNameBytes); checkName(stem) != nil {
		return "state " + fingerprint(p)
	}
	return stem
}

func (f *finder) trouble(p string, err error) {
	f.bad = append(f.bad, trouble{p, pathProblem(f.shown+p, err)})
}

func (f *finder) problem(p string, code provider.ProblemCode, text, fix string, err error) {
	f.bad = append(f.bad, trouble{p, &provider.Problem{Code: code, Text: f.shown + p + " " + text + ".", Fix: fix, Err: err}})
}

// pathProblem says what the file system answered about the path p.
func pathProblem(p string, err error) *provider.Problem {
	code, text, fix := provider.ProblemUnreachable, "cannot be read", "See that the path is right and its storage is there."
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text, fix = "does not exist", "Correct the path. If the state is gone on purpose, take it out of paths: its resources then end as scope_removed."
	case errors.Is(err, fs.ErrPermission):
		code, text, fix = provider.ProblemDenied, "may not be read by the console's user", "Let that user read the file, and search its directories."
	case errors.Is(err, errNotRegular):
		code, text, fix = provider.ProblemInvalid, "is not a regular file", "Name a state file or a directory."
	case strings.Contains(err.Error(), "path escapes"): // package os does not export this error
		code, text, fix = provider.ProblemDenied, "leads out of the directory of states", "Copy the state there: a symbolic link to the outside is not followed."
	}
	return &provider.Problem{Code: code, Text: p + " " + text + ".", Fix: fix, Err: err}
}

var errNotRegular = errors.New("not a regular file")
