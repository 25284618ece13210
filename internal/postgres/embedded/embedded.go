// Package embedded runs a private Postgres server in a data folder, for demo, `serve --embedded`
// and the tests. It listens on a Unix socket only. Whoever comes first starts the server, others
// join it, and the last one out stops it, however it ends: every user holds a shared lock on a
// file, and a watcher process waits for the exclusive one. docs/decisions/001 says why.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say where and how the server runs.
type Options struct {
	Dir    string // data folder; created when missing
	BinDir string // where postgres and initdb are; empty: Find
	// Throwaway trades durability for speed. Only for tests.
	Throwaway bool
	// Settings are passed as -c name=value, over the defaults.
	Settings map[string]string
	// Watcher is the command that runs Watch(dir) in a process of its own.
	Watcher []string
	// WatcherEnv is added to the watcher's environment.
	WatcherEnv []string
	Log        *slog.Logger // nil: silent
}

// Server is a running server that this process uses.
type Server struct {
	URL     string // owner's connection string
	Started bool   // this process started it; otherwise it joined
	layout  layout
	users   *os.File
}

const (
	superuser = "causeway_owner"
	database  = "causeway"
	// patience bounds starting and stopping: replaying or checkpointing a big log on a slow disk takes a while.
	patience = time.Minute
	tick     = 20 * time.Millisecond
)

// Start starts the server in o.Dir, or joins the one that runs there.
func Start(ctx context.Context, o Options) (*Server, error) {
	if len(o.Watcher) == 0 {
		return nil, errors.New("start a private Postgres: no command for its watcher given")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l, err := prepare(o.Dir)
	if err != nil {
		return nil, err
	}
	// One starter at a time; a second server on one folder would look ready and not be.
	start, err := lockFile(ctx, l.startLock, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer start.Close()
	// Waits while a watcher stops the server.
	users, err := lockFile(ctx, l.usersLock, syscall.LOCK_SH)
	if err != nil {
		return nil, err
	}
	s := &Server{URL: l.url(database), layout: l, users: users}
	if s.Started, err = l.ensure(ctx, o); err != nil {
		users.Close() // what was started meanwhile is the watcher's to stop
		return nil, err
	}
	return s, nil
}

// ensure makes the server answer, with a watcher on duty. The watcher comes first: however this
// process ends, somebody is there to stop what it started.
func (l layout) ensure(ctx context.Context, o Options) (started bool, err error) {
	if err := l.watch(o); err != nil {
		return false, err
	}
	if ready(ctx, l.url(database)) {
		return false, nil
	}
	return true, l.launch(ctx, o)
}

// Close lets go of the server. The last one out stops it and waits until it has stopped, so that
// Ctrl-C leaves nothing behind.
func (s *Server) Close() error {
	if err := s.users.Close(); err != nil {
		return fmt.Errorf("release %s: %w", s.layout.usersLock, err)
	}
	last, err := tryLock(s.layout.usersLock, syscall.LOCK_EX)
	if err == nil {
		defer last.Close()
		return stop(s.layout.data)
	}
	// Others use it, and keep it running; or the watcher was quicker, and we wait for it.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	f, err := lockFile(ctx, s.layout.usersLock, syscall.LOCK_SH)
	if err != nil {
		return fmt.Errorf("private Postgres in %s has not stopped after %s: %w", s.layout.data, patience, err)
	}
	return f.Close()
}

func ready(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	conn.Close(ctx)
	return true
}
