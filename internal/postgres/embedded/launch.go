package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/fault"
)

// launch starts the server, on a new database where there is none, and waits until it answers.
func (l layout) launch(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("postgres in %s is not ready after %s", l.data, patience))
	defer cancel()
	// What a killed server left behind ends by itself in a moment, and until then a new one refuses
	// to start. Its pid file says that there was one.
	_, crashed := pidFile(l.data)
	for {
		err := l.tryLaunch(ctx, o)
		var ended *endedError
		if err == nil {
			return l.createDatabase(ctx)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %s", context.Cause(ctx), tail(l.log))
		}
		if !crashed || !errors.As(err, &ended) || !strings.Contains(ended.log, "shared memory") {
			return err
		}
	}
}

// endedError is a server that ended instead of answering.
type endedError struct {
	err error
	log string
}

func (e *endedError) Error() string {
	return fmt.Sprintf("postgres ended while starting (%v): %s", e.err, e.log)
}
func (e *endedError) Unwrap() error { return e.err }

// tryLaunch starts the server once and waits until it answers.
func (l layout) tryLaunch(ctx context.Context, o Options) error {
	gone := make(chan error, 1)
	// After a crash of whoever started it, a server may be there that does not answer yet.
	if _, running := postmaster(l.data); !running {
		cmd, err := l.start(ctx, o)
		if err != nil {
			return err
		}
		go func() { gone <- cmd.Wait() }()
	}
	again := time.NewTicker(tick)
	defer again.Stop()
	for !ready(ctx, l.url("postgres")) {
		select {
		case err := <-gone:
			return &endedError{err: err, log: tail(l.log)}
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
	return nil
}

func (l layout) start(ctx context.Context, o Options) (*exec.Cmd, error) {
	bin, err := Find(o.BinDir)
	if err != nil {
		return nil, err
	}
	u, err := serverUser(l.data)
	if err != nil {
		return nil, err
	}
	_, err = os.Stat(filepath.Join(l.data, "PG_VERSION"))
	isNew := errors.Is(err, fs.ErrNotExist)
	if !isNew {
		if bin, err = l.sameMajor(bin, o); err != nil {
			return nil, err
		}
	}
	if at, err := u.blocked(bin.Dir); err != nil {
		return nil, err
	} else if at != "" {
		return nil, fault.Say(fault.Invalid, "As root the console runs Postgres as the unprivileged user %s, who cannot reach its programs in %s (%s is closed to others). Install Postgres from your system's packages.", u.name, bin.Dir, at)
	}
	if isNew {
		if err := l.initdb(ctx, u, bin, o); err != nil {
			return nil, err
		}
	}
	if err := u.folder(l.run); err != nil {
		return nil, err
	}
	if err := l.clearStalePID(ctx, o); err != nil {
		return nil, err
	}
	logFile, err := os.OpenFile(l.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the server's log: %w", err)
	}
	defer logFile.Close()
	cmd := exec.Command(filepath.Join(bin.Dir, "postgres"), l.args(o)...) //nolint:noctx // it outlives the caller; the watcher stops it
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.data, logFile, logFile
	cmd.SysProcAttr = u.attr() // a session of its own: Ctrl-C reaches us and not the server
	cmd.Env = append(os.Environ(), "LC_ALL="+locale().env)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	return cmd, nil
}

// clearStalePID removes the pid file of a server that ended without doing so, where its number
// belongs to another process by now: Postgres would refuse to start. That happens when a container
// is killed, as numbers begin anew in the next one. Otherwise Postgres sees by itself that the file
// is stale, and looks for what that server left.
func (l layout) clearStalePID(ctx context.Context, o Options) error {
	pid, ok := pidFile(l.data)
	if !ok || !alive(pid) || serves(pid, l.data) {
		return nil
	}
	o.Log.WarnContext(ctx, "removing the stale pid file of a private Postgres", "folder", l.data, "pid", pid)
	if err := os.Remove(filepath.Join(l.data, "postmaster.pid")); err != nil {
		return fmt.Errorf("remove the stale pid file: %w", err)
	}
	return nil
}

// initdb makes the database beside its place and then moves it there: a folder that a killed
// process left half-made would look like a database.
func (l layout) initdb(ctx context.Context, u user, bin Binaries, o Options) error {
	o.Log.InfoContext(ctx, "making a private Postgres", "version", bin.Major, "folder", l.data)
	making := l.data + ".new"
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("clear %s: %w", making, err)
	}
	if err := u.folder(making); err != nil {
		return err
	}
	args := append([]string{"-D", making, "-U", superuser, "-A", "trust", "-E", "UTF8", "--data-checksums"}, locale().initdb...)
	if o.Throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.Dir, "initdb"), args...)
	cmd.Dir = making
	cmd.SysProcAttr = u.attr()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", making, err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(making, l.data); err != nil {
		return fmt.Errorf("move the new database to its place: %w", err)
	}
	return nil
}

// sameMajor picks the programs that can read an existing folder.
func (l layout) sameMajor(found Binaries, o Options) (Binaries, error) {
	b, err := os.ReadFile(filepath.Join(l.data, "PG_VERSION"))
	if err != nil {
		return Binaries{}, fmt.Errorf("read the version of %s: %w", l.data, err)
	}
	want := strings.TrimSpace(string(b))
	if want == strconv.Itoa(found.Major) {
		return found, nil
	}
	if o.BinDir == "" {
		for _, d := range candidates() {
			if c, err := inspect(d); err == nil && strconv.Itoa(c.Major) == want {
				return c, nil
			}
		}
	}
	return Binaries{}, fault.Say(fault.Invalid, "The data in %s was made by Postgres %s, and the programs found are Postgres %d (%s). Install Postgres %s, or choose an empty folder with --data.",
		l.root, want, found.Major, found.Dir, want)
}

func (l layout) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, l.url("postgres"))
	if err != nil {
		return fmt.Errorf("connect to the private server: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+database); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

// args are the server's settings: for one machine that it shares with the console. Nothing that
// only some builds of Postgres know: lz4, say.
func (l layout) args(o Options) []string {
	set := map[string]string{
		"listen_addresses": "", "port": "5432", "unix_socket_directories": `"` + strings.ReplaceAll(l.run, `"`, `""`) + `"`,
		"unix_socket_permissions": "0700", "max_connections": "100",
		"shared_buffers": "256MB", "work_mem": "16MB", "maintenance_work_mem": "128MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min",
		"wal_compression": "on", "random_page_cost": "1.1", "effective_cache_size": "1GB", "jit": "off",
		"track_io_timing": "off", "timezone": "UTC", "log_timezone": "UTC", "log_min_messages": "warning",
	}
	if o.Throwaway {
		for _, k := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			set[k] = "off"
		}
		set["max_connections"] = "300"
		set["shared_buffers"] = "128MB"
	}
	maps.Copy(set, o.Settings)
	args := []string{"-D", l.data}
	for k, v := range set {
		args = append(args, "-c", k+"="+v)
	}
	return args
}

type localeSettings struct {
	env    string
	initdb []string
}

// locale sorts by code point and knows letters of every script. macOS has no C.UTF-8.
func locale() localeSettings {
	if runtime.GOOS == "darwin" {
		return localeSettings{env: "en_US.UTF-8", initdb: []string{"--locale=C", "--lc-ctype=en_US.UTF-8"}}
	}
	return localeSettings{env: "C.UTF-8", initdb: []string{"--locale=C.UTF-8"}}
}

func tail(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return "no log: " + err.Error()
	}
	if len(b) > 1500 {
		b = b[len(b)-1500:]
	}
	return strings.TrimSpace(string(b))
}
