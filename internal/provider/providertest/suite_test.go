package providertest_test

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/providertest"
)

func TestCorrectReaderPasses(t *testing.T) {
	providertest.Run(t, subject(t, func(*fake) {}))
}

func TestBrokenReadersFail(t *testing.T) {
	first := func(change func(*provider.Resource)) func(*fake) {
		return func(f *fake) { change(&f.rows["ec2.instances"][0]) }
	}
	scope := func(change func(*provider.Scope)) func(*fake) {
		return func(f *fake) { change(&f.scopes[0]) }
	}
	cases := []struct {
		check string // the check that must fail
		says  string // what it must say
		spoil func(*fake)
	}{
		{"scopes", "yielded twice", func(f *fake) { f.scopes = append(f.scopes, f.scopes[0]) }},
		{"scopes", "has no provider or no id", scope(func(s *provider.Scope) { s.Account.ID = "" })},
		{"scopes", "has no name", scope(func(s *provider.Scope) { s.Account.Name = "" })},
		{"scopes", "rank is 0", scope(func(s *provider.Scope) { s.Rank = 0 })},
		{"scopes", "is not one of provider aws", scope(func(s *provider.Scope) { s.Region = "westeurope" })},
		{"scopes", "not in cloud.Kinds", scope(func(s *provider.Scope) { s.Kinds = []cloud.Kind{"vm"} })},
		{"scopes", "needs the lineage", scope(func(s *provider.Scope) { s.Revision = 4 })},
		{"resources", "is yielded twice", func(f *fake) { f.rows["ec2.volumes"] = append(f.rows["ec2.volumes"], row("v")) }},
		{"resources", "native id is empty", first(func(r *provider.Resource) { r.NativeID = "" })},
		{"resources", "begins or ends with a space", first(func(r *provider.Resource) { r.NativeID += " " })},
		{"resources", "lower case only", first(func(r *provider.Resource) { r.Provider, r.NativeID, r.Region = cloud.Azure, "/subscriptions/A", "" })},
		{"resources", "not in kinds.csv", first(func(r *provider.Resource) { r.NativeType = "AWS::EC2::Toaster" })},
		{"resources", "not in cloud.Kinds", first(func(r *provider.Resource) { r.Kind = "toaster" })},
		{"resources", "is not one of provider aws", first(func(r *provider.Resource) { r.Region = "eu-central-1a" })},
		{"resources", "not UTC", first(func(r *provider.Resource) { r.Created = r.Created.In(time.FixedZone("CET", 3600)) })},
		{"resources", "has no evidence", first(func(r *provider.Resource) { r.Locations[0].Evidence.Field = "" })},
		{"resources", "unknown facet", first(func(r *provider.Resource) { r.Locations[0].Facet = "somewhere" })},
		{"resources", "lacks a known type", first(func(r *provider.Resource) { r.Relations[0].Type = "near" })},
		{"resources", "without NUL", first(func(r *provider.Resource) { r.Tags[0].Value = "a\x00b" })},
		{"resources", "is there twice", first(func(r *provider.Resource) { r.Tags = append(r.Tags, r.Tags[0]) })},
		{"resources", "unknown namespace", first(func(r *provider.Resource) { r.Tags[0].Namespace = "" })},
		{"resources", "names no place", first(func(r *provider.Resource) { r.Locations[0].Place = "" })},
		{"resources", "not an ISO 3166-1 code", first(func(r *provider.Resource) { r.Locations[0].Countries = []string{"UK"} })},
		{"resources", "holds a NUL", first(func(r *provider.Resource) { r.Attributes = map[string]any{"a": "\x00"} })},
		{"resources", "nothing would be tested", func(f *fake) { f.rows = nil }},
		{"secrets stay behind", "planted secret 1", first(func(r *provider.Resource) { r.Attributes = map[string]any{"data": `the pass"word`} })},
		{"secrets stay behind", "planted secret 1", first(func(r *provider.Resource) { r.Ref = base64.StdEncoding.EncodeToString([]byte(`pass"word`)) })},
		{"a second listing is equal", "the same reader lists", func(f *fake) { f.forgetRow = true }},
		{"a canceled listing is not complete", "looks complete", func(f *fake) { f.swallowCancel = true }},
		{"stopping early is safe", "goes on after its consumer stopped", func(f *fake) { f.afterStop = true }},
		{"stopping early is safe", "a goroutine is left", func(f *fake) { f.leak = true }},
		{"close twice", "close number 2", func(f *fake) { f.closeOnce = true }},
		{"several goroutines", "lists another estate", func(f *fake) { f.forgetRow = true }},
		{"denied", "has no Fix", func(f *fake) { f.noFix = true }},
		{"denied", "missing from a list of scopes", func(f *fake) { f.dropScope = true }},
		{"repeated rows", "repeated rows make an error", func(f *fake) { f.repeatedFails = true }},
		{"denied", "no *provider.Problem", func(f *fake) { f.swallowDenied = true }},
		{"denied", "would be taken to be gone", func(f *fake) { f.swallowDenied = true }},
		{"error on page two", "is swallowed", func(f *fake) { f.swallowPage = true }},
		{"error on page two", "goes on after its error", func(f *fake) { f.afterError = true }},
		{"throttled", "Limiter.Throttled was not called", func(f *fake) { f.quietThrottle = true }},
		{"stalled", "without the context's error", func(f *fake) { f.deafToCancel = true }},
	}
	for _, c := range cases {
		t.Run(c.check+": "+c.says, func(t *testing.T) {
			s := subject(t, c.spoil)
			if got := record(t, s, c.check); !strings.Contains(got, c.says) {
				t.Errorf("check %q says %q, want it to contain %q", c.check, got, c.says)
			}
		})
	}
}

func TestAdapterMustOfferFaults(t *testing.T) {
	s := subject(t, func(*fake) {})
	s.Faults = providertest.Faults{}
	got := record(t, s, "subject is complete")
	for _, want := range []string{"Faults.Denied", "Faults.PageTwo"} {
		if !strings.Contains(got, want) {
			t.Errorf("the suite says %q, want it to miss %s", got, want)
		}
	}
	s.Offline = true
	if got := record(t, s, "subject is complete"); got != "" {
		t.Errorf("an offline adapter needs no network faults, but the suite says %q", got)
	}
}

// record runs one check and returns what it complains of.
func record(t *testing.T, s providertest.Subject, name string) string {
	t.Helper()
	for _, c := range providertest.Checks(s) {
		if c.Name != name {
			continue
		}
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.Run(r, s)
		}()
		<-done
		return strings.Join(r.said, "\n")
	}
	t.Fatalf("the suite has no check %q", name)
	return ""
}

// recorder is a test that may fail without failing the one that watches it.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// Cleanup runs nothing of the broken reader's: what it says on the way out is another check's matter.
func (r *recorder) Cleanup(func()) {}
