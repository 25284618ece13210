package terraform

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

const lineage = `"lineage":"a0a0a0a0-0000-4000-8000-000000000009"`

func TestWhatIsNotAState(t *testing.T) {
	encrypted := string(readFile(t, "testdata/real/opentofu-1.10.encrypted.tfstate"))
	real := string(readFile(t, "testdata/real/terraform-1.11.tfstate"))
	for _, c := range []struct {
		name, doc string
		code      provider.ProblemCode
		says      string
	}{
		{"empty", "", provider.ProblemInvalid, "is empty"},
		{"spaces", " \n\t", provider.ProblemInvalid, "is empty"},
		{"login page", "\n<!DOCTYPE html><title>Sign in</title>", provider.ProblemInvalid, "HTML"},
		{"PowerShell", "\xff\xfe{\x00", provider.ProblemInvalid, "UTF-16"},
		{"binary plan", "PK\x03\x04xx", provider.ProblemInvalid, "binary plan"},
		{"gzip", "\x1f\x8b\x08", provider.ProblemInvalid, "compressed"},
		{"git lfs", "version https://git-lfs.github.com/spec/v1\n", provider.ProblemInvalid, "Git LFS"},
		{"show for people", "# aws_instance.a:\nresource", provider.ProblemInvalid, "for people"},
		{"configuration", "terraform {\n}", provider.ProblemInvalid, "configuration"},
		{"list", "[]", provider.ProblemInvalid, "not JSON"},
		{"other JSON", `{"name":"package","version":"1.0.0"}`, provider.ProblemInvalid, "not a whole number"},
		{"some JSON", `{"hello":"world"}`, provider.ProblemInvalid, "neither a Terraform state"},
		{"version 3", `{"version":3,"serial":1,` + lineage + `,"modules":[]}`, provider.ProblemInvalid, "version 3"},
		{"version 5", `{"version":5}`, provider.ProblemInvalid, "version 5"},
		{"no lineage", `{"version":4,"serial":1,"resources":[]}`, provider.ProblemInvalid, "without a serial or a lineage"},
		{"no serial", `{"version":4,` + lineage + `,"resources":[]}`, provider.ProblemInvalid, "without a serial or a lineage"},
		{"no resources", `{"version":4,"serial":1,` + lineage + `}`, provider.ProblemInvalid, "without a list of resources"},
		{"truncated", real[:len(real)/2], provider.ProblemInvalid, "truncated"},
		{"two states", real + real, provider.ProblemInvalid, "goes on after its end"},
		{"bad JSON", `{"version":4,}`, provider.ProblemInvalid, "not valid JSON near byte"},
		{"bad shape", `{"version":4,"serial":1,` + lineage + `,"resources":{"a":"planted"}}`, provider.ProblemInvalid, "not valid JSON near byte"},
		{"bad block", `{"version":4,"serial":1,` + lineage + `,"resources":[{"mode":"managed","type":"planted planted","name":"n","provider":"provider[\"a.b/c/d\"]","instances":[{}]}]}`, provider.ProblemInvalid, "number 1"},
		{"encrypted", encrypted, provider.ProblemEncrypted, "encrypted"},
		{"empty show", `{"format_version":"1.0"}`, provider.ProblemInvalid, "holds no state"},
		{"newer show", `{"format_version":"9.0","values":{}}`, provider.ProblemInvalid, "format_version"},
		{"first plan", `{"format_version":"1.2","planned_values":{},"resource_changes":[]}`, provider.ProblemInvalid, "prior state"},
		{"deep", `{"version":4,"x":` + strings.Repeat("[", 2000), provider.ProblemInvalid, "deeper"},
		{"deep modules", `{"format_version":"1.0","values":{"root_module":` + strings.Repeat(`{"child_modules":[`, 600), provider.ProblemInvalid, "deeper"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Redact(strings.NewReader(c.doc), "prod.tfstate")
			if err == nil {
				t.Fatalf("it is taken for a state of %d objects", len(s.Resources))
			}
			var p *provider.Problem
			if !errors.As(err, &p) || !errors.Is(err, fault.Invalid) {
				t.Fatalf("error %v is not a Problem within a fault", err)
			}
			text, ok := fault.Text(err)
			if !ok || p.Code != c.code || p.Fix == "" || !strings.Contains(text, c.says) || !strings.Contains(text, "prod.tfstate") {
				t.Errorf("code %s, fix %q, text %q; want code %s and %q and the file's name", p.Code, p.Fix, text, c.code, c.says)
			}
			if strings.Contains(err.Error(), "planted") {
				t.Errorf("the error quotes the document: %v", err)
			}
		})
	}
}

func TestReadFailureIsNotABrokenState(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := Redact(io.MultiReader(strings.NewReader(`{"version":4,`), failing{broken}), "x")
	if !errors.Is(err, broken) {
		t.Errorf("error %v hides the reader's", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestByteOrderMarkIsSkipped(t *testing.T) {
	s := mustRedact(t, append([]byte("\xef\xbb\xbf"), readFile(t, "testdata/real/terraform-1.11.tfstate")...), "x")
	if len(s.Resources) == 0 {
		t.Errorf("no objects")
	}
}

func TestDecodeSnapshotRefuses(t *testing.T) {
	const head = `{"format":"causeway.terraform/1","name":"prod","form":"show","dropped":{},"resources":[`
	object := func(o string) string { return head + o + `]}` }
	for _, c := range []struct{ name, doc, says string }{
		{"not JSON", `<html>`, "not a redacted state"},
		{"unknown field", `{"format":"causeway.terraform/1","outputs":{}}`, "not a redacted state"},
		{"unknown field of an object", object(`{"address":"a.b","type":"a","provider":"h/n/t","values":{}}`), "not a redacted state"},
		{"other format", `{"format":"causeway.terraform/2","name":"p","form":"state","resources":[]}`, "format"},
		{"no name", `{"format":"causeway.terraform/1","name":" ","form":"show","resources":[]}`, "name"},
		{"other form", `{"format":"causeway.terraform/1","name":"p","form":"x","resources":[]}`, "form"},
		{"state without lineage", `{"format":"causeway.terraform/1","name":"p","form":"state","resources":[]}`, "lineage"},
		{"lineage with a slash", `{"format":"causeway.terraform/1","name":"p","form":"state","lineage":"a/b","resources":[]}`, "lineage"},
		{"serial of nothing", `{"format":"causeway.terraform/1","name":"p","form":"show","serial":3,"resources":[]}`, "serial"},
		{"negative count", `{"format":"causeway.terraform/1","name":"p","form":"show","dropped":{"sensitive":-1},"resources":[]}`, "dropped"},
		{"two documents", head + `]}{}`, "follows"},
		{"no address", object(`{"address":"","type":"a","provider":"h/n/t"}`), "resources[0]"},
		{"data source", object(`{"address":"data.aws_ami.x","type":"aws_ami","provider":"h/n/t"}`), "resources[0]"},
		{"another type", object(`{"address":"aws_ami.x","type":"aws_vpc","provider":"h/n/t"}`), "resources[0]"},
		{"provider", object(`{"address":"aws_ami.x","type":"aws_ami","provider":"planted planted"}`), "resources[0]"},
		{"deposed", object(`{"address":"aws_ami.x","type":"aws_ami","provider":"h/n/t","deposed":"planted"}`), "resources[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := DecodeSnapshot(strings.NewReader(c.doc))
			text, ok := fault.Text(err)
			var f *fault.Public
			if !ok || !errors.Is(err, fault.Invalid) || !errors.As(err, &f) || !strings.Contains(text+f.Field, c.says) {
				t.Errorf("error %v does not say %q", err, c.says)
			}
			if strings.Contains(text, "planted") {
				t.Errorf("the error quotes the document: %s", text)
			}
		})
	}
}

func TestDecodeSnapshotDropsWhatIsNotAllowed(t *testing.T) {
	s, err := DecodeSnapshot(strings.NewReader(`{"format":"causeway.terraform/1","name":"prod","form":"show","dropped":{},"resources":[
		{"address":"aws_db_instance.db[\"AKIAIOSFODNN7EXAMPLE\"]","type":"aws_db_instance","provider":"registry.terraform.io/hashicorp/aws",
		 "attributes":{"password":"planted","engine":"mysql","name":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
		 "tags":{"env":"prod","db_password":"planted","note":"postgres://u:planted@h/db"},"replicas":["eu-west-1"]},
		{"address":"random_string.s","type":"random_string","provider":"registry.terraform.io/hashicorp/random","attributes":{"id":"planted","region":"x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text := string(toJSON(t, s))
	for _, secret := range []string{"planted", "AKIA", "wJalr"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is kept: %s", secret, text)
		}
	}
	if s.Resources[0].Attributes["engine"] != "mysql" || s.Resources[0].Tags["env"] != "prod" || s.Dropped.SecretLike != 5 || s.Resources[0].Replicas != nil {
		t.Errorf("kept or counted wrongly: %s", text)
	}
}
