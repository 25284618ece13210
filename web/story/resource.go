package story

import (
	"time"

	"github.com/a-h/templ"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/inventorypage"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

func detail(theme layout.Theme) inventorypage.Detail {
	region := ui.MakeRegion(cloud.AWS, "eu-central-1")
	managed := ui.Fine("Terraform")
	s := shell("orders-db-prod", "inventory", theme)
	s.Scroll = true
	return inventorypage.Detail{
		Shell:  s,
		Crumbs: []ui.Crumb{{Label: "Inventory", Href: "/inventory"}, {Label: "payments-prod", Href: "/inventory?q=account:payments-prod"}, {Label: "orders-db-prod"}},
		Name:   "orders-db-prod", Provider: cloud.AWS, Kind: "Relational database",
		Facts: []ui.Fact{
			{Label: "Account", Badge: cloud.AWS, Text: "payments-prod", Href: "/inventory?q=account:payments-prod", Note: "210987654321"},
			{Label: "Folder", Text: "Root / Workloads / Retail"},
			{Label: "Region", Region: &region, Note: "zone eu-central-1a"},
			{Label: "Unit", Text: "Retail", Href: "/inventory?q=unit:retail"},
			{Label: "Native type", Text: "AWS::RDS::DBInstance", Mono: true},
			{Label: "Portability", Text: "Standard", Note: "PostgreSQL is served by others too"},
			{Label: "Managed by", Status: &managed},
			{Label: "Created", Time: format.At(now.AddDate(-2, 0, 0), cet)},
			{Label: "First seen", Time: format.At(now.AddDate(0, -3, 0), cet)},
			{Label: "Native id", Text: "arn:aws:rds:eu-central-1:210987654321:db:orders-db-prod", Mono: true, Copy: true},
		},
		Tags: []inventorypage.TagGroup{{Namespace: "Tags", Tags: []inventorypage.Tag{
			{Key: "env", Value: "prod", Href: "/inventory?q=tag:env=prod"},
			{Key: "owner", Value: "team-orders", Href: "/inventory?q=tag:owner=team-orders"},
			{Key: "data-class", Value: "personal", Href: "/inventory?q=tag:data-class=personal", Inherited: true},
		}}},
		Locations: locations(), Witnesses: witnesses(),
		Relations: []inventorypage.Relation{
			{Words: "Encrypted by", Provider: cloud.AWS, Name: "orders-kms-root", Kind: "Encryption key", Href: "/inventory/1014"},
			{Words: "Has replica", Provider: cloud.Azure, Name: "orders-db-prod-replica", Kind: "Relational database", Href: "/inventory/1005"},
			{Words: "Has backup", Provider: cloud.AWS, Name: "orders-db-prod-snap-daily", Kind: "Snapshot", Href: "/inventory/1000"},
			{Words: "Replicates to", Provider: cloud.AWS, Name: "arn:aws:rds:eu-west-1:210987654321:db:orders-db-prod-read"},
		},
		Former: []inventorypage.Former{{Source: "old-aws", Scope: "payments-prod · eu-central-1 · rds.instances", Reason: "The source was deleted", Ended: ago(34 * 24 * time.Hour)}},
		History: []inventorypage.Version{
			{Icon: "pencil", Title: "Changed", At: ago(26 * time.Hour), Changes: []inventorypage.Change{{Field: "instance_class", From: "db.r7g.xlarge", To: "db.r7g.2xlarge"}, {Field: "tags.owner", From: "", To: "team-orders"}}},
			{Icon: "refresh", Title: "Seen again", At: ago(12 * 24 * time.Hour), Note: "It was missing for 4 h while the scope failed twice."},
			{Icon: "plus", Title: "First seen", At: ago(92 * 24 * time.Hour), Note: "by prod-aws"},
		},
		Attrs: ui.Tree(map[string]any{
			"engine": "postgres", "engine_version": "17.4", "instance_class": "db.r7g.2xlarge", "multi_az": true, "allocated_storage_gib": 800.0,
			"endpoint":           map[string]any{"port": 5432.0, "address": "orders-db-prod.c9xyz.eu-central-1.rds.amazonaws.com"},
			"vpc_security_group": []any{"sg-0123456789abcdef0", "sg-0fedcba9876543210"}, "parameters": map[string]any{},
		}),
		Raw: "{\n  \"engine\": \"postgres\"\n}",
	}
}

func resource(theme layout.Theme) templ.Component { return detail(theme).Page() }

func resourceMissing(theme layout.Theme) templ.Component {
	p := detail(theme)
	p.State = &ui.Tag{Tone: ui.Warn, Icon: "alert-triangle-filled", Text: "Missing since 4 h"}
	p.Notice = &ui.Strip{Tone: ui.Warn, Text: "The last complete listing of payments-prod · eu-central-1 · rds.instances did not show it. One more must miss it before it counts as gone.", Link: "Open source", Href: "/sources/prod-aws"}
	p.Witnesses[0].Misses = "Not in the last complete listing."
	p.Witnesses[0].State = ui.Failed("Denied since 47 min")
	p.Relations, p.Locations, p.Tags, p.Attrs = nil, nil, nil, nil
	return p.Page()
}
