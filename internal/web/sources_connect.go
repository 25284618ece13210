package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/sourcespage"
	"github.com/causeway/causeway/web/templates/ui"
)

// The steps of connecting a source. Each posts everything that was entered so far, so that nothing
// is stored before the end and going back loses nothing.
const (
	stepSettings = "settings"
	stepTest     = "test"
	stepConnect  = "connect"
)

// showConnect answers the first step: which adapter; and with one chosen, the second.
func (s *server) showConnect(c echo.Context) error {
	adapter := c.QueryParam("adapter")
	if adapter == "" {
		p, err := s.connectPage(c, 0, "Choose what to connect")
		if err != nil {
			return err
		}
		for _, f := range s.sources.Adapters() {
			p.Adapters = append(p.Adapters, sourcespage.Adapter{
				Badge: f.Badge, Title: f.Title, Help: f.Help, Href: connectPath + "?adapter=" + url.QueryEscape(f.Adapter),
			})
		}
		return render(c, http.StatusOK, p.Page())
	}
	f, ok := s.adapterOf(adapter)
	if !ok {
		return fault.Say(fault.NotFound, "There is no adapter %q.", adapter)
	}
	return s.askSettings(c, f, url.Values{"adapter": {adapter}}, nil)
}

// stepConnect answers the later steps.
func (s *server) stepConnect(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return fault.Say(fault.Invalid, "The form could not be read.").Because(err)
	}
	f, ok := s.adapterOf(form.Get("adapter"))
	if !ok {
		return fault.Say(fault.NotFound, "There is no adapter %q.", form.Get("adapter"))
	}
	switch form.Get("step") {
	case stepTest:
		return s.askTest(c, f, form)
	case stepConnect:
		return s.connect(c, f, form)
	}
	return s.askSettings(c, f, form, nil)
}

var connectSteps = []string{"Adapter", "Settings", "Test", "Connect"}

func (s *server) connectPage(c echo.Context, current int, title string) (sourcespage.Connect, error) {
	shell, err := s.shell(c, "Connect a source", areaSources)
	if err != nil {
		return sourcespage.Connect{}, err
	}
	shell.Scroll = true
	p := sourcespage.Connect{Shell: shell, Title: title, Post: connectPath}
	for i, label := range connectSteps {
		state := sourcespage.StepAhead
		switch {
		case i < current:
			state = sourcespage.StepDone
		case i == current:
			state = sourcespage.StepCurrent
		}
		p.Steps = append(p.Steps, sourcespage.Step{Label: label, State: state})
	}
	return p, nil
}

// askSettings is the form of one adapter; wrong is what was refused.
func (s *server) askSettings(c echo.Context, f provider.Factory, entered url.Values, wrong error) error {
	p, err := s.connectPage(c, 1, f.Title)
	if err != nil {
		return err
	}
	name := ui.Field{
		Name: "name", Label: "Name", Required: true, Value: entered.Get("name"), Example: "prod-" + f.Adapter,
		Help: "Small letters, digits, dots and dashes. It stands in addresses and documents and cannot change.",
	}
	p.Intro = f.Help
	p.Fields = append([]ui.Field{name}, adapterFields(f, entered)...)
	p.Fields = append(p.Fields, s.ownFields(c, entered)...)
	p.Keep = []ui.Hidden{{Name: "adapter", Value: f.Adapter}, {Name: "step", Value: stepTest}}
	p.Back, p.Next = connectPath, "Continue"
	status := http.StatusOK
	if wrong != nil {
		p.Error = placeError(p.Fields, wrong)
		status = http.StatusUnprocessableEntity
	}
	return render(c, status, p.Page())
}

// asInput reports whether err is about what was entered, so that the form is shown again.
func asInput(err error) bool {
	return errors.Is(err, fault.Invalid) || errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound)
}

// askTest tries every call with what was entered, and shows the outcome before anything is stored.
func (s *server) askTest(c echo.Context, f provider.Factory, form url.Values) error {
	src, err := s.readSource(c, f, form)
	if err == nil {
		err = f.Check(src.Settings)
	}
	if err != nil {
		if asInput(err) {
			return s.askSettings(c, f, form, err)
		}
		return err
	}
	p, err := s.connectPage(c, 2, "Test "+src.Name)
	if err != nil {
		return err
	}
	p.Keep = keepForm(form, stepConnect)
	p.Next, p.Back = "Connect", connectPath+"?back=1"
	results, err := s.sources.TestSettings(c.Request().Context(), f.Adapter, src.Name, src.Settings)
	switch {
	case err != nil && asInput(err):
		p.Intro = publicText(err)
	case err != nil:
		return err
	default:
		p.Intro = "Nothing is stored yet. A call that is denied leaves its part of the inventory out; it can be granted later."
		p.Tests = testsOf(results)
	}
	return render(c, http.StatusOK, p.Page())
}

// connect stores the source and asks for its first sync.
func (s *server) connect(c echo.Context, f provider.Factory, form url.Values) error {
	if c.QueryParam("back") == "1" {
		return s.askSettings(c, f, form, nil)
	}
	src, err := s.readSource(c, f, form)
	if err != nil {
		if asInput(err) {
			return s.askSettings(c, f, form, err)
		}
		return err
	}
	src.New = true // a source of that name may be another unit's
	actor := principal(c).Actor(origin(c))
	if _, err := s.sources.PutSource(c.Request().Context(), actor, src); err != nil {
		if asInput(err) {
			return s.askSettings(c, f, form, err)
		}
		return err
	}
	// Told apart from a rhythm: a manual source is read once now, so that there is something to see.
	if src.Every == 0 {
		if _, err := s.sources.SyncNow(c.Request().Context(), actor, src.Name); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/sources/"+src.Name)
}

// keepForm carries what was entered to the next step.
func keepForm(form url.Values, step string) []ui.Hidden {
	out := []ui.Hidden{{Name: "step", Value: step}}
	for name, values := range form {
		if name == "step" {
			continue
		}
		for _, v := range values {
			out = append(out, ui.Hidden{Name: name, Value: v})
		}
	}
	return out
}

func testsOf(results []provider.TestResult) *sourcespage.Tests {
	t := &sourcespage.Tests{}
	bad := 0
	for _, r := range results {
		if !r.OK {
			bad++
		}
		t.Rows = append(t.Rows, testRow(r))
	}
	n := format.Int(int64(len(results)))
	t.Summary = ui.Fine(n + " of " + n + " calls allowed")
	if bad > 0 {
		t.Summary = ui.Failed(format.Int(int64(bad)) + " of " + n + " calls failed")
	}
	return t
}

func testRow(r provider.TestResult) sourcespage.Permission {
	row := sourcespage.Permission{Call: r.Permission.Call, Why: r.Permission.Why, Family: r.Permission.Family, Fix: r.Fix}
	row.Where = r.Account
	if r.Region != "" {
		row.Where += " " + r.Region
	}
	st := ui.Fine("Allowed")
	if !r.OK {
		st = ui.Failed("Failed")
		st.Title = r.Problem
		row.Where += " · " + r.Problem
	}
	row.Result = &st
	return row
}
