package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

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

// url names everything that PG* variables of the environment would otherwise decide.
func (l layout) url(database string) string {
	q := url.Values{"host": {l.run}, "port": {"5432"}, "user": {superuser}, "dbname": {database}, "sslmode": {"disable"}}
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
	if strings.Contains(abs, ",") {
		return layout{}, fault.Say(fault.Invalid, "The data folder %s has a comma in its path, which Postgres takes for a list. Choose another with --data.", abs)
	}
	if err := makeFolder(abs); err != nil {
		return layout{}, fault.Say(fault.Invalid, "The data folder %s cannot be made: %v. Choose another with --data.", abs, errors.Unwrap(err)).Because(err)
	}
	u, err := serverUser(l.data)
	if err != nil {
		return layout{}, err
	}
	if at, err := u.blocked(abs); err != nil {
		return layout{}, err
	} else if at != "" {
		return layout{}, fault.Say(fault.Invalid, "As root the console runs Postgres as the unprivileged user %s, who cannot pass through the folder %s. Choose one with --data that others may enter, such as /var/lib/causeway.", u.name, at)
	}
	return l, nil
}

// makeFolder makes dir. Others may enter a folder that we made whatever the umask says: the
// server's user must, and what is inside has tighter rights of its own.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o755) // reports what stands in the way
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}
