package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// prefix begins the name of every variable that is ours.
const prefix = "CAUSEWAY_"

// setting is one thing that can be configured. Its key in the file also names its variable:
// oidc.client_id is CAUSEWAY_OIDC_CLIENT_ID.
type setting struct {
	key    string
	help   string
	secret bool // has a twin whose name ends in _file, and is never shown
	set    func(string) error
	show   func() string
}

func (s setting) env() string { return prefix + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_")) }

// settings binds every setting to its field of c. A new one is a field, a line here, and, where a
// value can be wrong in a way its type does not say, a check in Validate.
func settings(c *Config) []setting {
	return []setting{
		{key: "database.url", help: "postgres://user@host:5432/name?sslmode=verify-full", secret: true, set: secret(&c.Database.URL), show: func() string { return redactURL(c.Database.URL) }},
		text("data_dir", "folder of a private Postgres", &c.DataDir),
		text("addr", "host:port to listen on", &c.Addr),
		text("public_url", "how browsers reach the console", &c.PublicURL),
		text("tls.cert_file", "certificate chain, PEM", &c.TLS.CertFile),
		text("tls.key_file", "its private key, PEM", &c.TLS.KeyFile),
		{key: "trusted_proxies", help: "addresses or networks, comma-separated", set: proxies(&c.TrustedProxies), show: func() string { return joinPrefixes(c.TrustedProxies) }},
		text("oidc.issuer", "https://login.example.org/realm", &c.OIDC.Issuer),
		text("oidc.client_id", "as registered with the issuer", &c.OIDC.ClientID),
		{key: "oidc.client_secret", help: "empty for a public client", secret: true, set: secret(&c.OIDC.ClientSecret), show: func() string { return c.OIDC.ClientSecret.String() }},
		list("oidc.scopes", "beside openid, comma-separated", &c.OIDC.Scopes),
		text("oidc.groups_claim", "claim that lists a person's groups", &c.OIDC.GroupsClaim),
		text("oidc.name_claim", "claim that names a person in grants", &c.OIDC.NameClaim),
		text("oidc.role_mappings", "group=role or group=role@unit, semicolon-separated", &c.OIDC.RoleMappings),
		duration("session.idle", &c.Session.Idle),
		duration("session.absolute", &c.Session.Absolute),
		text("secrets_dir", "folder of files that documents refer to as secrets", &c.SecretsDir),
		text("terraform_root", "folder below which sources may read states", &c.TerraformRoot),
		{key: "allow_loopback_endpoints", help: "true or false", set: boolean(&c.AllowLoopbackEndpoints), show: func() string { return strconv.FormatBool(c.AllowLoopbackEndpoints) }},
		{key: "workers", help: "jobs at once; 0 serves only", set: number(&c.Workers), show: func() string { return strconv.Itoa(c.Workers) }},
		{key: "log.level", help: "debug, info, warn or error", set: level(&c.Log.Level), show: func() string { return strings.ToLower(c.Log.Level.String()) }},
		text("log.format", "text or json", &c.Log.Format),
		{key: "zone", help: "IANA time zone of the organisation", set: zone(&c.Zone), show: func() string { return c.Zone.String() }},
	}
}

func text(key, help string, p *string) setting {
	return setting{key: key, help: help, set: func(v string) error { *p = v; return nil }, show: func() string { return *p }}
}

func list(key, help string, p *[]string) setting {
	return setting{key: key, help: help, set: func(v string) error { *p = split(v); return nil }, show: func() string { return strings.Join(*p, ",") }}
}

func duration(key string, p *time.Duration) setting {
	return setting{key: key, help: "such as 90m or 12h", show: func() string { return p.String() }, set: func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			return errors.New("is not a duration; write it like 90m or 12h")
		}
		*p = d
		return nil
	}}
}

func secret(p *Secret) func(string) error {
	return func(v string) error { *p = Secret(v); return nil }
}

func boolean(p *bool) func(string) error {
	return func(v string) error {
		b, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("is neither true nor false")
		}
		*p = b
		return nil
	}
}

func number(p *int) func(string) error {
	return func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil {
			return errors.New("is not a whole number")
		}
		*p = n
		return nil
	}
}

func level(p *slog.Level) func(string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return func(v string) error {
		l, ok := levels[strings.ToLower(v)]
		if !ok {
			return errors.New("is not a level; use debug, info, warn or error")
		}
		*p = l
		return nil
	}
}

func zone(p **time.Location) func(string) error {
	return func(v string) error {
		z, err := time.LoadLocation(v)
		if err != nil || v == "Local" {
			return errors.New("is not a time zone of the IANA list; write it like Europe/Berlin or UTC")
		}
		*p = z
		return nil
	}
}

func proxies(p *[]netip.Prefix) func(string) error {
	return func(v string) error {
		var out []netip.Prefix
		for _, one := range split(v) {
			if addr, err := netip.ParseAddr(one); err == nil {
				out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
				continue
			}
			network, err := netip.ParsePrefix(one)
			if err != nil {
				return fmt.Errorf("has %q, which is neither an address nor a network; write them like 10.0.0.7 or 10.0.0.0/8", one)
			}
			out = append(out, network.Masked())
		}
		*p = out
		return nil
	}
}

// split reads "a, b": parts without the space around them, empty ones left out.
func split(v string) (out []string) {
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func joinPrefixes(ps []netip.Prefix) string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.String()
	}
	return strings.Join(out, ",")
}

var passwordSetting = regexp.MustCompile(`(?i)(password|sslpassword|passfile)(\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)`)

// redactURL shows a connection string without its password, in both of its forms.
func redactURL(s Secret) string {
	if s == "" {
		return ""
	}
	raw := s.Reveal()
	if strings.Contains(raw, "://") {
		u, err := url.Parse(raw)
		if err != nil {
			return s.String()
		}
		raw = u.Redacted()
	}
	return passwordSetting.ReplaceAllString(raw, "${1}${2}xxxxx")
}
