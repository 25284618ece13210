package inventorypage

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Peek is the panel beside the list: the few facts that decide whether to open the page.
type Peek struct {
	Name      string
	Kind      string
	Provider  cloud.ProviderID
	Href      string // the page
	State     ui.Status
	Facts     []ui.Fact
	Tags      []string // "env=prod"
	Locations []Location
	Witnesses []Witness
}

// Detail is the page of one resource.
type Detail struct {
	Shell     layout.Shell
	Crumbs    []ui.Crumb
	Name      string
	Provider  cloud.ProviderID
	Kind      string    // "Relational database"
	State     *ui.Tag   // nil while it is live: "Missing since …", "Gone"
	Notice    *ui.Strip // why it is missing or gone, or that its rows are old
	Actions   []ui.Action
	Facts     []ui.Fact
	Tags      []TagGroup
	Locations []Location
	Relations []Relation
	Witnesses []Witness
	Former    []Former
	History   []Version
	Attrs     []ui.Node
	Raw       string // the attributes as indented JSON, for copying
}

// TagGroup is the tags of one namespace.
type TagGroup struct {
	Namespace string // "Tags", "Labels", "Network tags"
	Tags      []Tag
}

// Tag is one of them.
type Tag struct {
	Key, Value string
	Inherited  bool   // from a folder, a project or a resource group
	Href       string // the inventory of everything with the same tag
}

// Location is one place that one facet of the resource touches.
type Location struct {
	Facet     string // "Replica"
	Place     string // the provider's location string
	Detail    string
	Meaning   string // "in each", "somewhere among", "not known"
	Countries []Country
	Evidence  string // "rds.DescribeDBInstances · AvailabilityZone = eu-central-1a"
	Age       format.Stamp
}

// Country is one of a location's.
type Country struct{ Code, Name string }

// Relation is an edge to or from the resource.
type Relation struct {
	Words    string // as a sentence begins: "Replica of", "Has backup"
	Provider cloud.ProviderID
	Name     string // native id where the other one is not known
	Kind     string
	Href     string // "" where it is not known here
}

// Witness is one source that shows the resource.
type Witness struct {
	Source     string
	SourceHref string
	Badge      cloud.ProviderID
	Scope      string // "payments-prod · eu-central-1 · rds.instances"
	Ref        string // a Terraform address, a Kubernetes object
	Manager    string
	Proved     format.Stamp
	State      ui.Status // of the scope: read completely, failing since, held
	Owner      bool      // its description is the one shown
	Misses     string    // "not in the last listing" while that is not proof
	Disagrees  []Change  // what it says otherwise; From is what is shown
}

// Former is a witness that no longer shows it.
type Former struct {
	Source, Scope, Reason string
	Ended                 format.Stamp
}

// Version is one step of the history, newest first.
type Version struct {
	Icon    string
	Title   string // "Changed", "First seen", "Missing"
	At      format.Stamp
	Note    string
	Changes []Change
}

// Change is a field that differs. An empty side shows a dash.
type Change struct{ Field, From, To string }
