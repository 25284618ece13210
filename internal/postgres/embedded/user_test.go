package embedded

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// As root, every test runs once more as an ordinary user, who runs the server as themselves.
func TestAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	const nobody = 65534
	if os.Geteuid() != 0 {
		return // the other tests are that proof
	}
	bin, err := Find(os.Getenv(binEnv))
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(folder(t))
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), copyOfSelf(t, home), "-test.run=^Test[^A]", "-test.v")
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "TMPDIR="+home, binEnv+"="+bin.Dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("as an ordinary user: %v\n%s", err, out)
	}
}

// copyOfSelf is the test binary where others may run it. Another process copies it: a file that this
// one has open for writing would be busy in every child that some other test starts meanwhile.
func copyOfSelf(t *testing.T, dir string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "embedded.test")
	if out, err := exec.Command("cp", self, name).CombinedOutput(); err != nil {
		t.Fatalf("copy the test binary: %v: %s", err, out)
	}
	if err := os.Chmod(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}
