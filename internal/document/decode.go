package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/causeway/causeway/internal/fault"
)

// Limits of what is read at once. They bound memory, far above real sets.
const (
	maxFileBytes = 4 << 20
	maxDocuments = 10_000
)

// Adapter is what a Decoder needs to know of one adapter of a Source.
type Adapter struct {
	Name string
	// Fields are the dotted names of its settings, for suggestions and for telling an unknown one
	// from a wrong value.
	Fields []string
	// Check validates the settings without reaching out. A fault.Public that names its Field is
	// shown where that field stands.
	Check func(settings json.RawMessage) error
	// NamesOnly reports unknown names and leaves every other verdict to the server, whose
	// configuration decides (which directory states are read from, say).
	NamesOnly bool
}

// Decoder reads documents. The zero value accepts any adapter and does not look into its settings.
type Decoder struct {
	Adapters []Adapter
}

// Decode reads the documents of one file. name is how the file is called in messages. An error is
// Problems; documents that are right are returned beside it.
func (d Decoder) Decode(name string, data []byte) ([]Document, error) {
	w := &walk{file: name}
	docs := d.decode(w, data)
	w.distinct(docs)
	return docs, w.problems.err()
}

func (d Decoder) decode(w *walk, data []byte) []Document {
	nodes := w.parse(data)
	if len(nodes) > maxDocuments {
		w.say(nodes[maxDocuments], "", "more than %d documents; split the file", maxDocuments)
		return nil
	}
	var docs []Document
	for _, n := range nodes {
		before := len(w.problems)
		doc := d.document(w, n)
		if w.nodes > maxNodes {
			return docs // reported by resolve; nothing after it was read
		}
		if len(w.problems) == before {
			docs = append(docs, doc)
		}
	}
	return docs
}

// DecodeValues reads documents that a request carries as a JSON list. Positions are places in the
// list: "documents[2]".
func (d Decoder) DecodeValues(values []json.RawMessage) ([]Document, error) {
	if len(values) > maxDocuments {
		return nil, Problems{{Position: Position{File: "documents"}, Text: fmt.Sprintf("more than %d documents; send them in parts", maxDocuments)}}
	}
	all := &walk{}
	var docs []Document
	for i, v := range values {
		w := &walk{file: fmt.Sprintf("documents[%d]", i), noLines: true}
		if len(v) == 0 || (v[0] != '{' && v[0] != '[') {
			w.say(&yaml.Node{}, "", "a document must be an object")
		} else {
			docs = append(docs, d.decode(w, v)...)
		}
		all.problems = append(all.problems, w.problems...)
	}
	all.distinct(docs)
	return docs, all.problems.err()
}

// parse returns the documents of a file as nodes, without the empty ones.
func (w *walk) parse(data []byte) []*yaml.Node {
	if len(data) > maxFileBytes {
		w.say(&yaml.Node{}, "", "the file is larger than %d MB; split it", maxFileBytes>>20)
		return nil
	}
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		nodes, problem := parseJSON(data)
		if problem == nil {
			return nodes
		}
		if strings.HasSuffix(w.file, ".json") || strings.HasPrefix(w.file, "documents[") {
			problem.File = w.file
			if w.noLines {
				problem.Line, problem.Column = 0, 0
			}
			w.problems = append(w.problems, *problem)
			return nil
		}
	}
	if !utf8.Valid(data) {
		w.say(&yaml.Node{}, "", "the file is not UTF-8 text")
		return nil
	}
	return w.parseYAML(data)
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

func (w *walk) parseYAML(data []byte) []*yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var nodes []*yaml.Node
	for len(nodes) <= maxDocuments {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p := Problem{Position: Position{File: w.file}, Text: "this is not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
			if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
				p.Text = "this is not valid YAML: " + m[2]
				if line, err := strconv.Atoi(m[1]); err == nil {
					p.Line = line
				}
			}
			w.problems = append(w.problems, p)
			return nil
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 && n.Content[0].ShortTag() != "!!null" {
			nodes = append(nodes, n.Content[0])
		}
	}
	return nodes
}

// document reads one document of any kind.
func (d Decoder) document(w *walk, n *yaml.Node) Document {
	o := w.object(n, "")
	if o.broken {
		return Document{}
	}
	version, at := o.text("apiVersion", true)
	if at != nil && version != APIVersion {
		w.say(at, "apiVersion", "apiVersion is %q; documents of this console say %q", short(version), APIVersion)
		return Document{}
	}
	kind, at := o.text("kind", true)
	if at == nil {
		return Document{}
	}
	doc := Document{Kind: Kind(kind), At: w.at(n)}
	if !slices.Contains(Kinds(), doc.Kind) {
		w.unknownKind(at, kind)
		return Document{}
	}
	meta := o.object("metadata")
	doc.Name, at = meta.text("name", true)
	if at != nil {
		w.name(at, doc.Kind, doc.Name)
	}
	if r := meta.number("revision", 1, 1<<53); r != nil {
		doc.Revision = int64(*r)
		if float64(doc.Revision) != *r {
			w.say(meta.entries["revision"].value, "metadata.revision", "metadata.revision is %g; it must be a whole number", *r)
		}
	}
	meta.finish(nil)
	doc.Spec = d.spec(o.object("spec"), doc)
	o.finish(nil)
	return doc
}

// spec reads the part that depends on the kind.
func (d Decoder) spec(o *object, doc Document) Spec {
	switch doc.Kind {
	case KindUnit:
		return readUnit(o, doc.Name)
	case KindRegion:
		return readRegion(o, doc.Name)
	default:
		return d.readSource(o)
	}
}

func (w *walk) unknownKind(at *yaml.Node, kind string) {
	if slices.Contains(otherKinds, Kind(kind)) {
		w.say(at, "kind", "kind %s is not supported by this version; supported are %s", kind, kindNames())
		return
	}
	names := strings.Split(kindNames(), ", ")
	if n := fault.Nearest(kind, names); n != "" {
		w.say(at, "kind", "unknown kind %q; did you mean %q?", short(kind), n)
		return
	}
	w.say(at, "kind", "unknown kind %q; supported are %s", short(kind), kindNames())
}

func kindNames() string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (w *walk) name(at *yaml.Node, kind Kind, name string) {
	pattern, signs := namePattern, "letters a-z, digits, dots and hyphens"
	if kind == KindUnit {
		pattern, signs = slugPattern, "letters a-z, digits and hyphens"
	}
	if !pattern.MatchString(name) {
		w.say(at, "metadata.name", "metadata.name is %q; a %s is named with 1 to 63 %s, a letter or digit first", short(name), kind, signs)
	}
}
