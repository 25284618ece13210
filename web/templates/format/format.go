// Package format is the one place that turns numbers, money, dates and durations into words for
// people. Handlers call it while they fill page structs; templates show what it returned.
//
// English only. A narrow rule holds everywhere: no figure without its unit, no time without its zone.
package format

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	minus = "−" // U+2212, as wide as a digit; the hyphen is not
	nbsp  = "\u00a0"
)

// Int groups by thousands: 12846 is "12,846".
func Int(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = minus, digits[1:]
	}
	return sign + grouped(digits)
}

// Count is a number with its word: Count(1, "row", "rows") is "1 row".
func Count(n int64, one, many string) string {
	if n == 1 {
		return Int(n) + " " + one
	}
	return Int(n) + " " + many
}

// Bytes is a size in binary units with three figures at most: "812 B", "1.4 GiB".
func Bytes(n int64) string {
	if n < 1024 && n > -1024 {
		return Int(n) + nbsp + "B"
	}
	v, unit := float64(n), 0
	for units := "KMGTPE"; (v >= 1024 || v <= -1024) && unit < len(units); unit++ {
		v /= 1024
	}
	decimals := 1
	if v >= 100 || v <= -100 {
		decimals = 0
	}
	text := strings.Replace(strconv.FormatFloat(v, 'f', decimals, 64), "-", minus, 1)
	return strings.TrimSuffix(text, ".0") + nbsp + string("KMGTPE"[unit-1]) + "iB"
}

// Percent has one decimal and a non-breaking space: Percent(0.986) is "98.6 %".
func Percent(share float64) string {
	text := strconv.FormatFloat(share*100, 'f', 1, 64)
	return strings.Replace(text, "-", minus, 1) + nbsp + "%"
}

// Clip shortens s to at most n runes, the last of which is then an ellipsis.
func Clip(s string, n int) string {
	if n <= 0 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// Clock is minutes and seconds as on a clock: 77 s is "1:17", an hour and more "1:02:03".
func Clock(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s < 0 {
		return minus + Clock(-d)
	}
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Duration is said in text, with two units at most: "11 min 42 s", "2 h 5 min", "3 d".
func Duration(d time.Duration) string {
	if d < 0 {
		return minus + Duration(-d)
	}
	if d < time.Second {
		return strconv.FormatInt(d.Milliseconds(), 10) + nbsp + "ms"
	}
	s := int64(d.Round(time.Second) / time.Second)
	units := []struct {
		size int64
		name string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, u := range units {
		if s < u.size {
			continue
		}
		text := Int(s/u.size) + nbsp + u.name
		if i+1 < len(units) {
			if rest := s % u.size / units[i+1].size; rest > 0 {
				text += " " + Int(rest) + nbsp + units[i+1].name
			}
		}
		return text
	}
	return "0" + nbsp + "s"
}
