package main

import (
	"errors"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// Variables of the clients.
const (
	serverEnv    = "CAUSEWAY_SERVER"
	tokenEnv     = "CAUSEWAY_TOKEN"
	tokenFileEnv = "CAUSEWAY_TOKEN_FILE"
	dataEnv      = "CAUSEWAY_DATA_DIR"
)

// target is the server a command talks to.
type target struct {
	base  *url.URL
	token string
}

// target finds server and token. The token in a data directory belongs to the server named there
// and is sent to no other.
func (a *app) target() (target, error) {
	dir := a.data
	if dir == "" {
		dir = a.getenv(dataEnv)
	}
	var dirServer string
	if dir != "" {
		var err error
		if dirServer, err = readLine(filepath.Join(dir, "server")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return target{}, fault.Say(fault.Denied, "%s cannot be read by this user.", filepath.Join(dir, "server")).Because(err)
		}
	}
	server, from := a.server, "--server"
	if server == "" && a.data == "" {
		server, from = a.getenv(serverEnv), serverEnv
	}
	if server == "" {
		server, from = dirServer, filepath.Join(dir, "server")
	}
	if server == "" && dir != "" {
		return target{}, fault.Say(fault.NotFound, "No console runs in %s: it has no file named server. Start one with console demo --data %s, or name a server with --server URL.", dir, dir)
	}
	if server == "" {
		return target{}, fault.Say(fault.Invalid, "No server is named. Use --server URL, set %s, or use --data DIR for a demo on this machine.", serverEnv)
	}
	base, err := parseServer(server, from)
	if err != nil {
		return target{}, err
	}
	token, err := a.token(dir, server == dirServer)
	if err != nil {
		return target{}, err
	}
	return target{base: base, token: token}, nil
}

func parseServer(server, from string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(server, "/"))
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, fault.Say(fault.Invalid, "%s is %q, which is not the address of a server; write it like https://causeway.example.org.", from, server)
	case u.User != nil:
		return nil, fault.Say(fault.Invalid, "%s has a user name or password in it; use a token (%s) instead.", from, tokenEnv)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fault.Say(fault.Invalid, "%s is %q; leave out what follows ? or #.", from, server)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fault.Say(fault.Denied, "%s is %s: a token is not sent in clear over a network. Use https.", from, server)
	}
	return u, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

func (a *app) token(dir string, dirServes bool) (string, error) {
	if t := strings.TrimSpace(a.getenv(tokenEnv)); t != "" && (!dirServes || a.data == "") {
		return checkToken(t, tokenEnv)
	}
	file := a.getenv(tokenFileEnv)
	if dirServes && (a.data != "" || file == "") {
		file = filepath.Join(dir, "token")
	}
	if file == "" {
		return "", fault.Say(fault.Denied, "There is no token. Set %s or %s; console token create makes one.", tokenEnv, tokenFileEnv)
	}
	t, err := readLine(file)
	if err != nil {
		return "", fault.Say(fault.Denied, "The token in %s cannot be read.", file).Because(err)
	}
	return checkToken(t, file)
}

func checkToken(t, from string) (string, error) {
	if t == "" || strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.Say(fault.Invalid, "What %s holds is not a token: it is empty or has spaces in it.", from)
	}
	return t, nil
}

func readLine(file string) (string, error) {
	b, err := os.ReadFile(file)
	return strings.TrimSpace(string(b)), err
}
