package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/causeway/causeway/internal/fault"
)

// lockFile takes a lock on name, waiting for it as long as ctx allows.
func lockFile(ctx context.Context, name string, how int) (*os.File, error) {
	again := time.NewTicker(tick)
	defer again.Stop()
	for {
		f, err := tryLock(name, how)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the lock %s: %w", name, ctx.Err())
		case <-again.C:
		}
	}
}

// tryLock opens name and takes the lock if nobody stands in the way.
func tryLock(name string, how int) (*os.File, error) { return flock(name, how|syscall.LOCK_NB) }

// flock opens name and takes the lock. The file is closed on exec, so that no child keeps the lock.
func flock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrPermission) {
		return nil, fault.Say(fault.Denied, "The data folder %s belongs to another user, or may not be written. Choose another with --data.", filepath.Dir(name)).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if err == nil {
			return f, nil
		}
		if err != syscall.EINTR { //nolint:errorlint // a bare errno
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
	}
}
