package document

import (
	"strings"

	"github.com/causeway/causeway/internal/fault"
)

// meant is the end of a message that suggests the nearest name, or lists what there is when nothing
// is near and the list is short.
func meant(got string, names []string) string {
	if n := fault.Nearest(got, names); n != "" {
		return `; did you mean "` + n + `"?`
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	return "; known are " + strings.Join(names, ", ")
}
