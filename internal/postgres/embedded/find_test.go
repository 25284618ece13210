package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/fault"
)

func TestParseMajor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want int
	}{
		{"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", 15},
		{"postgres (PostgreSQL) 18beta2\n", 18},
		{"postgres (PostgreSQL) 19devel\n", 19},
		{"postgres (PostgreSQL) 9.6.24\n", 9},
	} {
		got, err := parseMajor(c.in)
		if err != nil || got != c.want {
			t.Errorf("parseMajor(%q) = %d, %v; want %d", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{"", "postgres", "postgres (PostgreSQL) devel"} {
		if got, err := parseMajor(in); err == nil {
			t.Errorf("parseMajor(%q) = %d, want an error", in, got)
		}
	}
}

// fakePostgres makes a folder of programs that answer with a version.
func fakePostgres(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{"initdb": "#!/bin/sh\n", "postgres": "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Not parallel: a program just written is busy while another test forks.
func TestNewest(t *testing.T) {
	v14, v16, v17, empty := fakePostgres(t, "14.2"), fakePostgres(t, "16.1"), fakePostgres(t, "17.0"), t.TempDir()
	found, old := newest([]string{empty, v16, v14, v17})
	if found == nil || found.Dir != v17 || found.Major != 17 {
		t.Errorf("found %v, want 17", found)
	}
	if old == nil || old.Dir != v14 {
		t.Errorf("too old: %v, want 14", old)
	}
	if found, _ := newest([]string{v14, empty}); found != nil {
		t.Errorf("found %v, want nothing: 14 is too old", found)
	}
}

func TestFindHint(t *testing.T) {
	v16 := fakePostgres(t, "16.1")
	if got, err := Find(v16); err != nil || got.Major != 16 {
		t.Errorf("Find(%s) = %v, %v; want 16", v16, got, err)
	}
	v14 := fakePostgres(t, "14.2")
	_, err := Find(v14)
	if text, ok := fault.Text(err); !ok || !strings.Contains(text, v14) {
		t.Errorf("got %v, want an error that names %s", err, v14)
	}
}
