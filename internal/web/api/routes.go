package api

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
)

// Base is where the interface is mounted.
const Base = "/api/v1"

// Permissions that routes ask for, in the words of package auth.
const (
	readInventory = "inventory.read"
	readSources   = "source.read"
	runSyncs      = "sync.run"
	pushStates    = "inventory.push"
	writeSources  = "source.write"
)

// Caller is who makes a request. Access is the units on which they hold the permission of the route,
// so that what they may only see is not what they may change. Principal is asked where a request
// touches things under other permissions, as documents do.
type Caller struct {
	Access    cloud.Access
	Actor     audit.Actor
	Principal auth.Principal
}

// Config is what the handlers need. All of it is required.
type Config struct {
	Inventory Inventory
	Sources   Sources
	Runs      Runs
	Documents Documents
	// Decoder knows the adapters, so that their settings are checked on arrival.
	Decoder document.Decoder
	// Caller finds who makes a request. It is called after the permission was found to be held on
	// some unit at least.
	Caller func(c echo.Context, permission string) (Caller, error)
	// Version is shown in the OpenAPI description.
	Version string
}

// API serves the JSON interface.
type API struct {
	cfg     Config
	openapi []byte
}

// New checks the configuration and prepares the description.
func New(cfg Config) (*API, error) {
	if cfg.Inventory == nil || cfg.Sources == nil || cfg.Runs == nil || cfg.Documents == nil || cfg.Caller == nil {
		return nil, errors.New("api: Inventory, Sources, Runs, Documents and Caller are required")
	}
	a := &API{cfg: cfg}
	var err error
	a.openapi, err = describe(a.table(), cfg.Version)
	return a, err
}

// Route is one line of the table that the server mounts. The server lets nobody in who does not
// hold Permission somewhere.
type Route struct {
	Method     string
	Path       string // in echo's notation, with Base
	Permission string
	Handler    echo.HandlerFunc
}

// Routes is everything there is to mount.
func (a *API) Routes() []Route {
	var out []Route
	for _, e := range a.table() {
		out = append(out, Route{e.method, Base + e.path, e.permission, func(c echo.Context) error {
			who, err := a.cfg.Caller(c, e.permission)
			if err != nil {
				return err
			}
			return e.handle(c, who)
		}})
	}
	return out
}

// endpoint is a route with its description.
type endpoint struct {
	method, path, permission string
	handle                   func(echo.Context, Caller) error
	id                       string // operationId
	summary                  string
	params                   []param
	body                     any // nil: none
	status                   int
	answer                   any // nil: not JSON
	media                    string
}

type param struct {
	name, in, typ, doc string
	enum               []string
}

// table is every route, in the order of the description.
func (a *API) table() []endpoint {
	return slices.Concat(a.reads(), a.syncs(), a.documents(), []endpoint{{
		method: http.MethodGet, path: "/openapi.json", permission: readInventory, handle: a.describe, id: "describe",
		summary: "This description", answer: map[string]any{},
	}})
}

// Parameters that several routes share.
var (
	limitParam  = param{name: "limit", in: "query", typ: "integer", doc: "Items of a page, 1 to 1000; 50 unless told."}
	cursorParam = param{name: "cursor", in: "query", typ: "string", doc: "next of the page before."}
	nameParam   = param{name: "name", in: "path", typ: "string", doc: "Name of the source."}
	runParam    = param{name: "id", in: "path", typ: "string", doc: "UUID of the run."}
)

func (a *API) reads() []endpoint {
	const get = http.MethodGet
	return []endpoint{
		{
			method: get, path: "/resources", permission: readInventory, handle: a.resources, id: "listResources",
			summary: "Search the inventory", answer: Page[Resource]{},
			params: []param{
				{name: "q", in: "query", typ: "string", doc: `Search grammar, such as provider:aws region:eu-* -tag:env=dev.`},
				{name: "sort", in: "query", typ: "string", doc: "Column to sort by, with - before it for descending; name unless told."},
				limitParam, cursorParam,
			},
		},
		{
			method: get, path: "/resources/:id", permission: readInventory, handle: a.resource, id: "getResource",
			summary: "One resource with locations, witnesses, relations and history", answer: ResourceDetail{},
			params: []param{{name: "id", in: "path", typ: "integer", doc: "Id of the resource."}},
		},
		{
			method: get, path: "/sources", permission: readSources, handle: a.sources, id: "listSources",
			summary: "Every source with the state of its ledger", answer: Page[Source]{},
		},
		{
			method: get, path: "/sources/:name", permission: readSources, handle: a.source, id: "getSource",
			summary: "One source", answer: Source{}, params: []param{nameParam},
		},
		{
			method: get, path: "/sources/:name/scopes", permission: readSources, handle: a.scopes, id: "listScopes",
			summary: "The ledger of a source", answer: Page[Scope]{},
			params: []param{
				nameParam,
				{name: "state", in: "query", typ: "string", doc: "Only scopes in this state; failing is all that are not right.", enum: scopeStates},
				limitParam, cursorParam,
			},
		},
		{
			method: get, path: "/sources/:name/runs", permission: readSources, handle: a.runs, id: "listRuns",
			summary: "The newest runs of a source, newest first", answer: Page[Run]{}, params: []param{nameParam, limitParam},
		},
		{
			method: get, path: "/runs/:id", permission: readSources, handle: a.run, id: "getRun",
			summary: "A run with the scopes it could not read", answer: RunDetail{}, params: []param{runParam},
		},
	}
}

func (a *API) syncs() []endpoint {
	const post = http.MethodPost
	return []endpoint{
		{
			method: http.MethodGet, path: "/sources/:name/test", permission: runSyncs, handle: a.test, id: "testSource",
			summary: "Try every call the source needs", answer: Page[TestResult]{}, params: []param{nameParam},
		},
		{
			method: post, path: "/sources/:name/sync", permission: runSyncs, handle: a.sync, id: "syncSource",
			summary: "Sync a source now; a run that is open is joined", status: http.StatusAccepted, answer: Started{}, params: []param{nameParam},
		},
		{
			method: post, path: "/sources/:name/push", permission: pushStates, handle: a.push, id: "pushState",
			summary: "Hand in a Terraform state that console push has redacted", body: map[string]any{}, status: http.StatusAccepted,
			answer: Started{}, params: []param{nameParam},
		},
		{
			method: post, path: "/runs/:id/cancel", permission: runSyncs, handle: a.cancel, id: "cancelRun",
			summary: "Ask a run to stop; what it has read stays", status: http.StatusAccepted, answer: Started{}, params: []param{runParam},
		},
	}
}

func (a *API) documents() []endpoint {
	return []endpoint{
		{
			method: http.MethodPost, path: "/apply", permission: writeSources, handle: a.apply, id: "apply",
			summary: "Apply documents", body: Apply{}, answer: Applied{},
		},
		{
			method: http.MethodGet, path: "/export", permission: readSources, handle: a.export, id: "export",
			summary: "Every object as YAML documents", media: "application/yaml",
			params: []param{{name: "kind", in: "query", typ: "string", doc: "Only documents of this kind.", enum: kindNames()}},
		},
	}
}
