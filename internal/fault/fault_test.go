package fault_test

import (
	"fmt"
	"testing"

	"github.com/causeway/causeway/internal/fault"
)

func TestKindIsWhatWasSaid(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("sign in: %w", fault.Say(fault.Denied, "No.").Because(fmt.Errorf("find: %w", fault.NotFound)))
	if got := fault.Kind(err); got != fault.Denied {
		t.Errorf("kind %v, want denied: the cause is for the log", got)
	}
	if got := fault.Kind(fmt.Errorf("find: %w", fault.NotFound)); got != fault.NotFound {
		t.Errorf("kind %v, want not found", got)
	}
}
