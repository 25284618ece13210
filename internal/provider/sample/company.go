package sample

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/causeway/causeway/internal/cloud"
)

// account is one of the group's forty isolation boundaries. Accounts do not depend on the seed, so
// that the units of Documents can claim them.
type account struct {
	provider cloud.ProviderID
	id, name string
	unit     string // slug of the unit that claims it
	env      string
	parent   string
	weight   uint64   // share of the bulk in its regions
	regions  []string // where it runs anything
}

func (a *account) prod() bool { return a.env == "prod" }

// short tells the accounts of one provider apart in names that are unique in the world.
func (a *account) short() string {
	if a.provider == cloud.AWS {
		return a.id[8:]
	}
	return a.id
}

const (
	unitRetail    = "retail-bank"
	unitPayments  = "payments"
	unitInsurance = "insurance"
	unitPlatform  = "platform"
)

// accounts lists them in the order in which their scopes are yielded.
var accounts = slices.Concat(awsAccounts(), azureAccounts(), gcpAccounts(), clusters(), workspaces())

func awsAccounts() []*account {
	mk := func(id, name, unit, env string, weight uint64, regions ...string) *account {
		return &account{cloud.AWS, id, name, unit, env, "nordhaven/" + unit, weight, regions}
	}
	return []*account{
		mk("482910375512", "payments-prod", unitPayments, "prod", 12, "eu-central-1", "eu-west-1", "eu-west-2", "us-east-1"),
		mk("519273640081", "payments-staging", unitPayments, "staging", 3, "eu-central-1", "eu-west-1"),
		mk("630184752293", "payments-dev", unitPayments, "dev", 2, "eu-central-1"),
		mk("274650918837", "cards-prod", unitPayments, "prod", 7, "eu-west-1", "eu-central-1", "ap-southeast-1"),
		mk("881620475539", "retail-prod", unitRetail, "prod", 11, "eu-central-1", "eu-west-1", "eu-west-3", "eu-central-2"),
		mk("770315928846", "retail-staging", unitRetail, "staging", 3, "eu-central-1"),
		mk("105938274460", "retail-dev", unitRetail, "dev", 2, "eu-west-1"),
		mk("346081927754", "digital-prod", unitRetail, "prod", 6, "eu-west-2", "eu-north-1", "ap-northeast-1"),
		mk("418827360195", "ledger-prod", unitRetail, "prod", 8, "eu-central-1", "eu-west-1", "us-east-1"),
		mk("957204163388", "insurance-prod", unitInsurance, "prod", 7, "eu-west-3", "eu-central-1", "eu-south-1"),
		mk("263915840277", "insurance-staging", unitInsurance, "staging", 2, "eu-west-3"),
		mk("694028175563", "claims-prod", unitInsurance, "prod", 5, "eu-central-1", "eu-central-2", "ap-southeast-2"),
		mk("138472906614", "security-prod", unitPlatform, "prod", 4, "eu-central-1", "eu-west-1"),
		mk("820746391152", "edge-prod", unitPlatform, "prod", 3, "us-east-1", "eu-west-1", "ap-northeast-1"),
		mk("571390284476", "network-prod", unitPlatform, "prod", 4, "eu-central-1", "eu-west-2", "ap-southeast-1"),
		mk("902683517740", "log-archive", unitPlatform, "prod", 3, "eu-central-1", "eu-north-1"),
		mk("365817492208", "shared-services", unitPlatform, "prod", 6, "eu-central-1", "eu-west-1", "eu-north-1", "ap-southeast-1"),
		mk("449205817361", "sandbox", unitPlatform, "sandbox", 2, "eu-central-1", "us-east-1"),
	}
}

func azureAccounts() []*account {
	mk := func(name, unit, env string, weight uint64, regions ...string) *account {
		return &account{cloud.Azure, guid("subscription", name), name, unit, env, "Nordhaven/" + unit, weight, regions}
	}
	return []*account{
		mk("sub-payments-prod", unitPayments, "prod", 8, "westeurope", "swedencentral", "centralindia"),
		mk("sub-payments-dr", unitPayments, "prod", 6, "westeurope", "swedencentral"),
		mk("sub-payments-dev", unitPayments, "dev", 2, "westeurope"),
		mk("sub-retail-prod", unitRetail, "prod", 8, "germanywestcentral", "westeurope", "brazilsouth", "southafricanorth"),
		mk("sub-retail-dr", unitRetail, "prod", 5, "northeurope", "westeurope"),
		mk("sub-retail-dev", unitRetail, "dev", 2, "germanywestcentral"),
		mk("sub-insurance-prod", unitInsurance, "prod", 6, "germanywestcentral", "swedencentral", "canadacentral"),
		mk("sub-insurance-dr", unitInsurance, "prod", 3, "westeurope"),
		mk("sub-insurance-dev", unitInsurance, "dev", 1, "germanywestcentral"),
		mk("sub-claims-prod", unitInsurance, "prod", 4, "germanywestcentral", "northeurope"),
		mk("sub-identity-prod", unitPlatform, "prod", 3, "westeurope", "northeurope"),
		mk("sub-platform-prod", unitPlatform, "prod", 5, "germanywestcentral", "swedencentral"),
		mk("sub-platform-hub", unitPlatform, "prod", 3, "westeurope", "canadacentral"),
		mk("sub-sandbox", unitPlatform, "sandbox", 1, "westeurope"),
	}
}

func gcpAccounts() []*account {
	mk := func(name, unit string, weight uint64, regions ...string) *account {
		return &account{cloud.GCP, name, name, unit, "prod", "nordhaven.example/" + unit, weight, regions}
	}
	return []*account{
		mk("hg-analytics", unitInsurance, 6, "europe-west4", "us-central1", "europe-west3", "europe-central2"),
		mk("hg-search-prod", unitPlatform, 4, "europe-west1", "europe-west3", "europe-west4", "europe-north1"),
		mk("hg-archive-prod", unitRetail, 4, "europe-north1", "europe-west3", "europe-west6", "europe-southwest1"),
	}
}

// clusters are Kubernetes clusters, identified by the uid of their kube-system namespace.
func clusters() []*account {
	mk := func(name, unit string, weight uint64, region string) *account {
		return &account{cloud.Kubernetes, guid("cluster", name), name, unit, "prod", "", weight, []string{region}}
	}
	return []*account{
		mk("eks-fra-prod-01", unitPayments, 64, "eu-central-1"),
		mk("gke-fra-prod-02", unitPlatform, 43, "europe-west3"),
		mk("aks-ams-dr-01", unitPayments, 27, "westeurope"),
	}
}

func workspaces() []*account {
	return []*account{
		{cloud.Terraform, "nordhaven/business-services", "business-services", unitPlatform, "prod", "nordhaven", 0, nil},
		{cloud.Terraform, "nordhaven/cloud-foundation", "cloud-foundation", unitPlatform, "prod", "nordhaven", 0, nil},
	}
}

// accountNamed panics on a name that is not in the tables: the tables of this package name each other.
func accountNamed(name string) *account {
	for _, a := range accounts {
		if a.name == name {
			return a
		}
	}
	panic("sample: no account " + name)
}

// regionWeights say how much of a provider's bulk stands where.
var regionWeights = map[cloud.ProviderID]map[string]uint64{
	cloud.AWS: {
		"eu-central-1": 1900, "eu-west-1": 900, "eu-west-2": 760, "eu-west-3": 382, "eu-north-1": 420, "eu-central-2": 330,
		"eu-south-1": 144, "us-east-1": 610, "ap-southeast-1": 300, "ap-northeast-1": 240, "ap-southeast-2": 188,
	},
	cloud.Azure: {
		"westeurope": 900, "northeurope": 302, "swedencentral": 346, "germanywestcentral": 700, "brazilsouth": 96,
		"centralindia": 142, "canadacentral": 212, "southafricanorth": 88,
	},
	cloud.GCP: {
		"europe-west3": 400, "europe-west1": 186, "europe-west4": 328, "europe-north1": 318, "us-central1": 500,
		"europe-central2": 126, "europe-southwest1": 92, "europe-west6": 274,
	},
	cloud.Kubernetes: {"eu-central-1": 64, "europe-west3": 43, "westeurope": 27},
}

// providerShares split the bulk between the providers, in parts of their sum.
var providerShares = []struct {
	provider cloud.ProviderID
	share    uint64
}{{cloud.AWS, 5918}, {cloud.Azure, 3204}, {cloud.GCP, 2386}, {cloud.Kubernetes, 1338}}

// guid makes the stable identifier of something that is named in this package.
func guid(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + "/" + name))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
