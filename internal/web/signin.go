package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/web/templates/signinpage"
	"github.com/causeway/causeway/web/templates/ui"
)

func (s *server) routesSignIn() []route {
	return []route{
		{Method: http.MethodGet, Path: "/sign-in", Permission: Public, Handler: s.showSignIn},
		{Method: http.MethodGet, Path: "/sign-in/start", Permission: Public, Handler: s.startSignIn},
		{Method: http.MethodGet, Path: "/sign-in/callback", Permission: Public, Handler: s.finishSignIn},
		{Method: http.MethodPost, Path: "/sign-in/demo", Permission: Public, Handler: s.signInDemo},
		{Method: http.MethodPost, Path: "/sign-out", Permission: Public, Handler: s.signOut},
	}
}

// showSignIn sends who is signed in already to where they wanted to go.
func (s *server) showSignIn(c echo.Context) error {
	to := auth.LocalPath(c.QueryParam("return"))
	p, err := s.identify(c)
	if err != nil {
		return err
	}
	if len(p.Roles()) > 0 {
		return c.Redirect(http.StatusSeeOther, to)
	}
	return s.signInAgain(c, http.StatusOK, to, "")
}

// signInAgain shows the sign-in page with what went wrong before, if anything did.
func (s *server) signInAgain(c echo.Context, status int, returnTo, trouble string) error {
	m := s.auth.Methods()
	if m.Demo {
		return s.chooseRole(c, status, returnTo, trouble)
	}
	if m.Provider == "" {
		return fault.Say(fault.Unavailable, "Nobody can sign in here yet: this console has no identity provider. Set CAUSEWAY_OIDC_ISSUER and its companions, then start it again.")
	}
	if err := s.auth.ProviderDown(c.Request().Context()); err != nil {
		s.log.WarnContext(c.Request().Context(), "identity provider does not answer", "err", err)
		if text, ok := fault.Text(err); ok && trouble == "" {
			trouble = text
		}
	}
	page := signinpage.SignIn{Shell: s.bareShell(c, "Sign in"), Provider: m.Provider, Href: "/sign-in/start?return=" + url.QueryEscape(returnTo), Error: trouble}
	if returnTo != "/" {
		page.Return = returnTo
	}
	return render(c, status, page.Page())
}

// demoUnits is how many units a demo offers to be a viewer of, to show that rows are scoped.
const demoUnits = 3

func (s *server) chooseRole(c echo.Context, status int, returnTo, trouble string) error {
	units, err := s.auth.DemoUnits(c.Request().Context())
	if err != nil {
		return err
	}
	page := signinpage.Demo{
		Shell: s.bareShell(c, "Choose a role"), Post: "/sign-in/demo", Error: trouble, Keep: []ui.Hidden{{Name: "return", Value: returnTo}},
		Roles: []signinpage.Role{
			{Value: "admin", Label: "Administrator", Help: "Everything, in every unit"},
			{Value: "operator", Label: "Operator", Help: "Reads, syncs sources and pushes states"},
			{Value: "approver", Label: "Approver", Help: "Reads, and approves what others ask for"},
			{Value: "auditor", Label: "Auditor", Help: "Reads everything and the audit log, changes nothing"},
			{Value: "viewer", Label: "Viewer", Help: "Reads, in every unit"},
		},
	}
	for _, u := range units[min(1, len(units)):min(1+demoUnits, len(units))] { // the first is the root
		page.Roles = append(page.Roles, signinpage.Role{Value: "viewer@" + u.Slug, Label: "Viewer, " + u.Title, Help: "Reads one unit and what is below it"})
	}
	return render(c, status, page.Page())
}

// startSignIn is a link and not a form: form-action 'self' would stop a form from leaving.
func (s *server) startSignIn(c echo.Context) error {
	if !s.signIns.allow(remoteOf(c)) {
		return tooMany(c, s.signIns.every())
	}
	a, err := s.auth.BeginOIDC(c.Request().Context(), c.QueryParam("return"), s.cookie(c, attemptCookie))
	if err != nil {
		return err
	}
	s.setCookie(c, attemptCookie, a.Browser, auth.AttemptLasts)
	return c.Redirect(http.StatusSeeOther, a.URL)
}

func (s *server) finishSignIn(c echo.Context) error {
	if !s.signIns.allow(remoteOf(c)) {
		return tooMany(c, s.signIns.every())
	}
	in, err := s.auth.FinishOIDC(c.Request().Context(), auth.Callback{
		State: c.QueryParam("state"), Code: c.QueryParam("code"), Issuer: c.QueryParam("iss"),
		Error: c.QueryParam("error"), ErrorDescription: c.QueryParam("error_description"),
		Browser: s.cookie(c, attemptCookie), OldToken: s.cookie(c, sessionCookie),
	}, origin(c))
	return s.signedIn(c, in, err)
}

func (s *server) signInDemo(c echo.Context) error {
	if !s.signIns.allow(remoteOf(c)) {
		return tooMany(c, s.signIns.every())
	}
	role, unit, _ := strings.Cut(c.FormValue("role"), "@")
	in, err := s.auth.SignInDemo(c.Request().Context(), auth.DemoChoice{Role: auth.Role(role), Unit: unit}, origin(c), s.cookie(c, sessionCookie))
	in.ReturnTo = auth.LocalPath(c.FormValue("return"))
	return s.signedIn(c, in, err)
}

// signedIn answers a sign-in. One that failed for a reason a person can read gets the sign-in page
// again, with the reason.
func (s *server) signedIn(c echo.Context, in auth.SignedIn, err error) error {
	if text, ok := fault.Text(err); ok {
		a := describe(err)
		s.logError(c, err, a.status, false)
		return s.signInAgain(c, a.status, "/", text)
	}
	if err != nil {
		return err
	}
	s.setCookie(c, sessionCookie, in.Token, 0)
	return c.Redirect(http.StatusSeeOther, in.ReturnTo)
}

// signOut ends the session here. To end it at the identity provider too, the answer is a page that
// goes there: a redirect would be stopped by form-action 'self'.
func (s *server) signOut(c echo.Context) error {
	leave := ""
	if token := s.cookie(c, sessionCookie); token != "" {
		var err error
		if leave, err = s.auth.SignOut(c.Request().Context(), token, origin(c)); err != nil {
			return err
		}
	}
	s.dropCookie(c, sessionCookie)
	if leave == "" {
		return c.Redirect(http.StatusSeeOther, "/sign-in")
	}
	return render(c, http.StatusOK, signinpage.SignedOut{Shell: s.bareShell(c, "Signed out"), Onward: leave}.Page())
}
