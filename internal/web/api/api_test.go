package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

func do(t *testing.T, f *apitest.Fake, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+apitest.Token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	rec := httptest.NewRecorder()
	f.Handler(t).ServeHTTP(rec, req)
	return rec
}

var (
	berlin = time.FixedZone("CET", 3600)
	noon   = time.Date(2026, 11, 23, 12, 0, 0, 123456789, berlin)
)

func fake() *apitest.Fake {
	cost := cloud.Money{Amount: decimal.RequireFromString("12.40"), Currency: "EUR"}
	return &apitest.Fake{
		ResourcePages: map[string]api.Page[api.Resource]{
			"": {Items: api.List[api.Resource]{
				{ID: 7, Provider: "aws", NativeID: "arn:x", NativeType: "AWS::S3::Bucket", Kind: "storage.bucket", Name: "orders", Account: "shop", Region: "eu-central-1", Cost: api.MoneyOf(cost), Residency: "violation", Portability: "equivalent", State: "live", ChangedAt: api.At(noon), SeenAt: api.At(noon)},
			}, Next: "c2"},
			"c2": {},
		},
		SourceList: []api.Source{{Name: "prod", Adapter: "aws", Schedule: "every 15m"}},
		Progress:   []api.RunDetail{{Run: api.Run{State: "running"}}},
		Results:    []api.ApplyResult{{Kind: "Unit", Name: "a", Outcome: api.Created}},
		Exported:   []document.Document{{Kind: document.KindUnit, Name: "a", Revision: 2, Spec: document.Unit{Title: "A", Parent: "organisation"}}},
	}
}

const unit = `{"apiVersion":"causeway/v1","kind":"Unit","metadata":{"name":"a"},"spec":{"title":"A"}}`

func TestHandlers(t *testing.T) {
	tests := []struct {
		method, path, body string
		status             int
		asked              string // of the services; "" nothing
		want               string // exact body, or a part of it after "…"
	}{
		{"GET", "/resources?q=kind:x&sort=-cost&limit=2", "", 200, `inventory.read resources "kind:x" "-cost" 2 ""`, `{"items":[{"id":7,"provider":"aws","native_id":"arn:x","native_type":"AWS::S3::Bucket","kind":"storage.bucket","name":"orders","account":"shop","unit":null,"region":"eu-central-1","country":null,"countries":[],"class":null,"residency":"violation","cost":{"amount":"12.4","currency":"EUR"},"managed":null,"service":null,"owner":null,"portability":"equivalent","state":"live","tags":[],"created_at":null,"changed_at":"2026-11-23T11:00:00.123456Z","seen_at":"2026-11-23T11:00:00.123456Z"}],"next":"c2"}`},
		{"GET", "/resources?cursor=c2", "", 200, `inventory.read resources "" "" 50 "c2"`, `{"items":[],"next":null}`},
		{"GET", "/resources?limit=0", "", 400, "", `…"errors":[{"field":"limit","detail":"limit is \"0\"; it must be a number from 1 to 1000."}]`},
		{"GET", "/resources/12", "", 200, "inventory.read resource 12", `…"locations":[],"witnesses":[],"relations":[],"history":[]`},
		{"GET", "/resources/x", "", 404, "", `…There is no resource \"x\": ids are numbers.`},
		{"GET", "/sources", "", 200, "source.read sources", `…"next_due_at":null,"open_run":null`},
		{"GET", "/sources/prod", "", 200, "source.read source prod", `…"name":"prod"`},
		{"GET", "/sources/none", "", 404, "source.read source none", `…"type":"urn:causeway:problem:not-found","title":"Not Found","status":404,"detail":"There is no source none.","instance":"req-1","errors":[]`},
		{"GET", "/sources/prod/scopes?state=failing", "", 200, `source.read scopes prod "failing" 50 ""`, `{"items":[],"next":null}`},
		{"GET", "/sources/prod/scopes?state=broken", "", 400, "", `…must be one of failing, planned, running, ok, failed, held, lost, removed.`},
		{"GET", "/sources/prod/runs?limit=3", "", 200, "source.read runs prod 3", `{"items":[],"next":null}`},
		{"GET", "/sources/prod/test", "", 200, "sync.run test prod", `{"items":[],"next":null}`},
		{"POST", "/sources/prod/sync", "", 202, "sync.run sync prod", `…{"run":{"id":"run-of-prod"`},
		{"POST", "/sources/prod/push", `{"format":"x"}`, 202, "inventory.push push prod", `…{"run":{"id":"run-of-prod"`},
		{"POST", "/sources/prod/push", "", 415, "", `…"type":"urn:causeway:problem:unsupported-media-type"`},
		{"GET", "/runs/r1", "", 200, "source.read run r1", `…"state":"running"`},
		{"POST", "/runs/r1/cancel", "", 202, "sync.run cancel r1", `…"cancel_asked":true`},
		{"POST", "/apply", `{"documents":[` + unit + `],"dry_run":true,"force":true}`, 200, "source.write apply 1 dry=true force=true", `{"results":[{"kind":"Unit","name":"a","outcome":"created","revision":null,"your_revision":null,"field":null,"detail":null}],"dry_run":true}`},
		{"POST", "/apply", `{"documents":[{"apiVersion":"causeway/v1","kind":"Unit","metadata":{"name":"a"},"spec":{"titel":"A"}}]}`, 400, "", `…{"field":"documents[0].spec.titel","detail":"unknown field \"titel\" in spec; did you mean \"title\"?"}`},
		{"POST", "/apply", `{"documents":[]}`, 400, "", `…There is no document to apply.`},
		{"POST", "/apply", `{"docs":[]}`, 400, "", `…The body is not understood`},
		{"GET", "/export?kind=Unit", "", 200, `source.read export "Unit"`, "apiVersion: causeway/v1\nkind: Unit\nmetadata:\n  name: a\n  revision: 2\nspec:\n  title: A\n  parent: organisation\n"},
		{"GET", "/export?kind=Pod", "", 400, "", `…kind is \"Pod\"; it must be one of Unit, Region, Source.`},
		{"GET", "/nothing", "", 404, "", `…"type":"urn:causeway:problem:not-found"`},
		{"DELETE", "/sources", "", 405, "", `…"type":"urn:causeway:problem:method-not-allowed"`},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			f := fake()
			rec := do(t, f, tt.method, api.Base+tt.path, tt.body)
			if rec.Code != tt.status {
				t.Errorf("status %d, want %d: %s", rec.Code, tt.status, rec.Body)
			}
			if got := strings.Join(f.Asked(), "; "); got != tt.asked {
				t.Errorf("asked %q, want %q", got, tt.asked)
			}
			got := rec.Body.String()
			if part, ok := strings.CutPrefix(tt.want, "…"); ok {
				if !strings.Contains(got, part) {
					t.Errorf("body lacks %s:\n%s", part, got)
				}
			} else if diff := cmp.Diff(strings.TrimSpace(tt.want), strings.TrimSpace(got)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
			if want := api.ProblemType; tt.status >= 400 && rec.Header().Get("Content-Type") != want {
				t.Errorf("content type %q, want %q", rec.Header().Get("Content-Type"), want)
			}
		})
	}
}

func TestStartedSaysWhereToLook(t *testing.T) {
	rec := do(t, fake(), "POST", api.Base+"/sources/prod/sync", "")
	if got := rec.Header().Get("Location"); got != "/api/v1/runs/run-of-prod" {
		t.Errorf("Location %q", got)
	}
}

func TestPushIsBounded(t *testing.T) {
	f := fake()
	rec := do(t, f, "POST", api.Base+"/sources/prod/push", strings.Repeat("x", api.MaxPushBytes+1))
	if rec.Code != http.StatusRequestEntityTooLarge || len(f.Asked()) != 0 {
		t.Errorf("status %d, asked %v: %.200s", rec.Code, f.Asked(), rec.Body)
	}
}

func TestProblems(t *testing.T) {
	secret := errors.New("dial tcp: password=hunter2")
	tests := []struct {
		name string
		err  error
		want api.Details
	}{
		{"internal errors stay inside", fmt.Errorf("read: %w", secret), api.Details{Type: "internal", Title: "Internal Server Error", Status: 500, Detail: "The console failed. The server's log says why, under the id of this request."}},
		{"an internal HTTP error too", echo.NewHTTPError(500, secret.Error()), api.Details{Type: "internal-server-error", Title: "Internal Server Error", Status: 500, Detail: "Internal Server Error"}},
		{"kinds without a text", fmt.Errorf("resource 3: %w", fault.NotFound), api.Details{Type: "not-found", Title: "Not Found", Status: 404, Detail: "This is not found."}},
		{"causes are not shown", fault.Say(fault.Unavailable, "The database does not answer.").Because(secret), api.Details{Type: "unavailable", Title: "Service Unavailable", Status: 503, Detail: "The database does not answer."}},
		{"fields", fault.Say(fault.Conflict, "Taken.").In("name"), api.Details{Type: "conflict", Title: "Conflict", Status: 409, Detail: "Taken.", Errors: api.List[api.FieldMistake]{{Field: "name", Detail: "Taken."}}}},
		{"denied", fault.Say(fault.Denied, "This needs the role admin."), api.Details{Type: "denied", Title: "Forbidden", Status: 403, Detail: "This needs the role admin."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Type, tt.want.Instance = "urn:causeway:problem:"+tt.want.Type, "req-9"
			if diff := cmp.Diff(tt.want, api.DetailsOf(tt.err, "req-9")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOpenAPI: each route is described and each described one exists, and each reference leads to a schema.
func TestOpenAPI(t *testing.T) {
	f := fake()
	rec := do(t, f, "GET", api.Base+"/openapi.json", "")
	var doc struct {
		OpenAPI string
		Info    struct{ Version string }
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Permission  string `json:"x-permission"`
			Parameters  []struct {
				Name, In, Description string
				Required              bool
			}
			Responses map[string]struct{ Content map[string]any }
		}
		Components struct {
			Schemas map[string]struct{ Required []string }
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Version != "test" {
		t.Errorf("openapi %q of version %q", doc.OpenAPI, doc.Info.Version)
	}
	var described, mounted []string
	ids := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described = append(described, strings.ToUpper(method)+" "+path+" "+op.Permission)
			if ids[op.OperationID] || op.OperationID == "" || op.Summary == "" || len(op.Responses) != 2 {
				t.Errorf("%s %s: operation %q, summary %q, %d responses", method, path, op.OperationID, op.Summary, len(op.Responses))
			}
			ids[op.OperationID] = true
			var inPath []string
			for _, p := range op.Parameters {
				if p.In == "path" {
					inPath = append(inPath, "{"+p.Name+"}")
				}
				if p.Description == "" || p.Required != (p.In == "path") {
					t.Errorf("%s %s: parameter %+v", method, path, p)
				}
			}
			if diff := cmp.Diff(regexp.MustCompile(`{\w+}`).FindAllString(path, -1), inPath); diff != "" {
				t.Errorf("%s %s: parameters of the path (-path +described):\n%s", method, path, diff)
			}
		}
	}
	for _, r := range f.API(t).Routes() {
		path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(r.Path, "{$1}")
		mounted = append(mounted, r.Method+" "+path+" "+r.Permission)
	}
	slices.Sort(described)
	slices.Sort(mounted)
	if diff := cmp.Diff(mounted, described); diff != "" {
		t.Errorf("(-mounted +described):\n%s", diff)
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(rec.Body.String(), -1) {
		if _, ok := doc.Components.Schemas[ref[1]]; !ok {
			t.Errorf("nothing describes %s", ref[1])
		}
	}
	if got := doc.Components.Schemas["RunDetail"].Required; !slices.Contains(got, "failed_scopes") || !slices.Contains(got, "state") {
		t.Errorf("RunDetail requires %v", got)
	}
}

func TestNewNeedsEverything(t *testing.T) {
	if _, err := api.New(api.Config{}); err == nil {
		t.Error("an empty configuration is accepted")
	}
}
