//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/causeway/causeway/test/e2e/harness"
)

// troubled stands between the console and moto, and answers instead of moto for one region.
type troubled struct {
	url string

	mu     sync.Mutex
	region string
	in     string // what a request's body must have in it; empty: every request
	answer func(http.ResponseWriter)
}

// trouble starts the proxy; without a trouble it passes everything on.
func trouble(t *testing.T, m moto) *troubled {
	t.Helper()
	to, err := url.Parse(m.url)
	if err != nil {
		t.Fatal(err)
	}
	p := &troubled{}
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // part of what is signed
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if answer := p.instead(r.Header.Get("Authorization"), body); answer != nil {
			answer(w)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p.url = srv.URL
	return p
}

// instead is the answer to a request that the trouble meets. The signature names the region.
func (p *troubled) instead(signature string, body []byte) func(http.ResponseWriter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != nil && strings.Contains(signature, "/"+p.region+"/") && bytes.Contains(body, []byte(p.in)) {
		return p.answer
	}
	return nil
}

func (p *troubled) set(region, in string, answer func(http.ResponseWriter)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.region, p.in, p.answer = region, in, answer
}

// ec2Error is an error as EC2 writes it; other services' clients read its status.
func ec2Error(status int, code string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "text/xml")
		w.Header().Set("X-Amzn-ErrorType", code)
		w.WriteHeader(status)
		fmt.Fprintf(w, `<Response><Errors><Error><Code>%s</Code><Message>planted by the test</Message></Error></Errors><RequestID>r-1</RequestID></Response>`, code)
	}
}

// scope is a line of the ledger, as far as the tests look.
type scope struct {
	Region, API, State string
	Rows               int64
	Problem            *struct{ Code, Text, Fix string }
}

// What an AWS SDK makes in moto arrives in the inventory of the running console, changes and
// vanishes there; and trouble in one region costs nothing that is known of it.
func TestAWSWholePath(t *testing.T) {
	t.Parallel()
	m := moto{url: harness.StartMoto(t)}
	proxy := trouble(t, m)
	c := harness.StartSmallDemo(t, credentialsOfNobody...)
	made := m.build(t)
	c.Must(t, awsSource(proxy.url), "apply", "-f", "-")
	c.Must(t, "", "sync", "--source", "moto")
	seen := c.Resources(t, "account:"+own)
	for what, id := range made {
		if r, ok := seen[id]; !ok || r.State != "live" {
			t.Errorf("%s %s was made, and console resources has %+v", what, id, r)
		}
	}
	t.Run("change and delete", func(t *testing.T) { m.seenToChange(t, c, made) })
	t.Run("an error in one region", func(t *testing.T) {
		proxy.loses(t, c, "", ec2Error(http.StatusInternalServerError, "InternalError"))
	})
	t.Run("throttling of one listing in one region", func(t *testing.T) {
		proxy.loses(t, c, "Action=DescribeSnapshots", ec2Error(http.StatusServiceUnavailable, "RequestLimitExceeded"))
	})
	for table, text := range c.Everything(t) {
		if strings.Contains(text, "hunter2") || strings.Contains(text, "aHVudGVyMi") {
			t.Errorf("%s holds a planted secret", table)
		}
	}
	if strings.Contains(c.Log(), "hunter2") {
		t.Error("the log holds a planted secret")
	}
}

func awsSource(endpoint string) string {
	return fmt.Sprintf(`apiVersion: causeway/v1
kind: Source
metadata: {name: moto}
spec:
  adapter: aws
  schedule: manual
  aws:
    regions: [%s, %s]
    endpoint: %s
`, frankfurt, virginia, endpoint)
}

// seenToChange tags a volume and removes a machine. Listings of some services lag, so a thing may be
// called missing before it is called gone: two misses make it gone.
func (m moto) seenToChange(t *testing.T, c *harness.Console, made map[string]string) {
	client := ec2.NewFromConfig(m.config(frankfurt))
	id := func(what string) string { return made[what][strings.LastIndex(made[what], "/")+1:] }
	must[*ec2.CreateTagsOutput](t)(client.CreateTags(t.Context(), &ec2.CreateTagsInput{
		Resources: []string{id("volume")}, Tags: []ec2types.Tag{{Key: sdk.String("class"), Value: sdk.String("payment")}},
	}))
	must[*ec2.TerminateInstancesOutput](t)(client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id("instance")}}))
	c.Must(t, "", "sync", "--source", "moto")
	c.Must(t, "", "sync", "--source", "moto")
	seen := c.Resources(t, "account:"+own)
	if r, ok := seen[made["instance"]]; ok && r.State == "live" {
		t.Errorf("the instance was terminated, and is %+v", r)
	}
	if _, ok := c.Resources(t, "account:"+own+" tag:class=payment")[made["volume"]]; !ok {
		t.Error("the volume's new tag is not found")
	}
	if gone := c.Resources(t, "account:"+own+" state:gone"); gone[made["instance"]].State != "gone" {
		t.Errorf("the terminated instance is not remembered as gone: %v", gone)
	}
}

// loses syncs while a region answers with errors to requests that have in in their body, and again
// when it does not.
func (p *troubled) loses(t *testing.T, c *harness.Console, in string, answer func(http.ResponseWriter)) {
	before := c.Resources(t, "account:"+own)
	p.set(virginia, in, answer)
	said := c.Ask(t, "", "sync", "--source", "moto")
	if said.Code != harness.Failed || !strings.Contains(said.Out, virginia) {
		t.Errorf("sync with a failing region ended with %d and said %q, want %d and the region", said.Code, said.Out, harness.Failed)
	}
	after := c.Resources(t, "account:"+own)
	for id, r := range before {
		if after[id].State != r.State {
			t.Errorf("%s was %s and is %q after a failed listing", id, r.State, after[id].State)
		}
	}
	failing, why := 0, []string{virginia}
	for _, s := range harness.List[scope](t, c, "scopes", "moto", "--limit", "0") {
		switch {
		case s.State == "failed" && (s.Problem == nil || s.Problem.Text == "" || s.Problem.Fix == "" && s.Problem.Code != "throttled"): // there, waiting is all
			t.Errorf("%s in %s failed and does not say why and what to do: %+v", s.API, s.Region, s.Problem)
		case s.State == "failed" && s.Region == virginia:
			failing++
			why = append(why, s.Problem.Text, s.Problem.Fix)
		case s.Region == frankfurt && s.State != "ok":
			t.Errorf("%s in %s is %s, though nothing is wrong there", s.API, s.Region, s.State)
		}
	}
	if failing == 0 {
		t.Error("no scope of the failing region is shown as failed")
	}
	page := html.UnescapeString(c.Page(t, "/sources/moto?state=failing"))
	for _, word := range why {
		if !strings.Contains(page, word) {
			t.Errorf("the source's page does not say %q of the failing region", word)
		}
	}
	p.set("", "", nil)
	c.Must(t, "", "sync", "--source", "moto")
	if s := c.WaitSynced(t, "moto", syncTime); s.ScopesFailed != 0 || s.ScopesOK != s.Scopes {
		t.Errorf("after a good sync the ledger is %+v", s)
	}
}
