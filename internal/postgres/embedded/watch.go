package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Watch waits until nobody uses the server in dir and then stops it. It is the whole life of the
// watcher process, and survives whoever started it.
func Watch(dir string) error {
	l := paths(dir)
	duty, err := tryLock(l.watchLock, syscall.LOCK_EX)
	if err != nil {
		return nil //nolint:nilerr // another watcher is on duty
	}
	if err := writePID(duty); err != nil {
		duty.Close()
		return err
	}
	users, err := flock(l.usersLock, syscall.LOCK_EX)
	if err != nil {
		duty.Close()
		return fmt.Errorf("wait until nobody uses %s: %w", dir, err)
	}
	err = stop(l.data)
	// In this order: whoever waits to use the server must not find a watcher that is about to leave.
	duty.Close()
	users.Close()
	return err
}

// writePID says in the lock who is on duty, for whoever wonders about the process.
func writePID(duty *os.File) error {
	if err := duty.Truncate(0); err != nil {
		return fmt.Errorf("write the watcher's number: %w", err)
	}
	if _, err := fmt.Fprintln(duty, os.Getpid()); err != nil {
		return fmt.Errorf("write the watcher's number: %w", err)
	}
	return nil
}

// watch starts the watcher process where none is on duty.
func (l layout) watch(o Options) error {
	if f, err := tryLock(l.watchLock, syscall.LOCK_EX); err == nil {
		f.Close()
	} else {
		return nil // one is on duty
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

// stop asks for a fast shutdown and waits for it.
func stop(data string) error {
	pid, running := postmaster(data)
	if !running {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop postgres %d: %w", pid, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(tick)
	defer again.Stop()
	for serves(pid, data) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres %d in %s has not stopped after %s", pid, data, patience)
		case <-again.C:
		}
	}
	return nil
}

// postmaster returns the process that serves data. A pid file alone proves nothing: after a crash
// the number may belong to somebody else by now.
func postmaster(data string) (pid int, running bool) {
	pid, ok := pidFile(data)
	return pid, ok && serves(pid, data)
}

// pidFile returns the process that a running or killed server wrote down.
func pidFile(data string) (pid int, ok bool) {
	b, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	pid, err = strconv.Atoi(string(bytes.TrimSpace(line)))
	return pid, err == nil && pid > 1
}

// alive reports whether process pid exists and is ours to signal.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// serves reports whether process pid is the server of data, by its command line. A zombie has none.
func serves(pid int, data string) bool {
	name := strconv.Itoa(pid)
	command, err := os.ReadFile(filepath.Join("/proc", name, "cmdline"))
	if err != nil {
		if _, noProc := os.Stat("/proc/self/cmdline"); noProc == nil {
			return false // Linux, and the process is gone
		}
		command, err = exec.Command("ps", "-ww", "-o", "command=", "-p", name).Output() //nolint:noctx // it answers at once
		if err != nil {
			return false
		}
		return bytes.Contains(command, []byte(" -D "+data+" "))
	}
	return bytes.Contains(command, []byte("\x00-D\x00"+data+"\x00"))
}
