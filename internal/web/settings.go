package web

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

// themeLasts is how long a browser remembers the theme for its pages without sign-in.
const themeLasts = 365 * 24 * time.Hour

func (s *server) routesSettings() []route {
	return []route{
		{Method: http.MethodGet, Path: "/settings", Permission: auth.SettingsOwn, Handler: s.showSettings},
		{Method: http.MethodPost, Path: "/settings", Permission: auth.SettingsOwn, Handler: s.saveSettings},
		{Method: http.MethodPost, Path: "/settings/theme", Permission: auth.SettingsOwn, Handler: s.saveTheme},
		{Method: http.MethodPost, Path: "/settings/sessions/:id/end", Permission: auth.SettingsOwn, Handler: s.endSession},
		{Method: http.MethodPost, Path: "/settings/sessions/end-others", Permission: auth.SettingsOwn, Handler: s.endOtherSessions},
	}
}

func (s *server) showSettings(c echo.Context) error {
	p := principal(c)
	list, err := s.auth.Sessions(c.Request().Context(), p)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(p.Settings.Zone)
	if err != nil {
		zone = time.UTC // the zone was known when it was saved, and is not to this machine
	}
	page := settingsPage{Frame: s.frame(c), Name: p.Name, Settings: p.Settings}
	for _, r := range p.Roles() {
		page.Roles = append(page.Roles, string(r))
	}
	for _, i := range list {
		page.Sessions = append(page.Sessions, sessionRow{
			ID: i.ID.String(), Remote: i.Remote, Agent: i.Agent, Here: i.ID == p.Session,
			Started: stamp(i.Started, zone), LastSeen: stamp(i.LastSeen, zone), Ends: stamp(i.ExpireAt, zone),
		})
	}
	return render(c, http.StatusOK, page.page())
}

func stamp(t time.Time, zone *time.Location) string { return t.In(zone).Format("2 Jan 2006 15:04 MST") }

func (s *server) saveSettings(c echo.Context) error {
	set := auth.Settings{
		Zone: c.FormValue("zone"), Theme: c.FormValue("theme"), Density: c.FormValue("density"), SingleKeys: c.FormValue("single_keys") == "on",
	}
	if err := s.auth.SaveSettings(c.Request().Context(), principal(c), set); err != nil {
		return err
	}
	s.setCookie(c, themeCookie, set.Theme, themeLasts)
	return back(c, "/settings")
}

// saveTheme changes only the theme, from the masthead of any page.
func (s *server) saveTheme(c echo.Context) error {
	set := principal(c).Settings
	set.Theme = c.FormValue("theme")
	if err := s.auth.SaveSettings(c.Request().Context(), principal(c), set); err != nil {
		return err
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
	return back(c, "/settings")
}

func (s *server) endOtherSessions(c echo.Context) error {
	if _, err := s.auth.EndOtherSessions(c.Request().Context(), principal(c), origin(c)); err != nil {
		return err
	}
	return back(c, "/settings")
}
