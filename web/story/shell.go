package story

import (
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// The moment at which every story happens. Central European Time without the system's zone files.
var (
	cet = time.FixedZone("CET", 3600)
	now = time.Date(2026, 11, 23, 14, 32, 10, 0, cet)
)

func minutes(n int) format.Stamp { return format.Age(now, now.Add(-time.Duration(n)*time.Minute), cet) }

func ago(d time.Duration) format.Stamp { return format.Ago(now, now.Add(-d), cet) }

func shell(title, area string, theme layout.Theme) layout.Shell {
	clock, zone := format.ClockTime(now, cet)
	audit := ui.Status{Icon: "fingerprint", Text: "Audit #48,211"}
	s := layout.Shell{
		Title: title, Theme: theme, Jump: "/inventory", ThemePost: "/settings/theme", RequestID: "7f3a-21c9", Path: "/" + area,
		Areas: []layout.Area{
			{Key: "i", Name: "Inventory", Href: "/inventory"},
			{Key: "u", Name: "Sources", Href: "/sources", Pip: "1", PipTone: ui.Bad, PipText: "failing"},
		},
		Person: &layout.Person{Name: "Mara Keller", Initials: "MK", Role: "Operator, retail", Settings: "/settings", SignOut: "/signout"},
		Sources: &layout.SourceBar{Clock: clock, Zone: zone, Href: "/sources", Audit: &audit, Items: []layout.SourceItem{
			{Badge: cloud.AWS, Name: "prod-aws", Age: minutes(2), Href: "/sources/prod-aws"},
			{Badge: cloud.Azure, Name: "prod-azure", Age: minutes(4), Href: "/sources/prod-azure"},
			{Badge: cloud.GCP, Name: "prod-gcp", Age: minutes(47), Failing: "prod-gcp failing 47 min", Href: "/sources/prod-gcp"},
			{Badge: cloud.Kubernetes, Name: "clusters", Age: minutes(1), Href: "/sources/clusters"},
			{Badge: cloud.Terraform, Name: "states", Age: minutes(191), Late: true, Href: "/sources/states"},
		}},
	}
	for i := range s.Areas {
		s.Areas[i].Active = s.Areas[i].Href == "/"+area
	}
	return s
}

// outside is the shell of somebody who is not signed in.
func outside(title string, theme layout.Theme) layout.Shell {
	return layout.Shell{Title: title, Theme: theme, RequestID: "7f3a-21c9", Path: "/", Scroll: true}
}
