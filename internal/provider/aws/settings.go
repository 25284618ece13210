package aws

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// settings is the part of a Source document under spec.aws.
type settings struct {
	Regions    []string `json:"regions"`  // empty: every region that is enabled in the account
	Accounts   accounts `json:"accounts"` // zero: the caller's own account
	Endpoint   string   `json:"endpoint"` // "": the provider's own
	HomeRegion string   `json:"home_region"`
}

// accounts says which accounts are read besides the caller's own, and by which role.
type accounts struct {
	Organization     bool     `json:"organization"`
	Role             string   `json:"role"`
	IDs              []string `json:"ids"`
	ExternalIDSecret string   `json:"external_id_secret"`
}

// own reports whether only the caller's own account is read.
func (a accounts) own() bool { return !a.Organization && len(a.IDs) == 0 }

var (
	settingNames = []string{"regions", "accounts", "endpoint", "home_region"}
	accountNames = []string{"organization", "role", "ids", "external_id_secret"}

	regionPattern  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d{1,2}$`)
	accountPattern = regexp.MustCompile(`^\d{12}$`)
	rolePattern    = regexp.MustCompile(`^([\w+=,.@-]+/)*[\w+=,.@-]{1,64}$`)
)

// parseSettings decodes and checks without reaching out. Errors are fault.Invalid and name the field.
func parseSettings(raw json.RawMessage, allowLoopback bool) (settings, error) {
	var s settings
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return s, nil
	}
	if err := knownNames(raw); err != nil {
		return s, err
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, decodeFault(err)
	}
	return s, s.check(allowLoopback)
}

// knownNames refuses a setting that nobody reads: a misspelt one would be silently ignored.
func knownNames(raw json.RawMessage) error {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(raw, &top); err != nil {
		return decodeFault(err)
	}
	if err := oneOf("spec.aws", slices.Sorted(maps.Keys(top)), settingNames); err != nil {
		return err
	}
	var inner map[string]json.RawMessage
	if len(top["accounts"]) == 0 {
		return nil
	}
	if err := json.Unmarshal(top["accounts"], &inner); err != nil {
		return fault.Say(fault.Invalid, "spec.aws.accounts must hold settings: %s.", strings.Join(accountNames, ", ")).In("accounts").Because(err)
	}
	return oneOf("spec.aws.accounts", slices.Sorted(maps.Keys(inner)), accountNames)
}

func oneOf(where string, have, known []string) error {
	for _, name := range have {
		if slices.Contains(known, name) {
			continue
		}
		field := strings.TrimPrefix(strings.TrimPrefix(where+"."+name, "spec.aws"), ".")
		if near := fault.Nearest(name, known); near != "" {
			return fault.Say(fault.Invalid, "%s has no setting %q. Did you mean %q?", where, name, near).In(field)
		}
		return fault.Say(fault.Invalid, "%s has no setting %q. It knows %s.", where, name, strings.Join(known, ", ")).In(field)
	}
	return nil
}

func decodeFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) || wrong.Field == "" {
		return fault.Say(fault.Invalid, "spec.aws must hold settings: %s.", strings.Join(settingNames, ", ")).Because(err)
	}
	hint := ""
	if wrong.Field == "accounts.ids" || strings.HasPrefix(wrong.Field, "accounts.ids") {
		hint = ` Write each account id in quotes: "012345678901".`
	}
	want := map[string]string{"[]string": "a list of texts", "string": "a text", "bool": "true or false", "aws.accounts": "settings"}[wrong.Type.String()]
	return fault.Say(fault.Invalid, "spec.aws.%s must be %s, not a %s.%s", wrong.Field, want, wrong.Value, hint).In(wrong.Field).Because(err)
}

func (s settings) check(allowLoopback bool) error {
	for _, r := range s.Regions {
		if !regionPattern.MatchString(r) {
			return fault.Say(fault.Invalid, "spec.aws.regions: %q is not a region code such as eu-central-1.", r).In("regions")
		}
	}
	if s.HomeRegion != "" && !regionPattern.MatchString(s.HomeRegion) {
		return fault.Say(fault.Invalid, "spec.aws.home_region: %q is not a region code such as eu-central-1.", s.HomeRegion).In("home_region")
	}
	if err := s.Accounts.check(); err != nil {
		return err
	}
	if s.Endpoint == "" {
		return nil
	}
	if err := checkEndpoint(s.Endpoint, allowLoopback); err != nil {
		return fault.Say(fault.Invalid, "spec.aws.endpoint: %s", err).In("endpoint")
	}
	return nil
}

func (a accounts) check() error {
	for _, id := range a.IDs {
		if !accountPattern.MatchString(id) {
			return fault.Say(fault.Invalid, "spec.aws.accounts.ids: %q is not an account id: twelve digits, in quotes.", id).In("accounts.ids")
		}
	}
	switch {
	case a.Organization && len(a.IDs) > 0:
		return fault.Say(fault.Invalid, "spec.aws.accounts: organization reads every account, so ids has no meaning beside it. Remove one of the two.").In("accounts.ids")
	case a.own() && a.Role != "":
		return fault.Say(fault.Invalid, "spec.aws.accounts.role is set, but no accounts are. Set organization: true, or ids.").In("accounts.role")
	case a.own() && a.ExternalIDSecret != "":
		return fault.Say(fault.Invalid, "spec.aws.accounts.external_id_secret is set, but no role is assumed. Set organization or ids, and role.").In("accounts.external_id_secret")
	case !a.own() && a.Role == "":
		return fault.Say(fault.Invalid, "spec.aws.accounts.role is missing: the name of the role to assume in each account, such as CausewayRead.").In("accounts.role")
	case strings.HasPrefix(a.Role, "arn:"):
		return fault.Say(fault.Invalid, "spec.aws.accounts.role: give the role's name, not its ARN. It is assumed in every account.").In("accounts.role")
	case a.Role != "" && !rolePattern.MatchString(a.Role):
		return fault.Say(fault.Invalid, "spec.aws.accounts.role: %q is not a role name. It may have a path (team/CausewayRead).", a.Role).In("accounts.role")
	}
	return nil
}

// roleARN is where the role stands in one account.
func (a accounts) roleARN(partition, account string) string {
	return fmt.Sprintf("arn:%s:iam::%s:role/%s", partition, account, a.Role)
}
