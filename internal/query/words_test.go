package query_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/query"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"provider:aws,azure", "Provider is Amazon Web Services or Microsoft Azure."},
		{"-account:sandbox", `Account is not "sandbox".`},
		{"region:eu-*", "Region is like eu-*."},
		{"country:DE", "Country is Germany."},
		{"country:unknown", "Country is not known."},
		{"kind:storage.bucket", "Kind is Object bucket."},
		{"kind:cluster", `Kind is any "cluster" kind (compute.cluster, fleet.cluster).`},
		{"tag:env=prod,team=*", `Tag has env = "prod" or team like *.`},
		{"tag:env", `Tag has the key "env".`},
		{"residency:fail", "Residency is Violation."},
		{"managed:none", "Managed by is Unmanaged."},
		{"cost:>100,1..2", "Cost is more than 100 a month or between 1 and 2 a month."},
		{"seen:<2h", "Last seen was less than 2 hours ago."},
		{"-seen:>1d", "Last seen was not more than 1 day ago."},
		{"seen:never", "Last seen was never."},
		{"created:2026-11-01", "Created was on 2026-11-01."},
		{"changed:>=2026-11-01t10:00", "Changed was since 2026-11-01T10:00."},
		{"service:*", "Service is anything that is known."},
		{`"orders" -x*y`, `Name or id contains "orders". Name or id does not contain text like x*y.`},
	} {
		if got := strings.Join(query.Explain(mustParse(t, tc.in)), " "); got != tc.want {
			t.Errorf("%q means %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in, replaces string // the cursor is at |
		first        []string
		stored       query.Field
		prefix       string
	}{
		{in: "|", first: []string{"provider:", "account:", "kind:"}},
		{in: "prov|", replaces: "prov", first: []string{"provider:"}},
		{in: "provider:aws -reg|", replaces: "reg", first: []string{"region:"}},
		{in: "provider:| x", first: []string{"aws", "azure", "gcp"}},
		{in: "provider:aws,a|", replaces: "a", first: []string{"aws", "azure", "aws"}[:2]},
		{in: "kind:bucket|", replaces: "bucket", first: []string{"storage.bucket"}},
		{in: "country:ger|", replaces: "ger", first: []string{"DE"}},
		{in: "residency:|", first: []string{"violation", "unknown", "waived"}},
		{in: "cost:>|", replaces: ">", first: []string{">100"}},
		{in: "seen:|", first: []string{"<2h", ">1d", "never"}},
		{in: "account:pay|", replaces: "pay", stored: query.Account, prefix: "pay"},
		{in: `owner:"team p|`, replaces: `"team p`, stored: query.Owner, prefix: "team p"},
		{in: "label:env=p|", replaces: "env=p", stored: query.Tag, prefix: "env=p"},
		{in: "nonsense:x|"},
		{in: "ü|"},
	} {
		cursor := strings.IndexByte(tc.in, '|')
		in := strings.Replace(tc.in, "|", "", 1)
		c := query.Complete(in, cursor)
		var first []string
		for _, i := range c.Items[:min(len(c.Items), len(tc.first))] {
			first = append(first, i.Insert)
		}
		if diff := cmp.Diff(tc.first, first); diff != "" || len(tc.first) == 0 && len(c.Items) > 0 {
			t.Errorf("%q (-want +got):\n%s %v", tc.in, diff, c.Items)
		}
		if got := in[c.Start:c.End]; c.Stored != tc.stored || c.Prefix != tc.prefix || len(c.Items) > 0 && got != tc.replaces {
			t.Errorf("%q: replaces %q, stored %q prefix %q", tc.in, got, c.Stored, c.Prefix)
		}
		for _, i := range c.Items {
			if i.Title == "" || strings.HasSuffix(i.Insert, ":") {
				continue
			}
			if _, err := query.Parse(in[:c.Start] + i.Insert); err != nil {
				t.Errorf("%q: the suggestion %q does not parse: %v", tc.in, i.Insert, err)
			}
		}
	}
}
