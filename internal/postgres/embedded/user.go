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
	name     string
	uid, gid int
}

// serverUser is the owner of existing data, or else the first unprivileged user of the system.
func serverUser(data string) (user, error) {
	if os.Geteuid() != 0 {
		return user{}, nil
	}
	names := []string{"postgres", "_postgres", "nobody"}
	if st, err := os.Stat(data); err == nil {
		if sys, ok := st.Sys().(*syscall.Stat_t); ok && sys.Uid != 0 {
			return user{drop: true, name: fmt.Sprintf("with id %d", sys.Uid), uid: int(sys.Uid), gid: int(sys.Gid)}, nil
		}
	}
	for _, name := range names {
		u, err := osuser.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.Atoi(u.Uid)
		gid, errG := strconv.Atoi(u.Gid)
		if errU == nil && errG == nil && uid > 0 && gid >= 0 {
			return user{drop: true, name: name, uid: uid, gid: gid}, nil
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

// folder makes a folder that only the server's user may enter.
func (u user) folder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the server's folder: %w", err)
	}
	if !u.drop {
		return nil
	}
	if err := os.Chown(dir, u.uid, u.gid); err != nil {
		return fmt.Errorf("give the folder to the server's user: %w", err)
	}
	return nil
}

// blocked names the first folder on the way to dir that the server's user cannot pass; "" where
// the way is free. initdb's own message for this ("permission denied" on a folder that it owns)
// misleads.
func (u user) blocked(dir string) (string, error) {
	if !u.drop {
		return "", nil
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", fmt.Errorf("follow the data folder: %w", err)
	}
	for d := dir; ; d = filepath.Dir(d) {
		st, err := os.Stat(d)
		if err != nil {
			return "", fmt.Errorf("look at the way to %s: %w", dir, err)
		}
		if !u.passes(st) {
			return fmt.Sprintf("%s (mode %04o)", d, st.Mode().Perm()), nil
		}
		if d == filepath.Dir(d) {
			return "", nil
		}
	}
}

func (u user) passes(st os.FileInfo) bool {
	bit := os.FileMode(0o001)
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		switch {
		case int(sys.Uid) == u.uid:
			bit = 0o100
		case int(sys.Gid) == u.gid:
			bit = 0o010
		}
	}
	return st.Mode().Perm()&bit != 0
}
