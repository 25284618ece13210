package sessionspage_test

import (
	"testing"

	"github.com/causeway/causeway/web/story/storytest"
)

func TestGolden(t *testing.T) { storytest.Golden(t, "sessionspage") }
