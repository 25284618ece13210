package fault_test

import (
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/fault"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"region", "provider", "client_id", "client_secret", "kind"}
	for _, c := range []struct{ got, want, reason string }{
		{"regoin", "region", "two neighbours swapped"},
		{"Regions", "region", "one letter more, another case"},
		{"clientSecret", "client_secret", "another naming style"},
		{"knd", "kind", "one letter less"},
		{"colour", "", "nothing is near"},
		{"", "", "nothing was given"},
		{strings.Repeat("region", 20), "", "too long to be a slip"},
	} {
		if got := fault.Nearest(c.got, names); got != c.want {
			t.Errorf("Nearest(%q) = %q, want %q: %s", c.got, got, c.want, c.reason)
		}
	}
}
