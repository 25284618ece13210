package embedded

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/fault"
)

// The test binary is also the processes that the tests need: a watcher, and a console that uses
// the server until its standard input ends.
const (
	watchEnv = "CAUSEWAY_EMBEDDED_WATCH"
	useEnv   = "CAUSEWAY_EMBEDDED_USE"
	binEnv   = "CAUSEWAY_TEST_POSTGRES_BIN"
)

func TestMain(m *testing.M) {
	var err error
	switch watch, use := os.Getenv(watchEnv), os.Getenv(useEnv); {
	case watch != "":
		err = Watch(watch)
	case use != "":
		err = useUntilEOF(use)
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func useUntilEOF(dir string) error {
	s, err := Start(context.Background(), options(dir))
	if err != nil {
		return err
	}
	fmt.Println("started", s.Started)
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return s.Close()
}

func options(dir string) Options {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{Dir: dir, BinDir: os.Getenv(binEnv), Throwaway: true, Watcher: []string{self}, WatcherEnv: []string{watchEnv + "=" + dir}}
}

// folder is a short one that others may enter; t.TempDir is neither.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cw") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), options(dir))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func query[T any](t *testing.T, s *Server, sql string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// process is another console on the same folder.
type process struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	out     *bufio.Reader
	started bool
}

func use(t *testing.T, dir string) *process {
	t.Helper()
	p := launchUse(t, dir)
	p.waitUp(t)
	return p
}

func launchUse(t *testing.T, dir string) *process {
	t.Helper()
	cmd := exec.Command(options(dir).Watcher[0])
	cmd.Env = append(os.Environ(), useEnv+"="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &process{cmd: cmd, stdin: stdin, out: bufio.NewReader(stdout)}
}

func (p *process) waitUp(t *testing.T) {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the other process: %v", err)
	}
	if _, err := fmt.Sscanf(line, "started %t", &p.started); err != nil {
		t.Fatalf("the other process said %q", line)
	}
}

func (p *process) end(t *testing.T) {
	t.Helper()
	p.stdin.Close()
	rest, err := io.ReadAll(p.out)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("the other process: %v: %s", err, rest)
	}
}

// eventually waits for what another process does.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	again, deadline := time.NewTicker(10*time.Millisecond), time.After(30*time.Second)
	defer again.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("after 30 s: still not %s", what)
		case <-again.C:
		}
	}
}

func stopped(dir string) func() bool {
	return func() bool {
		_, running := postmaster(paths(dir).data)
		return !running
	}
}

func TestLastOutStopsTheServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	second := use(t, dir)
	if !first.Started || second.started {
		t.Errorf("started: first %t, second %t; want true, false: the second joins", first.Started, second.started)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got := query[int](t, first, "SELECT 1"); got != 1 {
		t.Errorf("got %d after the first of two left, want the server to answer", got)
	}
	second.end(t)
	if !stopped(dir)() {
		t.Error("the last one is out, and the server runs")
	}
}

func TestManyStartAtOnce(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	var all []*process
	for range 4 {
		all = append(all, launchUse(t, dir))
	}
	starters := 0
	for _, p := range all {
		if p.waitUp(t); p.started {
			starters++
		}
	}
	if starters != 1 {
		t.Errorf("%d processes started a server, want 1", starters)
	}
	for _, p := range all {
		p.end(t)
	}
	eventually(t, "stopped", stopped(dir))
}

func TestSecondStartReusesTheData(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for i := range 3 {
		s := start(t, dir)
		if i == 0 {
			query[string](t, s, "SELECT 'made' FROM (SELECT lo_create(4711)) AS made")
		}
		if !s.Started {
			t.Errorf("start %d joined a server that should have stopped", i)
		}
		if n := query[int](t, s, "SELECT count(*)::int FROM pg_largeobject_metadata WHERE oid = 4711"); n != 1 {
			t.Errorf("start %d: the object of the first start is gone", i)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if !stopped(dir)() {
			t.Fatalf("start %d: closed, and the server runs", i)
		}
	}
}

func TestKilledOwnerLeavesNoServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	p := use(t, dir)
	if stopped(dir)() {
		t.Fatal("no server to begin with")
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait() //nolint:errcheck // killed
	eventually(t, "stopped by the watcher", stopped(dir))
	s := start(t, dir)
	defer s.Close()
	if !s.Started {
		t.Error("joined a server that should have stopped")
	}
}

func TestKilledWatcherIsReplaced(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	duty := watcherOf(t, dir)
	if err := syscall.Kill(duty, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the watcher gone", func() bool {
		f, err := tryLock(paths(dir).watchLock, syscall.LOCK_EX)
		if err == nil {
			f.Close()
		}
		return err == nil
	})
	p := use(t, dir)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait() //nolint:errcheck // killed
	eventually(t, "stopped by the second watcher", stopped(dir))
}

// watcherOf is the process that holds the watcher's lock.
func watcherOf(t *testing.T, dir string) (pid int) {
	t.Helper()
	eventually(t, "a watcher on duty", func() bool {
		b, err := os.ReadFile(paths(dir).watchLock)
		if err != nil {
			return false
		}
		_, err = fmt.Sscan(string(b), &pid)
		return err == nil
	})
	return pid
}

func TestKilledServerStartsAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, dir)
	defer first.Close()
	pid, running := postmaster(paths(dir).data)
	if !running {
		t.Fatal("no server to begin with")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "gone", stopped(dir))
	if _, ok := pidFile(paths(dir).data); !ok {
		t.Fatal("a killed server leaves its pid file; this one did not, and the test proves nothing")
	}
	second := start(t, dir)
	if got := query[int](t, second, "SELECT 1"); got != 1 {
		t.Errorf("got %d, want an answer", got)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStalePIDOfAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := start(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { other.Process.Kill(); other.Wait() }() //nolint:errcheck // killed
	name := filepath.Join(dir, "pg", "postmaster.pid")
	if err := os.WriteFile(name, fmt.Appendf(nil, "%d\n%s\n", other.Process.Pid, filepath.Dir(name)), 0o644); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the process whose number stood in the file: %v, want it untouched", err)
	}
}

func TestInterruptedInitdb(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	half := filepath.Join(dir, "pg.new")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := start(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCanceledStartLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Start(ctx, options(dir)); err == nil {
		s.Close()
		t.Fatal("started with a canceled context")
	}
	eventually(t, "stopped", stopped(dir))
	if err := start(t, dir).Close(); err != nil {
		t.Fatalf("the next start: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(filepath.Dir(folder(t)), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	old := folder(t)
	if err := os.MkdirAll(filepath.Join(old, "pg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "pg", "PG_VERSION"), []byte("9.6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(filepath.Dir(folder(t)), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, dir, bin, want, reason string }{
		{"deep", "/tmp/" + strings.Repeat("d", 100), "", "too deep", "the socket's path would not fit"},
		{"comma", filepath.Join(filepath.Dir(folder(t)), "a,b"), "", "comma", "Postgres and pgx take it for a list"},
		{"file in the way", filepath.Join(file, "data"), "", "not a directory", "the reason of the system is told"},
		{"older data", old, "", "made by Postgres 9.6", "no installed version reads it"},
		{"wrong programs", folder(t), filepath.Dir(file), filepath.Dir(file), "the folder without programs is named"},
	}
	if os.Geteuid() == 0 {
		cases = append(cases, struct{ name, dir, bin, want, reason string }{
			"closed to others", filepath.Join(closed, "data"), "", closed + " (mode 0700)", "the server's user cannot pass",
		})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := options(c.dir)
			if c.bin != "" {
				o.BinDir = c.bin
			}
			s, err := Start(t.Context(), o)
			if err == nil {
				s.Close()
				t.Fatalf("started; %s", c.reason)
			}
			text, ok := fault.Text(err)
			if !ok || !strings.Contains(text, c.want) {
				t.Errorf("got %q (public %t), want it to say %q: %s", err, ok, c.want, c.reason)
			}
		})
	}
}
