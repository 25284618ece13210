package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
)

// Resource is one thing that exists, as a list shows it.
type Resource struct {
	ID          int64        `json:"id"`
	Provider    string       `json:"provider" doc:"Whose resource it is."`
	NativeID    string       `json:"native_id" doc:"The provider's own identifier."`
	NativeType  string       `json:"native_type"`
	Kind        string       `json:"kind" doc:"Normalised kind, such as storage.bucket."`
	Name        string       `json:"name"`
	Account     string       `json:"account"`
	Unit        Text         `json:"unit" doc:"Slug of the business unit."`
	Region      Text         `json:"region"`
	Country     Text         `json:"country" doc:"Where it is at rest, ISO 3166-1; null where that is not known."`
	Countries   List[string] `json:"countries" doc:"Every country that any facet of its data touches."`
	Class       Text         `json:"class" doc:"Data class; null where none is known."`
	Residency   string       `json:"residency" doc:"Verdict, as it is searched: violation, unknown, waived, compliant, na (not applicable) or unjudged."`
	Cost        *Money       `json:"cost" doc:"A month's cost in the reporting currency; null where no charge is known."`
	Managed     Text         `json:"managed" doc:"Who manages it: terraform, crossplane, none; null where that cannot be told."`
	Service     Text         `json:"service"`
	Owner       Text         `json:"owner"`
	Portability string       `json:"portability" doc:"standard, equivalent, proprietary or unknown."`
	State       string       `json:"state" doc:"live, missing or gone."`
	Tags        List[string] `json:"tags" doc:"key or key=value, in lower case as they are searched."`
	CreatedAt   Time         `json:"created_at" doc:"By the provider's clock."`
	ChangedAt   Time         `json:"changed_at"`
	SeenAt      Time         `json:"seen_at" doc:"When the scope that shows it was last read completely."`
}

// ResourceDetail is one resource with everything that is known of it.
type ResourceDetail struct {
	Resource
	Zone         Text            `json:"zone"`
	AccountID    string          `json:"account_id" doc:"The provider's identifier of the account."`
	Incarnation  int             `json:"incarnation" doc:"Grows when a native id comes back after it was gone."`
	Labels       List[Tag]       `json:"labels" doc:"Tags as the source has them."`
	Attributes   json.RawMessage `json:"attributes" doc:"Allow-listed attributes; never a secret."`
	FirstSeenAt  Time            `json:"first_seen_at"`
	Since        Time            `json:"since" doc:"When this version was recorded."`
	MissingSince Time            `json:"missing_since"`
	GoneAt       Time            `json:"gone_at"`
	GoneReason   Text            `json:"gone_reason" doc:"deleted, scope_removed, permission_lost, source_changed or superseded."`
	Locations    List[Location]  `json:"locations"`
	Witnesses    List[Witness]   `json:"witnesses"`
	Relations    List[Relation]  `json:"relations"`
	History      List[Version]   `json:"history" doc:"Former versions, newest first."`
}

// Tag is one label on a resource.
type Tag struct {
	Namespace string `json:"namespace" doc:"tag, label or nettag."`
	Key       string `json:"key"`
	Value     string `json:"value"`
	Inherited bool   `json:"inherited" doc:"From a resource group, folder or project."`
}

// Location is one place that one facet of a resource's data touches.
type Location struct {
	Facet     string       `json:"facet" doc:"rest, replica, backup, process, failover, log, access, key or metadata."`
	Place     string       `json:"place" doc:"The provider's word for it."`
	Countries List[string] `json:"countries"`
	Meaning   string       `json:"meaning" doc:"all_of: in each country; any_of: somewhere among them; unknown."`
	Detail    Text         `json:"detail"`
	Evidence  Evidence     `json:"evidence"`
	Observed  Time         `json:"observed_at" doc:"By the source's clock."`
	Proved    Time         `json:"proved_at" doc:"When the scope behind it was last read completely."`
}

// Evidence is the call and the field that a fact was read from.
type Evidence struct {
	API   string `json:"api"`
	Field string `json:"field"`
	Value string `json:"value"`
}

// Witness is one scope of a source that shows the resource.
type Witness struct {
	Source  string `json:"source"`
	API     string `json:"api"`
	Account string `json:"account"`
	Region  Text   `json:"region"`
	Manager Text   `json:"manager"`
	Ref     Text   `json:"ref" doc:"Where the witness has it, such as a Terraform address."`
	Owner   bool   `json:"owner" doc:"Its description is the one shown."`
	State   string `json:"scope_state"`
	Since   Time   `json:"since"`
	Proved  Time   `json:"proved_at"`
}

// Relation is an edge to or from another resource.
type Relation struct {
	Type      string `json:"type"`
	Direction string `json:"direction" doc:"out: from this resource; in: to it."`
	Provider  string `json:"provider"`
	NativeID  Text   `json:"native_id"`
	ID        *int64 `json:"id" doc:"Null where that resource is not known or not visible."`
	Name      Text   `json:"name"`
}

// Version is a former state of a resource.
type Version struct {
	From       Time            `json:"from"`
	To         Time            `json:"to"`
	Name       string          `json:"name"`
	Region     Text            `json:"region"`
	State      string          `json:"state"`
	Reason     string          `json:"reason" doc:"Why the version ended."`
	Attributes json.RawMessage `json:"attributes"`
}

// ResourceQuery asks for a page of resources.
type ResourceQuery struct {
	Query  string // the search grammar
	Sort   string // a column, "-" before it for descending; "" by name
	Limit  int
	Cursor string
}

// Inventory reads resources that the caller may see.
type Inventory interface {
	Resources(ctx context.Context, who Caller, q ResourceQuery) (Page[Resource], error)
	Resource(ctx context.Context, who Caller, id int64) (ResourceDetail, error)
}

func (a *API) resources(c echo.Context, who Caller) error {
	limit, err := limitOf(c)
	if err != nil {
		return err
	}
	page, err := a.cfg.Inventory.Resources(c.Request().Context(), who, ResourceQuery{
		Query: c.QueryParam("q"), Sort: c.QueryParam("sort"), Limit: limit, Cursor: c.QueryParam("cursor"),
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, page)
}

func (a *API) resource(c echo.Context, who Caller) error {
	id, err := idOf(c.Param("id"))
	if err != nil {
		return fault.Say(fault.NotFound, "There is no resource %q: ids are numbers.", c.Param("id")).In("id")
	}
	r, err := a.cfg.Inventory.Resource(c.Request().Context(), who, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
