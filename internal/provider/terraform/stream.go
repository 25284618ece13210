package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/causeway/causeway/internal/provider"
)

var errShape = errors.New("another kind of value was expected")

// object walks the keys of a JSON object; each consumes the value of its key. null has no keys.
func (s *scanner) object(depth int, each func(key string) error) error {
	open, err := s.open('{', depth)
	if err != nil || !open {
		return err
	}
	for s.dec.More() {
		tok, err := s.dec.Token()
		if err != nil {
			return err
		}
		key, ok := tok.(string)
		if !ok {
			return errShape
		}
		if err := each(key); err != nil {
			return err
		}
	}
	_, err = s.dec.Token()
	return err
}

// array walks the elements of a JSON array; each consumes one. null has no elements.
func (s *scanner) array(depth int, each func() error) error {
	open, err := s.open('[', depth)
	if err != nil || !open {
		return err
	}
	for s.dec.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err = s.dec.Token()
	return err
}

func (s *scanner) open(want json.Delim, depth int) (bool, error) {
	if depth > maxDepth {
		return false, s.invalid(fmt.Sprintf("nests deeper than %d levels", maxDepth), "This is not a state that Terraform wrote.")
	}
	tok, err := s.dec.Token()
	if err != nil {
		return false, err
	}
	if tok == nil {
		return false, nil
	}
	if d, ok := tok.(json.Delim); !ok || d != want {
		return false, errShape
	}
	return true, nil
}

// skip passes over one value without decoding it.
func (s *scanner) skip() error {
	depth := 0
	for {
		tok, err := s.dec.Token()
		if err != nil {
			return err
		}
		if d, ok := tok.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth > maxDepth {
			return s.invalid(fmt.Sprintf("nests deeper than %d levels", maxDepth), "This is not a state that Terraform wrote.")
		}
		if depth == 0 {
			return nil
		}
	}
}

// ended makes sure that nothing follows the document: two states in one file are neither.
func (s *scanner) ended() error {
	if _, err := s.dec.Token(); err != io.EOF {
		return s.invalid(fmt.Sprintf("goes on after its end at byte %d", s.dec.InputOffset()), "Give one state a file.")
	}
	return nil
}

// limited reads up to a limit and remembers a failure of the reader below, which would otherwise
// look like a broken document.
type limited struct {
	r    io.Reader
	left int64
	err  error
}

var errTooLarge = errors.New("too large")

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		l.err = errTooLarge
		return 0, l.err
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}

// fault is what a failure below means for the state called name.
func (l *limited) fault(name string) error {
	if errors.Is(l.err, errTooLarge) {
		return &provider.Problem{
			Code: provider.ProblemInvalid, Text: fmt.Sprintf("%s is larger than %d MB.", name, maxStateBytes>>20), Fix: "Split the state.",
		}
	}
	return fmt.Errorf("read %s: %w", name, l.err)
}
