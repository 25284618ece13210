package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
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
	page := signInPage{
		Frame: s.frame(c), Return: returnTo, Provider: m.Provider, Demo: m.Demo, Trouble: trouble,
		Start: "/sign-in/start?return=" + url.QueryEscape(returnTo),
	}
	if err := s.auth.ProviderDown(c.Request().Context()); err != nil {
		page.Down, _ = fault.Text(err)
		s.log.WarnContext(c.Request().Context(), "identity provider does not answer", "err", err)
	}
	if m.Demo {
		units, err := s.auth.DemoUnits(c.Request().Context())
		if err != nil {
			return err
		}
		for _, u := range units {
			page.Units = append(page.Units, option{Value: u.Slug, Label: u.Title})
		}
		for _, r := range auth.Roles() {
			page.Roles = append(page.Roles, option{Value: string(r), Label: roleHelp[r]})
		}
	}
	return render(c, status, page.page())
}

// roleHelp says what a role may do, in the words of the demo's sign-in page.
var roleHelp = map[auth.Role]string{
	auth.Viewer:   "Viewer: reads",
	auth.Operator: "Operator: reads, syncs, runs",
	auth.Approver: "Approver: reads, approves",
	auth.Auditor:  "Auditor: reads everything and the audit log, changes nothing",
	auth.Admin:    "Admin: everything",
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
	choice := auth.DemoChoice{Role: auth.Role(c.FormValue("role")), Unit: c.FormValue("unit")}
	in, err := s.auth.SignInDemo(c.Request().Context(), choice, origin(c), s.cookie(c, sessionCookie))
	in.ReturnTo = auth.LocalPath(c.FormValue("return"))
	return s.signedIn(c, in, err)
}

// signedIn answers a sign-in. One that failed for a reason a person can read gets the sign-in page
// again, with the reason.
func (s *server) signedIn(c echo.Context, in auth.SignedIn, err error) error {
	if text, ok := fault.Text(err); ok {
		p := describe(err)
		s.logError(c, err, p.Status, false)
		return s.signInAgain(c, p.Status, "/", text)
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
	return render(c, http.StatusOK, leavePage{Frame: s.frame(c), To: leave, Provider: s.auth.Methods().Provider}.page())
}
