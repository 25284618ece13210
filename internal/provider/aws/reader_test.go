package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/aws"
	"github.com/causeway/causeway/internal/provider/aws/awstest"
	"github.com/causeway/causeway/internal/provider/providertest"
)

// limiter never waits and keeps what it was told.
type limiter struct {
	mu        sync.Mutex
	waited    []provider.LimitKey
	throttled []provider.LimitKey
}

func (l *limiter) Wait(ctx context.Context, key provider.LimitKey) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waited = append(l.waited, key)
	return ctx.Err()
}

func (l *limiter) Throttled(key provider.LimitKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.throttled = append(l.throttled, key)
}

// everything reads two accounts, one of them through the role.
const everything = `{"accounts":{"ids":["111111111111","222222222222"],"role":"CausewayRead","external_id_secret":"external-id"}}`

// organization reads every account of the caller's organization.
const organization = `{"accounts":{"organization":true,"role":"CausewayRead","external_id_secret":"external-id"}}`

// open opens a reader of the server's estate with static credentials of the calling account.
func open(t testing.TB, s *awstest.Server, settings string, l provider.Limiter) provider.Reader {
	t.Helper()
	setenv(t)
	var merged map[string]any
	if err := json.Unmarshal([]byte(settings), &merged); err != nil {
		t.Fatal(err)
	}
	merged["endpoint"] = s.URL
	raw, err := json.Marshal(merged)
	if err != nil {
		t.Fatal(err)
	}
	f := aws.Factory(aws.Config{AllowLoopbackEndpoint: true, Jitter: func() float64 { return 0 }})
	r, err := f.Open(t.Context(), provider.Source{
		Name: "test", Settings: raw, Limit: l, Clock: time.Now,
		Secret: func(name string) (string, error) {
			if name != "external-id" {
				return "", fmt.Errorf("no secret %q", name)
			}
			return awstest.RoleKey, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// setenv cuts the default chain off from the machine the test runs on.
func setenv(t testing.TB) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": awstest.AccessKey(awstest.Caller), "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "", "AWS_REGION": "eu-central-1", "AWS_PROFILE": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	} {
		t.Setenv(name, value)
	}
}

func TestConformance(t *testing.T) {
	with := func(f awstest.Faults) func(testing.TB) provider.Reader {
		return func(t testing.TB) provider.Reader {
			return open(t, awstest.Serve(t, awstest.Small(), f), everything, &limiter{})
		}
	}
	volumes := []awstest.Match{{Region: "eu-central-1", Op: "EC2.DescribeVolumes"}}
	providertest.Run(t, providertest.Subject{
		Open:    with(awstest.Faults{}),
		Secrets: append(slices.Clone(awstest.Secrets), awstest.RoleKey),
		Faults: providertest.Faults{
			Denied:   with(awstest.Faults{Deny: volumes}),
			PageTwo:  with(awstest.Faults{PageSize: 2, FailPageTwo: volumes}),
			Stalled:  with(awstest.Faults{Stall: volumes}),
			Repeated: with(awstest.Faults{PageSize: 2, Repeat: true}),
			Throttled: func(t testing.TB, l provider.Limiter) provider.Reader {
				return open(t, awstest.Serve(t, awstest.Small(), awstest.Faults{Throttle: volumes}), everything, l)
			},
		},
	})
}

// TestEveryCallFails denies, breaks and pages each operation in turn: whatever fails, no scope that
// claims to be complete may lack a row.
func TestEveryCallFails(t *testing.T) {
	want := readAll(t, open(t, awstest.Serve(t, awstest.Small(), awstest.Faults{}), everything, &limiter{}))
	healthy := awstest.Serve(t, awstest.Small(), awstest.Faults{PageSize: 1})
	readAll(t, open(t, healthy, everything, &limiter{}))
	ops := map[string]bool{}
	for _, c := range healthy.Calls() {
		ops[c.Op] = true
	}
	for op := range ops {
		for name, f := range map[string]awstest.Faults{
			"denied": {Deny: []awstest.Match{{Op: op}}}, "broken": {Fail: []awstest.Match{{Op: op}}}, "throttled": {Throttle: []awstest.Match{{Op: op}}},
		} {
			t.Run(op+" "+name, func(t *testing.T) {
				got := readAll(t, open(t, awstest.Serve(t, awstest.Small(), f), everything, &limiter{}))
				if len(got.problems) == 0 {
					t.Errorf("%s fails everywhere and nobody says so", op)
				}
				for key, ids := range want.rows {
					have, complete := got.rows[key]
					if complete && !slices.Equal(have, ids) {
						t.Errorf("%s claims to be complete with %d of %d rows", key, len(have), len(ids))
					}
					if !complete && got.failed[key] == nil && got.listErr == nil {
						t.Errorf("%s is missing from a complete list", key)
					}
				}
			})
		}
	}
}

// TestPagesAddUp reads the same estate one row a page, with every fourth call throttled once.
func TestPagesAddUp(t *testing.T) {
	want := readAll(t, open(t, awstest.Serve(t, awstest.Small(), awstest.Faults{}), everything, &limiter{}))
	l := &limiter{}
	got := readAll(t, open(t, awstest.Serve(t, awstest.Small(), awstest.Faults{PageSize: 1, ThrottleEvery: 4}), everything, l))
	if diff := cmp.Diff(want.rows, got.rows); diff != "" {
		t.Errorf("rows (-one page +one row a page):\n%s", diff)
	}
	if len(got.problems) > 0 {
		t.Errorf("problems: %v", got.problems)
	}
	if len(l.throttled) == 0 {
		t.Errorf("the limiter was not told of any throttling")
	}
	want1 := provider.LimitKey{Provider: "aws", Account: awstest.Member, Region: "eu-central-2", API: "ec2"}
	if !slices.Contains(l.waited, want1) {
		t.Errorf("no call waited for %v", want1)
	}
}

// all is what a reader shows: ids by scope, for scopes that were read completely.
type all struct {
	rows      map[string][]string
	resources map[string]provider.Resource
	failed    map[string]error
	problems  []error
	listErr   error
}

func scopeKey(s provider.Scope) string { return s.Account.ID + " " + s.Region + " " + s.API }

func readAll(t testing.TB, r provider.Reader) all {
	t.Helper()
	a := all{rows: map[string][]string{}, failed: map[string]error{}, resources: map[string]provider.Resource{}}
	var scopes []provider.Scope
	for s, err := range r.Scopes(t.Context()) {
		if err != nil {
			a.listErr = err
			a.problems = append(a.problems, err)
			break
		}
		scopes = append(scopes, s)
	}
	for _, s := range scopes {
		ids, err := []string{}, s.Err
		if err == nil {
			for res, e := range r.Resources(t.Context(), s) {
				if e != nil {
					err = e
					break
				}
				ids = append(ids, res.NativeID)
				a.resources[res.NativeID] = res
			}
		}
		if err != nil {
			a.failed[scopeKey(s)] = err
			a.problems = append(a.problems, err)
			continue
		}
		slices.Sort(ids)
		a.rows[scopeKey(s)] = ids
	}
	return a
}

func TestOrganization(t *testing.T) {
	s := awstest.Serve(t, awstest.Small(), awstest.Faults{})
	got := readAll(t, open(t, s, `{"regions":["eu-central-1","af-south-1","eu-cental-2"],"accounts":{"organization":true,"role":"CausewayRead","external_id_secret":"external-id"}}`, &limiter{}))
	var p *provider.Problem
	if !errors.As(got.failed[awstest.Closed+"  account"], &p) || p.Code != provider.ProblemSuspended {
		t.Errorf("the suspended account says %v", got.failed[awstest.Closed+"  account"])
	}
	if !errors.As(got.listErr, &p) || p.Code != provider.ProblemIncomplete || !strings.Contains(p.Text, awstest.Closed) {
		t.Errorf("the list of scopes claims to be complete although account %s was not read: %v", awstest.Closed, got.listErr)
	}
	if _, ok := got.rows[awstest.Member+" af-south-1 ec2.volumes"]; ok {
		t.Errorf("a region that is not enabled is a scope")
	}
	if !errors.As(got.failed[awstest.Member+" eu-cental-2 account"], &p) || !strings.Contains(p.Fix, "eu-central-2") {
		t.Errorf("a region that does not exist says %v", got.failed[awstest.Member+" eu-cental-2 account"])
	}
	if _, ok := got.rows[awstest.Member+" eu-central-1 ec2.volumes"]; !ok {
		t.Errorf("the member account was not read: %v", got.problems)
	}
}

func TestRoleThatCannotBeAssumed(t *testing.T) {
	e := awstest.Small()
	e.Roles = nil
	got := readAll(t, open(t, awstest.Serve(t, e, awstest.Faults{}), everything, &limiter{}))
	p := provider.ProblemOf(got.failed[awstest.Member+"  account"])
	if p.Code != provider.ProblemDenied {
		t.Errorf("code %s, want denied", p.Code)
	}
	for _, want := range []string{"sts:AssumeRole", awstest.Member} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("text %q does not name %s", p.Text, want)
		}
	}
	for _, want := range []string{"arn:aws:iam::" + awstest.Member + ":role/CausewayRead", awstest.Member, "arn:aws:iam::" + awstest.Caller + ":user/reader"} {
		if !strings.Contains(p.Fix, want) {
			t.Errorf("fix %q does not name %s", p.Fix, want)
		}
	}
	if len(got.rows) == 0 {
		t.Errorf("the caller's own account is readable, but was not read")
	}
}

// TestNoRegions answers the discovery of regions with an empty list, which cannot be true.
func TestNoRegions(t *testing.T) {
	got := readAll(t, open(t, awstest.Serve(t, awstest.Small().Without("<optInStatus>"), awstest.Faults{}), `{}`, &limiter{}))
	if p := provider.ProblemOf(got.failed[awstest.Caller+"  account"]); p.Code != provider.ProblemIncomplete {
		t.Errorf("code %s, want incomplete: %s", p.Code, p.Text)
	}
	if got.listErr == nil {
		t.Error("a list of scopes without any region claims to be complete")
	}
}

// TestGoneBetweenListAndDetail deletes a table, a cluster and a key after they were listed.
func TestGoneBetweenListAndDetail(t *testing.T) {
	e := awstest.Small()
	e.Rows = slices.DeleteFunc(e.Rows, func(r awstest.Row) bool {
		return (r.Op == "DynamoDB.DescribeTable" && r.Key == "sessions") || (r.Op == "EKS.DescribeCluster" && r.Key == "branch") || (r.Op == "KMS.DescribeKey" && r.Key == "k-xks")
	})
	got := readAll(t, open(t, awstest.Serve(t, e, awstest.Faults{}), `{"regions":["eu-central-1"]}`, &limiter{}))
	if len(got.problems) > 0 {
		t.Errorf("what is gone is no problem: %v", got.problems)
	}
	for api, want := range map[string]int{"dynamodb.tables": 1, "eks.clusters": 1, "kms.keys": 2} {
		if rows := got.rows[awstest.Caller+" eu-central-1 "+api]; len(rows) != want {
			t.Errorf("%s shows %v, want %d", api, rows, want)
		}
	}
}

// TestChangedEstate removes and adds between two listings of one reader.
func TestChangedEstate(t *testing.T) {
	s := awstest.Serve(t, awstest.Small(), awstest.Faults{})
	r := open(t, s, `{}`, &limiter{})
	first := readAll(t, r)
	e := awstest.Small().Without("vol-01")
	e.Add(awstest.Caller, "us-east-1", "EC2.DescribeVolumes", "", "<volumeId>vol-new</volumeId><availabilityZone>us-east-1a</availabilityZone>")
	s.Set(e)
	second := readAll(t, r)
	gone, added := "arn:aws:ec2:us-east-1:111111111111:volume/vol-01", "arn:aws:ec2:us-east-1:111111111111:volume/vol-new"
	for id, want := range map[string][2]bool{gone: {true, false}, added: {false, true}} {
		_, before := first.resources[id]
		_, after := second.resources[id]
		if before != want[0] || after != want[1] {
			t.Errorf("%s is seen before %v and after %v, want %v", id, before, after, want)
		}
	}
}
