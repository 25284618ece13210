package document

import (
	"regexp"
	"slices"

	"github.com/causeway/causeway/internal/cloud"
)

// Unit is a business unit: a node of the tree that everything belongs to.
type Unit struct {
	Title  string
	Parent string // slug; "" only for the root
	Owner  string
	// Accounts it claims, as "aws:123456789012", sorted. They may come before the account is seen.
	Accounts []string
}

// accountPattern is a provider and the provider's own id.
var accountPattern = regexp.MustCompile(`^([a-z][a-z0-9-]{0,62}):([^\s:][^\s]{0,255})$`)

// AccountRefs returns the claimed accounts as the rest of the console has them.
func (u Unit) AccountRefs() []cloud.AccountRef {
	var refs []cloud.AccountRef
	for _, a := range u.Accounts {
		if m := accountPattern.FindStringSubmatch(a); m != nil {
			refs = append(refs, cloud.AccountRef{Provider: cloud.ProviderID(m[1]), ID: m[2]})
		}
	}
	return refs
}

func (u Unit) fields() []field {
	out := []field{{"title", u.Title}}
	if u.Parent != "" {
		out = append(out, field{"parent", u.Parent})
	}
	if u.Owner != "" {
		out = append(out, field{"owner", u.Owner})
	}
	if len(u.Accounts) > 0 {
		out = append(out, field{"accounts", u.Accounts})
	}
	return out
}

func readUnit(o *object, name string) Unit {
	u := Unit{Parent: RootUnit}
	u.Title, _ = o.text("title", true)
	parent, at := o.text("parent", false)
	switch {
	case name == RootUnit && parent != "":
		o.w.say(at, o.path+".parent", "unit %s is the root and has no parent; remove the field", RootUnit)
	case name == RootUnit:
		u.Parent = ""
	case parent == name && at != nil:
		o.w.say(at, o.path+".parent", "unit %s cannot be its own parent", name)
	case at != nil:
		o.w.slug(at, o.path+".parent", parent)
		u.Parent = parent
	}
	u.Owner, _ = o.text("owner", false)
	accounts, nodes := o.texts("accounts")
	for i, a := range accounts {
		if !accountPattern.MatchString(a) {
			o.w.say(nodes[i], o.path+".accounts", "account %q is not understood; write provider:id, such as aws:123456789012", short(a))
		} else if slices.Contains(accounts[:i], a) {
			o.w.say(nodes[i], o.path+".accounts", "account %s is listed twice", a)
		}
	}
	slices.Sort(accounts)
	u.Accounts = accounts
	o.finish(nil)
	return u
}
