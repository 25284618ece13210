package terraform

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/fault"
)

// leakMarker is put by the fuzz targets' seeds wherever the allow-list does not reach. A document
// that the fuzzer makes may move it into an allowed place, so the check is on the rules, not on it.
func fuzzRedact(f *testing.F) {
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := Redact(bytes.NewReader(doc), "fuzz")
		if err != nil {
			if _, ok := fault.Text(err); !ok || !errors.Is(err, fault.Invalid) {
				t.Fatalf("an error that nobody may read: %v", err)
			}
			return
		}
		checkAllowed(t, s)
		again, err := DecodeSnapshot(bytes.NewReader(toJSON(t, s)))
		if err != nil {
			t.Fatalf("the server refuses what the client redacted: %v", err)
		}
		if a, b := toJSON(t, s), toJSON(t, again); !bytes.Equal(a, b) {
			t.Fatalf("redacted twice is not redacted once:\n%s\n%s", a, b)
		}
		resourcesOf(t, PushReader(again))
	})
}

// checkAllowed holds every string of a snapshot against the rules.
func checkAllowed(t *testing.T, s Snapshot) {
	t.Helper()
	for _, o := range s.Resources {
		for name, v := range o.Attributes {
			looks := secretLike
			if identifiers[name] {
				looks = secretID
			}
			if !isAllowed(o.Type, name) || looks(v) || len(v) > maxIDBytes {
				t.Fatalf("%s keeps %s = %q", o.Address, name, v)
			}
		}
		for k, v := range o.Tags {
			if secretLike(k) || secretLike(v) || (secretKey.MatchString(k) && v != "") || len(k) > maxValueBytes || len(v) > maxValueBytes {
				t.Fatalf("%s keeps tag %q = %q", o.Address, k, v)
			}
		}
		if _, err := parseAddress(o.Address); err != nil || secretLike(o.Address) {
			t.Fatalf("address %q: %v", o.Address, err)
		}
	}
}

func FuzzState(f *testing.F) {
	f.Add([]byte(plantedState()))
	for _, state := range shapedStates(f) {
		f.Add(state)
	}
	for _, name := range []string{"terraform-1.11.tfstate", "opentofu-1.10.tfstate", "opentofu-1.10.encrypted.tfstate", "terraform-1.5-local.tfstate"} {
		f.Add(readFile(f, "testdata/real/"+name))
	}
	f.Add([]byte(`{"version":4,"serial":1,` + lineage + `,"resources":[{"mode":"managed","type":"a","name":"b","provider":"provider.aws.x","instances":[{"index_key":4294967295,"attributes_flat":{"id":"x"}}]}]}`))
	fuzzRedact(f)
}

func FuzzShow(f *testing.F) {
	for _, state := range shapedStates(f) {
		f.Add(showForm(f, state, false))
		f.Add(showForm(f, state, true))
	}
	f.Add(showTreeOf(f, []byte(plantedState())))
	f.Add(readFile(f, "testdata/real/terraform-1.11.show.json"))
	f.Add(readFile(f, "testdata/real/terraform-1.11.plan.json"))
	fuzzRedact(f)
}

func FuzzDecodeSnapshot(f *testing.F) {
	for name, state := range shapedStates(f) {
		f.Add(toJSON(f, mustRedact(f, state, name)))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := DecodeSnapshot(bytes.NewReader(doc))
		if err != nil {
			if _, ok := fault.Text(err); !ok {
				t.Fatalf("an error that nobody may read: %v", err)
			}
			return
		}
		checkAllowed(t, s)
		for _, r := range resourcesOf(t, PushReader(s)) {
			if r.NativeID == "" || r.Name == "" || r.Kind == "" || strings.ContainsRune(string(toJSON(t, r)), 0) {
				t.Fatalf("resource %+v", r)
			}
		}
	})
}
