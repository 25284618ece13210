package document

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/causeway/causeway/internal/fault"
)

// Schedule writes a rhythm as documents have it; 0 is "manual".
func Schedule(every time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case every <= 0:
		return "manual"
	case every%day == 0:
		return fmt.Sprintf("every %dd", every/day)
	}
	s := every.String() // 1h30m0s
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return "every " + s
}

// ParseSchedule reads "every 15m", "every 1d" or "manual" (0).
func ParseSchedule(text string) (time.Duration, error) {
	const usage = `write "manual", or "every" and a duration such as 15m, 2h or 1d`
	if text == "manual" {
		return 0, nil
	}
	rest, ok := strings.CutPrefix(text, "every ")
	if !ok {
		return 0, fault.Say(fault.Invalid, "schedule %q is not understood; %s", short(text), usage)
	}
	rest = strings.TrimSpace(rest)
	every, err := time.ParseDuration(rest)
	if days, isDays := strings.CutSuffix(rest, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		every = time.Duration(min(max(n, 0), 1000)) * 24 * time.Hour
	}
	switch {
	case err != nil:
		return 0, fault.Say(fault.Invalid, "schedule %q is not understood; %s", short(text), usage)
	case every < minEvery || every > maxEvery:
		return 0, fault.Say(fault.Invalid, "schedule %q is out of range; the shortest is every 10s, the longest every 31d", short(text))
	case every%time.Second != 0:
		return 0, fault.Say(fault.Invalid, "schedule %q is finer than a second", short(text))
	}
	return every, nil
}
