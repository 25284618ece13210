package embedded

import (
	"fmt"
	"os"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/causeway/causeway/internal/fault"
)

// user is who the server runs as. initdb and postgres refuse root, so root drops to a user
// without rights; anybody else runs it as themselves.
type user struct {
	drop     bool
	uid, gid int
}

func serverUser() (user, error) {
	if os.Geteuid() != 0 {
		return user{}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.Atoi(u.Uid)
		gid, errG := strconv.Atoi(u.Gid)
		if errU == nil && errG == nil && uid != 0 {
			return user{drop: true, uid: uid, gid: gid}, nil
		}
	}
	return user{}, fault.Say(fault.Unavailable, "Postgres refuses to run as root, and neither the user postgres nor nobody exists. Run the console as an ordinary user.")
}

func (u user) attr() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setsid: true}
	if u.drop {
		a.Credential = &syscall.Credential{Uid: uint32(u.uid), Gid: uint32(u.gid)} //nolint:gosec // ids from the user database fit
	}
	return a
}

// own gives a folder to the server's user.
func (u user) own(dir string) error {
	if !u.drop {
		return nil
	}
	if err := os.Chown(dir, u.uid, u.gid); err != nil {
		return fmt.Errorf("give %s to the server's user: %w", dir, err)
	}
	return nil
}

// traversable checks that the server's user can reach dir: initdb's own message for this
// ("permission denied" on a folder that it owns) misleads.
func traversable(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	for d := dir; ; d = filepath.Dir(d) {
		st, err := os.Stat(d)
		if err != nil {
			return fmt.Errorf("look at %s: %w", d, err)
		}
		if st.Mode().Perm()&0o001 == 0 {
			return fault.Say(fault.Invalid, "As root the console runs Postgres as an unprivileged user, and that user cannot pass through %s (mode %04o). Choose a folder with --data that others may enter, such as /var/lib/causeway.", d, st.Mode().Perm())
		}
		if d == filepath.Dir(d) {
			return nil
		}
	}
}

// lockFile opens name and takes the lock, waiting for it.
func lockFile(name string, how int) (*os.File, error) { return flock(name, how) }

// tryLock opens name and takes the lock if nobody stands in the way.
func tryLock(name string, how int) (*os.File, error) { return flock(name, how|syscall.LOCK_NB) }

func flock(name string, how int) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
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
