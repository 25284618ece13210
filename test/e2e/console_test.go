//go:build e2e

// Package e2e drives the console as people do: the program itself, a real browser, real servers.
package e2e_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway/causeway/test/e2e/harness"
	"github.com/causeway/causeway/web/story"
)

// syncTime bounds a sync of the sample estate or of an emulator on a slow machine.
const syncTime = 5 * time.Minute

// pages are checked in both themes, by an admin and a viewer. A new page adds its line.
var pages = []string{
	"/inventory",
	"/inventory?q=provider%3Aaws",
	"/inventory?q=nonsense%3A%28",
	"/sources",
	"/settings",
	"/there-is-no-such-page",
}

func TestPages(t *testing.T) {
	c := harness.StartDemo(t, "")
	b := harness.OpenBrowser(t)
	b.CheckPages(t, c.URL, "/sign-in")
	for _, role := range []string{"admin", "viewer"} {
		t.Run(role, func(t *testing.T) {
			b.SignInAs(t, c.URL, role)
			b.CheckPages(t, c.URL, pages...)
		})
	}
}

// Every page in every state, from canned data: empty, loading, failing, forbidden.
func TestStories(t *testing.T) {
	c := harness.StartSmallDemo(t)
	b := harness.OpenBrowser(t)
	b.SignInAs(t, c.URL, "viewer")
	var paths []string
	for _, s := range story.All() {
		paths = append(paths, "/story/"+s.Name)
	}
	b.CheckPages(t, c.URL, paths...)
}

// The first start shows the estate at one address; the second one has it at once.
func TestDemoStopsAndStartsAgain(t *testing.T) {
	c := harness.StartDemo(t, "")
	if !strings.Contains(c.Log(), c.URL) {
		t.Errorf("said %q, want its address in it", c.Log())
	}
	token := filepath.Join(c.Dir, "token")
	if st, err := os.Stat(token); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v; want it for its owner only", token, st.Mode(), err)
	}
	s := c.WaitSynced(t, "sample", syncTime)
	estate := c.Estate(t)
	if len(estate) < 12_000 || len(estate) > 14_000 || s.ScopesFailed != 3 {
		t.Errorf("the inventory has %d resources and %d failed scopes, want about 13,000 and the 3 that the sample is made with", len(estate), s.ScopesFailed)
	}
	stopDemo(t, c)

	begun := time.Now()
	again := harness.StartDemo(t, c.Dir)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the second start took %s, want it ready in under 5 s", took)
	}
	if n := len(again.Estate(t)); n != len(estate) {
		t.Errorf("the second start has %d resources, the first had %d", n, len(estate))
	}
	stopDemo(t, again)
}

// stopDemo presses Ctrl-C and sees that nothing is left.
func stopDemo(t *testing.T, c *harness.Console) {
	t.Helper()
	if err := c.Interrupt(t, time.Minute); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	if _, err := os.Stat(filepath.Join(c.Dir, "pg", "postmaster.pid")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Postgres still runs after Ctrl-C: %v", err)
	}
	if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", strings.TrimPrefix(c.URL, "http://")); err == nil {
		conn.Close()
		t.Error("the console still listens after Ctrl-C")
	}
	harness.NobodyAt(t, c.Dir)
}

func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := harness.Start(t, nil, harness.ConsoleBinary(), "demo", "--addr", l.Addr().String(), "--data", filepath.Join(harness.ShortDir(t), "data"))
	if err := p.Wait(t, time.Minute); err == nil {
		t.Error("started on a busy port")
	}
	if log := p.Log(); !strings.Contains(log, l.Addr().String()) || !strings.Contains(log, "--addr") {
		t.Errorf("said %q, want the address and the fix", log)
	}
}
