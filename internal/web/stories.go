package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/web/story"
	"github.com/causeway/causeway/web/templates/layout"
)

// routesStories show every page in every state with canned data: for review, and for the browser
// tests. Only the demo has them.
func (s *server) routesStories() []route {
	if !s.stories {
		return nil
	}
	return []route{
		{Method: http.MethodGet, Path: "/story/:name", Permission: Public, Handler: showStory},
		{Method: http.MethodGet, Path: "/story-part/:name", Permission: Public, Handler: showStoryPart},
	}
}

func showStory(c echo.Context) error {
	st, ok := story.Find(c.Param("name"))
	if !ok {
		return fault.Say(fault.NotFound, "There is no story %q.", c.Param("name"))
	}
	return render(c, http.StatusOK, st.Page(layout.Theme(c.QueryParam("theme"))))
}

func showStoryPart(c echo.Context) error {
	part, ok := story.Fragments()[c.Request().URL.Path]
	if !ok {
		return fault.Say(fault.NotFound, "There is no part %q of a story.", c.Param("name"))
	}
	return render(c, http.StatusOK, part)
}
