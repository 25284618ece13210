package sample

import (
	"context"
	"fmt"
	"iter"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// reader makes rows as they are asked for. It changes nothing after Open, so that any number of
// goroutines may use it.
type reader struct {
	estate *estate
	limit  provider.Limiter // may be nil
}

var _ provider.Reader = (*reader)(nil)

// Scopes yields the plan.
func (r *reader) Scopes(ctx context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		for _, s := range r.estate.scopes {
			if err := ctx.Err(); err != nil {
				yield(provider.Scope{}, fmt.Errorf("list the scopes of the sample estate: %w", err))
				return
			}
			if !yield(s.Scope, nil) {
				return
			}
		}
	}
}

// Resources makes the rows of one scope, one at a time.
func (r *reader) Resources(ctx context.Context, want provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		s := r.estate.index[scopeKey{want.Account.ID, want.Region, want.API}]
		if s == nil {
			yield(provider.Resource{}, &provider.Problem{
				Code: provider.ProblemInvalid, Text: fmt.Sprintf("The sample estate has no scope %s of account %s in %q.", want.API, want.Account.Name, want.Region),
				Fix: "Sync the source again: its settings have changed.",
			})
			return
		}
		n := 0
		for row := range r.estate.listing(s) {
			if err := ctx.Err(); err != nil {
				yield(provider.Resource{}, fmt.Errorf("list %s of %s: %w", s.API, s.Account.Name, err))
				return
			}
			if s.outage.code != "" && n == s.outage.after {
				break
			}
			if !yield(row, nil) {
				return
			}
			n++
		}
		r.end(ctx, s, yield)
	}
}

// end yields why a listing is not complete, if it is not.
func (r *reader) end(ctx context.Context, s *scope, yield func(provider.Resource, error) bool) {
	if err := ctx.Err(); err != nil {
		yield(provider.Resource{}, fmt.Errorf("list %s of %s: %w", s.API, s.Account.Name, err))
		return
	}
	if s.outage.code == "" {
		return
	}
	if s.outage.code == provider.ProblemThrottled && r.limit != nil {
		r.limit.Throttled(provider.LimitKey{Provider: s.Account.Provider, Account: s.Account.ID, Region: s.Region, API: s.API})
	}
	yield(provider.Resource{}, s.outage.problem())
}

// Close has nothing to release.
func (r *reader) Close() error { return nil }

// listing makes what a scope shows: a cloud's rows, or what a witness says of many scopes'.
func (e *estate) listing(s *scope) iter.Seq[provider.Resource] {
	return func(yield func(provider.Resource) bool) {
		if s.witness == nil {
			for row := range e.rows(s, exists) {
				if row.index >= 0 && e.changed(row.h) {
					change(row)
				}
				if !yield(row.Resource) {
					return
				}
			}
			return
		}
		for _, about := range s.declares {
			for row := range e.rows(about, s.witness.speaksOf) {
				if !yield(s.witness.say(row)) {
					return
				}
			}
		}
	}
}

// outage is why a scope does not list.
type outage struct {
	code      provider.ProblemCode
	text, fix string
	after     int // rows that come before it
}

func (o outage) problem() *provider.Problem {
	return &provider.Problem{Code: o.code, Text: o.text, Fix: o.fix}
}

// deniedRows is what the denied scope would show.
const deniedRows = 24

// planFaults breaks three scopes, each in its own way.
func (e *estate) planFaults() {
	mumbai := bulkKey{placeNamed("payments-prod ap-south-1"), e.family("ec2.instance")}
	e.give(mumbai, deniedRows)
	e.scope(mumbai.at, mumbai.fam).alone = true
	closed := e.scope(placeNamed("sandbox me-central-1"), e.family("ec2.instance"))
	if !e.failing() {
		return
	}
	e.scope(mumbai.at, mumbai.fam).outage = outage{
		code: provider.ProblemDenied,
		text: "ec2:DescribeInstances in ap-south-1 of payments-prod (482910375512) answers UnauthorizedOperation: a service control policy of nordhaven/payments denies the region.",
		fix:  "Add ap-south-1 to the regions that the policy DenyOtherRegions lets the role CausewayRead read, or take the region out of the source.",
	}
	e.scope(placeNamed("sub-retail-prod southafricanorth"), e.families[cloud.Azure][0]).outage = outage{
		code: provider.ProblemThrottled, after: 3,
		text: "Resource Graph answers 429 RateLimiting for sub-retail-prod in southafricanorth after every retry.",
		fix:  "Other tools read the same tenant. Sync less often, or ask Microsoft for a higher Resource Graph quota.",
	}
	closed.Err = &provider.Problem{
		Code: provider.ProblemDisabled, Text: "The region me-central-1 is not enabled in sandbox (449205817361).",
		Fix: "Enable the region in the account's settings, or take it out of the source.",
	}
}
