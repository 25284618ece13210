package terraform

import (
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/causeway/causeway/internal/fault"
)

// SnapshotFormat is the version of the wire format. Another one is refused, not guessed at.
const SnapshotFormat = "causeway.terraform/1"

// Limits of a Snapshot. They bound what a server takes from a client, far above real states.
const (
	maxSnapshotBytes = 64 << 20
	maxObjects       = 250_000
	maxNameBytes     = 200
	maxAddressBytes  = 2048
)

// Form says what a Snapshot was made from.
type Form string

// The forms. FormPlan is the prior state of a plan.
const (
	FormState Form = "state"
	FormShow  Form = "show"
	FormPlan  Form = "plan"
)

// Snapshot is one state after redaction, and the wire format of a push.
type Snapshot struct {
	Format           string   `json:"format"`
	Name             string   `json:"name"` // of the workspace, as people call it
	Form             Form     `json:"form"`
	Lineage          string   `json:"lineage,omitempty"` // "" where the form does not carry it
	Serial           int64    `json:"serial,omitempty"`  // 0 where the form does not carry it
	TerraformVersion string   `json:"terraform_version,omitempty"`
	Resources        []Object `json:"resources"`
	Dropped          Dropped  `json:"dropped"`
}

// Object is one managed resource instance after redaction.
type Object struct {
	Address  string `json:"address"`  // with module path and instance key
	Type     string `json:"type"`     // "aws_s3_bucket"
	Provider string `json:"provider"` // "registry.terraform.io/hashicorp/aws"
	Tainted  bool   `json:"tainted,omitempty"`
	Deposed  string `json:"deposed,omitempty"` // key of an object that waits for its destruction
	// Attributes has allow-listed names only; nested ones are dotted: "metadata.namespace".
	Attributes map[string]string `json:"attributes,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	// Replicas are the regions of replica blocks, of types that have them.
	Replicas []string `json:"replicas,omitempty"`
}

// Dropped counts what was allowed by name but not by value. What is not on the allow-list is not
// counted: it was never looked at.
type Dropped struct {
	Sensitive  int `json:"sensitive,omitempty"`   // marked as sensitive, or equal to what is
	SecretLike int `json:"secret_like,omitempty"` // looks like a key, a token or a password
	TooLong    int `json:"too_long,omitempty"`    // cut, or dropped where a part would be wrong
}

func (d *Dropped) add(o Dropped) {
	d.Sensitive += o.Sensitive
	d.SecretLike += o.SecretLike
	d.TooLong += o.TooLong
}

// ScopeID identifies the state among all others: its lineage, or its name where the form carries none.
func (s Snapshot) ScopeID() string {
	if s.Lineage != "" {
		return s.Lineage
	}
	return "name:" + s.Name
}

// DecodeSnapshot reads a pushed Snapshot. The client has redacted it, and is not trusted to have:
// whatever is not allowed here is dropped and counted, so that an older or a forged client cannot
// bring a secret in. A document that is not a Snapshot is fault.Invalid.
func DecodeSnapshot(r io.Reader) (Snapshot, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxSnapshotBytes+1))
	if err != nil {
		return Snapshot{}, fault.Say(fault.Unavailable, "The pushed state ended early. Push it again.").Because(err)
	}
	if len(body) > maxSnapshotBytes {
		return Snapshot{}, fault.Say(fault.Invalid, "The pushed state is larger than %d MB after redaction. Split the state.", maxSnapshotBytes>>20)
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	var s Snapshot
	if err := dec.Decode(&s); err != nil {
		return Snapshot{}, fault.Say(fault.Invalid, "The body is not a redacted state of format %s. Send it with console push of this version.", SnapshotFormat).Because(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Snapshot{}, fault.Say(fault.Invalid, "Something follows the redacted state. Send one state a request.")
	}
	if err := s.check(); err != nil {
		return Snapshot{}, err
	}
	for i, o := range s.Resources {
		again, dropped, err := o.again()
		if err != nil {
			return Snapshot{}, fault.Say(fault.Invalid, "resources[%d]: %s. Send it with console push of this version.", i, err)
		}
		s.Resources[i] = again
		s.Dropped.add(dropped)
	}
	return s, nil
}

var (
	lineagePattern = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$`)
	versionPattern = regexp.MustCompile(`^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}(-[0-9A-Za-z.]{1,20})?$`)
	deposedPattern = regexp.MustCompile(`^[0-9a-f]{8}$`)
)

// check validates everything but the objects.
func (s Snapshot) check() error {
	if s.Format != SnapshotFormat {
		return fault.Say(fault.Invalid, "The format is %q, and this server reads %s. Use the console of the server's version to push.", short(s.Format), SnapshotFormat).In("format")
	}
	if err := checkName(s.Name); err != nil {
		return err
	}
	if !slices.Contains([]Form{FormState, FormShow, FormPlan}, s.Form) {
		return fault.Say(fault.Invalid, "The form %q is not one of state, show, plan.", short(string(s.Form))).In("form")
	}
	if s.Lineage != "" && (!lineagePattern.MatchString(s.Lineage) || secretLike(s.Lineage)) {
		return fault.Say(fault.Invalid, "The lineage is not an identifier.").In("lineage")
	}
	if s.Form == FormState && s.Lineage == "" {
		return fault.Say(fault.Invalid, "A state file has a lineage, and this one lacks it.").In("lineage")
	}
	if s.Serial < 0 || (s.Serial > 0 && s.Lineage == "") {
		return fault.Say(fault.Invalid, "The serial %d counts in no lineage.", s.Serial).In("serial")
	}
	if s.TerraformVersion != "" && !versionPattern.MatchString(s.TerraformVersion) {
		return fault.Say(fault.Invalid, "terraform_version is not a version.").In("terraform_version")
	}
	if s.Dropped.Sensitive < 0 || s.Dropped.SecretLike < 0 || s.Dropped.TooLong < 0 {
		return fault.Say(fault.Invalid, "A count of dropped values is below 0.").In("dropped")
	}
	if len(s.Resources) > maxObjects {
		return fault.Say(fault.Invalid, "The state has %d resources; %d is the limit. Split the state.", len(s.Resources), maxObjects).In("resources")
	}
	return nil
}

// checkName validates the name of a workspace: printable, no space around it.
func checkName(name string) error {
	bad := name == "" || len(name) > maxNameBytes || name != strings.TrimSpace(name) || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
	if bad || secretLike(name) {
		return fault.Say(fault.Invalid, "The name %q cannot name a workspace: use 1 to %d printable characters without a space around them.", short(mask(name)), maxNameBytes).In("name")
	}
	return nil
}

// short cuts a value that is shown in an error.
func short(s string) string { return cut(clean(s), 60) }
