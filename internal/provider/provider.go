// Package provider is the contract between the console and whatever it reads from. An adapter is
// one folder below this one and one line in cmd/console/providers.go; nobody else imports it.
//
// An adapter opens a Reader for one configured source. The Reader says which scopes there are and
// lists each of them. A scope is listed completely or it failed: an adapter never turns an error
// into an empty list, because the sync core takes a complete listing as proof of what is gone.
package provider

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/causeway/causeway/internal/cloud"
)

// Factory makes readers of one kind of source. It is a value in a list, never registered in init.
type Factory struct {
	Adapter string // "aws", "terraform": the word in a Source document
	Title   string // "Amazon Web Services"
	Badge   cloud.ProviderID
	// Help says in one or two sentences what the adapter reads and which right it needs.
	Help string
	// Fields describe the source's settings for the form that connects one. The document carries
	// them under spec.<adapter>.
	Fields []Field
	// Check validates settings without reaching out. Errors are fault.Invalid and name the field.
	Check func(settings json.RawMessage) error
	// Open prepares a Reader. It may authenticate, but lists nothing.
	Open func(ctx context.Context, src Source) (Reader, error)
	// AcceptPush checks what a team's own pipeline sent for a source with these settings, and
	// returns it as it may be stored: nothing that the adapter would not keep itself. Nil where the
	// adapter takes no pushes.
	AcceptPush func(settings json.RawMessage, body []byte) (payload []byte, err error)
	// OpenPush reads what AcceptPush returned.
	OpenPush func(payload []byte) (Reader, error)
	// Role makes a file that grants exactly Permissions to the console, ready for the provider's own
	// tool. Nil where there is none.
	Role func(settings json.RawMessage) (name string, body []byte, err error)
	// Permissions lists every call the adapter makes, for the permissions page and `source test`.
	Permissions []Permission
}

// Field is one setting of a source, as a form shows it.
type Field struct {
	Name     string // the name in the document, dotted below the adapter: "accounts.role"
	Label    string
	Help     string
	Type     FieldType
	Required bool
	Example  string
}

// FieldType is how a Field is entered.
type FieldType string

// The kinds of form fields.
const (
	FieldText   FieldType = "text"
	FieldNumber FieldType = "number"
	FieldList   FieldType = "list" // several values, one a line
	FieldBool   FieldType = "bool"
	FieldURL    FieldType = "url"
)

// Source is what an adapter is given of a configured source.
type Source struct {
	Name     string
	Settings json.RawMessage // the part of the document under spec.<adapter>
	// Secret resolves the name of a secret within the secrets directory. Nothing else may be read.
	Secret func(name string) (string, error)
	// Limit waits for the rate limit of one API; the wait shrinks and grows with Throttled.
	Limit Limiter
	Clock func() time.Time
}

// Limiter paces calls per (account, region, API). The core shares one per process.
type Limiter interface {
	// Wait blocks until a call may be made, or ctx ends.
	Wait(ctx context.Context, key LimitKey) error
	// Throttled halves the pace of key for a while: the provider said that it is too fast.
	Throttled(key LimitKey)
}

// LimitKey names what a provider counts calls by.
type LimitKey struct {
	Provider cloud.ProviderID
	Account  string
	Region   string
	API      string
	// PerSecond is the pace to begin with; 0 takes the core's default of 10.
	PerSecond float64
}

// Reader reads one source. It is used by several goroutines at once.
type Reader interface {
	// Scopes yields every scope that exists now, in any order. A scope that is known to exist
	// but cannot be read (access denied to one account, say) is yielded with Err set: it is then
	// recorded as failed. An error of the iterator itself (at most one, last) means that the list
	// of scopes is not complete, and then no scope is taken to have vanished.
	Scopes(ctx context.Context) iter.Seq2[Scope, error]
	// Resources yields every resource of a scope, in any order. At most one error is yielded, last:
	// what came before is valid but incomplete. Ending without an error is the proof that the
	// listing was complete.
	Resources(ctx context.Context, s Scope) iter.Seq2[Resource, error]
	io.Closer
}

// Tester tries every call a source needs, for `console source test` and the permissions page.
type Tester interface {
	Test(ctx context.Context) iter.Seq2[TestResult, error]
}

// TestResult is the outcome of one tried call.
type TestResult struct {
	Permission Permission
	Account    string
	Region     string
	OK         bool
	Problem    string // what the provider said, made readable
	Fix        string // what to grant, and to whom
}

// Permission is one call an adapter makes and the grant it needs.
type Permission struct {
	Call   string // "ec2:DescribeInstances"
	Why    string // "virtual machines"
	Family string // the resource family that needs it, "" for discovery
}

// Account is an isolation boundary that a source can see.
type Account struct {
	Provider cloud.ProviderID
	ID       string
	Name     string      // how people call it; the id where there is no name
	Parent   string      // path of folders, organisational units or management groups, "" at the top
	Tags     []cloud.Tag // account-level tags, from which a unit may be derived
}

// Scope is the unit a source is listed in: account x region x API. It is identified by
// (Account, Region, API) within its source.
type Scope struct {
	Account Account
	Region  string // "" where the API is not regional
	API     string // "ec2.instances"
	Kinds   []cloud.Kind
	// Eventual is true when the listing may lag behind the truth. Two complete listings must then
	// miss a resource before it counts as gone.
	Eventual bool
	// Rank orders witnesses of one resource: the lowest one's description is shown.
	Rank Rank
	// Manager is what a witness of this scope says about who manages a resource: "terraform",
	// "crossplane", or "" where the scope only shows that the resource exists.
	Manager string
	// Revision orders snapshots of the scope where the source numbers them (a Terraform state's
	// serial). 0 where it does not. Lineage names the sequence that Revision counts in.
	Revision int64
	Lineage  string
	// Err says why the scope cannot be read at all; see Reader.Scopes.
	Err error
}

// Rank is how close a witness is to the thing itself.
type Rank int16

// From the provider's own API down to a document that declares the thing.
const (
	RankProvider Rank = 10 // the provider's own listing
	RankIndex    Rank = 20 // an index of the provider's, which lags: Resource Explorer, Resource Graph
	RankOperator Rank = 30 // a controller that manages it: Crossplane
	RankDeclared Rank = 40 // a state or plan that declares it: Terraform
)

// Resource is one thing as one witness sees it.
type Resource struct {
	Provider    cloud.ProviderID // whose resource it is; a Terraform state shows AWS resources
	NativeID    string           // canonical: an ARN, a lower-case ARM id, a full resource name
	NativeType  string           // "AWS::EC2::Instance"; decides the kind when Kind is empty
	Kind        cloud.Kind       // set where the native type alone does not decide (engines)
	Name        string
	AccountID   string // the provider's account id; empty: the scope's account
	Region      string // region code of Provider, "" or "global" where there is none
	Zone        string
	Portability cloud.Portability // set where the engine decides; empty: by native type
	Created     time.Time         // zero when the provider does not say
	Observed    time.Time         // when the source's clock says this was true; zero: unknown
	Tags        []cloud.Tag
	// Attributes are kept as shown to people. Allow-listed by the adapter: never a secret.
	Attributes map[string]any
	Locations  []Location
	Relations  []Relation
	// Ref is where the witness has it: a Terraform address, a Kubernetes object.
	Ref string
}

// Facet is a way in which data of a resource touches a place.
type Facet string

// The facets. Metadata is recorded and not judged.
const (
	FacetRest     Facet = "rest"
	FacetReplica  Facet = "replica"
	FacetBackup   Facet = "backup"
	FacetProcess  Facet = "process"
	FacetFailover Facet = "failover"
	FacetLog      Facet = "log"
	FacetAccess   Facet = "access"
	FacetKey      Facet = "key"
	FacetMetadata Facet = "metadata"
)

// Location is one place that one facet of a resource touches, with where that fact came from.
type Location struct {
	Facet  Facet
	Place  string // the provider's location string: a region, a multi-region
	Detail string // "cache", "witness", "bucket orders-copy"
	// Countries is set where the source names countries itself; otherwise Place decides.
	Countries []string
	Meaning   cloud.Meaning
	Evidence  Evidence
}

// Evidence is the call and the field a fact was read from, and its value.
type Evidence struct {
	API   string `json:"api"`
	Field string `json:"field"`
	Value string `json:"value"`
}

// Relation is an edge from the resource to another, which may not be known yet.
type Relation struct {
	Type     RelationType
	Provider cloud.ProviderID
	NativeID string
}

// RelationType says what the edge means, read from the resource that carries it.
type RelationType string

// The relation types.
const (
	RelatesReplicaOf  RelationType = "replica_of"
	RelatesBackupOf   RelationType = "backup_of"
	RelatesReplicates RelationType = "replicates_to"
	RelatesAttachedTo RelationType = "attached_to"
	RelatesRunsOn     RelationType = "runs_on"
	RelatesPartOf     RelationType = "part_of"
	RelatesEncrypted  RelationType = "encrypted_by"
)
