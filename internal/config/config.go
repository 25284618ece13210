// Package config is the one configuration of the console: defaults, then a YAML file, then
// CAUSEWAY_* variables. It is read once at start; whoever needs a setting is handed it. Start at
// Load; the settings themselves are the list in settings.go.
package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Config is what can be configured. Durations and times are typed; the rest is checked by Validate.
type Config struct {
	Database Database
	// DataDir is the folder of a private Postgres; "" where the database is a server's.
	DataDir string
	// Addr is where the console listens: host:port.
	Addr string
	// PublicURL is how browsers reach the console; OIDC sends people back to it.
	PublicURL string
	TLS       TLS
	// TrustedProxies are who may say where a request came from.
	TrustedProxies []netip.Prefix
	OIDC           OIDC
	Session        Session
	// SecretsDir holds the files that documents may refer to as secrets, by name.
	SecretsDir string
	// TerraformRoot is the folder below which sources may read Terraform states.
	TerraformRoot string
	// AllowLoopbackEndpoints lets sources call endpoints on this machine: emulators. Off, because a
	// source's address is a document's, and what listens on loopback trusts its callers.
	AllowLoopbackEndpoints bool
	// Workers is how many jobs run at once; 0: none, the process only serves.
	Workers int
	Log     Log
	// Zone is the organisation's: a month and an as-of day are this zone's.
	Zone *time.Location
}

// Database is where the console keeps everything.
type Database struct {
	URL Secret // may hold a password
}

// TLS is for consoles that no proxy stands before. Both files, or neither.
type TLS struct {
	CertFile string
	KeyFile  string
}

// OIDC is the identity provider that people sign in with.
type OIDC struct {
	Issuer       string
	ClientID     string
	ClientSecret Secret // empty for a public client
	Scopes       []string
	GroupsClaim  string // dotted for a nested one
	NameClaim    string // whose value names the person in grants
	// RoleMappings says what members of groups are, as package auth reads it:
	// "platform=admin; retail-ops=operator@retail".
	RoleMappings string
}

// Enabled reports whether people sign in with an identity provider.
func (o OIDC) Enabled() bool { return o.Issuer != "" }

// Session bounds how long a sign-in lasts.
type Session struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // in any case
}

// Log is how much is logged, and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// Secret is a value that is never printed, logged or encoded by accident.
type Secret string

// Reveal returns the value, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String says whether there is a value.
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set)"
}

// GoString is what %#v prints.
func (s Secret) GoString() string { return s.String() }

// LogValue is what a log shows.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is what encoders write.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Default is the configuration of somebody who configured nothing.
func Default() Config {
	return Config{
		Addr:    "127.0.0.1:8080",
		OIDC:    OIDC{Scopes: []string{"profile", "email"}, GroupsClaim: "groups", NameClaim: "email"},
		Session: Session{Idle: 2 * time.Hour, Absolute: 12 * time.Hour},
		Workers: 8,
		Log:     Log{Level: slog.LevelInfo, Format: "text"},
		Zone:    time.UTC,
	}
}
