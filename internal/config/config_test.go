package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func load(t *testing.T, file string, environ ...string) config.Config {
	t.Helper()
	c, err := config.Load(file, environ)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var opts = cmp.Options{
	cmpopts.EquateComparable(netip.Prefix{}),
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b config.Secret) bool { return a == b }),
}

func TestDefaultsAreValid(t *testing.T) {
	t.Parallel()
	got := load(t, "", "HOME=/nowhere", "CAUSEWAY_TOKEN=a-client's", "CAUSEWAY_E2E_CHROME=x", "CAUSEWAY_TEST_POSTGRES_BIN=y")
	if diff := cmp.Diff(config.Default(), got, opts); diff != "" {
		t.Errorf("without configuration (-want +got):\n%s", diff)
	}
	if got.Addr != "127.0.0.1:8080" {
		t.Errorf("listens on %s by default, want loopback", got.Addr)
	}
}

func TestEnvironmentWinsOverFileWinsOverDefaults(t *testing.T) {
	t.Parallel()
	file := write(t, "c.yaml", `
# everything a file can say
database: {url: "postgres://file@db/causeway"}
addr: 127.0.0.1:9000
trusted_proxies: [10.1.2.3, 10.0.0.0/8]
oidc:
  issuer: https://login.example.org
  client_id: causeway
  client_secret_file: `+write(t, "secret", "from the file\n")+`
  scopes: [groups]
  role_mappings:
    - platform=admin
    - /retail,ops=operator@retail
public_url: https://causeway.example.org
session: {idle: 30m}
log: {level: warn, format: json}
zone: Europe/Berlin
workers: 2
`)
	got := load(t, "", "CAUSEWAY_CONFIG="+file, "CAUSEWAY_ADDR=:9100", "CAUSEWAY_SESSION_ABSOLUTE=1h", "CAUSEWAY_ALLOW_LOOPBACK_ENDPOINTS=true", "CAUSEWAY_WORKERS=")
	want := config.Default()
	want.Database.URL = "postgres://file@db/causeway"
	want.Addr = ":9100"
	want.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.1.2.3/32"), netip.MustParsePrefix("10.0.0.0/8")}
	want.OIDC.Issuer, want.OIDC.ClientID, want.OIDC.ClientSecret = "https://login.example.org", "causeway", "from the file"
	want.OIDC.Scopes, want.OIDC.RoleMappings = []string{"groups"}, "platform=admin; /retail,ops=operator@retail"
	want.PublicURL = "https://causeway.example.org"
	want.Session = config.Session{Idle: 30 * time.Minute, Absolute: time.Hour}
	want.Log = config.Log{Level: slog.LevelWarn, Format: "json"}
	want.Workers, want.AllowLoopbackEndpoints = 2, true
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want.Zone = berlin
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{"s3cret": "s3cret", "s3cret\n": "s3cret", "s3cret\r\n": "s3cret", " s3cret \n\n": " s3cret \n"} {
		got := load(t, "", "CAUSEWAY_DATABASE_URL_FILE="+write(t, "url", content)).Database.URL.Reveal()
		if got != want {
			t.Errorf("file %q gives %q, want %q: one newline is the editor's, the rest is the secret", content, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, c := range []struct {
		name, file string
		environ    []string
		want       []string
	}{
		{"unknown variable", "", []string{"CAUSEWAY_DATABSE_URL=x"}, []string{"CAUSEWAY_DATABSE_URL is not known", "Did you mean CAUSEWAY_DATABASE_URL?"}},
		{"variable like no other", "", []string{"CAUSEWAY_COLOUR_OF_THE_SKY=x"}, []string{"CAUSEWAY_COLOUR_OF_THE_SKY is not known", "console help config"}},
		{"both twins", "", []string{"CAUSEWAY_DATABASE_URL=x", "CAUSEWAY_DATABASE_URL_FILE=y"}, []string{"CAUSEWAY_DATABASE_URL and CAUSEWAY_DATABASE_URL_FILE are both set"}},
		{"secret file missing", "", []string{"CAUSEWAY_DATABASE_URL_FILE=" + folder + "/none"}, []string{"CAUSEWAY_DATABASE_URL_FILE", folder + "/none", "no such file"}},
		{"secret file empty", "", []string{"CAUSEWAY_DATABASE_URL_FILE=" + write(t, "empty", "\n")}, []string{"is empty"}},
		{"bad types", "", []string{"CAUSEWAY_WORKERS=many", "CAUSEWAY_ALLOW_LOOPBACK_ENDPOINTS=perhaps", "CAUSEWAY_SESSION_IDLE=2", "CAUSEWAY_LOG_LEVEL=loud"}, []string{
			`CAUSEWAY_WORKERS: "many" is not a whole number`, `"perhaps" is neither true nor false`, `CAUSEWAY_SESSION_IDLE: "2" is not a duration`, `CAUSEWAY_LOG_LEVEL: "loud"`,
		}},
		{"zone", "", []string{"CAUSEWAY_ZONE=Berlin"}, []string{`CAUSEWAY_ZONE: "Berlin" is not a time zone`, "Europe/Berlin"}},
		{"proxies", "", []string{"CAUSEWAY_TRUSTED_PROXIES=10.0.0.1, lb.example.org"}, []string{`"lb.example.org"`, "10.0.0.0/8"}},
		{"address", "", []string{"CAUSEWAY_ADDR=8080"}, []string{`CAUSEWAY_ADDR: "8080"`, "127.0.0.1:8080"}},
		{"port", "", []string{"CAUSEWAY_ADDR=:808080"}, []string{"0 to 65535"}},
		{"OIDC without the rest", "", []string{"CAUSEWAY_OIDC_ISSUER=https://id.example.org"}, []string{"CAUSEWAY_PUBLIC_URL is not set", "CAUSEWAY_OIDC_CLIENT_ID is not set"}},
		{"OIDC without an issuer", "", []string{"CAUSEWAY_OIDC_CLIENT_ID=c"}, []string{"CAUSEWAY_OIDC_ISSUER is not set", "CAUSEWAY_OIDC_CLIENT_ID is set"}},
		{"issuer in the clear", "", []string{"CAUSEWAY_OIDC_ISSUER=http://id.example.org", "CAUSEWAY_OIDC_CLIENT_ID=c", "CAUSEWAY_PUBLIC_URL=http://127.0.0.1:8080"}, []string{"CAUSEWAY_OIDC_ISSUER", "https"}},
		{"public address in the clear", "", []string{"CAUSEWAY_PUBLIC_URL=http://causeway.example.org"}, []string{"CAUSEWAY_PUBLIC_URL", "session cookies"}},
		{"public address with a path", "", []string{"CAUSEWAY_PUBLIC_URL=https://example.org/causeway"}, []string{"root of a host"}},
		{"idle longer than absolute", "", []string{"CAUSEWAY_SESSION_IDLE=24h"}, []string{"CAUSEWAY_SESSION_IDLE", "CAUSEWAY_SESSION_ABSOLUTE (12h0m0s)"}},
		{"half of TLS", "", []string{"CAUSEWAY_TLS_CERT_FILE=/c.pem"}, []string{"CAUSEWAY_TLS_KEY_FILE is not set"}},
		{"TLS file missing", "", []string{"CAUSEWAY_TLS_CERT_FILE=" + folder + "/c.pem", "CAUSEWAY_TLS_KEY_FILE=" + folder + "/k.pem"}, []string{folder + "/c.pem", folder + "/k.pem"}},
		{"folders", "", []string{"CAUSEWAY_SECRETS_DIR=" + folder + "/none", "CAUSEWAY_TERRAFORM_ROOT=" + write(t, "file", "")}, []string{"make the folder", "is a file"}},
		{"negative workers", "", []string{"CAUSEWAY_WORKERS=-1"}, []string{"CAUSEWAY_WORKERS", "cannot be negative"}},
		{"format", "", []string{"CAUSEWAY_LOG_FORMAT=xml"}, []string{`"xml" is not a format`}},
		{"no file", folder + "/none.yaml", nil, []string{folder + "/none.yaml", "--config"}},
		{"no YAML", write(t, "c", "a: [1\n"), nil, []string{"is not YAML", "line 1"}},
		{"unknown keys", write(t, "c", "oidc:\n  isuer: https://x\nworker: 3\n"), nil, []string{":2: oidc.isuer is not a setting; did you mean oidc.issuer?", ":3: worker is not a setting; did you mean workers?"}},
		{"a key twice", write(t, "c", "addr: a:1\naddr: b:2\n"), nil, []string{"addr"}},
		{"settings where a value goes", write(t, "c", "addr: {host: a}\n"), nil, []string{":1: addr must be a value"}},
		{"a value where settings go", write(t, "c", "oidc: yes\n"), nil, []string{":1: oidc must hold settings"}},
		{"wrong value in a file", write(t, "c", "\nworkers: many\n"), nil, []string{":2: workers", "not a whole number"}},
		{"twins in a file", write(t, "c", "database: {url: x, url_file: y}\n"), nil, []string{"database.url and database.url_file are both set"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(c.file, c.environ)
			text, ok := fault.Text(err)
			if !ok || !errors.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want an error that a person may read", err)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("the message does not say %q:\n%s", want, text)
				}
			}
		})
	}
}

func TestNothingShowsSecrets(t *testing.T) {
	t.Parallel()
	const password, client = "pa55word", "cl1ent-s3cret"
	for _, url := range []string{"postgres://me:" + password + "@db/causeway?sslmode=disable", "host=db user=me password=" + password + " dbname=causeway", "postgres://db/causeway?user=me&password=" + password, "host=db password='" + password + " and \\'more'"} {
		c := load(t, "", "CAUSEWAY_DATABASE_URL="+url, "CAUSEWAY_OIDC_CLIENT_SECRET="+client, "CAUSEWAY_OIDC_ISSUER=https://id.example.org",
			"CAUSEWAY_OIDC_CLIENT_ID=c", "CAUSEWAY_PUBLIC_URL=https://causeway.example.org")
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c, "url", c.Database.URL)
		encoded, err := json.Marshal(c.OIDC)
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%v\n%+v\n%#v\n%s\n%v\n%#v\n%s\n%s", c, c, c, c, c.OIDC, c.OIDC, log.String(), encoded)
		for _, secret := range []string{password, client, "more"} {
			if strings.Contains(all, secret) {
				t.Errorf("%q of %s is shown:\n%s", secret, url, all)
			}
		}
		if !strings.Contains(c.String(), "db") || !strings.Contains(c.String(), "oidc.client_secret=(set)") {
			t.Errorf("the dump hides more than secrets:\n%s", c)
		}
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	t.Parallel()
	help := config.Help()
	for line := range strings.SplitSeq(config.Default().String(), "\n") {
		key, _, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		if name := "CAUSEWAY_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_")); !strings.Contains(help, name) {
			t.Errorf("the help lacks %s", name)
		}
	}
	if !strings.Contains(help, "CAUSEWAY_DATABASE_URL_FILE") {
		t.Error("the help lacks the secrets' twins")
	}
}
