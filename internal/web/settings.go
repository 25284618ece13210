package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/sessionspage"
	"github.com/causeway/causeway/web/templates/settingspage"
	"github.com/causeway/causeway/web/templates/ui"
)

// themeLasts is how long a browser remembers the theme for its pages without sign-in.
const themeLasts = 365 * 24 * time.Hour

func (s *server) routesSettings() []route {
	return []route{
		{Method: http.MethodGet, Path: "/settings", Permission: auth.SettingsOwn, Handler: s.showSettings},
		{Method: http.MethodPost, Path: "/settings", Permission: auth.SettingsOwn, Handler: s.saveSettings},
		{Method: http.MethodPost, Path: "/settings/theme", Permission: Public, Handler: s.saveTheme},
		{Method: http.MethodPost, Path: "/settings/density", Permission: auth.SettingsOwn, Handler: s.saveDensity},
		{Method: http.MethodGet, Path: "/settings/sessions", Permission: auth.SettingsOwn, Handler: s.showSessions},
		{Method: http.MethodPost, Path: "/settings/sessions/:id/end", Permission: auth.SettingsOwn, Handler: s.endSession},
		{Method: http.MethodPost, Path: "/settings/sessions/end-others", Permission: auth.SettingsOwn, Handler: s.endOtherSessions},
	}
}

func (s *server) showSettings(c echo.Context) error {
	return s.settingsPage(c, http.StatusOK, principal(c).Settings, "")
}

// settingsPage shows what is set, or what was tried to be set and why it could not be.
func (s *server) settingsPage(c echo.Context, status int, set auth.Settings, trouble string) error {
	p := principal(c)
	list, err := s.auth.Sessions(c.Request().Context(), p)
	if err != nil {
		return err
	}
	shell, err := s.shell(c, "Settings", areaNone)
	if err != nil {
		return err
	}
	shell.Scroll = true
	home := s.homeZone.String()
	if set.Zone == "" {
		set.Zone = home
	}
	page := settingspage.Fields(shell, set.Zone, zones(home, set.Zone))
	page.Post, page.Error, page.Saved = "/settings", trouble, c.QueryParam("saved") != "" && trouble == ""
	page.Facts = []ui.Fact{
		{Label: "Name", Text: p.Name},
		{Label: "Roles", Text: roleNames(p), Note: reach(p)},
		{Label: "Sessions", Text: format.Count(int64(len(list)), "session", "sessions"), Href: "/settings/sessions"},
	}
	for _, i := range list {
		if i.ID == p.Session {
			page.Facts = append(page.Facts, ui.Fact{Label: "Session ends", Time: format.At(i.ExpireAt, s.zone(c))})
		}
	}
	return render(c, status, page.Page())
}

func reach(p auth.Principal) string {
	if a := p.Access(); !a.All() {
		return "in " + format.Count(int64(len(a.Units())), "unit", "units")
	}
	return "everywhere"
}

// zones offers the organisation's zone first, then UTC, what is set, and places on every continent.
func zones(home, set string) []string {
	var out []string
	for _, z := range append([]string{home, "UTC", set}, places...) {
		if !slices.Contains(out, z) {
			out = append(out, z)
		}
	}
	return out
}

var places = []string{
	"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Chicago", "America/Denver",
	"America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/Toronto",
	"Asia/Dubai", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai",
	"Asia/Singapore", "Asia/Tokyo", "Australia/Melbourne", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin",
	"Europe/Brussels", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Madrid",
	"Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich",
	"Pacific/Auckland",
}

func (s *server) saveSettings(c echo.Context) error {
	set := auth.Settings{
		Zone: c.FormValue("zone"), Theme: c.FormValue("theme"), Density: c.FormValue("density"),
		Contrast: c.FormValue("contrast") == "true", SingleKeys: c.FormValue("keys") == "true",
	}
	err := s.auth.SaveSettings(c.Request().Context(), principal(c), set)
	if text, ok := fault.Text(err); ok {
		a := describe(err)
		s.logError(c, err, a.status, false)
		return s.settingsPage(c, a.status, principal(c).Settings, text)
	}
	if err != nil {
		return err
	}
	s.setCookie(c, themeCookie, set.Theme, themeLasts)
	return back(c, "/settings?saved=1")
}

// saveDensity changes only the height of rows, from any list.
func (s *server) saveDensity(c echo.Context) error {
	set := principal(c).Settings
	set.Density = c.FormValue("density")
	if err := s.auth.SaveSettings(c.Request().Context(), principal(c), set); err != nil {
		return err
	}
	return back(c, auth.LocalPath(c.FormValue("return")))
}

func (s *server) showSessions(c echo.Context) error {
	p := principal(c)
	list, err := s.auth.Sessions(c.Request().Context(), p)
	if err != nil {
		return err
	}
	shell, err := s.shell(c, "Your sessions", areaNone)
	if err != nil {
		return err
	}
	page, now, zone := sessionspage.Sessions{Shell: shell}, s.clock(), s.zone(c)
	for _, i := range list {
		row := sessionspage.Row{
			From: i.Remote, Agent: i.Agent, Here: i.ID == p.Session,
			Started: format.At(i.Started, zone), LastSeen: format.Ago(now, i.LastSeen, zone), Ends: format.At(i.ExpireAt, zone),
		}
		if !row.Here {
			row.End = "/settings/sessions/" + i.ID.String() + "/end"
			page.EndOthers = "/settings/sessions/end-others"
		}
		page.Rows = append(page.Rows, row)
	}
	return render(c, http.StatusOK, page.Page())
}

// saveTheme changes only the theme, from the masthead of any page. Who has not signed in has a
// theme too, in a cookie.
func (s *server) saveTheme(c echo.Context) error {
	p, err := s.identify(c)
	if err != nil {
		return err
	}
	set := auth.DefaultSettings()
	if p.Kind == auth.Person {
		set = p.Settings
	}
	set.Theme = c.FormValue("theme")
	if err := set.Validate(); err != nil {
		return err
	}
	if p.Kind == auth.Person {
		if err := s.auth.SaveSettings(c.Request().Context(), p, set); err != nil {
			return err
		}
	}
	s.setCookie(c, themeCookie, set.Theme, themeLasts)
	return back(c, auth.LocalPath(c.FormValue("return")))
}

func (s *server) endSession(c echo.Context) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.Say(fault.NotFound, "That session has ended already.").Because(err)
	}
	if err := s.auth.EndSession(c.Request().Context(), principal(c), id, origin(c)); err != nil {
		return err
	}
	return back(c, "/settings/sessions")
}

func (s *server) endOtherSessions(c echo.Context) error {
	if _, err := s.auth.EndOtherSessions(c.Request().Context(), principal(c), origin(c)); err != nil {
		return err
	}
	return back(c, "/settings/sessions")
}
