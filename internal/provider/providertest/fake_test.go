package providertest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/providertest"
)

const pageSize = 2

var errPage = errors.New("500 on page two")

// fake is a correct reader over a small estate; its fields break it in one way each.
type fake struct {
	scopes  []provider.Scope
	rows    map[string][]provider.Resource // by API
	limiter provider.Limiter

	denied, pageTwo, throttled, stalled, repeated bool

	swallowDenied, swallowPage, swallowCancel, deafToCancel, afterError bool
	afterStop, leak, closeOnce, forgetRow, quietThrottle                bool
	dropScope, noFix, repeatedFails                                     bool

	closed   int
	listings atomic.Int32
	release  chan struct{}
}

func newFake() *fake {
	account := provider.Account{Provider: cloud.AWS, ID: "111111111111", Name: "payments-prod"}
	scope := func(api string) provider.Scope {
		return provider.Scope{Account: account, Region: "eu-central-1", API: api, Rank: provider.RankProvider, Kinds: []cloud.Kind{"compute.instance"}}
	}
	return &fake{
		scopes: []provider.Scope{scope("ec2.instances"), scope("ec2.volumes")},
		rows: map[string][]provider.Resource{
			"ec2.instances": {row("a"), row("b"), row("c"), row("d")},
			"ec2.volumes":   {row("v")},
		},
		release: make(chan struct{}),
	}
}

func row(name string) provider.Resource {
	return provider.Resource{
		Provider: cloud.AWS, NativeID: "arn:aws:ec2:eu-central-1:111111111111:instance/i-" + name,
		NativeType: "AWS::EC2::Instance", Name: name, Region: "eu-central-1",
		Created: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Tags:    []cloud.Tag{{Namespace: cloud.NamespaceTag, Key: "env", Value: "prod"}},
		Locations: []provider.Location{{
			Facet: provider.FacetRest, Place: "eu-central-1", Meaning: cloud.AllOf,
			Evidence: provider.Evidence{API: "ec2:DescribeInstances", Field: "Placement.AvailabilityZone", Value: "eu-central-1a"},
		}},
		Relations: []provider.Relation{{Type: provider.RelatesEncrypted, Provider: cloud.AWS, NativeID: "arn:aws:kms:eu-central-1:111111111111:key/k"}},
	}
}

func (f *fake) Scopes(ctx context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		if ctx.Err() != nil && !f.swallowCancel && !f.deafToCancel {
			yield(provider.Scope{}, ctx.Err())
			return
		}
		for i, s := range f.scopes {
			if f.dropScope && f.denied && i == 0 {
				continue
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (f *fake) Resources(ctx context.Context, s provider.Scope) iter.Seq2[provider.Resource, error] {
	rows := f.rows[s.API]
	if f.forgetRow && s.API == "ec2.instances" {
		if f.listings.Add(1) > 1 {
			rows = rows[:3]
		}
	}
	return func(yield func(provider.Resource, error) bool) {
		if f.leak {
			go func() { <-f.release }()
		}
		for i, page := range slices.Collect(slices.Chunk(rows, pageSize)) {
			if err := f.call(ctx, i); err != nil {
				f.fail(yield, err)
				return
			}
			if f.repeated && f.repeatedFails && i == 1 {
				f.fail(yield, errors.New("duplicate row"))
				return
			}
			if f.repeated && i == 1 {
				page = append([]provider.Resource{rows[0]}, page...)
			}
			for _, r := range page {
				if !yield(r, nil) && !f.afterStop {
					return
				}
			}
		}
	}
}

// call is the network: one page of one API.
func (f *fake) call(ctx context.Context, page int) error {
	switch {
	case f.deafToCancel:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case f.stalled:
		<-ctx.Done()
		return ctx.Err()
	case f.denied && f.noFix:
		return &provider.Problem{Code: provider.ProblemDenied, Text: "ec2 refused"}
	case f.denied:
		return &provider.Problem{Code: provider.ProblemDenied, Text: "ec2 refused", Fix: "Grant ec2:DescribeInstances to the role CausewayRead."}
	case f.pageTwo && page == 1:
		return errPage
	case f.throttled:
		if !f.quietThrottle {
			f.limiter.Throttled(provider.LimitKey{Provider: cloud.AWS, API: "ec2"})
		}
		return &provider.Problem{Code: provider.ProblemThrottled, Text: "ec2 answers RequestLimitExceeded"}
	}
	return nil
}

func (f *fake) fail(yield func(provider.Resource, error) bool, err error) {
	switch {
	case f.swallowDenied && f.denied, f.swallowPage && errors.Is(err, errPage), f.swallowCancel && errors.Is(err, context.Canceled):
		return
	case f.afterError:
		if yield(provider.Resource{}, err) {
			yield(row("late"), nil)
		}
		return
	}
	yield(provider.Resource{}, err)
}

func (f *fake) Close() error {
	if f.closed++; f.closed > 1 && f.closeOnce {
		return errors.New("already closed")
	}
	return nil
}

// subject opens a fake for every fault, each broken further by spoil.
func subject(tb testing.TB, spoil func(*fake)) providertest.Subject {
	with := func(fault func(*fake)) func(testing.TB) provider.Reader {
		return func(testing.TB) provider.Reader {
			f := newFake()
			fault(f)
			spoil(f)
			tb.Cleanup(func() { close(f.release) })
			return f
		}
	}
	return providertest.Subject{
		Open:    with(func(*fake) {}),
		Secrets: []string{`pass"word`},
		Faults: providertest.Faults{
			Denied:  with(func(f *fake) { f.denied = true }),
			PageTwo: with(func(f *fake) { f.pageTwo = true }),
			Throttled: func(t testing.TB, l provider.Limiter) provider.Reader {
				return with(func(f *fake) { f.throttled, f.limiter = true, l })(t)
			},
			Stalled:  with(func(f *fake) { f.stalled = true }),
			Repeated: with(func(f *fake) { f.repeated = true }),
		},
	}
}
