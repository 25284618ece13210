package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// awkward values are those that YAML reads as something else when they are not quoted.
var awkward = []string{"", "yes", "null", "~", "1", "012", "1e3", "2026-05-01", "- a", "a: b", "#x", "&a", "*a", "!t", "{}", "'", `"`, " x ", "é😀", "\u2028", "<<", "="}

func set() []Document {
	lat, long := -33.5, 0.0
	docs := []Document{
		{Kind: KindSource, Name: "states", Spec: Source{Adapter: "terraform", Unit: "retail", Settings: json.RawMessage(`{}`)}},
		{Kind: KindRegion, Name: "own.syd-1", Revision: 2, Spec: Region{Provider: "own", Code: "syd-1", Title: "Sydney 1", Country: "AU", Metro: "Sydney", Latitude: &lat, Longitude: &long}},
		{Kind: KindUnit, Name: "a-child", Spec: Unit{Title: "Child", Parent: "z-parent"}},
		{Kind: KindUnit, Name: "z-parent", Revision: 9, Spec: Unit{Title: "yes", Parent: RootUnit, Owner: "team: x", Accounts: []string{"aws:012345678901", "own:d"}}},
		{Kind: KindUnit, Name: RootUnit, Spec: Unit{Title: "Organisation"}},
	}
	settings := map[string]any{"n": json.Number("1.50"), "big": 9007199254740991, "t": true, "nil": nil, "list": awkward, "m": map[string]any{"b": 1, "a": []any{}, "yes": map[string]any{}}}
	for i, s := range awkward {
		settings["k"+s] = i
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		panic(err)
	}
	return append(docs, Document{Kind: KindSource, Name: "x.y", Revision: 1, Spec: Source{Adapter: "aws", Unit: RootUnit, Every: 36 * time.Hour, Enabled: true, Settings: raw}})
}

var sameDocuments = cmp.Options{
	cmpopts.IgnoreFields(Document{}, "At"),
	cmp.Transformer("settings", func(r json.RawMessage) string {
		var v any
		dec := json.NewDecoder(bytes.NewReader(r))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return err.Error()
		}
		b, err := json.Marshal(v)
		return fmt.Sprint(string(b), err)
	}),
}

func TestRoundTrip(t *testing.T) {
	want := set()
	var first bytes.Buffer
	if err := Encode(&first, want); err != nil {
		t.Fatal(err)
	}
	got, err := Decoder{}.Decode("export.yaml", first.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, first.String())
	}
	Sort(want)
	if diff := cmp.Diff(want, got, sameDocuments); diff != "" {
		t.Errorf("documents (-want +got):\n%s\n%s", diff, first.String())
	}
	var second bytes.Buffer
	if err := Encode(&second, got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("the second writing differs (-first +second):\n%s", diff)
	}

	values := make([]json.RawMessage, len(got))
	for i, doc := range got {
		if values[i], err = json.Marshal(doc); err != nil {
			t.Fatal(err)
		}
	}
	sent, err := Decoder{}.DecodeValues(values)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sent, sameDocuments); diff != "" {
		t.Errorf("sent as JSON (-want +got):\n%s", diff)
	}
}

func TestEncodeForm(t *testing.T) {
	var b bytes.Buffer
	err := Encode(&b, []Document{
		{Kind: KindSource, Name: "prod", Revision: 3, Spec: Source{Adapter: "aws", Every: 90 * time.Minute, Unit: "retail", Enabled: true, Settings: json.RawMessage(`{"regions":["eu-central-1"],"accounts":{"role":"R","organization":true}}`)}},
		{Kind: KindUnit, Name: "retail", Spec: Unit{Title: "Retail", Parent: RootUnit, Accounts: []string{"aws:123456789012"}}},
	})
	want := lines(
		"apiVersion: causeway/v1",
		"kind: Unit",
		"metadata:",
		"  name: retail",
		"spec:",
		"  title: Retail",
		"  parent: organisation",
		"  accounts:",
		"    - aws:123456789012",
		"---",
		"apiVersion: causeway/v1",
		"kind: Source",
		"metadata:",
		"  name: prod",
		"  revision: 3",
		"spec:",
		"  adapter: aws",
		"  schedule: every 1h30m",
		"  unit: retail",
		"  enabled: true",
		"  aws:",
		"    accounts:",
		"      organization: true",
		"      role: R",
		"    regions:",
		"      - eu-central-1",
	)
	if diff := cmp.Diff(want, b.String()); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestSchedule(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"manual": 0, "every 10s": 10 * time.Second, "every 1m": time.Minute, "every 90s": 90 * time.Second, "every 1h": time.Hour,
		"every 1h30m": 90 * time.Minute, "every 31d": 31 * 24 * time.Hour, "every 24h": 24 * time.Hour, "every 10m": 10 * time.Minute, "every 20h": 20 * time.Hour,
	} {
		got, err := ParseSchedule(text)
		if err != nil || got != want {
			t.Errorf("ParseSchedule(%q) = %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseSchedule(Schedule(got)); err != nil || again != want {
			t.Errorf("Schedule(%v) = %q, which reads as %v, %v", got, Schedule(got), again, err)
		}
	}
	for _, text := range []string{"", "every", "every ", "every 0s", "every -5m", "every 9s", "every 32d", "every 1.5d", "every 99999999999999999999d", "every 90.5s", "15m", "Every 15m", "every 15"} {
		if got, err := ParseSchedule(text); err == nil {
			t.Errorf("ParseSchedule(%q) = %v, want an error", text, got)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unit := func(name string) string {
		return "apiVersion: causeway/v1\nkind: Unit\nmetadata: {name: " + name + "}\nspec: {title: T}\n"
	}
	write("set/b.yml", unit("b"))
	write("set/deep/c.json", `{"apiVersion":"causeway/v1","kind":"Unit","metadata":{"name":"c"},"spec":{"title":"T"}}`)
	write("set/.git/x.yaml", "broken: [")
	write("set/README.md", "no document")
	write("empty/README.md", "no document")
	write("void.yaml", "# nothing\n")
	write("again.yaml", unit("b"))
	write("bad.yaml", "kind: Unit\n")

	at := func(name string) string { return filepath.Join(dir, name) }
	docs, err := Decoder{}.Files([]string{at("set"), "-", at("set/b.yml")}, strings.NewReader(unit("a")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		got = append(got, d.Name+" "+filepath.Base(d.At.File))
	}
	if diff := cmp.Diff([]string{"b b.yml", "c c.json", "a stdin"}, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		paths []string
		want  string
	}{
		{[]string{at("none.yaml")}, "does not exist"},
		{[]string{at("empty")}, "holds no .yaml, .yml or .json file"},
		{[]string{at("void.yaml")}, "There is no document in"},
		{[]string{at("again.yaml"), at("set")}, "Unit b is given twice; it is already at " + at("again.yaml") + ":1:1"},
		{[]string{at("bad.yaml"), at("again.yaml"), at("set")}, `field "apiVersion" is missing`},
		{[]string{at("bad.yaml"), at("again.yaml"), at("set")}, "Unit b is given twice"},
	} {
		_, err := Decoder{}.Files(tt.paths, strings.NewReader(""))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Files(%v): error %v, want it to say %q", tt.paths, err, tt.want)
		}
	}
}

// FuzzDecode: whatever is read either is refused with places inside the file, or is written and read
// again as the same.
func FuzzDecode(f *testing.F) {
	var all bytes.Buffer
	if err := Encode(&all, set()); err != nil {
		f.Fatal(err)
	}
	f.Add(all.Bytes())
	f.Add([]byte(source("  adapter: aws", "  schedule: every 1h", "  aws: &a {x: [*a, !!binary aGk=, .nan, 0o7, 2026-05-01]}")))
	f.Add([]byte(`{"apiVersion":"causeway/v1","kind":"Source","metadata":{"name":"a"},"spec":{"adapter":"x","schedule":"manual","x":{"a":[1,1e9,"\ud83d"]}}}`))
	f.Add([]byte("? [a]\n: b\n<<: {}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := aws().Decode("f.yaml", data)
		if err != nil {
			problems, ok := errors.AsType[Problems](err)
			if !ok {
				t.Fatalf("%v is no list of problems", err)
			}
			for _, p := range problems {
				if p.Text == "" || p.Line < 0 || p.Line > bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+strings.Count(string(data), "\u2028")+strings.Count(string(data), "\u2029")+strings.Count(string(data), "\u0085")+2 {
					t.Errorf("problem %+v is nowhere in the file", p)
				}
			}
			return
		}
		var b bytes.Buffer
		if err := Encode(&b, docs); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := aws().Decode("again.yaml", b.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, b.String())
		}
		Sort(docs)
		if diff := cmp.Diff(docs, again, sameDocuments, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-first +again):\n%s\n%s", diff, b.String())
		}
	})
}

func TestOldTruthValuesAreQuoted(t *testing.T) {
	var b bytes.Buffer
	oslo := Document{Kind: KindRegion, Name: "own.osl-1", Spec: Region{Provider: "own", Code: "osl-1", Title: "On", Country: "NO"}}
	if err := Encode(&b, []Document{oslo}); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`country: "NO"`, `title: "On"`, `code: osl-1`} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%s is missing in\n%s", line, b.String())
		}
	}
}
