package web

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/audit"
	"github.com/causeway/causeway/internal/auth"
)

var everybody = auth.Roles()

// whoMay says for every route which roles may use it; nil means that it is public. A route that is
// missing here fails the test: who adds one decides twice.
var whoMay = map[string][]auth.Role{
	"GET /livez":                         nil,
	"GET /readyz":                        nil,
	"GET /metrics":                       everybody,
	"GET /assets/*":                      nil,
	"GET /sign-in":                       nil,
	"GET /sign-in/start":                 nil,
	"GET /sign-in/callback":              nil,
	"POST /sign-in/demo":                 nil,
	"POST /sign-out":                     nil,
	"GET /settings":                      everybody,
	"POST /settings":                     everybody,
	"POST /settings/theme":               nil,
	"POST /settings/density":             everybody,
	"GET /settings/sessions":             everybody,
	"POST /settings/sessions/:id/end":    everybody,
	"POST /settings/sessions/end-others": everybody,

	"GET /":                            everybody,
	"GET /inventory":                   everybody,
	"GET /inventory/facets":            everybody,
	"GET /inventory.csv":               everybody,
	"GET /inventory/:id":               everybody,
	"GET /inventory/:id/peek":          everybody,
	"POST /inventory/views":            everybody,
	"POST /inventory/views/:id":        everybody,
	"POST /inventory/views/:id/delete": everybody,

	"GET /sources":                  everybody,
	"GET /sources.csv":              everybody,
	"GET /sources/-/connect":        {auth.Admin},
	"POST /sources/-/connect":       {auth.Admin},
	"GET /sources/:name":            everybody,
	"GET /sources/:name/scopes.csv": everybody,
	"POST /sources/:name":           {auth.Admin},
	"POST /sources/:name/delete":    {auth.Admin},
	"POST /sources/:name/sync":      {auth.Operator, auth.Admin},
	"POST /sources/:name/test":      {auth.Operator, auth.Admin},
	"GET /sources/:name/role":       everybody,
	"POST /scopes/:id/:verb":        {auth.Operator, auth.Admin},
	"POST /runs/:id/cancel":         {auth.Operator, auth.Admin},
	"GET /runs/:id/events":          everybody,

	"GET /api/v1/resources":            everybody,
	"GET /api/v1/resources/:id":        everybody,
	"GET /api/v1/sources":              everybody,
	"GET /api/v1/sources/:name":        everybody,
	"GET /api/v1/sources/:name/scopes": everybody,
	"GET /api/v1/sources/:name/runs":   everybody,
	"GET /api/v1/sources/:name/test":   {auth.Operator, auth.Admin},
	"POST /api/v1/sources/:name/sync":  {auth.Operator, auth.Admin},
	"POST /api/v1/sources/:name/push":  {auth.Operator, auth.Admin},
	"GET /api/v1/runs/:id":             everybody,
	"POST /api/v1/runs/:id/cancel":     {auth.Operator, auth.Admin},
	"POST /api/v1/apply":               {auth.Admin},
	"GET /api/v1/export":               everybody,
	"GET /api/v1/openapi.json":         everybody,
}

// notForTokens are routes that need a person.
var notForTokens = []string{"GET /settings", "POST /settings", "GET /settings/sessions", "POST /settings/density", "POST /settings/sessions/:id/end", "POST /settings/sessions/end-others"}

// probes are routes that only the test has, so that every permission is walked and not only those
// that have a page already.
func probes() []route {
	var out []route
	for _, p := range auth.Permissions() {
		h := func(c echo.Context) error { return c.String(http.StatusOK, "in\n") }
		out = append(out,
			route{Method: http.MethodGet, Path: "/probe/" + string(p), Permission: p, Handler: h},
			route{Method: http.MethodPost, Path: "/api/probe/" + string(p), Permission: p, Handler: h})
	}
	return out
}

func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	var ticks atomic.Int64 // hours pass, so that nobody signs in too often
	co := start(t, probes(), func(c *Config) {
		c.Clock = func() time.Time { return time.Unix(3600*ticks.Add(1), 0) }
	})
	may := func(r Route, role auth.Role) bool {
		key := r.Method + " " + r.Path
		if strings.Contains(r.Path, "probe/") {
			return role.Allows(r.Permission)
		}
		roles, known := whoMay[key]
		if !known {
			t.Errorf("%s is not in the table of who may", key)
		}
		return roles == nil || slices.Contains(roles, role)
	}
	for _, r := range co.web.Routes() {
		t.Run(strings.ReplaceAll(strings.Trim(r.Method+r.Path, "/"), "/", "_"), func(t *testing.T) {
			checkAnonymous(t, co, r)
			for _, role := range auth.Roles() {
				got := ask(co.as(t, role), r)
				if allowed := may(r, role); allowed != (got.StatusCode != http.StatusForbidden) || got.StatusCode == http.StatusUnauthorized || toSignIn(got) || got.StatusCode >= http.StatusInternalServerError {
					t.Errorf("%s: %d, allowed must be %v", role, got.StatusCode, allowed)
				}
				if got.StatusCode == http.StatusForbidden && !strings.Contains(got.text, string(r.Permission.Needs())) {
					t.Errorf("%s: the answer does not name the role %s:\n%s", role, r.Permission.Needs(), got.text)
				}
				token, _, err := co.auth.CreateToken(t.Context(), audit.SystemActor(), auth.NewToken{Name: uuid.NewString(), Role: role})
				if err != nil {
					t.Fatal(err)
				}
				personOnly := slices.Contains(notForTokens, r.Method+" "+r.Path) || strings.HasSuffix(r.Path, string(auth.ChangeApprove)) || strings.HasSuffix(r.Path, string(auth.SettingsOwn))
				got = ask(co.browser(t), r, "Authorization", "Bearer "+token)
				if allowed := may(r, role) && !personOnly; allowed != (got.StatusCode != http.StatusForbidden) || got.StatusCode == http.StatusUnauthorized {
					t.Errorf("token of %s: %d, allowed must be %v", role, got.StatusCode, allowed)
				}
			}
		})
	}
}

func checkAnonymous(t *testing.T, co *console, r Route) {
	t.Helper()
	got := ask(co.browser(t), r)
	public := whoMay[r.Method+" "+r.Path] == nil && !strings.Contains(r.Path, "probe/")
	switch {
	case public:
		if got.StatusCode == http.StatusUnauthorized || got.StatusCode == http.StatusForbidden || got.StatusCode >= http.StatusInternalServerError {
			t.Errorf("anonymous at a public route: %d\n%s", got.StatusCode, got.text)
		}
	case strings.HasPrefix(r.Path, "/api/"):
		wantStatus(t, got, http.StatusUnauthorized, `"status":401`)
		if ct := got.Header.Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("content type %q", ct)
		}
	case !toSignIn(got):
		t.Errorf("anonymous: %d to %q, want the sign-in", got.StatusCode, got.Header.Get("Location"))
	}
}

func ask(b *browser, r Route, header ...string) response {
	path := strings.NewReplacer(":id", "0198c0de-0000-7000-8000-000000000000", ":name", "nowhere", ":verb", "keep").Replace(r.Path)
	var body *strings.Reader
	header = append(header, "Sec-Fetch-Site", "same-origin")
	if r.Method == http.MethodGet {
		return b.do(r.Method, path, nil, header...)
	}
	body = strings.NewReader("role=viewer&theme=dark&density=roomy&zone=UTC")
	return b.do(r.Method, path, body, append(header, "Content-Type", "application/x-www-form-urlencoded")...)
}

func toSignIn(r response) bool {
	return r.StatusCode == http.StatusSeeOther && strings.HasPrefix(r.Header.Get("Location"), "/sign-in") && r.Request.URL.Path != "/sign-out"
}

func TestWhoMayListsNothingElse(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	var have, listed []string
	for _, r := range co.web.Routes() {
		have = append(have, r.Method+" "+r.Path)
	}
	for k := range whoMay {
		listed = append(listed, k)
	}
	slices.Sort(have)
	slices.Sort(listed)
	if diff := cmp.Diff(listed, have); diff != "" {
		t.Errorf("routes (-listed +have):\n%s", diff)
	}
}

func TestRouteNeedsAPermission(t *testing.T) {
	t.Parallel()
	co := start(t, nil, nil)
	h := func(echo.Context) error { return nil }
	for _, r := range []route{
		{Method: http.MethodGet, Path: "/x", Handler: h},
		{Method: http.MethodGet, Path: "/x", Handler: h, Permission: "invented"},
		{Method: http.MethodGet, Path: "/x", Permission: Public},
		{Method: http.MethodGet, Path: "x", Handler: h, Permission: Public},
		{Method: "FETCH", Path: "/x", Handler: h, Permission: Public},
		{Method: http.MethodGet, Path: "/livez", Handler: h, Permission: Public},
	} {
		if err := co.s.mount(echo.New(), []route{r}); err == nil {
			t.Errorf("%+v was mounted", r)
		}
	}
}

func TestDeniedChangesAreRecorded(t *testing.T) {
	t.Parallel()
	co := start(t, probes(), nil)
	b := co.as(t, auth.Viewer)
	wantStatus(t, b.get("/probe/audit.read"), http.StatusForbidden, "auditor")
	wantStatus(t, b.post("/api/probe/source.write", nil), http.StatusForbidden, "admin")
	var denied []string
	entries, err := audit.Recent(t.Context(), co.db, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Outcome == audit.Denied {
			denied = append(denied, e.Actor.Name+" "+e.Object)
		}
	}
	if diff := cmp.Diff([]string{"demo-viewer POST /api/probe/source.write"}, denied); diff != "" {
		t.Errorf("denials: looking is not recorded, changing is (-want +got):\n%s", diff)
	}
}
