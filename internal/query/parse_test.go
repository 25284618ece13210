package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/query"
)

func TestParseCanonical(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"   ", ""},
		{"provider:aws,azure", "provider:aws,azure"},
		{"PROVIDER:AWS", "provider:aws"},
		{"region:eu-*", "region:eu-*"},
		{"region:eu-**-1", "region:eu-*-1"},
		{"country:de", "country:DE"},
		{"country:unknown", "country:unknown"},
		{"kind:storage.bucket,Snapshot", "kind:storage.bucket,snapshot"},
		{"kind:db.*", "kind:db.*"},
		{"tag:Env=Prod", "tag:env=prod"},
		{`tag:team="A b"`, `tag:"team=a b"`},
		{`tag:"team=a b"`, `tag:"team=a b"`},
		{"tag:env=", "tag:env="},
		{"label:env=pr*", "tag:env=pr*"},
		{"residency:fail,pass,na,waived,unknown", "residency:violation,compliant,na,waived,unknown"},
		{"managed-by:opentofu,unmanaged", "managed:terraform,none"},
		{`managed:"unmanaged"`, `managed:"unmanaged"`},
		{"cost:>100", "cost:>100"},
		{"cost:=100.50", "cost:100.5"},
		{"cost:1..20", "cost:1..20"},
		{"cost:none", "cost:unknown"},
		{"seen:<2H", "seen:<2h"},
		{"seen:never", "seen:never"},
		{"created:2026-11-01..2026-11-15", "created:2026-11-01..2026-11-15"},
		{"changed:>=2026-11-01T10:00:00+01:00", "changed:>=2026-11-01t10:00:00+01:00"},
		{"-account:sandbox", "-account:sandbox"},
		{`"orders"`, `"orders"`},
		{`orders payments`, `orders payments`},
		{`orders,payments`, `orders,payments`},
		{`-"a b"`, `-"a b"`},
		{`"a:b"`, `"a:b"`},
		{`fo"o b"ar`, `"foo bar"`},
		{`"a\"b\\c"`, `"a\"b\\c"`},
		{`name:"a*b"*`, `name:"a*b"*`},
		{`id:arn:aws:s3:::orders`, `id:arn:aws:s3:::orders`},
		{`service:none`, "service:none"},
		{`service:"none"`, `service:"none"`},
		{`service:"orders"`, "service:orders"},
		{`owner:a,b,a`, "owner:a,b"},
		{`type:AWS::S3::Bucket`, "type:AWS::S3::Bucket"},
		{"state:*", "state:*"},
		{"touches:us", "touches:US"},
	} {
		q, err := query.Parse(tc.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tc.in, err)
			continue
		}
		if got := q.String(); got != tc.want {
			t.Errorf("Parse(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in, term, meant string
		says            []string
	}{
		{"provder:aws", "provder:aws", "provider:aws", []string{`no field "provder"`, "provider:aws"}},
		{"-regin:eu-*", "-regin:eu-*", "-region:eu-*", []string{"region"}},
		{"arn:aws:s3:::x", "arn:aws:s3:::x", `"arn:aws:s3:::x"`, []string{"quotes"}},
		{"residency:violatoin", "residency:violatoin", "residency:violation", []string{"did you mean residency:violation"}},
		{"state:zzzzz", "state:zzzzz", "", []string{"live, missing, gone"}},
		{"kind:storage.bukcet", "kind:storage.bukcet", "kind:storage.bucket", []string{"storage.bucket"}},
		{"kind:zz.*", "kind:zz.*", "", []string{"No kind matches"}},
		{"country:germany", "country:germany", "country:DE", []string{"Germany is DE"}},
		{"country:xyz", "country:xyz", "", []string{"two letters"}},
		{"cost:cheap", "cost:cheap", "", []string{`"cheap" is not an amount`, "cost:>100"}},
		{"cost:>1e9", "cost:>1e9", "", []string{"not an amount"}},
		{"cost:5..1", "cost:5..1", "", []string{"smaller first"}},
		{"seen:2h", "seen:2h", "seen:<2h", []string{"Younger or older"}},
		{"seen:<2x", "seen:<2x", "", []string{"m, h, d, w, y"}},
		{"seen:<2h..", "seen:<2h..", "", []string{"not a time"}},
		{"created:2026-13-01", "created:2026-13-01", "", []string{"2026-11-01"}},
		{"created:2h..2026-11-01", "created:2h..2026-11-01", "", []string{"two dates or two ages"}},
		{"changed:2026-11-01T10:00", "changed:2026-11-01T10:00", "", []string{"exactly"}},
		{"tag:env=prod,stage", "tag:env=prod,stage", "", []string{"env=stage"}},
		{"tag:=x", "tag:=x", "", []string{"key is missing"}},
		{"tag:*", "tag:*", "", []string{"Name a key"}},
		{"provider:", "provider:", "", []string{"value is missing"}},
		{"provider:aws,", "provider:aws,", "", []string{"value is missing"}},
		{"-", "-", "", []string{"value is missing"}},
		{`name:""`, `name:""`, "", []string{"quotes are empty"}},
		{`"orders`, `"orders`, "", []string{"never closed"}},
		{"a\x00b", "\x00", "", []string{"control character"}},
		{"a\xffb", "a\xffb", "", []string{"UTF-8"}},
		{strings.Repeat("a ", query.MaxTerms+1), "a ", "", []string{"more than 32 terms"}},
		{strings.Repeat("a", query.MaxLength+1), "", "", []string{"2001 bytes"}},
		{"name:a" + strings.Repeat(",b1", 1) + manyValues(), "", "", []string{"more than 100 values"}},
	} {
		_, err := query.Parse(tc.in)
		var bad *query.Errors
		if !errors.As(err, &bad) || len(bad.Problems) != 1 {
			t.Errorf("Parse(%.40q): got %v, want one problem", tc.in, err)
			continue
		}
		p := bad.Problems[0]
		if p.Term != tc.term || p.Meant != tc.meant || tc.in[p.Start:p.End] != p.Term {
			t.Errorf("Parse(%.40q): got term %q meant %q at %d-%d, want %q meant %q", tc.in, p.Term, p.Meant, p.Start, p.End, tc.term, tc.meant)
		}
		for _, s := range tc.says {
			if !strings.Contains(p.Text, s) {
				t.Errorf("Parse(%.40q): %q does not say %q", tc.in, p.Text, s)
			}
		}
		if text, ok := fault.Text(err); !ok || !errors.Is(err, fault.Invalid) || !strings.Contains(text, p.Text) {
			t.Errorf("Parse(%.40q): not a public, invalid error: %v", tc.in, err)
		}
		if p.Meant == "" {
			continue
		}
		if _, err := query.Parse(p.Meant); err != nil {
			t.Errorf("Parse(%.40q): what was meant, %q, is wrong too: %v", tc.in, p.Meant, err)
		}
	}
}

// manyValues is a list too long for one query, in few bytes.
func manyValues() string {
	var b strings.Builder
	for i := range 110 {
		b.WriteString("," + string(rune('a'+i%26)) + string(rune('a'+i/26)))
	}
	return b.String()
}

func TestParseReportsEveryBadTerm(t *testing.T) {
	t.Parallel()
	const in = `provder:aws region:eu-* kind:nonsense-kind "ü" stat:live`
	q, err := query.Parse(in)
	var bad *query.Errors
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range bad.Problems {
		got = append(got, in[p.Start:p.End])
	}
	if diff := cmp.Diff([]string{"provder:aws", "kind:nonsense-kind", "stat:live"}, got); diff != "" {
		t.Errorf("bad terms (-want +got):\n%s", diff)
	}
	if q.String() != `region:eu-* "ü"` {
		t.Errorf("the good terms are %q", q)
	}
	if !strings.Contains(err.Error(), "at character 48") {
		t.Errorf("%q does not count in characters", err)
	}
}

func TestTermsKnowTheirPlace(t *testing.T) {
	t.Parallel()
	const in = `  provider:aws  -name:"a b"* tail`
	var got []string
	for _, term := range mustParse(t, in).Terms() {
		got = append(got, in[term.Start:term.End])
	}
	if diff := cmp.Diff([]string{"provider:aws", `-name:"a b"*`, "tail"}, got); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
}

func TestEdit(t *testing.T) {
	t.Parallel()
	toggle := func(f query.Field, v string) func(query.Query) (query.Query, error) {
		return func(q query.Query) (query.Query, error) { return q.Toggle(f, v) }
	}
	for _, tc := range []struct {
		in, want string
		edit     func(query.Query) (query.Query, error)
	}{
		{"", "provider:aws", toggle(query.Provider, "aws")},
		{"provider:aws", "provider:aws,azure", toggle(query.Provider, "azure")},
		{"provider:aws,azure x", "provider:azure x", toggle(query.Provider, "aws")},
		{"provider:aws x", "x", toggle(query.Provider, "aws")},
		{"-provider:aws x", "x provider:aws", toggle(query.Provider, "aws")},
		{"-provider:aws,gcp", "-provider:gcp provider:aws", toggle(query.Provider, "aws")},
		{"", "service:none", toggle(query.Service, "")},
		{"", `service:"none"`, toggle(query.Service, "none")},
		{"service:none", "", toggle(query.Service, "")},
		{"", "managed:none", toggle(query.Managed, "none")},
		{"", "residency:violation", toggle(query.Residency, "violation")},
		{"residency:fail", "", toggle(query.Residency, "violation")},
		{"", `account:"a, b*"`, toggle(query.Account, "a, b*")},
		{"", `kind:"quantum.annealer"`, toggle(query.Kind, "quantum.annealer")},
		{"", "country:unknown", toggle(query.Country, "")},
		{`a "b"`, "a", func(q query.Query) (query.Query, error) { return q.Without(q.Terms()[1]), nil }},
		{"", `"orders"`, toggle(query.Text, "orders")},
	} {
		got, err := tc.edit(mustParse(t, tc.in))
		if err != nil || got.String() != tc.want {
			t.Errorf("editing %q gives %q (%v), want %q", tc.in, got, err, tc.want)
		}
		if !mustParse(t, got.String()).Equal(got) {
			t.Errorf("%q does not round-trip", got)
		}
	}
	if _, err := mustParse(t, "").With(query.Residency, "sometimes"); !errors.Is(err, fault.Invalid) {
		t.Errorf("a verdict that does not exist: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`provider:aws,azure region:eu-* country:DE tag:env=prod cost:>100 -account:sandbox "orders"`,
		`tag:a="b c"*,d seen:<2h created:2026-01-01..2026-02-01 name:"*"`, `a"b:c"*"\"`, `-"-x",y*`, "\\ * ,", `service:"none",none`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q, err := query.Parse(in)
		if err != nil {
			var bad *query.Errors
			if !errors.As(err, &bad) || len(bad.Problems) == 0 {
				t.Fatalf("Parse(%q): an error without problems: %v", in, err)
			}
			for _, p := range bad.Problems {
				if p.Start < 0 || p.End < p.Start || p.End > len(in) || p.Text == "" {
					t.Fatalf("Parse(%q): bad place %+v", in, p)
				}
			}
		}
		again, err := query.Parse(q.String())
		if len(q.String()) <= query.MaxLength && (err != nil || !again.Equal(q)) {
			t.Fatalf("Parse(%q) = %q, which reads as %q (%v)", in, q, again, err)
		}
		query.Explain(q)
		query.Complete(in, len(in)/2)
	})
}

// What a person typed is never in the SQL: a query whose free values are all replaced becomes the
// same statements.
func FuzzSQLHoldsNoInput(f *testing.F) {
	for _, s := range []string{
		`provider:zqj,zqk region:eu-zq* tag:zqenv=zqprod tag:zq*=x account:zqjx name:"zq'; DROP TABLE l" -service:"zq--"`,
		`"zq') OR TRUE --" type:zq%' id:zq/zq*zq owner:zq,none unit:zq* class:zq managed:zq country:D* touches:U*`,
		`kind:db.* cost:>10 seen:<2h state:gone residency:fail`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		q, err := query.Parse(in)
		if err != nil {
			q = query.Query{} // FuzzParse looks at those
		}
		access := cloud.UnitAccess([]string{rootUnit})
		got := query.Filter{Query: q, Access: access}.CompileAll()
		want := query.Filter{Query: q.Blurred(), Access: access}.CompileAll()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q changes the SQL (-blurred +typed):\n%s", in, diff)
		}
	})
}

func mustParse(t testing.TB, in string) query.Query {
	t.Helper()
	q, err := query.Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
