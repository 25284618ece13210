package story

import (
	"time"

	"github.com/a-h/templ"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/sourcespage"
	"github.com/causeway/causeway/web/templates/ui"
)

func sourcesShell(title string, theme layout.Theme) layout.Shell {
	s := shell(title, "sources", theme)
	s.Scroll = true
	return s
}

func syncNow(name string) *ui.Action {
	return &ui.Action{Label: "Sync now", Post: "/sources/" + name + "/sync", Icon: "refresh"}
}

// manyTicks is a day and a half of syncs with some that did not read everything.
func manyTicks(bad ...int) []sourcespage.Tick {
	list := make([]sourcespage.Tick, 48)
	for i := range list {
		list[i].Tone = ui.OK
	}
	for i, n := range bad {
		list[n].Tone = ui.Warn
		if i%2 == 1 {
			list[n].Tone = ui.Bad
		}
	}
	return list
}

func openRun() *sourcespage.Run {
	return &sourcespage.Run{
		ID: "0199", State: ui.Running("Running"), Title: "Sync of prod-aws",
		Progress: ui.Progress{Label: "Sync of prod-aws", Value: 128, Max: 412, Text: "128 of 412 scopes · 9,120 rows · 1 min 12 s"},
		Started:  ago(72 * time.Second), Took: "1 min 12 s", Trigger: "by Mara Keller", Scopes: "128 of 412", Failed: "1", Seen: "9,120", New: "3", Changed: "41", Gone: "0",
		Cancel: &ui.Action{Label: "Stop", Post: "/sources/prod-aws/runs/0199/cancel", Icon: "player-stop"},
	}
}

func sources(theme layout.Theme) templ.Component {
	in := func(m int) format.Stamp { return format.Ago(now, now.Add(time.Duration(m)*time.Minute), cet) }
	return sourcespage.Index{
		Shell: sourcesShell("Sources", theme), Note: "5 sources, 41 accounts, 12,846 resources",
		Connect: &ui.Action{Label: "Connect a source", Href: "/sources/new", Icon: "plus", Primary: true},
		Sources: []sourcespage.Source{
			{Badge: cloud.AWS, Name: "prod-aws", Href: "/sources/prod-aws", Adapter: "Amazon Web Services", State: ui.Fine("Up to date"), Accounts: "18", Scopes: "412 of 412", Rows: "5,918", LastOK: minutes(4), NextDue: in(11), Ticks: manyTicks(9, 30), TicksAlt: "48 syncs, 1 partial, 1 failed", Run: openRun()},
			{Badge: cloud.Azure, Name: "prod-azure", Href: "/sources/prod-azure", Adapter: "Microsoft Azure", State: ui.Fine("Up to date"), Accounts: "14", Scopes: "198 of 198", Rows: "3,204", LastOK: minutes(4), NextDue: in(9), Ticks: manyTicks(), TicksAlt: "48 syncs, all complete", Sync: syncNow("prod-azure")},
			{Badge: cloud.GCP, Name: "prod-gcp", Href: "/sources/prod-gcp", Adapter: "Google Cloud", State: ui.Violates("3 of 141 scopes failing"), Problem: "Permission compute.instances.list is denied in hg-analytics since 47 min", Accounts: "9", Scopes: "138 of 141", Rows: "2,174", LastOK: minutes(47), NextDue: in(2), Ticks: manyTicks(44, 45, 46, 47), TicksAlt: "48 syncs, 2 partial, 2 failed", Sync: syncNow("prod-gcp")},
			{Badge: cloud.Kubernetes, Name: "clusters", Href: "/sources/clusters", Adapter: "Kubernetes", State: ui.Warns("2 scopes held back"), Accounts: "9", Scopes: "52 of 54", Rows: "1,338", LastOK: minutes(1), NextDue: in(4), Ticks: manyTicks(3), TicksAlt: "48 syncs, 1 partial", Sync: &ui.Action{Label: "Sync now", Denied: "Needs operator"}},
			{Badge: cloud.Terraform, Name: "states", Href: "/sources/states", Adapter: "Terraform state", State: ui.Waiting("Waits for a push"), Accounts: "31", Scopes: "31 of 31", Rows: "212", LastOK: minutes(191)},
		},
	}.Page()
}

func sourcesFirstUse(theme layout.Theme) templ.Component {
	return sourcespage.Index{
		Shell: sourcesShell("Sources", theme),
		First: &ui.Empty{
			Icon: "plug-connected", Title: "Connect your first source",
			Text:    "Causeway reads AWS, Azure, Google Cloud, Kubernetes and Terraform state. It needs read access only. The first sync takes 2 to 10 minutes.",
			Actions: []ui.Action{{Label: "Connect a source", Href: "/sources/new", Icon: "plus", Primary: true}},
		},
	}.Page()
}

func source(tab string, theme layout.Theme) sourcespage.Detail {
	p := sourcespage.Detail{
		Shell: sourcesShell("prod-gcp", theme), Name: "prod-gcp", Badge: cloud.GCP, Adapter: "Google Cloud",
		State: ui.Tag{Tone: ui.Bad, Icon: "alert-circle-filled", Text: "3 scopes failing"}, Note: "9 accounts · 2,174 resources · every 15 min",
		Actions: []ui.Action{{Label: "Test permissions", Post: "/sources/prod-gcp/test"}, {Label: "Sync now", Post: "/sources/prod-gcp/sync", Icon: "refresh", Primary: true}},
	}
	for _, t := range []ui.Tab{
		{Label: "Ledger", Count: "141", Href: "?tab=ledger"},
		{Label: "Runs", Href: "?tab=runs"},
		{Label: "Settings", Href: "?tab=settings"},
		{Label: "Permissions", Count: "24", Href: "?tab=permissions"},
	} {
		t.Current = t.Label == tab
		p.Tabs = append(p.Tabs, t)
	}
	return p
}

func ledger() *sourcespage.Ledger {
	rows := []sourcespage.Scope{
		{Account: "hg-analytics", Region: ui.MakeRegion(cloud.GCP, "europe-west4"), API: "compute.instances", State: ui.Violates("Denied"), Failing: minutes(47), LastOK: minutes(52), Rows: "218", Problem: "compute.instances.list answered 403 in project hg-analytics.", Fix: "Grant roles/compute.viewer to causeway@hg-tools.iam in hg-analytics."},
		{Account: "hg-analytics", Region: ui.MakeRegion(cloud.GCP, "europe-west4"), API: "sql.instances", State: ui.Violates("Throttled"), Failing: minutes(16), LastOK: minutes(31), Rows: "4", Problem: "sqladmin answered 429 after 8 tries.", Fix: "Nothing to do: the pace is halved and it is tried again."},
		{Account: "hg-search-prod", Region: ui.MakeRegion(cloud.GCP, "europe-west1"), API: "storage.buckets", State: ui.Violates("Unreachable"), Failing: minutes(47), LastOK: format.Stamp{}, Rows: "0", Problem: "storage.googleapis.com did not answer within 30 s.", Fix: "Check that the console may reach it: proxy, firewall, private service connect."},
		{Account: "hg-archive-prod", Region: ui.MakeRegion(cloud.GCP, "europe-north1"), API: "storage.buckets", State: ui.Fine("Complete"), LastOK: minutes(2), Observed: "their clock 14:29:58", Rows: "38"},
		{Account: "hg-archive-prod", Region: ui.MakeRegion(cloud.GCP, ""), API: "iam.policies", State: ui.Waiting("Planned"), Rows: "0"},
	}
	return &sourcespage.Ledger{
		Filter: []ui.Tab{
			{Label: "All", Count: "141", Href: "?state=", Current: true},
			{Label: "Failing", Count: "3", Href: "?state=failing"},
			{Label: "Complete", Count: "137", Href: "?state=ok"},
			{Label: "Planned", Count: "1", Href: "?state=planned"},
		},
		Rows: rows, Empty: "No scope is in this state.",
		Pager: ui.Pager{Range: "1–50 of 141", NextHref: "?after=50"},
	}
}

func sourceLedger(theme layout.Theme) templ.Component {
	p := source("Ledger", theme)
	p.Ledger = ledger()
	return p.Page()
}

func sourceRunning(theme layout.Theme) templ.Component {
	p := source("Ledger", theme)
	p.Run, p.Ledger = openRun(), &sourcespage.Ledger{Filter: ledger().Filter, Empty: "No scope is in this state."}
	p.Actions = []ui.Action{{Label: "Sync now", Icon: "refresh", Primary: true, Denied: "A sync is running"}}
	return p.Page()
}

func sourceHeld(theme layout.Theme) templ.Component {
	p := source("Ledger", theme)
	p.Ledger = ledger()
	p.Held = []sourcespage.HeldScope{
		{Scope: "hg-analytics · europe-west4 · compute.instances", Would: "214 of 380 resources would go", Since: ago(2 * time.Hour), Show: "/inventory?q=state:missing", Release: "/scopes/1/release", Keep: "/scopes/1/keep"},
		{Scope: "hg-search-prod · europe-west1 · compute.disks", Would: "61 of 61 resources would go", Since: ago(26 * time.Hour), Denied: "Needs operator of Retail"},
	}
	p.Lost = []sourcespage.LostScope{{Scope: "hg-sandbox-07", Rows: "12 resources", Since: ago(5 * 24 * time.Hour), Remove: "/scopes/9/remove"}}
	return p.Page()
}

func sourceRuns(theme layout.Theme) templ.Component {
	p := source("Runs", theme)
	p.RunsTab = true
	p.Runs = []sourcespage.Run{
		{State: ui.Warns("Partial"), Started: ago(2 * time.Minute), Trigger: "by schedule", Scopes: "138 of 141", Seen: "2,174", New: "0", Changed: "12", Gone: "1", Took: "48 s", Problem: "3 scopes failed: denied, throttled, unreachable"},
		{State: ui.Fine("Complete"), Started: ago(17 * time.Minute), Trigger: "by Mara Keller", Scopes: "141 of 141", Seen: "2,175", New: "4", Changed: "9", Gone: "0", Took: "51 s"},
		{State: ui.Failed("Failed"), Started: ago(32 * time.Minute), Trigger: "at start", Scopes: "0 of 0", Seen: "0", New: "0", Changed: "0", Gone: "0", Took: "2 s", Problem: "The service account's key was refused."},
		{State: ui.Status{Icon: "player-stop", Text: "Stopped"}, Started: ago(50 * time.Minute), Trigger: "by Mara Keller", Scopes: "20 of 141", Seen: "301", New: "0", Changed: "0", Gone: "0", Took: "9 s"},
	}
	return p.Page()
}

var gcpFields = []ui.Field{
	{Kind: ui.ListField, Name: "gcp.projects", Label: "Projects", Help: "One a line. Empty: every project the account sees.", Values: []string{"hg-analytics", "hg-search-prod"}},
	{Name: "gcp.quotaProject", Label: "Quota project", Help: "Calls are counted there.", Example: "hg-tools", Value: "HG tools", Error: "“HG tools” is not a project id: lower-case letters, digits and hyphens, 6 to 30 of them."},
	{Kind: ui.URLField, Name: "gcp.endpoint", Label: "Endpoint", Help: "Only for private endpoints and emulators."},
	{Kind: ui.BoolField, Name: "gcp.assets", Label: "Read the asset index too", Help: "Finds kinds that have no listing of their own; it lags by minutes.", Value: "true"},
}

func sourceSettings(theme layout.Theme) templ.Component {
	p := source("Settings", theme)
	p.Settings = &sourcespage.Settings{
		Post: "/sources/prod-gcp", Fields: append([]ui.Field{{Name: "every", Label: "Sync", Help: "How often. Empty: only when asked.", Example: "15m", Value: "15m"}}, gcpFields...),
		Error: "One setting is not right. Nothing was saved.", CanClear: true, Delete: "/sources/prod-gcp/delete",
		WillGo: "2,174 resources lose this witness; those that no other source shows are marked as gone. Their history stays.",
	}
	return p.Page()
}

func permissions() []sourcespage.Permission {
	fine, denied := ui.Fine("Allowed"), ui.Violates("Denied")
	return []sourcespage.Permission{
		{Call: "compute.instances.list", Why: "virtual machines", Family: "compute.instance", Result: &denied, Where: "hg-analytics", Fix: "Grant roles/compute.viewer to causeway@hg-tools.iam in hg-analytics."},
		{Call: "storage.buckets.list", Why: "object buckets and where they are", Family: "storage.bucket", Result: &fine},
		{Call: "cloudsql.instances.list", Why: "databases, replicas and backups", Family: "db.relational"},
	}
}

// tested is the outcome of a test that reached every call.
func tested() []sourcespage.Permission {
	rows, fine := permissions(), ui.Fine("Allowed")
	rows[2].Result = &fine
	return rows
}

func sourcePermissions(theme layout.Theme) templ.Component {
	p := source("Permissions", theme)
	p.Perms = &sourcespage.Permissions{
		Intro: "Every call this adapter makes, made from the adapter's own table. All of them read; none changes anything.", Note: "tested 2 min ago, 1 of 24 calls denied",
		Role: &ui.Action{Label: "Download the role", Href: "/sources/prod-gcp/role.yaml", Icon: "download", File: true}, Rows: permissions(),
	}
	return p.Page()
}

func connect(step int, theme layout.Theme) sourcespage.Connect {
	p := sourcespage.Connect{Shell: sourcesShell("Connect a source", theme), Post: "/sources/new", Keep: []ui.Hidden{{Name: "adapter", Value: "gcp"}}}
	for i, label := range []string{"Kind", "Settings", "Test", "Schedule", "Done"} {
		s := sourcespage.Step{Label: label}
		switch {
		case i < step:
			s.State = sourcespage.StepDone
		case i == step:
			s.State = sourcespage.StepCurrent
		}
		p.Steps = append(p.Steps, s)
	}
	return p
}

func connectAdapter(theme layout.Theme) templ.Component {
	p := connect(0, theme)
	p.Title = "What do you want to read?"
	p.Adapters = []sourcespage.Adapter{
		{Badge: cloud.AWS, Title: "Amazon Web Services", Help: "Lists resources of one account or of an organisation. Needs a role with read rights.", Href: "/sources/new?adapter=aws"},
		{Badge: cloud.Azure, Title: "Microsoft Azure", Help: "Lists resources of a tenant's subscriptions. Needs Reader.", Href: "/sources/new?adapter=azure"},
		{Badge: cloud.GCP, Title: "Google Cloud", Help: "Lists resources of projects. Needs roles/viewer.", Href: "/sources/new?adapter=gcp"},
		{Badge: cloud.Terraform, Title: "Terraform state", Help: "Reads state files, or takes what a pipeline pushes. Secrets are taken out first.", Href: "/sources/new?adapter=terraform"},
	}
	return p.Page()
}

func connectSettings(theme layout.Theme) templ.Component {
	p := connect(1, theme)
	p.Title, p.Intro = "Google Cloud", "Credentials come from the environment of the console, never from this form."
	p.Error = "One setting is not right."
	p.Fields = append([]ui.Field{{Name: "name", Label: "Name", Help: "Lower-case letters, digits, dots and hyphens.", Required: true, Value: "prod-gcp"}}, gcpFields...)
	p.Next, p.Back = "Test", "/sources/new?back=1"
	return p.Page()
}

func connectTest(theme layout.Theme) templ.Component {
	p := connect(2, theme)
	p.Title = "1 of 3 calls is denied"
	p.Intro = "You can go on: what is allowed will be read, and what is denied will be shown as failing."
	p.Tests = &sourcespage.Tests{Summary: ui.Violates("2 of 3 calls allowed"), Rows: tested(), Again: &ui.Action{Label: "Test again", Post: "/sources/new", Icon: "refresh", Fields: p.Keep}}
	p.Next, p.Back = "Continue", "/sources/new?back=2"
	return p.Page()
}

func connectSchedule(theme layout.Theme) templ.Component {
	p := connect(3, theme)
	p.Title = "How often?"
	p.Fields = []ui.Field{
		{Kind: ui.RadioField, Name: "every", Label: "Sync", Value: "15m", Options: []ui.FieldOption{
			{Value: "15m", Label: "Every 15 minutes", Help: "A good start: an unchanged estate costs a few hundred calls."},
			{Value: "1h", Label: "Every hour"},
			{Value: "", Label: "Only when asked"},
		}},
		{Kind: ui.SelectField, Name: "unit", Label: "Unit", Help: "For accounts that no unit claims.", Required: true, Options: []ui.FieldOption{{Value: "retail", Label: "Retail"}}},
	}
	p.Next, p.Back = "Connect", "/sources/new?back=3"
	return p.Page()
}

func connectDone(theme layout.Theme) templ.Component {
	p := connect(4, theme)
	p.Done = &ui.Empty{Icon: "circle-check-filled", Title: "prod-gcp is connected", Text: "The first sync has begun. Resources appear as soon as a scope is read completely.", Actions: []ui.Action{{Label: "Watch the sync", Href: "/sources/prod-gcp", Primary: true}, {Label: "Open inventory", Href: "/inventory"}}}
	return p.Page()
}
