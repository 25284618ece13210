package story

import (
	"fmt"
	"time"

	"github.com/a-h/templ"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

var heads = []ui.Head{
	{Key: "name", Label: "Name", SortHref: "?sort=name"},
	{Key: "kind", Label: "Kind", SortHref: "?sort=kind", From: ui.FromMid},
	{Key: "provider", Label: "Provider", SortHref: "?sort=provider"},
	{Key: "account", Label: "Account", SortHref: "?sort=account", From: ui.FromWide},
	{Key: "region", Label: "Region", SortHref: "?sort=region"},
	{Key: "class", Label: "Data class", SortHref: "?sort=class", From: ui.FromWide},
	{Key: "residency", Label: "Residency", SortHref: "?sort=-residency", Sort: ui.Ascending, From: ui.FromMid},
	{Key: "cost", Label: "€ / month", SortHref: "?sort=-cost", Num: true, From: ui.FromWide},
	{Key: "managed", Label: "Managed by", SortHref: "?sort=managed", From: ui.FromWide},
	{Key: "seen", Label: "Seen", Num: true, From: ui.FromMid},
}

var estate = []struct {
	name, kind string
	provider   cloud.ProviderID
	account    string
	region     string
	class      string
	residency  ui.Status
	cost       string
	managed    string
	seen       int
}{
	{"orders-db-prod-snap-daily", "Backup copy", cloud.AWS, "payments-prod", "us-east-1", "Personal", ui.Violates("Violation"), "189", "Terraform", 2},
	{"orders-export-landing", "Object bucket", cloud.GCP, "hg-analytics", "us-central1", "Personal", ui.Violates("Violation"), "75", "", 3},
	{"orders-dlq", "Queue", cloud.AWS, "payments-prod", "eu-central-1", "Personal", ui.Unknown("Unknown"), "6.12", "", 2},
	{"orders-search", "Search domain", cloud.GCP, "hg-search-prod", "europe-west1", "Personal", ui.Waived("Waived"), "2,210", "Terraform", 3},
	{"orders-db-prod", "Relational database", cloud.AWS, "payments-prod", "eu-central-1", "Personal", ui.Fine("Compliant"), "4,812", "Terraform", 2},
	{"orders-db-prod-replica", "Relational database", cloud.Azure, "sub-payments-dr", "westeurope", "Personal", ui.Fine("Compliant"), "2,264", "Crossplane", 4},
	{"orders-events", "Event stream", cloud.AWS, "payments-prod", "eu-central-1", "Personal", ui.Fine("Compliant"), "3,120", "Terraform", 2},
	{"orders-events-mirror", "Event stream", cloud.Azure, "sub-payments-dr", "westeurope", "Personal", ui.Fine("Compliant"), "1,407", "Terraform", 4},
	{"orders-api", "Container workload", cloud.Kubernetes, "gke-fra-prod-02", "europe-west3", "Internal", ui.Fine("Compliant"), "918", "Crossplane", 1},
	{"orders-api", "Container workload", cloud.Kubernetes, "eks-fra-prod-01", "eu-central-1", "Internal", ui.Fine("Compliant"), "1,243", "Crossplane", 1},
	{"orders-invoices", "Object bucket", cloud.AWS, "payments-prod", "eu-west-1", "Financial", ui.Fine("Compliant"), "642", "Terraform", 2},
	{"orders-invoices-archive", "Object bucket", cloud.GCP, "hg-archive-prod", "europe-north1", "Financial", ui.Fine("Compliant"), "118", "Terraform", 3},
	{"orders-cache", "Cache", cloud.AWS, "payments-prod", "eu-central-1", "Personal", ui.Fine("Compliant"), "1,088", "Crossplane", 2},
	{"orders-analytics", "Analytics", cloud.GCP, "hg-analytics", "europe-west4", "Financial", ui.Fine("Compliant"), "1,933", "Terraform", 3},
	{"orders-kms-root", "Encryption key", cloud.AWS, "security-prod", "eu-central-1", "Secret", ui.Fine("Compliant"), "14", "Terraform", 2},
	{"orders-edge", "CDN distribution", cloud.AWS, "edge-prod", "", "Public", ui.Fine("Compliant"), "2,871", "Terraform", 2},
	{"orders-vm-batch-07", "Virtual machine", cloud.Azure, "sub-payments-prod", "swedencentral", "Financial", ui.Fine("Compliant"), "387", "Terraform", 4},
	{"orders-vm-batch-08", "Virtual machine", cloud.Azure, "sub-payments-prod", "swedencentral", "Financial", ui.Fine("Compliant"), "387", "Terraform", 4},
	{"orders-reports-2026-with-a-name-that-no-column-can-hold-in-one-line", "Function", cloud.AWS, "payments-prod", "eu-north-1", "Internal", ui.Fine("Compliant"), "3", "Terraform", 2},
	{"orders-old-worker", "Virtual machine", cloud.AWS, "payments-prod", "eu-central-1", "", ui.Gone("Missing"), "", "", 380},
}

// hosts are whose regions the clusters lie in.
var hosts = map[string]cloud.ProviderID{"gke-fra-prod-02": cloud.GCP, "eks-fra-prod-01": cloud.AWS}

func rows() []inventorypage.Row {
	var list []inventorypage.Row
	for i, e := range estate {
		where, ok := hosts[e.account]
		if !ok {
			where = e.provider
		}
		region := ui.MakeRegion(where, e.region)
		managed := ui.Cell{Text: e.managed, Quiet: true}
		if e.managed == "" {
			unmanaged := ui.Warns("Unmanaged")
			managed = ui.Cell{Status: &unmanaged}
		}
		state := e.residency
		list = append(list, inventorypage.Row{
			ID: "arn:aws:example:" + e.name, Href: fmt.Sprintf("/inventory/%d", 1000+i), PeekURL: "/story-part/peek", Name: e.name,
			Gone: state.Text == "Missing",
			Cells: []ui.Cell{
				{Text: e.kind},
				{Badge: e.provider},
				{Text: e.account, Quiet: true},
				{Region: &region},
				{Text: e.class},
				{Status: &state},
				{Text: e.cost},
				managed,
				{Time: minutes(e.seen)},
			},
		})
	}
	return list
}

var syntax = []ui.Term{
	{Example: "provider:aws,azure", Meaning: "one of several values"},
	{Example: "region:eu-*", Meaning: "a pattern"},
	{Example: "tag:env=prod", Meaning: "a tag and its value"},
	{Example: "cost:>500", Meaning: "more than €500 a month"},
	{Example: "seen:<2h", Meaning: "seen in the last two hours"},
	{Example: "-kind:storage.snapshot", Meaning: "all but these"},
	{Example: `"orders"`, Meaning: "part of a name or an id"},
}

func index(theme layout.Theme) inventorypage.Index {
	return inventorypage.Index{
		Shell: shell("Inventory", "inventory", theme),
		Count: "214", CountNote: "of 12,846 resources · €31,702 a month",
		Query: ui.QueryBar{
			Action: "/inventory", Label: "Query", Placeholder: "provider:aws region:eu-* tag:env=prod",
			Tokens: []ui.Token{
				{Key: "tag:", Value: "env=prod", RemoveHref: "?q=1"},
				{Key: "owner:", Value: "team-orders", RemoveHref: "?q=2"},
				{Key: "-kind:", Value: "storage.snapshot", RemoveHref: "?q=3"},
			},
			Text: `"orders"`, Keep: []ui.Hidden{{Name: "sort", Value: "residency"}}, Boost: inventorypage.Boost, Syntax: syntax,
		},
		QueryText: `tag:env=prod owner:team-orders -kind:storage.snapshot "orders"`,
		FacetsURL: "/story-part/facets",
		Views: []ui.Tab{
			{Label: "Orders, prod", Count: "214", Href: "?view=1", Current: true},
			{Label: "All resources", Count: "12,846", Href: "/inventory"},
			{Label: "Violations", Count: "23", Href: "?view=2"},
			{Label: "Unmanaged", Count: "388", Href: "?view=3"},
			{Label: "Missing", Count: "7", Href: "?view=4"},
		},
		SaveView: &inventorypage.SaveView{
			Post: "/inventory/views",
			Name: ui.Field{Name: "name", Label: "Name", Required: true},
			Unit: ui.Field{Kind: ui.SelectField, Name: "unit", Label: "Who sees it", Required: true, Options: []ui.FieldOption{{Value: "", Label: "Only me"}, {Value: "retail", Label: "Everybody in Retail"}}},
		},
		Columns: inventorypage.Columns{
			Action: "/inventory", Title: "Columns, 9 of 12", Reset: "/inventory", Keep: []ui.Hidden{{Name: "q", Value: "tag:env=prod"}},
			Choices: []inventorypage.Column{
				{Key: "kind", Label: "Kind", On: true},
				{Key: "provider", Label: "Provider", On: true},
				{Key: "account", Label: "Account", On: true},
				{Key: "region", Label: "Region", On: true},
				{Key: "class", Label: "Data class", On: true},
				{Key: "tags", Label: "Tags", On: false},
				{Key: "created", Label: "Created", On: false},
			},
		},
		Export:  "/inventory.csv?q=tag:env=prod",
		Density: inventorypage.Density{Post: "/settings/density", Return: "/inventory"},
		Heads:   heads,
		Rows:    rows(),
		Pager: ui.Pager{
			Range: "1–50 of 214", Note: "Sorted by residency, worst first", NextHref: "?cursor=abc", PerPage: "50",
			Choices: []ui.Option{{Label: "50", Href: "?limit=50", Current: true}, {Label: "100", Href: "?limit=100"}, {Label: "200", Href: "?limit=200"}},
		},
	}
}

func inventory(theme layout.Theme) templ.Component { return index(theme).Page() }

func inventoryPeek(theme layout.Theme) templ.Component {
	p, panel := index(theme), peek()
	p.Peek = &panel
	return p.Page()
}

func inventoryBadQuery(theme layout.Theme) templ.Component {
	p := index(theme)
	p.Query.Tokens = append(p.Query.Tokens, ui.Token{Key: "provder:", Value: "aws", RemoveHref: "?q=4", Bad: true})
	p.Query.Error = "provder:aws is not understood. Was provider:aws meant? The rows are those of the last good query."
	p.SaveView.Open = false
	return p.Page()
}

func inventoryNoMatch(theme layout.Theme) templ.Component {
	p := index(theme)
	p.Count, p.CountNote = "0", "of 12,846 resources"
	p.Query.Tokens = []ui.Token{
		{Key: "provider:", Value: "aws", RemoveHref: "?q=1"}, {Key: "region:", Value: "eu-*", RemoveHref: "?q=2"}, {Key: "kind:", Value: "compute.function", RemoveHref: "?q=3"},
	}
	p.Query.Text = ""
	p.NoMatch = &inventorypage.NoMatch{
		Query: "provider:aws region:eu-* kind:compute.function", Clear: "/inventory",
		Drops: []inventorypage.Drop{{Term: "kind:compute.function", Count: "1,204", Href: "?q=1"}, {Term: "region:eu-*", Count: "12", Href: "?q=2"}},
	}
	return p.Page()
}

func inventoryFirstUse(theme layout.Theme) templ.Component {
	p := inventorypage.Index{Shell: shell("Inventory", "inventory", theme)}
	p.Shell.Sources = nil
	p.First = &ui.Empty{
		Icon: "plug-connected", Title: "Connect your first source",
		Text:    "Causeway reads AWS, Azure, Google Cloud, Kubernetes and Terraform state. It needs read access only. The first sync takes 2 to 10 minutes.",
		Actions: []ui.Action{{Label: "Connect a source", Href: "/sources/new", Icon: "plus", Primary: true}},
	}
	return p.Page()
}

func inventoryStale(theme layout.Theme) templ.Component {
	p := index(theme)
	p.Stale = []ui.Strip{{Tone: ui.Warn, Text: "prod-gcp has not answered for 47 min. Its rows show the state of 13:45 CET.", Link: "Open source", Href: "/sources/prod-gcp"}}
	p.Shell.Roomy, p.Density.Roomy = true, true
	return p.Page()
}

func inventoryLoading(theme layout.Theme) templ.Component {
	p := index(theme)
	p.Loading, p.Rows, p.Count = true, nil, ""
	return p.Page()
}

func inventoryError(theme layout.Theme) templ.Component {
	p := index(theme)
	p.Rows, p.Count = nil, ""
	p.Failed = &ui.Empty{
		Icon: "alert-circle-filled", Tone: ui.Bad, Title: "Inventory did not answer", Text: "The store took longer than 10 s. Your query is kept. 14:32:10 CET.", Reference: "7f3a-21c9",
		Actions: []ui.Action{{Label: "Try again", Href: "?", Icon: "refresh", Primary: true}, {Label: "Copy reference", Copy: "7f3a-21c9", Icon: "copy"}},
	}
	return p.Page()
}

func inventoryOwnView(theme layout.Theme) templ.Component {
	p := index(theme)
	p.View = &inventorypage.View{
		Name: "Orders, prod", Post: "/inventory/views/1", Delete: "/inventory/views/1/delete",
		Rename: ui.Field{Name: "name", Label: "Name", Value: "Violations", Required: true, Error: "You have a view named Violations already. Choose another name."},
		Unit:   p.SaveView.Unit, Open: true,
	}
	return p.Page()
}

func facets() ui.Facets {
	return ui.Facets{
		ClearHref: "/inventory", Boost: inventorypage.Boost, Note: "Counts above 10,000 are rounded down.",
		Groups: []ui.FacetGroup{
			{Title: "Provider", Options: []ui.FacetOption{
				{Label: "AWS", Count: "96", Href: "?p=1", Badge: cloud.AWS},
				{Label: "Azure", Count: "58", Href: "?p=2", Badge: cloud.Azure},
				{Label: "GCP", Count: "41", Href: "?p=3", Badge: cloud.GCP},
				{Label: "Kubernetes", Count: "19", Href: "?p=4", Badge: cloud.Kubernetes},
			}},
			{Title: "Country", MoreTxt: "2 more", Options: []ui.FacetOption{
				{Label: "Germany", Count: "118", Href: "?c=DE", Country: "DE", Checked: true},
				{Label: "Netherlands", Count: "31", Href: "?c=NL", Country: "NL"},
				{Label: "Ireland", Count: "24", Href: "?c=IE", Country: "IE"},
				{Label: "Sweden", Count: "17", Href: "?c=SE", Country: "SE"},
				{Label: "United States", Count: "2", Href: "?c=US", Country: "US"},
			}, More: []ui.FacetOption{
				{Label: "Finland", Count: "1", Href: "?c=FI", Country: "FI"},
				{Label: "Unknown place", Count: "1", Href: "?c=none"},
			}},
			{Title: "State", Options: []ui.FacetOption{
				{Label: "Live", Count: "207", Href: "?s=live"},
				{Label: "Missing", Count: "7", Href: "?s=missing"},
			}},
			{Title: "Managed by", Options: []ui.FacetOption{
				{Label: "Terraform", Count: "141", Href: "?m=t"},
				{Label: "Crossplane", Count: "32", Href: "?m=c"},
				{Label: "Nobody", Count: "41", Href: "?m=n"},
			}},
		},
	}
}

func peek() inventorypage.Peek {
	region := ui.MakeRegion(cloud.AWS, "eu-central-1")
	return inventorypage.Peek{
		Name: "orders-db-prod", Kind: "Relational database", Provider: cloud.AWS, Href: "/inventory/1004", State: ui.Fine("Live"),
		Facts: []ui.Fact{
			{Label: "Account", Text: "payments-prod", Href: "/inventory?q=account:payments-prod", Badge: cloud.AWS},
			{Label: "Region", Region: &region},
			{Label: "Unit", Text: "Retail"},
			{Label: "Created", Time: format.Day(now.AddDate(-2, 0, 0), cet)},
			{Label: "Native id", Text: "arn:aws:rds:eu-central-1:210987654321:db:orders-db-prod", Mono: true, Copy: true},
		},
		Tags:      []string{"env=prod", "owner=team-orders", "data-class=personal"},
		Locations: locations(),
		Witnesses: witnesses(),
	}
}

func locations() []inventorypage.Location {
	return []inventorypage.Location{
		{Facet: "Rest", Place: "eu-central-1", Countries: []inventorypage.Country{{Code: "DE", Name: "Germany"}}, Evidence: "rds.DescribeDBInstances · AvailabilityZone = eu-central-1a", Age: minutes(2)},
		{Facet: "Replica", Place: "eu-west-1", Detail: "orders-db-prod-read", Countries: []inventorypage.Country{{Code: "IE", Name: "Ireland"}}, Evidence: "rds.DescribeDBInstances · ReadReplicaDBInstanceIdentifiers", Age: minutes(2)},
		{Facet: "Backup", Place: "eu", Detail: "AWS Backup vault", Meaning: "somewhere among", Countries: []inventorypage.Country{{Code: "DE", Name: "Germany"}, {Code: "IE", Name: "Ireland"}, {Code: "FR", Name: "France"}}, Evidence: "backup.ListRecoveryPoints · ResourceArn", Age: minutes(11)},
		{Facet: "Log", Place: "log-archive", Meaning: "not known", Evidence: "rds.DescribeDBInstances · EnabledCloudwatchLogsExports", Age: minutes(2)},
	}
}

func witnesses() []inventorypage.Witness {
	return []inventorypage.Witness{
		{
			Source: "prod-aws", SourceHref: "/sources/prod-aws", Badge: cloud.AWS, Scope: "payments-prod · eu-central-1 · rds.instances",
			Proved: ago(2 * time.Minute), State: ui.Fine("Read completely"), Owner: true,
		},
		{
			Source: "states", SourceHref: "/sources/states", Badge: cloud.Terraform, Scope: "orders-prod · terraform.state", Ref: "module.orders.aws_db_instance.main",
			Manager: "Terraform", Proved: ago(191 * time.Minute), State: ui.Warns("Late"), Misses: "",
			Disagrees: []inventorypage.Change{{Field: "instance_class", From: "db.r7g.2xlarge", To: "db.r7g.xlarge"}, {Field: "tags.owner", From: "team-orders", To: ""}},
		},
	}
}
