package format

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
)

// plain makes non-breaking spaces readable in the table below.
func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

func TestFigures(t *testing.T) {
	euro := func(s string) string {
		return Money(cloud.Money{Amount: decimal.RequireFromString(s), Currency: "EUR"})
	}
	for _, tc := range []struct{ name, got, want string }{
		{"small", Int(0), "0"},
		{"three digits", Int(999), "999"},
		{"grouped", Int(12846), "12,846"},
		{"negative", Int(-1234567), "−1,234,567"},
		{"smallest", Int(-9223372036854775808), "−9,223,372,036,854,775,808"},
		{"one", Count(1, "row", "rows"), "1 row"},
		{"many", Count(2000, "row", "rows"), "2,000 rows"},
		{"bytes", Bytes(812), "812 B"},
		{"round", Bytes(1 << 20), "1 MiB"},
		{"fraction", Bytes(1503238553), "1.4 GiB"},
		{"hundreds", Bytes(200 << 30), "200 GiB"},
		{"largest", Bytes(9223372036854775807), "8 EiB"},
		{"percent", Percent(0.986), "98.6 %"},
		{"falling", Percent(-0.021), "−2.1 %"},
		{"whole euros", euro("12345.40"), "€12,345"},
		{"cents below ten", euro("6.12"), "€6.12"},
		{"rounds up to ten", euro("9.999"), "€10"},
		{"nothing", euro("0"), "€0"},
		{"credit", euro("-31420"), "−€31,420"},
		{"longer than an int64", euro("123456789012345678901"), "€123,456,789,012,345,678,901"},
		{"no sign", Money(cloud.Money{Amount: decimal.NewFromInt(1200), Currency: "SEK"}), "SEK 1,200"},
		{"clipped", Clip("orders-db-prod", 7), "orders…"},
		{"fits", Clip("größer", 6), "größer"},
		{"clock", Clock(462 * time.Second), "7:42"},
		{"long clock", Clock(3723 * time.Second), "1:02:03"},
		{"duration", Duration(702 * time.Second), "11 min 42 s"},
		{"two units only", Duration(7501 * time.Second), "2 h 5 min"},
		{"days", Duration(72 * time.Hour), "3 d"},
		{"short", Duration(42 * time.Millisecond), "42 ms"},
	} {
		if diff := cmp.Diff(tc.want, plain(tc.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestTimes(t *testing.T) {
	cet := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 23, 13, 32, 10, 0, time.UTC)
	for _, tc := range []struct {
		name string
		got  Stamp
		want Stamp
	}{
		{"age", Age(now, now.Add(-150*time.Second), cet), Stamp{"2 min", "2026-11-23 14:29:40 CET", "2026-11-23T13:29:40Z"}},
		{"hours to two days", Age(now, now.Add(-47*time.Hour), cet), Stamp{"47 h", "2026-11-21 15:32:10 CET", "2026-11-21T14:32:10Z"}},
		{"days", Ago(now, now.Add(-32*24*time.Hour), cet), Stamp{"32 d ago", "2026-10-22 14:32:10 CET", "2026-10-22T13:32:10Z"}},
		{"soon", Ago(now, now.Add(5*time.Minute), cet), Stamp{"in 5 min", "2026-11-23 14:37:10 CET", "2026-11-23T13:37:10Z"}},
		{"now", Ago(now, now, cet), Stamp{"now", "2026-11-23 14:32:10 CET", "2026-11-23T13:32:10Z"}},
		{"a clock that runs ahead", Age(now, now.Add(time.Second), cet), Stamp{"0 s", "2026-11-23 14:32:11 CET", "2026-11-23T13:32:11Z"}},
		{"absolute", At(now, cet), Stamp{"23 Nov 2026 14:32 CET", "2026-11-23 14:32:10 CET", "2026-11-23T13:32:10Z"}},
		{"never", Age(now, time.Time{}, cet), Stamp{}},
	} {
		tc.got.Text = plain(tc.got.Text)
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	clock, zone := ClockTime(now, cet)
	if clock != "14:32:10" || zone != "CET" {
		t.Errorf("clock time: got %s %s", clock, zone)
	}
}
