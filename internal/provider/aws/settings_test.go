package aws_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws"
)

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name     string
		settings string
		field    string
		want     string // part of the text; "" for settings that are fine
	}{
		{name: "none", settings: ``},
		{name: "null", settings: `null`},
		{name: "empty", settings: `{}`},
		{name: "all", settings: `{"regions":["eu-central-1","us-gov-west-1","eusc-de-east-1"],"accounts":{"organization":true,"role":"team/CausewayRead","external_id_secret":"x"},"endpoint":"https://vpce.example.com:8443/","home_region":"eu-west-1"}`},
		{name: "misspelt", settings: `{"region":["eu-central-1"]}`, field: "region", want: `Did you mean "regions"?`},
		{name: "misspelt below", settings: `{"accounts":{"organisation":true}}`, field: "accounts.organisation", want: `Did you mean "organization"?`},
		{name: "unknown", settings: `{"password":"x"}`, field: "password", want: "It knows regions, accounts, endpoint, home_region."},
		{name: "not settings", settings: `[1]`, want: "spec.aws must hold settings"},
		{name: "regions as text", settings: `{"regions":"eu-central-1"}`, field: "regions", want: "must be a list of texts, not a string"},
		{name: "account as a number", settings: `{"accounts":{"role":"R","ids":[123456789012]}}`, field: "accounts.ids", want: "in quotes"},
		{name: "account too short", settings: `{"accounts":{"role":"R","ids":["1234"]}}`, field: "accounts.ids", want: "twelve digits"},
		{name: "accounts as text", settings: `{"accounts":"all"}`, field: "accounts", want: "organization, role, ids"},
		{name: "region with a space", settings: `{"regions":["eu central 1"]}`, field: "regions", want: `"eu central 1"`},
		{name: "zone", settings: `{"home_region":"eu-central-1a"}`, field: "home_region", want: "is not a region code"},
		{name: "no role", settings: `{"accounts":{"organization":true}}`, field: "accounts.role", want: "missing"},
		{name: "role without accounts", settings: `{"accounts":{"role":"R"}}`, field: "accounts.role", want: "no accounts are"},
		{name: "role as an ARN", settings: `{"accounts":{"organization":true,"role":"arn:aws:iam::1:role/R"}}`, field: "accounts.role", want: "name, not its ARN"},
		{name: "both", settings: `{"accounts":{"organization":true,"role":"R","ids":["123456789012"]}}`, field: "accounts.ids", want: "Remove one"},
		{name: "external id without a role", settings: `{"accounts":{"external_id_secret":"x"}}`, field: "accounts.external_id_secret", want: "no role is assumed"},
		{name: "a file", settings: `{"endpoint":"file:///etc/passwd"}`, field: "endpoint", want: "is not a URL"},
		{name: "another scheme", settings: `{"endpoint":"gopher://h:70"}`, field: "endpoint", want: "must begin with https:// or http://"},
		{name: "no scheme", settings: `{"endpoint":"vpce.example.com"}`, field: "endpoint", want: "is not a URL"},
		{name: "password in the URL", settings: `{"endpoint":"https://u:p@h"}`, field: "endpoint", want: "no user name or password"},
		{name: "a path", settings: `{"endpoint":"https://h/latest/meta-data"}`, field: "endpoint", want: "must end after the host and port"},
		{name: "metadata", settings: `{"endpoint":"http://169.254.169.254"}`, field: "endpoint", want: "link-local"},
		{name: "metadata, mapped", settings: `{"endpoint":"http://[::ffff:169.254.169.254]"}`, field: "endpoint", want: "link-local"},
		{name: "metadata over IPv6", settings: `{"endpoint":"http://[fd00:ec2::254]"}`, field: "endpoint", want: "metadata"},
		{name: "metadata by name", settings: `{"endpoint":"http://metadata.google.internal."}`, field: "endpoint", want: "metadata"},
		{name: "link-local with a zone", settings: `{"endpoint":"http://[fe80::1%25eth0]"}`, field: "endpoint", want: "link-local"},
		{name: "loopback", settings: `{"endpoint":"http://127.0.0.1:5000"}`, field: "endpoint", want: "this machine itself"},
		{name: "loopback over IPv6", settings: `{"endpoint":"http://[::1]:5000"}`, field: "endpoint", want: "this machine itself"},
		{name: "loopback by name", settings: `{"endpoint":"http://localhost:5000"}`, field: "endpoint", want: "this machine itself"},
		{name: "any address", settings: `{"endpoint":"http://0.0.0.0"}`, field: "endpoint", want: "not the address of a server"},
		{name: "private address", settings: `{"endpoint":"http://10.0.0.7:8080"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := aws.Factory(aws.Config{}).Check(json.RawMessage(tc.settings))
			if tc.want == "" {
				if err != nil {
					t.Errorf("%s is refused: %v", tc.settings, err)
				}
				return
			}
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("%s: %v, want fault.Invalid", tc.settings, err)
			}
			var p *fault.Public
			if !errors.As(err, &p) || !strings.Contains(p.Text(), tc.want) || p.Field != tc.field {
				t.Errorf("text %q of field %q, want %q of %q", p.Text(), p.Field, tc.want, tc.field)
			}
		})
	}
	if err := aws.Factory(aws.Config{AllowLoopbackEndpoint: true}).Check(json.RawMessage(`{"endpoint":"http://localhost:5000"}`)); err != nil {
		t.Errorf("loopback is allowed, and refused: %v", err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	setenv(t)
	r, err := aws.Factory(aws.Config{AllowLoopbackEndpoint: true, Jitter: func() float64 { return 0 }}).Open(t.Context(), provider.Source{
		Name: "test", Settings: json.RawMessage(`{"endpoint":"http://127.0.0.1:1"}`), Limit: &limiter{}, Clock: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range r.Scopes(t.Context()) {
		n++
		p := provider.ProblemOf(err)
		if p.Code != provider.ProblemUnreachable || !strings.Contains(p.Text, "sts:GetCallerIdentity") || !strings.Contains(p.Fix, "http://127.0.0.1:1") {
			t.Errorf("%s: %s %s", p.Code, p.Text, p.Fix)
		}
	}
	if n != 1 {
		t.Errorf("%d answers, want one error", n)
	}
}

func TestOpenNamesTheMissingSecret(t *testing.T) {
	setenv(t)
	_, err := aws.Factory(aws.Config{}).Open(t.Context(), provider.Source{
		Name: "prod", Settings: json.RawMessage(`{"accounts":{"organization":true,"role":"R","external_id_secret":"aws-id"}}`), Limit: &limiter{}, Clock: time.Now,
		Secret: func(string) (string, error) { return "", errors.New("no such file") },
	})
	text, ok := fault.Text(err)
	if !ok || !strings.Contains(text, `"aws-id"`) || strings.Contains(text, "no such file") {
		t.Errorf("text %q", text)
	}
}

func TestHomeRegion(t *testing.T) {
	setenv(t)
	t.Setenv("AWS_REGION", "")
	open := func(settings string) error {
		_, err := aws.Factory(aws.Config{}).Open(t.Context(), provider.Source{Name: "x", Settings: json.RawMessage(settings), Limit: &limiter{}, Clock: time.Now})
		return err
	}
	if text, _ := fault.Text(open(`{}`)); !strings.Contains(text, "spec.aws.home_region") {
		t.Errorf("without any region: %q", text)
	}
	for _, settings := range []string{`{"home_region":"eu-west-1"}`, `{"regions":["eu-west-3"]}`} {
		if err := open(settings); err != nil {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
