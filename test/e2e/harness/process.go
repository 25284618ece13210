//go:build e2e

// Package harness starts what the end-to-end tests need: the console itself, a browser, moto's
// server for AWS, an OpenID Connect provider. Each ends with its test. `make e2e-setup` installs
// the programs; one that is missing fails the test.
package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Root is the checkout.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Installed is where `make e2e-setup` puts things.
func Installed(elem ...string) string {
	return filepath.Join(append([]string{Root(), ".e2e"}, elem...)...)
}

// FreePort is a loopback port that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) //nolint:errcheck // a TCP listener has a TCP address
}

// Process is a program that runs until its test ends.
type Process struct {
	cmd  *exec.Cmd
	log  lockedBuffer
	gone chan struct{}
	err  error // of Wait; valid once gone is closed
}

// Start runs a program. Its output is shown when the test fails.
func Start(t testing.TB, env []string, name string, args ...string) *Process {
	t.Helper()
	p := &Process{cmd: exec.Command(name, args...), gone: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts ends with it
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v. Run `make e2e-setup`.", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.gone)
	}()
	t.Cleanup(func() {
		p.Kill(t)
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(name), p.Log())
		}
	})
	return p
}

// Log is what the program has said so far.
func (p *Process) Log() string { return p.log.String() }

// Kill ends the program at once, with what it started.
func (p *Process) Kill(t testing.TB) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Errorf("kill %s: %v", p.cmd.Path, err)
	}
	<-p.gone
}

// Interrupt asks the program to end, as Ctrl-C does, and returns how it ended.
func (p *Process) Interrupt(t testing.TB, patience time.Duration) error {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatalf("interrupt %s: %v", p.cmd.Path, err)
	}
	return p.Wait(t, patience)
}

// Wait waits for the program's own end, and returns how it ended.
func (p *Process) Wait(t testing.TB, patience time.Duration) error {
	t.Helper()
	select {
	case <-p.gone:
		return p.err
	case <-time.After(patience):
		t.Fatalf("%s has not ended after %s", p.cmd.Path, patience)
		return nil
	}
}

// Until waits for cond, as long as the program lives.
func (p *Process) Until(t testing.TB, what string, patience time.Duration, cond func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := cond(ctx)
		if err == nil {
			return
		}
		select {
		case <-p.gone:
			t.Fatalf("%s ended before %s: %v", filepath.Base(p.cmd.Path), what, p.err)
		case <-ctx.Done():
			t.Fatalf("after %s still not %s: %v", patience, what, err)
		case <-again.C:
		}
	}
}

// Answers is a condition for Until: the address answers with 200.
func Answers(url string) func(context.Context) error {
	client := &http.Client{Timeout: 5 * time.Second}
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, resp.Status)
		}
		return nil
	}
}

// NobodyAt waits until no process has the folder on its command line: a watcher may take a moment to
// see that there is nothing left to watch.
func NobodyAt(t testing.TB, dir string) {
	t.Helper()
	deadline, again := time.After(30*time.Second), time.NewTicker(100*time.Millisecond)
	defer again.Stop()
	for {
		list, err := exec.CommandContext(t.Context(), "ps", "-axo", "pid=,args=").Output()
		if err != nil {
			t.Fatalf("list the processes: %v", err)
		}
		var left []string
		for line := range strings.Lines(string(list)) {
			if strings.Contains(line, dir) {
				left = append(left, strings.TrimSpace(line))
			}
		}
		if len(left) == 0 {
			return
		}
		select {
		case <-deadline:
			t.Errorf("still running: %q", left)
			return
		case <-again.C:
		}
	}
}

// ShortDir is a folder that others may pass and whose path is short: Postgres drops root's rights,
// and a Unix socket's path is bounded.
func ShortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw-e2e") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func readLine(name string) (string, error) {
	b, err := os.ReadFile(name)
	return strings.TrimSpace(string(b)), err
}

// lockedBuffer is written by a process's copier and read by the test.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
