package aws

import "github.com/causeway/causeway/internal/provider"

// DefaultRole is the name of the role in the template.
const DefaultRole = "CausewayRead"

// The calls that no family makes.
var (
	getIdentity     = call{Op: "STS.GetCallerIdentity", Action: "sts:GetCallerIdentity", Why: "which account the credentials belong to; it is always allowed"}
	assumeRole      = call{Op: "STS.AssumeRole", Action: "sts:AssumeRole", Why: "the role in each account, where several are read"}
	listAccounts    = call{Op: "Organizations.ListAccounts", Action: "organizations:ListAccounts", Why: "the accounts of the organization, where all are read"}
	listAccountTags = call{Op: "Organizations.ListTagsForResource", Action: "organizations:ListTagsForResource", Why: "the accounts' tags, from which their unit may follow"}

	discovery = []call{getIdentity, assumeRole, listAccounts, listAccountTags}
)

// allCalls returns the calls of discovery and of every family.
func allCalls() []call {
	all := append([]call{}, discovery...)
	for _, f := range families {
		all = append(all, f.calls...)
	}
	return all
}

// Permissions lists every call the adapter makes.
func Permissions() []provider.Permission {
	var all []provider.Permission
	for _, c := range discovery {
		all = append(all, provider.Permission{Call: c.Action, Why: c.Why})
	}
	for _, f := range families {
		for _, c := range f.calls {
			all = append(all, c.permission(f))
		}
	}
	return all
}

func (c call) permission(f family) provider.Permission {
	return provider.Permission{Call: c.Action, Why: c.Why, Family: f.API}
}
