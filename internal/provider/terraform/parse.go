package terraform

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/causeway/causeway/internal/provider"
)

const (
	// maxStateBytes bounds a state before redaction. Terraform itself is unusable long before.
	maxStateBytes = 512 << 20
	// maxDepth bounds nesting: of values that are skipped, and of modules.
	maxDepth = 500
)

// header is what a state says of itself.
type header struct {
	form      Form
	lineage   string
	serial    int64
	version   string // of Terraform
	encrypted bool
}

// errEnough ends a scan from inside without being an error of the state.
var errEnough = errors.New("enough was read")

// scanner walks one document of any of the forms and hands out its objects one by one. In memory is
// never more than the objects of one resource block.
type scanner struct {
	name    string // of the file, for messages
	dec     *json.Decoder
	in      *limited
	emit    func(Object, Dropped) error // its error ends the scan and is passed on
	head    header
	format  string // format_version of the show form
	v4      int    // version of a state file
	seen    map[string]bool
	objects int
	// onlyHead stops at the first object: enough to know a state by.
	onlyHead bool
}

// scan reads a state from r and emits its managed objects. Errors are *provider.Problem naming the
// file, what was found and the fix; an error of r or of emit is passed on as it is.
func scan(name string, r io.Reader, onlyHead bool, emit func(Object, Dropped) error) (header, error) {
	in := &limited{r: r, left: maxStateBytes}
	buf := bufio.NewReaderSize(in, 64<<10)
	if err := sniff(name, buf); err != nil || in.err != nil {
		if in.err != nil {
			return header{}, in.fault(name)
		}
		return header{}, err
	}
	s := &scanner{name: name, dec: json.NewDecoder(buf), in: in, emit: emit, seen: map[string]bool{}, onlyHead: onlyHead}
	s.dec.UseNumber()
	err := s.document()
	switch {
	case in.err != nil:
		return s.head, in.fault(name)
	case errors.Is(err, errEnough):
		err = nil
	case err == nil:
		err = s.ended()
	}
	if err == nil {
		err = s.verdict()
	}
	if !lineagePattern.MatchString(s.head.lineage) || secretLike(s.head.lineage) {
		s.head.lineage = ""
	}
	return s.head, s.problem(err)
}

func (s *scanner) document() error {
	return s.object(0, func(key string) error {
		s.seen[key] = true
		switch key {
		case "version":
			return s.stateVersion()
		case "format_version":
			return s.text(&s.format)
		case "terraform_version":
			return s.text(&s.head.version)
		case "serial":
			return s.serial()
		case "lineage":
			return s.text(&s.head.lineage)
		case "encryption_version", "encrypted_data":
			s.head.encrypted = true
		case "resources":
			return s.array(0, s.blockV4)
		case "values":
			return s.values(0)
		case "prior_state":
			return s.object(1, func(key string) error {
				if key == "values" {
					return s.values(2)
				}
				return s.skip()
			})
		}
		return s.skip()
	})
}

// verdict decides which form the document was, once it is read as far as wanted.
func (s *scanner) verdict() error {
	switch {
	case s.head.encrypted:
		return &provider.Problem{
			Code: provider.ProblemEncrypted,
			Text: s.name + " is a state that OpenTofu has encrypted. It is not read as empty.",
			Fix:  "Where the keys are, run `tofu state pull | console push - --workspace NAME`: it decrypts and redacts the state there.",
		}
	case s.v4 == 4:
		s.head.form = FormState
		return s.verdictV4()
	case s.seen["format_version"]:
		return s.verdictShow()
	}
	return s.invalid("is JSON, but neither a Terraform state nor the output of `terraform show -json`",
		"Give a .tfstate file, or the output of `terraform state pull` or `terraform show -json`.")
}

func (s *scanner) verdictV4() error {
	if !versionPattern.MatchString(s.head.version) {
		s.head.version = ""
	}
	switch {
	case !s.seen["serial"] || !lineagePattern.MatchString(s.head.lineage):
		return s.invalid("is a state without a serial or a lineage, so nobody can tell which state it is", "Fetch it anew with `terraform state pull`.")
	case !s.onlyHead && !s.seen["resources"]:
		return s.invalid("is a state without a list of resources", "Fetch it anew with `terraform state pull`.")
	}
	return nil
}

func (s *scanner) verdictShow() error {
	s.head.lineage, s.head.serial = "", 0
	if !versionPattern.MatchString(s.head.version) {
		s.head.version = ""
	}
	isPlan := s.seen["planned_values"] || s.seen["resource_changes"] || s.seen["prior_state"]
	s.head.form = FormShow
	err := (&tfjson.State{FormatVersion: s.format}).Validate()
	if isPlan {
		s.head.form = FormPlan
		err = (&tfjson.Plan{FormatVersion: s.format}).Validate()
	}
	switch {
	case err != nil:
		return s.invalid(fmt.Sprintf("has format_version %q, which this version does not know", short(mask(s.format))), "Update the console, or push the state file instead.")
	case isPlan && !s.seen["prior_state"]:
		return s.invalid("is a plan without a prior state: nothing exists yet, and what is only planned is no inventory", "Push after the apply.")
	case !isPlan && !s.seen["values"]:
		return s.invalid("holds no state: this is what `terraform show -json` prints in a folder or a workspace without one",
			"Run it where the state is. If everything was destroyed on purpose, push the state file (`terraform state pull`): its serial proves it.")
	}
	return nil
}

// stateVersion refuses the versions that are not read, by number.
func (s *scanner) stateVersion() error {
	v, err := s.number()
	switch {
	case errors.Is(err, errShape):
		return s.invalid("has a version that is not a whole number, so it is no state", "Give a .tfstate file, or the output of `terraform state pull` or `terraform show -json`.")
	case err != nil:
		return err
	case v < 4:
		return s.invalid(fmt.Sprintf("is a state of version %d, which Terraform before 0.12 wrote (or a .terraform folder's record of its backend)", v),
			"Let Terraform 0.12 or newer upgrade it: `terraform apply -refresh-only`, then give the new state.")
	case v > 4:
		return s.invalid(fmt.Sprintf("is a state of version %d, which this version does not know", v), "Update the console, or push the output of `terraform show -json`.")
	}
	s.v4 = 4
	return nil
}

func (s *scanner) serial() error {
	v, err := s.number()
	switch {
	case errors.Is(err, errShape):
		return s.invalid("has a serial that is not a whole number", "Fetch it anew with `terraform state pull`.")
	case err != nil:
		return err
	}
	s.head.serial = v
	return nil
}

// number decodes a whole number that is not negative; anything else is errShape.
func (s *scanner) number() (int64, error) {
	var v any
	if err := s.dec.Decode(&v); err != nil {
		return 0, err
	}
	n, ok := v.(json.Number)
	if !ok {
		return 0, errShape
	}
	i, err := n.Int64()
	if err != nil || i < 0 {
		return 0, errShape
	}
	return i, nil
}

func (s *scanner) text(to *string) error {
	var v any
	if err := s.dec.Decode(&v); err != nil {
		return err
	}
	*to, _ = scalar(v)
	return nil
}

// out hands an object over.
func (s *scanner) out(o Object, d Dropped) error {
	s.objects++
	if s.objects > maxObjects {
		return s.invalid(fmt.Sprintf("has more than %d resources", maxObjects), "Split the state.")
	}
	if err := s.emit(o, d); err != nil {
		return passed{err}
	}
	return nil
}

// passed marks an error of the consumer, which is not the state's fault.
type passed struct{ error }

// invalid is a Problem of this file.
func (s *scanner) invalid(found, fix string) *provider.Problem {
	return &provider.Problem{Code: provider.ProblemInvalid, Text: s.name + " " + found + ".", Fix: fix}
}

// problem turns whatever ended the scan into what is passed on. A decoder's own message may quote
// the document, so it is not kept.
func (s *scanner) problem(err error) error {
	var (
		p    passed
		prob *provider.Problem
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &p):
		return p.error
	case errors.As(err, &prob):
		return prob
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return s.invalid(fmt.Sprintf("ends after %d bytes in the middle of the state: it is truncated", s.dec.InputOffset()), "Copy it again, completely.")
	}
	return s.invalid(fmt.Sprintf("is not valid JSON near byte %d", s.dec.InputOffset()), "Fetch it anew with `terraform state pull`.")
}
