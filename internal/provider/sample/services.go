package sample

import (
	"slices"
	"time"

	"github.com/causeway/causeway/internal/cloud"
)

// Service is one of the twenty things that the group's business names.
type Service struct {
	Name     string
	Unit     string // slug of the unit
	Owner    string // "team-orders", as in the tag team
	Tier     int
	Selector string // in the search grammar
	RTO, RPO time.Duration
	Active   Site
	Standby  Site
	Classes  []string // the most sensitive first
}

// Site is a place where a service runs.
type Site struct {
	Provider cloud.ProviderID
	Account  string // name of the account
	Region   string
	Cluster  string // name of the Kubernetes cluster that runs its workloads
}

// Services returns the group's services, in the order of the table.
func Services() []Service { return slices.Clone(services) }

var services = []Service{
	service("payments-core", unitPayments, "team-payments", 1, 15, 60, "payments-prod eu-central-1", "sub-payments-dr westeurope", "payment", "personal"),
	service("orders", unitPayments, "team-orders", 1, 15, 60, "payments-prod eu-central-1", "sub-payments-dr westeurope", "personal", "financial"),
	service("card-auth", unitPayments, "team-cards", 1, 15, 60, "cards-prod eu-west-1", "sub-payments-dr westeurope", "payment"),
	service("checkout", unitPayments, "team-checkout", 1, 15, 60, "hg-search-prod europe-west3", "payments-prod eu-west-1", "payment", "personal"),
	service("fraud-scoring", unitPayments, "team-fraud", 2, 30, 120, "hg-analytics europe-west4", "payments-prod eu-west-1", "personal"),
	service("merchant-portal", unitPayments, "team-merchants", 2, 30, 120, "sub-payments-prod westeurope", "payments-prod eu-central-1", "personal"),
	service("fx-rates", unitPayments, "team-treasury", 2, 30, 300, "hg-analytics europe-west4", "payments-prod eu-central-1", "internal"),
	service("ledger-core", unitRetail, "team-finance-it", 1, 15, 30, "ledger-prod eu-central-1", "hg-archive-prod europe-west6", "financial"),
	service("statements", unitRetail, "team-statements", 2, 30, 300, "hg-archive-prod europe-north1", "sub-retail-dr northeurope", "financial", "personal"),
	service("kyc-docs", unitRetail, "team-onboarding", 1, 15, 60, "sub-retail-prod germanywestcentral", "hg-archive-prod europe-west4", "special", "personal"),
	service("customer-profile", unitRetail, "team-customer", 1, 15, 60, "retail-prod eu-central-1", "sub-retail-dr westeurope", "personal"),
	service("claims-intake", unitInsurance, "team-claims", 2, 30, 120, "claims-prod eu-central-1", "sub-insurance-dr westeurope", "health", "personal"),
	service("document-store", unitInsurance, "team-documents", 2, 30, 300, "sub-insurance-prod germanywestcentral", "hg-archive-prod europe-north1", "personal"),
	service("analytics-batch", unitInsurance, "team-analytics", 3, 60, 3600, "insurance-prod eu-west-3", "sub-insurance-prod swedencentral", "internal"),
	service("identity", unitPlatform, "team-identity", 1, 10, 30, "sub-identity-prod westeurope", "security-prod eu-central-1", "secret", "personal"),
	service("audit-log", unitPlatform, "team-audit", 1, 10, 30, "hg-archive-prod europe-west3", "sub-platform-prod swedencentral", "financial"),
	service("search", unitPlatform, "team-discovery", 3, 60, 600, "hg-search-prod europe-west1", "shared-services eu-west-1", "internal", "personal"),
	service("notifications", unitPlatform, "team-messaging", 2, 30, 300, "shared-services eu-central-1", "hg-search-prod europe-west4", "personal"),
	service("mail-gateway", unitPlatform, "team-messaging", 3, 60, 600, "shared-services eu-north-1", "hg-search-prod europe-north1", "internal"),
	service("hr-payroll", unitPlatform, "team-people-tech", 3, 60, 3600, "sub-platform-prod germanywestcentral", "shared-services eu-central-1", "personal", "financial"),
}

// service takes the recovery objectives in minutes (RTO) and seconds (RPO).
func service(name, unit, owner string, tier, rto, rpo int, active, standby string, classes ...string) Service {
	return Service{
		Name: name, Unit: unit, Owner: owner, Tier: tier, Selector: "tag:service=" + name,
		RTO: time.Duration(rto) * time.Minute, RPO: time.Duration(rpo) * time.Second,
		Active: site(active), Standby: site(standby), Classes: classes,
	}
}

// site reads "account region".
func site(words string) Site {
	at := placeNamed(words)
	s := Site{Provider: at.account.provider, Account: at.account.name, Region: at.region}
	switch s.Provider {
	case cloud.AWS:
		s.Cluster = "eks-fra-prod-01"
	case cloud.GCP:
		s.Cluster = "gke-fra-prod-02"
	default:
		s.Cluster = "aks-ams-dr-01"
	}
	return s
}

// serviceNamed returns nil for "": not everything belongs to a service.
func serviceNamed(name string) *Service {
	for i := range services {
		if services[i].Name == name {
			return &services[i]
		}
	}
	if name != "" {
		panic("sample: no service " + name)
	}
	return nil
}

// servicesOf returns the services of a unit.
func servicesOf(unit string) []*Service {
	var found []*Service
	for i := range services {
		if services[i].Unit == unit {
			found = append(found, &services[i])
		}
	}
	return found
}
