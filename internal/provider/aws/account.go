package aws

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// sessionName is how our calls are told apart in the account's CloudTrail.
const sessionName = "causeway"

// identity is who we are before any role is assumed.
type identity struct {
	Account   string
	Who       string // a user's ARN, or a role in words
	Partition string
}

// site is one account in one region, and the rights to read it.
type site struct {
	place
	cfg    sdk.Config
	name   string // the account's
	who    string // whose rights are used: a role's ARN, or the caller's
	caller string
}

func (at site) title() string {
	name := "account " + at.Account
	if at.name != "" && at.name != at.Account {
		name += " (" + at.name + ")"
	}
	return name + ", region " + at.Region
}

// whoami asks once which account and partition our credentials belong to.
func (r *reader) whoami(ctx context.Context) (identity, error) {
	r.mu.Lock()
	me := r.me
	r.mu.Unlock()
	if me.Account != "" {
		return me, nil
	}
	home := r.ownSite(me)
	out, err := sts.NewFromConfig(home.cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return me, home.problem(ctx, err)
	}
	name, err := arn.Parse(sdk.ToString(out.Arn))
	if err != nil {
		return me, &provider.Problem{Code: provider.ProblemInvalid, Text: fmt.Sprintf("sts:GetCallerIdentity answered with %q, which is no ARN.", sdk.ToString(out.Arn)), Err: err}
	}
	me = identity{Account: sdk.ToString(out.Account), Who: readable(name), Partition: name.Partition}
	r.mu.Lock()
	r.me = me
	r.mu.Unlock()
	return me, nil
}

// readable names who a policy has to name. The ARN of an assumed role is that of a session, and
// lacks the role's path, so the role is said in words.
func readable(name arn.ARN) string {
	rest, ok := strings.CutPrefix(name.Resource, "assumed-role/")
	if !ok {
		return name.String()
	}
	role, _, _ := strings.Cut(rest, "/")
	return fmt.Sprintf("the role %s of account %s", role, name.AccountID)
}

// ownSite is the caller's own account in the home region.
func (r *reader) ownSite(me identity) site {
	at := site{place: place{Partition: me.Partition, Account: me.Account, Region: r.base.Region}, who: me.Who, caller: me.Who}
	if at.who == "" {
		at.Account, at.who = "(unknown)", "default chain"
	}
	at.cfg = r.base.Copy()
	at.cfg.APIOptions = append(slices.Clip(r.base.APIOptions), paced(r.src.Limit, me.Account))
	return at
}

// site prepares the reading of an account in a region, "" for the home region. Other accounts than
// the caller's own are read through the role.
func (r *reader) site(me identity, a provider.Account, region string) site {
	at := r.ownSite(me)
	at.Account, at.name = a.ID, a.Name
	if region != "" {
		at.Region, at.cfg.Region = region, region
	}
	if a.ID == me.Account {
		return at
	}
	at.who = r.settings.Accounts.roleARN(me.Partition, a.ID)
	at.cfg.Credentials = r.roleCredentials(me, a.ID)
	at.cfg.APIOptions = append(slices.Clip(r.base.APIOptions), paced(r.src.Limit, a.ID))
	return at
}

// roleCredentials returns the one cache of an account's credentials.
func (r *reader) roleCredentials(me identity, account string) sdk.CredentialsProvider {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.assumed[account]; c != nil {
		return c
	}
	own := r.ownSite(me)
	c := sdk.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(own.cfg), r.settings.Accounts.roleARN(me.Partition, account), func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = sessionName
		if r.externalID != "" {
			o.ExternalID = sdk.String(r.externalID)
		}
	}))
	r.assumed[account] = c
	return c
}

// member is an account to read, or the reason why it cannot be.
type member struct {
	provider.Account
	err error
}

// members yields the accounts of the source. An error is yielded last: the list is not complete.
func (r *reader) members(ctx context.Context, me identity) iter.Seq2[member, error] {
	return func(yield func(member, error) bool) {
		set := r.settings.Accounts
		switch {
		case set.Organization:
			err := r.organization(ctx, me, func(m member) error {
				if !yield(m, nil) {
					return errStopped
				}
				return nil
			})
			if err != nil && !errors.Is(err, errStopped) {
				yield(member{}, r.ownSite(me).problem(ctx, err))
			}
			return
		case set.own():
			yield(member{Account: plainAccount(me.Account)}, nil)
			return
		}
		for _, id := range slices.Compact(slices.Sorted(slices.Values(set.IDs))) {
			if !yield(member{Account: plainAccount(id)}, nil) {
				return
			}
		}
	}
}

// plainAccount is an account of which only the id is known.
func plainAccount(id string) provider.Account {
	return provider.Account{Provider: cloud.AWS, ID: id, Name: id}
}

// organization lists the accounts of the caller's organization with their tags.
func (r *reader) organization(ctx context.Context, me identity, put func(member) error) error {
	org := organizations.NewFromConfig(r.ownSite(me).cfg)
	pages := organizations.NewListAccountsPaginator(org, &organizations.ListAccountsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			list, err := accountTags(ctx, org, sdk.ToString(a.Id))
			if err != nil {
				return on("account "+sdk.ToString(a.Id), err)
			}
			if err := put(fromAccount(a, list)); err != nil {
				return err
			}
		}
	}
	return nil
}

func accountTags(ctx context.Context, org *organizations.Client, id string) ([]orgtypes.Tag, error) {
	var all []orgtypes.Tag
	pages := organizations.NewListTagsForResourcePaginator(org, &organizations.ListTagsForResourceInput{ResourceId: sdk.String(id)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Tags...)
	}
	return all, nil
}

func fromAccount(a orgtypes.Account, list []orgtypes.Tag) member {
	m := member{Account: plainAccount(sdk.ToString(a.Id))}
	if name := strings.TrimSpace(sdk.ToString(a.Name)); name != "" {
		m.Name = name
	}
	if len(a.Paths) > 0 {
		m.Parent = strings.TrimSuffix(strings.Trim(a.Paths[0], "/"), "/"+m.ID)
	}
	m.Tags = tags(list, func(t orgtypes.Tag) (*string, *string) { return t.Key, t.Value })
	state := string(a.State)
	if state == "" {
		state = string(a.Status) // the older field, which servers are retiring
	}
	if state != string(orgtypes.AccountStateActive) {
		m.err = &provider.Problem{
			Code: provider.ProblemSuspended, Text: fmt.Sprintf("Account %s (%s) is %s in its organization, so nothing in it can be read.", m.ID, m.Name, state),
			Fix: "Reactivate the account, or close it for good; what it held keeps its last known state until then.",
		}
	}
	return m
}
