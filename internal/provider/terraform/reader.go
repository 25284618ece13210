package terraform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync"

	"github.com/causeway/causeway/internal/provider"
)

// reader reads state files; each state is a scope.
type reader struct {
	fsys  fs.FS
	shown string // what stands before a path when people read it
	paths []string
	close func() error

	mu    sync.Mutex
	known map[string]string // path by Account.ID, of the last discovery
}

var (
	_ provider.Reader = (*reader)(nil)
	_ provider.Tester = (*reader)(nil)
)

// newReader reads paths of fsys. Absolute says that fsys begins at /.
func newReader(fsys fs.FS, absolute bool, paths []string, closer func() error) *reader {
	r := &reader{fsys: fsys, paths: paths, close: sync.OnceValue(closer), known: map[string]string{}}
	if absolute {
		r.shown = "/"
	}
	return r
}

// Close lets go of the root directory.
func (r *reader) Close() error { return r.close() }

// state is one file as discovery saw it.
type state struct {
	found
	head header
	err  error // why it cannot be listed
	id   string
}

// Scopes yields a scope for each state. A file whose lineage cannot be told is a failed scope of its
// path, and makes the list incomplete: the state it used to be must not be taken to have vanished.
func (r *reader) Scopes(ctx context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		states, bad, err := r.discover(ctx)
		if err != nil {
			yield(provider.Scope{}, err)
			return
		}
		for _, s := range states {
			sc := scopeOf(s.id, s.name, s.head.lineage, s.head.serial)
			if sc.Err = s.err; strings.HasPrefix(s.id, "path:") && s.err != nil {
				sc.Revision, sc.Lineage = 0, ""
			}
			if !yield(sc, nil) {
				return
			}
		}
		for _, b := range bad {
			sc := scopeOf("path:"+b.path, r.shown+b.path, "", 0)
			sc.Err = b.err
			if !yield(sc, nil) {
				return
			}
		}
		if err := incomplete(states, bad); err != nil {
			yield(provider.Scope{}, err)
		}
	}
}

// incomplete is the error of a list in which a state may be hidden.
func incomplete(states []state, bad []trouble) error {
	var first *provider.Problem
	n := 0
	note := func(p *provider.Problem) {
		n++
		if first == nil {
			first = p
		}
	}
	for _, s := range states {
		if s.err != nil && s.head.lineage == "" {
			note(provider.ProblemOf(s.err))
		}
	}
	for _, b := range bad {
		note(b.err)
	}
	if n == 0 {
		return nil
	}
	return &provider.Problem{
		Code: first.Code, Text: fmt.Sprintf("The list of states is not complete: %d could not be identified. %s", n, first.Text), Fix: first.Fix, Err: first,
	}
}

// discover finds the files and reads the head of each.
func (r *reader) discover(ctx context.Context) ([]state, []trouble, error) {
	f, err := find(ctx, r.fsys, r.shown, r.paths)
	if err != nil {
		return nil, nil, err
	}
	states := make([]state, 0, len(f.files))
	for _, file := range f.files {
		s := state{found: file}
		if s.head, s.err = r.scan(ctx, file.path, true, nil); ctx.Err() != nil {
			return nil, nil, fmt.Errorf("read %s: %w", file.path, ctx.Err())
		}
		states = append(states, s)
	}
	r.settle(states)
	known := map[string]string{}
	for _, s := range states {
		known[s.id] = s.path
	}
	r.mu.Lock()
	r.known = known
	r.mu.Unlock()
	return states, f.bad, nil
}

// settle gives every state its id: the lineage, and the path where there is none or where another
// file is a newer copy of the same state.
func (r *reader) settle(states []state) {
	newest := map[string]int{}
	for i, s := range states {
		if j, ok := newest[s.head.lineage]; !ok || s.head.serial > states[j].head.serial {
			newest[s.head.lineage] = i
		}
	}
	for i := range states {
		s := &states[i]
		s.id = "path:" + s.path
		if s.head.lineage == "" {
			continue
		}
		n := states[newest[s.head.lineage]]
		if n.path == s.path {
			s.id = s.head.lineage
			continue
		}
		s.err = &provider.Problem{
			Code: provider.ProblemOlder,
			Text: fmt.Sprintf("%s (serial %d) is a copy of the state in %s (serial %d), which is the one that is read.",
				r.shown+s.path, s.head.serial, r.shown+n.path, n.head.serial),
			Fix: "Remove the copy, or take it out of paths.",
		}
	}
}

// Resources yields what one state declares.
func (r *reader) Resources(ctx context.Context, sc provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		if err := r.list(ctx, sc, func(res provider.Resource) bool { return yield(res, nil) }); err != nil && !errors.Is(err, errStopped) {
			yield(provider.Resource{}, err)
		}
	}
}

var errStopped = errors.New("the consumer wants no more")

func (r *reader) list(ctx context.Context, sc provider.Scope, yield func(provider.Resource) bool) error {
	p, err := r.pathOf(ctx, sc)
	if err != nil {
		return err
	}
	head, err := r.scan(ctx, p, true, nil)
	if err != nil {
		return err
	}
	if err := r.same(p, head, sc); err != nil {
		return err
	}
	c := newConverter(sc.Account.ID)
	head, err = r.scan(ctx, p, false, func(o Object, _ Dropped) error {
		if ctx.Err() != nil {
			return fmt.Errorf("read %s: %w", p, ctx.Err())
		}
		if !yield(c.resource(o)) {
			return errStopped
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.same(p, head, sc)
}

// same refuses a file that is not, or is no longer, the state of the scope.
func (r *reader) same(p string, head header, sc provider.Scope) error {
	if head.lineage != sc.Lineage {
		return &provider.Problem{Code: provider.ProblemInvalid, Text: r.shown + p + " was replaced by another state while it was read.", Fix: "Sync again."}
	}
	if head.lineage != "" && head.serial < sc.Revision {
		return &provider.Problem{
			Code: provider.ProblemOlder, Text: fmt.Sprintf("%s has serial %d, and serial %d is known.", r.shown+p, head.serial, sc.Revision),
			Fix: "Put the newest state there (`terraform state pull`).",
		}
	}
	return nil
}

func (r *reader) pathOf(ctx context.Context, sc provider.Scope) (string, error) {
	look := func() (string, bool) {
		r.mu.Lock()
		defer r.mu.Unlock()
		p, ok := r.known[sc.Account.ID]
		return p, ok
	}
	if p, ok := look(); ok {
		return p, nil
	}
	if _, _, err := r.discover(ctx); err != nil {
		return "", err
	}
	if p, ok := look(); ok {
		return p, nil
	}
	return "", &provider.Problem{Code: provider.ProblemUnreachable, Text: "The state " + sc.Account.Name + " is no longer where it was.", Fix: "Sync again."}
}

// scan reads the file at p. Errors of the file system become problems; those of ctx stay what they are.
func (r *reader) scan(ctx context.Context, p string, onlyHead bool, emit func(Object, Dropped) error) (head header, err error) {
	info, err := fs.Stat(r.fsys, p)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	var file fs.File
	if err == nil {
		file, err = r.fsys.Open(p)
	}
	if err != nil {
		return header{}, pathProblem(r.shown+p, err)
	}
	defer func() {
		if e := file.Close(); e != nil && err == nil {
			err = pathProblem(r.shown+p, e)
		}
	}()
	head, err = scan(r.shown+p, ctxReader{ctx, file}, onlyHead, emit)
	var prob *provider.Problem
	if err == nil || errors.Is(err, errStopped) || errors.As(err, &prob) || ctx.Err() != nil {
		return head, err
	}
	return head, pathProblem(r.shown+p, err)
}

// ctxReader ends a long read with its context.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, fmt.Errorf("read: %w", err)
	}
	return c.r.Read(p) //nolint:wrapcheck // io.EOF must stay itself
}

// Test reads every state from end to end, as a sync would.
func (r *reader) Test(ctx context.Context) iter.Seq2[provider.TestResult, error] {
	return func(yield func(provider.TestResult, error) bool) {
		states, bad, err := r.discover(ctx)
		if err != nil {
			yield(provider.TestResult{}, err)
			return
		}
		results := make([]provider.TestResult, 0, len(bad))
		for _, b := range bad {
			results = append(results, testResult(r.shown+b.path, b.err))
		}
		for _, s := range states {
			if s.err == nil {
				_, s.err = r.scan(ctx, s.path, false, func(Object, Dropped) error { return nil })
			}
			if ctx.Err() != nil {
				yield(provider.TestResult{}, fmt.Errorf("test %s: %w", s.path, ctx.Err()))
				return
			}
			results = append(results, testResult(r.shown+s.path, s.err))
		}
		for _, res := range results {
			if !yield(res, nil) {
				return
			}
		}
	}
}

func testResult(p string, err error) provider.TestResult {
	res := provider.TestResult{Permission: provider.Permission{Call: "read " + p, Why: "a state"}, Account: p, OK: err == nil}
	if err != nil {
		prob := provider.ProblemOf(err)
		res.Problem, res.Fix = prob.Text, prob.Fix
	}
	return res
}
