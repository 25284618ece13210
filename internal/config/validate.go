package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// Validate checks what a type cannot say. Each mistake names the variable, its value and the fix.
func (c Config) Validate() error {
	v := validator{}
	v.address(c.Addr)
	v.publicURL(c)
	v.oidc(c.OIDC)
	v.session(c.Session)
	v.tls(c.TLS)
	v.folder("SECRETS_DIR", c.SecretsDir)
	v.folder("TERRAFORM_ROOT", c.TerraformRoot)
	if c.Workers < 0 {
		v.wrong("WORKERS", strconv.Itoa(c.Workers), "cannot be negative; 0 serves only")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		v.wrong("LOG_FORMAT", c.Log.Format, "is not a format; use text or json")
	}
	return report(v.problems)
}

type validator struct{ problems []string }

func (v *validator) wrong(name, value, why string) {
	v.problems = append(v.problems, fmt.Sprintf("%s%s: %q %s.", prefix, name, value, why))
}

func (v *validator) missing(name, why string) {
	v.problems = append(v.problems, fmt.Sprintf("%s%s is not set: %s.", prefix, name, why))
}

func (v *validator) address(addr string) {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		v.wrong("ADDR", addr, "is not an address; write it like 127.0.0.1:8080 or :8080")
		return
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		v.wrong("ADDR", addr, "has no port from 0 to 65535; write it like 127.0.0.1:8080")
	}
}

// publicURL must be https beyond this machine: session cookies are sent over nothing else.
func (v *validator) publicURL(c Config) {
	const name = "PUBLIC_URL"
	if c.PublicURL == "" {
		if c.OIDC.Enabled() {
			v.missing(name, "with an identity provider the console must know its own address, such as https://causeway.example.org")
		}
		return
	}
	u, err := url.Parse(c.PublicURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		v.wrong(name, c.PublicURL, "is not a web address; write it like https://causeway.example.org")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		v.wrong(name, c.PublicURL, "has more than a host; the console answers at the root of a host, such as https://causeway.example.org")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.wrong(name, c.PublicURL, "must begin with https, because browsers send session cookies over nothing else; http is for this machine only")
	}
}

func (v *validator) oidc(o OIDC) {
	if !o.Enabled() {
		for name, value := range map[string]string{"OIDC_CLIENT_ID": o.ClientID, "OIDC_ROLE_MAPPINGS": o.RoleMappings, "OIDC_CLIENT_SECRET": string(o.ClientSecret)} {
			if value != "" {
				v.missing("OIDC_ISSUER", prefix+name+" is set, and without an issuer nobody can sign in with it")
				return
			}
		}
		return
	}
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		v.wrong("OIDC_ISSUER", o.Issuer, "is not a web address; write it exactly as the issuer's discovery document has it")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.wrong("OIDC_ISSUER", o.Issuer, "must begin with https; http is for an issuer on this machine only")
	}
	if o.ClientID == "" {
		v.missing("OIDC_CLIENT_ID", "register the console with the issuer and set the client id it gave")
	}
	if o.GroupsClaim == "" {
		v.missing("OIDC_GROUPS_CLAIM", "name the claim that lists a person's groups, such as groups")
	}
}

func (v *validator) session(s Session) {
	if s.Idle <= 0 {
		v.wrong("SESSION_IDLE", s.Idle.String(), "must be longer than nothing, such as 2h")
	}
	if s.Absolute <= 0 {
		v.wrong("SESSION_ABSOLUTE", s.Absolute.String(), "must be longer than nothing, such as 12h")
	}
	if s.Idle > s.Absolute && s.Absolute > 0 {
		v.wrong("SESSION_IDLE", s.Idle.String(), fmt.Sprintf("is longer than %sSESSION_ABSOLUTE (%s), and would never count", prefix, s.Absolute))
	}
}

func (v *validator) tls(t TLS) {
	if (t.CertFile == "") != (t.KeyFile == "") {
		missing, present := "TLS_CERT_FILE", "TLS_KEY_FILE"
		if t.KeyFile == "" {
			missing, present = present, missing
		}
		v.missing(missing, prefix+present+" is set, and TLS needs both")
		return
	}
	for name, file := range map[string]string{"TLS_CERT_FILE": t.CertFile, "TLS_KEY_FILE": t.KeyFile} {
		if file == "" {
			continue
		}
		f, err := os.Open(file)
		if err != nil {
			v.wrong(name, file, fmt.Sprintf("cannot be read: %v", reason(err)))
			continue
		}
		f.Close()
	}
}

func (v *validator) folder(name, dir string) {
	if dir == "" {
		return
	}
	st, err := os.Stat(dir)
	switch {
	case err != nil:
		v.wrong(name, dir, fmt.Sprintf("cannot be used: %v; make the folder, or correct the path", reason(err)))
	case !st.IsDir():
		v.wrong(name, dir, "is a file; name a folder")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String lists every setting without secrets, a line each, for the dump at start.
func (c Config) String() string {
	var b strings.Builder
	for _, s := range settings(&c) {
		fmt.Fprintf(&b, "%s=%s\n", s.key, s.show())
	}
	return b.String()
}

// GoString is what %#v prints.
func (c Config) GoString() string { return c.String() }

// LogValue is the same for a log.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, s := range settings(&c) {
		attrs = append(attrs, slog.String(s.key, s.show()))
	}
	return slog.GroupValue(attrs...)
}

// Help lists every variable with what it means and its default, for `console help config`.
func Help() string {
	c := Default()
	var b strings.Builder
	for _, s := range settings(&c) {
		name := s.env()
		if s.secret {
			name += " (or " + name + "_FILE)"
		}
		fmt.Fprintf(&b, "%s\n    %s", name, s.help)
		if d := s.show(); !s.secret && d != "" {
			fmt.Fprintf(&b, "; default %s", d)
		}
		b.WriteString("\n")
	}
	return b.String()
}
