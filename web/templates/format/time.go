package format

import (
	"time"
)

// Stamp is a moment in all the forms a page needs; see ui.Time. The zero Stamp is "no such moment".
type Stamp struct {
	Text    string // what is read: "2 min", "32 d ago", "23 Nov 2026"
	Title   string // absolute, with zone: "2026-11-23 12:16:08 CET"
	Machine string // RFC 3339, for the datetime attribute
}

// Age makes a Stamp that says how old t is at now: "2 min". A zero t gives the zero Stamp.
func Age(now, t time.Time, zone *time.Location) Stamp {
	return stamp(t, zone, func() string { return age(now.Sub(t)) })
}

// Ago makes a Stamp that says how long ago t was, or how soon it will be: "2 min ago", "in 5 min".
func Ago(now, t time.Time, zone *time.Location) Stamp {
	return stamp(t, zone, func() string {
		d := now.Sub(t)
		switch {
		case d < -time.Second:
			return "in " + age(-d)
		case d < time.Second:
			return "now"
		}
		return age(d) + " ago"
	})
}

// At makes a Stamp with the absolute time to the minute: "23 Nov 2026 12:16 CET".
func At(t time.Time, zone *time.Location) Stamp {
	return stamp(t, zone, func() string { return t.In(zone).Format("2 Jan 2006 15:04 MST") })
}

// Day makes a Stamp with the date alone: "23 Nov 2026".
func Day(t time.Time, zone *time.Location) Stamp {
	return stamp(t, zone, func() string { return t.In(zone).Format("2 Jan 2006") })
}

// ClockTime returns time of day and zone apart, as the source bar shows them: "14:32:10", "CET".
func ClockTime(t time.Time, zone *time.Location) (clock, zoneName string) {
	t = t.In(zone)
	return t.Format("15:04:05"), t.Format("MST")
}

func stamp(t time.Time, zone *time.Location, text func() string) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	return Stamp{
		Text:    text(),
		Title:   t.In(zone).Format("2006-01-02 15:04:05 MST"),
		Machine: t.UTC().Format(time.RFC3339),
	}
}

// age has one unit, rounded down: an age never looks younger than the next full unit.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "0" + nbsp + "s" // two clocks that differ a little
	case d < time.Minute:
		return Int(int64(d/time.Second)) + nbsp + "s"
	case d < time.Hour:
		return Int(int64(d/time.Minute)) + nbsp + "min"
	case d < 48*time.Hour:
		return Int(int64(d/time.Hour)) + nbsp + "h"
	}
	return Int(int64(d/(24*time.Hour))) + nbsp + "d"
}
