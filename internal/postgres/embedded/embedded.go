// Package embedded runs a private Postgres server in a data folder, for demo, `serve --embedded`
// and the tests. It listens on a Unix socket only. Whoever comes first starts the server, others
// join it, and the last one out stops it, however it ends: every user holds a shared lock on a
// file, and a watcher process waits for the exclusive one.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/fault"
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
	Log        *slog.Logger
}

// Server is a running server that this process uses.
type Server struct {
	URL     string // owner's connection string
	Started bool   // this process started it; otherwise it joined
	users   *os.File
}

const (
	superuser = "causeway_owner"
	database  = "causeway"
)

// Start starts the server in o.Dir, or joins the one that runs there.
func Start(ctx context.Context, o Options) (*Server, error) {
	l, err := prepare(o.Dir)
	if err != nil {
		return nil, err
	}
	// One starter at a time; a second server on one folder would look ready and not be.
	start, err := lockFile(l.startLock, syscall.LOCK_EX)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", l.startLock, err)
	}
	defer start.Close()
	users, err := lockFile(l.usersLock, syscall.LOCK_SH)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", l.usersLock, err)
	}
	s := &Server{URL: l.url(), users: users}
	if ready(ctx, s.URL) {
		return s, l.watch(o)
	}
	bin, err := Find(o.BinDir)
	if err != nil {
		users.Close()
		return nil, err
	}
	if err := l.launch(ctx, o, bin); err != nil {
		users.Close()
		return nil, err
	}
	s.Started = true
	return s, nil
}

// Close lets go of the server. The watcher stops it when nobody is left; Close then waits until it
// has stopped, so that Ctrl-C leaves nothing behind.
func (s *Server) Close() error {
	name := s.users.Name()
	if err := s.users.Close(); err != nil {
		return fmt.Errorf("release %s: %w", name, err)
	}
	data := filepath.Join(filepath.Dir(name), "pg")
	for range 200 {
		if f, err := tryLock(name, syscall.LOCK_EX); err == nil {
			f.Close() // nobody uses it: either the watcher is done, or it has not begun
			if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); errors.Is(err, os.ErrNotExist) {
				return nil
			}
		} else if f, err := tryLock(name, syscall.LOCK_SH); err == nil {
			f.Close()
			return nil // others use it too, and keep it running
		}
		pause(20 * time.Millisecond)
	}
	return fmt.Errorf("private Postgres in %s has not stopped after 4 s", data)
}

// Watch waits until nobody uses the server in dir and then stops it. It is the whole life of the
// watcher process, and survives whoever started it.
func Watch(dir string) error {
	l := paths(dir)
	one, err := tryLock(l.watchLock, syscall.LOCK_EX)
	if err != nil {
		return nil //nolint:nilerr // another watcher is on duty
	}
	defer one.Close()
	users, err := lockFile(l.usersLock, syscall.LOCK_EX)
	if err != nil {
		return fmt.Errorf("wait for %s: %w", l.usersLock, err)
	}
	defer users.Close()
	return stop(l.data)
}

// stop asks for a fast shutdown and waits for it.
func stop(data string) error {
	pid, err := postmasterPID(data)
	if err != nil {
		return nil //nolint:nilerr // no pid file: nothing runs
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		return nil //nolint:nilerr // the process is already gone
	}
	for range 600 {
		if syscall.Kill(pid, 0) != nil {
			return nil
		}
		pause(20 * time.Millisecond)
	}
	return fmt.Errorf("postgres %d has not stopped after 12 s", pid)
}

func postmasterPID(data string) (int, error) {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0, fmt.Errorf("read the pid file: %w", err)
	}
	var pid int
	if _, err := fmt.Sscanf(string(b), "%d", &pid); err != nil {
		return 0, fmt.Errorf("parse the pid file: %w", err)
	}
	return pid, nil
}

func ready(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	conn.Close(ctx) //nolint:errcheck // a probe
	return true
}

// layout is where things lie in a data folder.
type layout struct {
	root, data, run, log, startLock, usersLock, watchLock string
}

func paths(dir string) layout {
	return layout{
		root: dir, data: filepath.Join(dir, "pg"), run: filepath.Join(dir, "run"), log: filepath.Join(dir, "postgres.log"),
		startLock: filepath.Join(dir, "start.lock"), usersLock: filepath.Join(dir, "users.lock"),
		watchLock: filepath.Join(dir, "watch.lock"),
	}
}

func (l layout) url() string {
	q := url.Values{"host": {l.run}, "user": {superuser}, "dbname": {database}, "sslmode": {"disable"}}
	return "postgres:///?" + q.Encode()
}

// prepare makes the data folder and checks what would otherwise fail with a misleading message.
func prepare(dir string) (layout, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return layout{}, fmt.Errorf("data folder %s: %w", dir, err)
	}
	l := paths(abs)
	if n := len(filepath.Join(l.run, ".s.PGSQL.5432")); n > 103 {
		return layout{}, fault.Say(fault.Invalid, "The data folder %s is too deep: a Unix socket path may have 103 bytes, and this one would have %d. Choose a shorter one with --data.", abs, n)
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return layout{}, fault.Say(fault.Invalid, "The data folder %s cannot be made: %v. Choose another with --data.", abs, err)
	}
	if err := traversable(abs); err != nil {
		return layout{}, err
	}
	return l, nil
}

func (l layout) launch(ctx context.Context, o Options, bin Binaries) error {
	u, err := serverUser()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.run, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", l.run, err)
	}
	if err := u.own(l.run); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(l.data, "PG_VERSION")); errors.Is(err, os.ErrNotExist) {
		if err := l.initdb(ctx, u, bin, o); err != nil {
			return err
		}
	} else if err := l.sameMajor(&bin, o); err != nil {
		return err
	}
	logFile, err := os.OpenFile(l.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open %s: %w", l.log, err)
	}
	defer logFile.Close()
	cmd := exec.Command(filepath.Join(bin.Dir, "postgres"), l.args(o)...) //nolint:noctx // it outlives the caller; the watcher stops it
	cmd.Dir, cmd.Stdout, cmd.Stderr = l.data, logFile, logFile
	cmd.SysProcAttr = u.attr() // a group of its own: Ctrl-C reaches us and not the server
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	if err := l.watch(o); err != nil {
		return err
	}
	for range 600 {
		if ready(ctx, l.adminURL()) {
			return l.createDatabase(ctx)
		}
		select {
		case err := <-gone:
			return fmt.Errorf("postgres ended while starting (%w): %s", err, tail(l.log))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("postgres in %s is not ready after 12 s: %s", l.data, tail(l.log))
}

// watch starts the process that stops the server when nobody uses it any more.
func (l layout) watch(o Options) error {
	if len(o.Watcher) == 0 {
		return errors.New("start the watcher: no command given")
	}
	if f, err := tryLock(l.watchLock, syscall.LOCK_EX); err == nil {
		f.Close()
	} else {
		return nil //nolint:nilerr // one is on duty
	}
	cmd := exec.Command(o.Watcher[0], o.Watcher[1:]...) //nolint:noctx // it outlives the caller by design
	cmd.Env = append(os.Environ(), o.WatcherEnv...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the watcher: %w", err)
	}
	go cmd.Wait() //nolint:errcheck // reaped here while we live, by init afterwards
	return nil
}

func (l layout) adminURL() string {
	return strings.Replace(l.url(), "dbname="+database, "dbname=postgres", 1)
}

func (l layout) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, l.adminURL())
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

func (l layout) initdb(ctx context.Context, u user, bin Binaries, o Options) error {
	if o.Log != nil {
		o.Log.InfoContext(ctx, "making a private Postgres", "version", bin.Major, "folder", l.data)
	}
	if err := os.MkdirAll(l.data, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", l.data, err)
	}
	if err := u.own(l.data); err != nil {
		return err
	}
	args := []string{"-D", l.data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"}
	if o.Throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin.Dir, "initdb"), args...)
	cmd.Dir = l.data
	cmd.SysProcAttr = u.attr()
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(l.data) //nolint:errcheck // a half-made folder would look like a database
		return fmt.Errorf("initdb in %s: %w: %s", l.data, err, out)
	}
	return nil
}

// sameMajor picks the binaries that can read an existing folder.
func (l layout) sameMajor(bin *Binaries, o Options) error {
	b, err := os.ReadFile(filepath.Join(l.data, "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("read the version of %s: %w", l.data, err)
	}
	want := strings.TrimSpace(string(b))
	if want == fmt.Sprint(bin.Major) {
		return nil
	}
	if o.BinDir == "" {
		for _, d := range candidates() {
			if c, err := inspect(d); err == nil && fmt.Sprint(c.Major) == want {
				*bin = c
				return nil
			}
		}
	}
	return fault.Say(fault.Invalid, "The data in %s was made by Postgres %s, but only %d was found (%s). Install Postgres %s, or choose an empty folder with --data.",
		l.root, want, bin.Major, bin.Dir, want)
}

func (l layout) args(o Options) []string {
	set := map[string]string{
		"listen_addresses": "", "unix_socket_directories": l.run, "unix_socket_permissions": "0700", "max_connections": "100",
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
	for k, v := range o.Settings {
		set[k] = v
	}
	args := []string{"-D", l.data}
	for k, v := range set {
		args = append(args, "-c", k+"="+v)
	}
	return args
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

// pause is time.Sleep, for the few places that wait for another process.
func pause(d time.Duration) { <-time.After(d) }
