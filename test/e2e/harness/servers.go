//go:build e2e

package harness

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Console is a running demo.
type Console struct {
	*Process
	URL   string // http://127.0.0.1:PORT
	Token string // of an admin
	Dir   string // its data folder
}

// ConsoleBinary is the program under test, built by `make build`.
func ConsoleBinary() string { return filepath.Join(Root(), "bin", "console") }

// StartDemo starts `console demo` in dir (empty: a new folder) and waits until it is ready: it has
// written its address and token, and answers.
func StartDemo(t testing.TB, dir string, env ...string) *Console {
	t.Helper()
	return startDemo(t, dir, env)
}

// StartSmallDemo is StartDemo in a new folder with the smallest sample estate, for tests that look
// at something else.
func StartSmallDemo(t testing.TB, env ...string) *Console {
	t.Helper()
	return startDemo(t, "", env, "--scale", "1000")
}

func startDemo(t testing.TB, dir string, env []string, more ...string) *Console {
	t.Helper()
	if dir == "" {
		dir = filepath.Join(ShortDir(t), "data")
	}
	for _, name := range []string{"server", "token"} { // of an earlier start: not an answer of this one
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	c := &Console{Dir: dir}
	args := append([]string{"demo", "--addr", "127.0.0.1:0", "--data", dir}, more...)
	c.Process = Start(t, env, ConsoleBinary(), args...)
	c.Until(t, "ready", 5*time.Minute, func(ctx context.Context) (err error) {
		if c.URL, err = readLine(filepath.Join(dir, "server")); err != nil {
			return err
		}
		if c.Token, err = readLine(filepath.Join(dir, "token")); err != nil {
			return err
		}
		return Answers(c.URL + "/readyz")(ctx)
	})
	return c
}

// StartMoto starts moto's server and returns the address that stands for every AWS endpoint.
func StartMoto(t testing.TB) (endpoint string) {
	t.Helper()
	port := FreePort(t)
	p := Start(t, []string{"PYTHONUNBUFFERED=1"}, Installed("venv", "bin", "moto_server"), "-H", "127.0.0.1", "-p", port)
	endpoint = "http://127.0.0.1:" + port
	p.Until(t, "ready", time.Minute, Answers(endpoint+"/moto-api/data.json"))
	return endpoint
}

// OIDC is a running OpenID Connect provider.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret string
}

// StartOIDC starts a provider for a console at publicURL. Who signs in there as a name of people
// gets the groups that stand beside it.
func StartOIDC(t testing.TB, publicURL string, people map[string][]string) OIDC {
	t.Helper()
	groups, err := json.Marshal(people)
	if err != nil {
		t.Fatal(err)
	}
	port := FreePort(t)
	p := Start(t, []string{"NODE_MODULES=" + Installed("node", "node_modules")}, "node", filepath.Join(Root(), "test", "e2e", "oidc-provider.mjs"),
		port, publicURL+"/sign-in/callback", publicURL+"/sign-in", string(groups))
	o := OIDC{Issuer: "http://127.0.0.1:" + port, ClientID: "causeway", ClientSecret: "e2e-client-secret"}
	p.Until(t, "ready", time.Minute, Answers(o.Issuer+"/.well-known/openid-configuration"))
	return o
}
