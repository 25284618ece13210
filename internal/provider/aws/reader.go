package aws

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/causeway/causeway/internal/provider"
)

// reader reads one source.
type reader struct {
	src        provider.Source
	settings   settings
	base       sdk.Config // the caller's own rights, in the home region
	externalID string

	mu      sync.Mutex // guards what follows; never held during a call
	me      identity
	assumed map[string]sdk.CredentialsProvider // by account
}

var (
	_ provider.Reader = (*reader)(nil)
	_ provider.Tester = (*reader)(nil)
)

func newReader(src provider.Source, s settings, base sdk.Config, externalID string) *reader {
	return &reader{src: src, settings: s, base: base, externalID: externalID, assumed: map[string]sdk.CredentialsProvider{}}
}

// Scopes yields account x region x family. An account that cannot be read is one failed scope, and
// then the list of scopes is not complete: the regions of that account are not known.
func (r *reader) Scopes(ctx context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		me, err := r.whoami(ctx)
		if err != nil {
			yield(provider.Scope{}, err)
			return
		}
		var unread []string
		for m, err := range r.members(ctx, me) {
			if err != nil {
				yield(provider.Scope{}, err)
				return
			}
			scopes, complete := r.accountScopes(ctx, me, m)
			if !complete {
				unread = append(unread, m.ID)
			}
			for _, s := range scopes {
				if !yield(s, nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil {
			yield(provider.Scope{}, fmt.Errorf("list the scopes of %s: %w", r.src.Name, err))
			return
		}
		if len(unread) > 0 {
			yield(provider.Scope{}, &provider.Problem{
				Code: provider.ProblemIncomplete,
				Text: "The regions of these accounts are not known, because the accounts could not be read: " + strings.Join(unread, ", ") + ".",
				Fix:  "See what each of them says. Until then their resources keep their last known state.",
			})
		}
	}
}

// accountScopes returns the scopes of one account, and whether they are all that there are.
func (r *reader) accountScopes(ctx context.Context, me identity, m member) ([]provider.Scope, bool) {
	whole := scopeOf(accountFamily, m.Account, "")
	if m.err != nil {
		whole.Err = m.err
		return []provider.Scope{whole}, false
	}
	at := r.site(me, m.Account, "")
	found, err := enabledRegions(ctx, at)
	if err != nil {
		whole.Err = at.problem(ctx, err)
		return []provider.Scope{whole}, false
	}
	var scopes []provider.Scope
	for _, f := range families {
		if f.Global {
			scopes = append(scopes, scopeOf(f, m.Account, ""))
		}
	}
	regions, wrong := found.choose(r.settings.Regions)
	for _, region := range regions {
		for _, f := range families {
			if !f.Global {
				scopes = append(scopes, scopeOf(f, m.Account, region))
			}
		}
	}
	for _, region := range wrong {
		s := scopeOf(accountFamily, m.Account, region)
		s.Err = found.noSuchRegion(at, region)
		scopes = append(scopes, s)
	}
	return scopes, true
}

func scopeOf(f family, a provider.Account, region string) provider.Scope {
	return provider.Scope{Account: a, Region: region, API: f.API, Kinds: f.Kinds, Eventual: f.Eventual, Rank: provider.RankProvider}
}

// Resources lists one scope.
func (r *reader) Resources(ctx context.Context, s provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		f, ok := findFamily(s.API)
		if !ok {
			yield(provider.Resource{}, &provider.Problem{Code: provider.ProblemInternal, Text: fmt.Sprintf("The aws adapter has no family %q.", s.API)})
			return
		}
		me, err := r.whoami(ctx)
		if err != nil {
			yield(provider.Resource{}, err)
			return
		}
		at := r.site(me, s.Account, s.Region)
		out := &rows{ctx: ctx, yield: yield}
		if err = f.list(ctx, at, out); err == nil {
			err = out.refused
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(provider.Resource{}, at.problem(ctx, err))
		}
	}
}

// Close has nothing to release: connections belong to the HTTP client, clients to one listing.
func (r *reader) Close() error { return nil }
