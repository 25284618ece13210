package config

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/causeway/causeway/internal/fault"
)

// FileEnv is the variable that names the file, where no --config does.
const FileEnv = prefix + "CONFIG"

// others are variables of ours that configure no server: a client's, and the tests'.
var others = []string{FileEnv, prefix + "TOKEN", prefix + "TOKEN_FILE", prefix + "SERVER"}

// otherPrefixes are of our own tests and of processes that the console starts.
var otherPrefixes = []string{prefix + "E2E_", prefix + "TEST_", prefix + "BENCH_", prefix + "PGTEST_", prefix + "EMBEDDED_"}

// Load reads the configuration: defaults, then the file, then the environment, as os.Environ gives
// it. file is what --config says; without one CAUSEWAY_CONFIG counts. All mistakes are told at once.
func Load(file string, environ []string) (Config, error) {
	c := Default()
	all := settings(&c)
	env := ours(environ)
	var problems []string
	if file == "" {
		file = env[FileEnv]
	}
	if file != "" {
		problems = append(problems, readFile(file, all)...)
	}
	problems = append(problems, readEnv(env, all)...)
	if err := report(problems); err != nil {
		return Config{}, err
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// report makes one error of all mistakes, each a line.
func report(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return fault.Say(fault.Invalid, "%s", strings.Join(problems, "\n")).In("configuration")
}

// ours are the variables with our prefix. An empty one counts as not set: that is how compose files
// and unit files write it.
func ours(environ []string) map[string]string {
	env := map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, prefix) && value != "" {
			env[name] = value
		}
	}
	return env
}

func readEnv(env map[string]string, all []setting) (problems []string) {
	known := slices.Clone(others)
	for _, s := range all {
		name := s.env()
		known = append(known, name)
		if s.secret {
			known = append(known, name+"_FILE")
		}
		value, found := env[name]
		twin := ""
		if s.secret {
			twin = env[name+"_FILE"]
		}
		switch {
		case found && twin != "":
			problems = append(problems, fmt.Sprintf("%s and %s_FILE are both set. Set one of them.", name, name))
		case twin != "":
			problems = append(problems, setFromFile(s, name+"_FILE", twin)...)
		case found:
			problems = append(problems, set(s, name, value)...)
		}
	}
	return append(problems, unknown(env, known)...)
}

// unknown names the variables that nothing reads: a slip in a name would otherwise go unseen.
func unknown(env map[string]string, known []string) (problems []string) {
	for name := range env {
		if slices.Contains(known, name) || slices.ContainsFunc(otherPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		problems = append(problems, fmt.Sprintf("The variable %s is not known.%s", name, meant(name, known)))
	}
	slices.Sort(problems)
	return problems
}

func meant(got string, known []string) string {
	if n := fault.Nearest(got, known); n != "" {
		return fmt.Sprintf(" Did you mean %s?", n)
	}
	return " Remove it; `console help config` lists what there is."
}

// set gives s a value, and says what is wrong with it without showing a secret.
func set(s setting, name, value string) []string {
	err := s.set(value)
	if err == nil {
		return nil
	}
	if s.secret {
		return []string{fmt.Sprintf("%s %v.", name, err)}
	}
	return []string{fmt.Sprintf("%s: %q %v.", name, value, err)}
}

// setFromFile gives s the content of a file, without the newline that editors put at its end.
func setFromFile(s setting, name, file string) []string {
	b, err := os.ReadFile(file)
	if err != nil {
		return []string{fmt.Sprintf("%s: the file %s cannot be read: %v. Check its path and its rights.", name, file, reason(err))}
	}
	value := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if value == "" {
		return []string{fmt.Sprintf("%s: the file %s is empty. Write the secret into it.", name, file)}
	}
	return set(s, name, value)
}

// reason is the system's own word, without the path that the message names already.
func reason(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

// readFile reads the YAML file, strictly: every key is known and stands once.
func readFile(file string, all []setting) []string {
	b, err := os.ReadFile(file)
	if err != nil {
		return []string{fmt.Sprintf("The configuration file %s cannot be read: %v. Check --config and %s.", file, reason(err), FileEnv)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(b, &doc); err != nil {
		return []string{fmt.Sprintf("The configuration file %s is not YAML: %s.", file, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	if len(doc.Content) == 0 {
		return nil // empty, or comments only
	}
	f := fileReader{file: file, all: all, seen: map[string]int{}}
	f.mapping("", doc.Content[0])
	for _, s := range all {
		if f.seen[s.key] > 0 && f.seen[s.key+"_file"] > 0 && s.secret {
			f.problem(f.seen[s.key], "%s and %s_file are both set; set one of them", s.key, s.key)
		}
	}
	return f.problems
}

// fileReader walks the file's tree.
type fileReader struct {
	file     string
	all      []setting
	seen     map[string]int // line of each key
	problems []string
}

func (f *fileReader) problem(line int, format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf("%s:%d: ", f.file, line)+fmt.Sprintf(format, args...)+".")
}

func (f *fileReader) mapping(path string, n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		f.problem(n.Line, "%s must hold settings, one a line: key: value", cmp.Or(path, "the file"))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		f.entry(join(path, key.Value), key.Line, value)
	}
}

func (f *fileReader) entry(key string, line int, value *yaml.Node) {
	if before := f.seen[key]; before > 0 {
		f.problem(line, "%s stands here a second time; the first is in line %d", key, before)
		return
	}
	f.seen[key] = line
	for _, s := range f.all {
		switch {
		case s.key == key:
			f.value(s, key, line, value)
			return
		case s.secret && s.key+"_file" == key:
			if v, ok := f.scalar(key, value); ok {
				f.told(line, setFromFile(s, key, v))
			}
			return
		case strings.HasPrefix(s.key, key+"."):
			f.mapping(key, value)
			return
		}
	}
	if n := fault.Nearest(key, f.keys()); n != "" {
		f.problem(line, "%s is not a setting; did you mean %s?", key, n)
		return
	}
	f.problem(line, "%s is not a setting; the settings are %s", key, strings.Join(f.keys(), ", "))
}

func (f *fileReader) value(s setting, key string, line int, value *yaml.Node) {
	v, ok := f.scalar(key, value)
	if !ok || v == "" {
		return
	}
	f.told(line, set(s, key, v))
}

func (f *fileReader) told(line int, problems []string) {
	for _, p := range problems {
		f.problem(line, "%s", strings.TrimSuffix(p, "."))
	}
}

// scalar reads a value; a list becomes "a,b", or "a; b" where commas may stand in the items.
func (f *fileReader) scalar(key string, n *yaml.Node) (string, bool) {
	switch n.Kind { //nolint:exhaustive // other kinds are no values
	case yaml.AliasNode:
		return f.scalar(key, n.Alias)
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "", true
		}
		return n.Value, true
	case yaml.SequenceNode:
		var items []string
		for _, item := range n.Content {
			v, ok := f.scalar(key, item)
			if !ok {
				return "", false
			}
			items = append(items, v)
		}
		if key == "oidc.role_mappings" {
			return strings.Join(items, "; "), true
		}
		return strings.Join(items, ","), true
	}
	f.problem(n.Line, "%s must be a value, and not settings of its own", key)
	return "", false
}

func (f *fileReader) keys() (out []string) {
	for _, s := range f.all {
		out = append(out, s.key)
		if s.secret {
			out = append(out, s.key+"_file")
		}
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
