package aws

import (
	"strings"

	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/causeway/causeway/internal/cloud"
)

// engine is what the name of a database engine decides. The RDS API also answers for Neptune and
// DocumentDB, whose ARNs look like RDS's own.
type engine struct {
	Service     string // the part of the native type
	Kind        cloud.Kind
	Portability cloud.Portability
}

// engineOf reads names such as "aurora-postgresql", "sqlserver-se", "custom-oracle-ee".
func engineOf(name string) engine {
	relational := engine{Service: "RDS", Kind: "db.relational", Portability: cloud.PortabilityUnknown}
	base := strings.TrimPrefix(strings.TrimPrefix(name, "custom-"), "aurora-")
	switch {
	case name == "neptune":
		return engine{Service: "Neptune", Kind: "db.nosql", Portability: cloud.Equivalent}
	case name == "docdb":
		return engine{Service: "DocDB", Kind: "db.nosql", Portability: cloud.Equivalent}
	case base == "postgres", base == "postgresql", base == "mysql", base == "mariadb", name == "aurora":
		relational.Portability = cloud.Standard
	case strings.HasPrefix(base, "sqlserver"), strings.HasPrefix(base, "oracle"), strings.HasPrefix(base, "db2"):
		relational.Portability = cloud.Equivalent // a product that others run too, moved with its own tools
	}
	return relational
}

func rdsTags(list []rdstypes.Tag) []cloud.Tag {
	return tags(list, func(t rdstypes.Tag) (*string, *string) { return t.Key, t.Value })
}

// dbARN is the ARN of what a field of RDS names: an ARN when it is in another region, else the bare
// name of one in this region.
func (p place) dbARN(kind, name string) string {
	switch {
	case name == "":
		return ""
	case strings.HasPrefix(name, "arn:"):
		return name
	}
	return p.arn("rds", kind+":"+name)
}
