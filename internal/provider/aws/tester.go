package aws

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/causeway/causeway/internal/provider"
)

// Test tries every call in every account and region, each as small as it can be. A call about a
// thing is tried on the first one there is; where there is none it counts as fine, and says so.
func (r *reader) Test(ctx context.Context) iter.Seq2[provider.TestResult, error] {
	return func(yield func(provider.TestResult, error) bool) {
		me, err := r.whoami(ctx)
		if !yield(result(getIdentity.permission(family{}), r.ownSite(me), err), nil) || err != nil {
			return
		}
		for m, err := range r.members(ctx, me) {
			if err != nil {
				yield(result(permissionOf(err), r.ownSite(me), err), nil)
				return
			}
			if !r.testAccount(ctx, me, m, yield) {
				return
			}
		}
		if r.settings.Accounts.Organization {
			for _, c := range []call{listAccounts, listAccountTags} {
				if !yield(result(c.permission(family{}), r.ownSite(me), nil), nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(provider.TestResult{}, fmt.Errorf("test source %s: %w", r.src.Name, err))
		}
	}
}

// permissionOf is the permission of the call that err came from; of the list of accounts, where it
// came from none.
func permissionOf(err error) provider.Permission {
	for _, c := range discovery {
		if c.Op == operation(err) {
			return c.permission(family{})
		}
	}
	return listAccounts.permission(family{})
}

// testAccount reports whether to go on.
func (r *reader) testAccount(ctx context.Context, me identity, m member, yield func(provider.TestResult, error) bool) bool {
	at := r.site(me, m.Account, "")
	whole := accountFamily.calls[0].permission(accountFamily)
	if m.err != nil {
		return yield(result(whole, at, m.err), nil)
	}
	found, err := enabledRegions(ctx, at)
	if err != nil {
		return yield(result(whole, at, at.problem(ctx, err)), nil)
	}
	chosen, wrong := found.choose(r.settings.Regions)
	for _, region := range wrong {
		if !yield(result(whole, r.site(me, m.Account, region), found.noSuchRegion(at, region)), nil) {
			return false
		}
	}
	for _, f := range families {
		where := chosen
		if f.Global {
			where = []string{""}
		}
		for _, region := range where {
			if !tryFamily(ctx, r.site(me, m.Account, region), f, yield) {
				return false
			}
		}
	}
	return ctx.Err() == nil
}

func tryFamily(ctx context.Context, at site, f family, yield func(provider.TestResult, error) bool) bool {
	for _, c := range f.calls {
		err := c.try(ctx, at)
		if ctx.Err() != nil {
			return true // Test says that it did not finish
		}
		if err != nil && !errors.Is(err, errNothingThere) {
			err = at.problem(ctx, err)
		}
		if !yield(result(c.permission(f), at, err), nil) {
			return false
		}
	}
	return true
}

func result(p provider.Permission, at site, err error) provider.TestResult {
	t := provider.TestResult{Permission: p, Account: at.Account, Region: at.Region, OK: err == nil}
	switch {
	case errors.Is(err, errNothingThere):
		t.OK, t.Problem = true, "Not tried: there is "+errNothingThere.Error()+"."
	case err != nil:
		problem := provider.ProblemOf(err)
		t.Problem, t.Fix = problem.Text, problem.Fix
	}
	return t
}
