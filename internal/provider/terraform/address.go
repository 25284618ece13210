package terraform

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// address is where an object stands in its state, in the words that terraform's own commands take.
type address struct {
	module string // "module.net[\"eu\"].module.inner[0]", "" for the root module
	typ    string
	name   string
	key    string // with its brackets, "" where there is one instance only
}

func (a address) String() string {
	s := a.typ + "." + a.name + a.key
	if a.module != "" {
		s = a.module + "." + s
	}
	return s
}

var (
	identifier = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]{0,127}$`)
	// The keys are one token each, so that a dot or a bracket within a quoted key does not split it.
	moduleStep = regexp.MustCompile(`^module\.([\p{L}_][\p{L}\p{N}_-]{0,127})(\[(?:0|[1-9][0-9]{0,9})\]|\["(?:[^"\\\p{Cc}]|\\.)*"\])?(?:\.|$)`)
	objectStep = regexp.MustCompile(`^([\p{L}_][\p{L}\p{N}_-]{0,127})\.([\p{L}_][\p{L}\p{N}_-]{0,127})(\[(?:0|[1-9][0-9]{0,9})\]|\["(?:[^"\\\p{Cc}]|\\.)*"\])?$`)
)

// parseModule reads a module path, and hides what looks like a secret in its keys.
func parseModule(s string) (string, error) {
	path, rest := splitModules(s)
	if rest != "" || strings.HasSuffix(s, ".") || len(s) > maxAddressBytes {
		return "", errors.New("the module path is not one")
	}
	return path, nil
}

// parseAddress reads the address of a managed object, and hides what looks like a secret in it.
func parseAddress(s string) (address, error) {
	path, rest := splitModules(s)
	m := objectStep.FindStringSubmatch(rest)
	if m == nil || len(s) > maxAddressBytes {
		return address{}, errors.New("the address is not one of a managed resource")
	}
	return address{module: path, typ: m[1], name: hideWord(m[2]), key: hideKey(m[3])}, nil
}

// splitModules takes the module steps off the front of s.
func splitModules(s string) (path, rest string) {
	var steps []string
	for {
		m := moduleStep.FindStringSubmatch(s)
		if m == nil {
			return strings.Join(steps, "."), s
		}
		steps = append(steps, "module."+hideWord(m[1])+hideKey(m[2]))
		s = s[len(m[0]):]
	}
}

// newAddress puts an address together from the parts of a state.
func newAddress(module, typ, name string, key json.RawMessage) (address, error) {
	path, err := parseModule(module)
	if err != nil {
		return address{}, err
	}
	if !identifier.MatchString(typ) || !identifier.MatchString(name) {
		return address{}, errors.New("its type or its name is not an identifier")
	}
	k, err := renderKey(key)
	if err != nil {
		return address{}, err
	}
	a := address{module: path, typ: typ, name: hideWord(name), key: hideKey(k)}
	if len(a.String()) > maxAddressBytes {
		return address{}, fmt.Errorf("its address is longer than %d bytes", maxAddressBytes)
	}
	return a, nil
}

// renderKey writes an instance key as an address has it.
func renderKey(raw json.RawMessage) (string, error) {
	text := strings.TrimSpace(string(raw))
	if text == "" || text == "null" {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return "[" + quote(s) + "]", nil
	}
	var n uint32
	if err := json.Unmarshal(raw, &n); err == nil {
		return fmt.Sprintf("[%d]", n), nil
	}
	return "", errors.New("its index key is neither a whole number nor a string")
}

// quote writes s as HCL quotes it: this is what terraform prints, and takes back.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func hideKey(k string) string {
	if !secretLike(k) {
		return k
	}
	return `["` + fingerprint(k) + `"]`
}

func hideWord(w string) string {
	if !secretLike(w) {
		return w
	}
	return fingerprint(w)
}

// fingerprint stands for a hidden part of an address, so that two hidden parts stay different.
// Thirty-two bits of a hash tell nothing of a random secret.
func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "redacted-" + hex.EncodeToString(sum[:4])
}
