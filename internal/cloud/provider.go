package cloud

// ProviderID names who runs a thing: "aws", "azure", "gcp", "kubernetes", "terraform", or an
// own data centre. It says whose the resource is, not which adapter saw it.
type ProviderID string

// Providers with facts of their own in data/.
const (
	AWS        ProviderID = "aws"
	Azure      ProviderID = "azure"
	GCP        ProviderID = "gcp"
	Kubernetes ProviderID = "kubernetes"
	Terraform  ProviderID = "terraform"
)

// Badge is how a provider is shown: two to four letters, the word people use, and the full name.
type Badge struct {
	Letters string
	Short   string
	Title   string
}

var badges = map[ProviderID]Badge{
	AWS:        {"AWS", "AWS", "Amazon Web Services"},
	Azure:      {"AZ", "Azure", "Microsoft Azure"},
	GCP:        {"GCP", "GCP", "Google Cloud"},
	Kubernetes: {"K8s", "Kubernetes", "Kubernetes"},
	Terraform:  {"TF", "Terraform", "Terraform"},
	"sample":   {"DEMO", "Sample", "Sample estate"},
}

// Badge returns how p is shown; an unknown provider shows its own name.
func (p ProviderID) Badge() Badge {
	if b, ok := badges[p]; ok {
		return b
	}
	return Badge{Letters: string(p), Short: string(p), Title: string(p)}
}

// AccountRef identifies the isolation boundary in a provider: an AWS account, an Azure
// subscription, a Google Cloud project, a Kubernetes cluster, a Terraform workspace.
type AccountRef struct {
	Provider ProviderID
	ID       string // the provider's own identifier
}

// Tag is one label on a resource. Clouds keep up to three kinds of them apart.
type Tag struct {
	Namespace TagNamespace `json:"ns"`
	Key       string       `json:"k"`
	Value     string       `json:"v"`
	Inherited bool         `json:"inherited,omitempty"` // from a resource group, folder or project
}

// TagNamespace says which kind of label a Tag is.
type TagNamespace string

// The namespaces. Google Cloud has all three, the others use only NamespaceTag or NamespaceLabel.
const (
	NamespaceTag    TagNamespace = "tag"
	NamespaceLabel  TagNamespace = "label"
	NamespaceNetTag TagNamespace = "nettag"
)
