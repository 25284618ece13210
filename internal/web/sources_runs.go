package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/inventory"
	"github.com/causeway/causeway/internal/web/events"
	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/sourcespage"
	"github.com/causeway/causeway/web/templates/ui"
)

// runOf shows one run to one person.
func (s *server) runOf(c echo.Context, r inventory.Run, w when) sourcespage.Run {
	run := runView(r, w)
	if !r.State.Ended() && !r.CancelAsked && principal(c).Can(auth.SyncRun, r.UnitID.String()) {
		run.Cancel = &ui.Action{Label: "Stop", Post: "/runs/" + r.ID.String() + "/cancel", Icon: "player-stop"}
	}
	return run
}

// runView is the part of a run that everybody who sees it sees.
func runView(r inventory.Run, w when) sourcespage.Run {
	v := sourcespage.Run{
		ID: r.ID.String(), State: runStatus(r), Title: "Sync of " + r.Source, Started: format.Ago(w.now, r.Started, w.zone),
		Trigger: triggerWords(r), Scopes: fmt.Sprintf("%s of %s", format.Int(int64(r.ScopesDone-r.ScopesFailed)), format.Int(int64(r.ScopesPlanned))),
		Seen: format.Int(r.Counts.Seen), New: format.Int(r.Counts.New), Changed: format.Int(r.Counts.Changed), Gone: format.Int(r.Counts.Gone),
		Cancelled: r.CancelAsked && !r.State.Ended(),
	}
	if r.ScopesFailed > 0 {
		v.Failed = format.Int(int64(r.ScopesFailed))
	}
	if r.Problem != nil {
		v.Problem, v.Fix = r.Problem.Text, r.Problem.Fix
	}
	v.Progress = ui.Progress{Label: v.Title, Value: int64(r.ScopesDone), Max: int64(r.ScopesPlanned), Text: progressText(r)}
	if !r.Started.IsZero() {
		end := r.Finished
		if end.IsZero() {
			end = w.now
		}
		v.Took = format.Duration(end.Sub(r.Started))
	}
	if !r.State.Ended() {
		v.Events = "/runs/" + r.ID.String() + "/events"
	}
	return v
}

func progressText(r inventory.Run) string {
	switch {
	case r.State == inventory.RunQueued:
		return "Waiting for a worker"
	case r.ScopesPlanned == 0:
		return "Looking for accounts and regions"
	}
	return fmt.Sprintf("%s of %s scopes, %s", format.Int(int64(r.ScopesDone)), format.Int(int64(r.ScopesPlanned)), format.Count(r.Counts.Seen, "row", "rows"))
}

func runStatus(r inventory.Run) ui.Status {
	switch r.State {
	case inventory.RunQueued:
		return ui.Waiting("Queued")
	case inventory.RunRunning:
		return ui.Running("Running")
	case inventory.RunOK:
		return ui.Fine("Complete")
	case inventory.RunPartial:
		return ui.Warns("Partial")
	case inventory.RunCanceled:
		return ui.Warns("Stopped")
	case inventory.RunFailed:
	}
	return ui.Failed("Failed")
}

func triggerWords(r inventory.Run) string {
	switch r.Trigger {
	case inventory.BySchedule:
		return "by schedule"
	case inventory.ByPush:
		return "pushed by " + r.RequestedBy
	case inventory.ByStart:
		return "at start"
	case inventory.ByPerson:
	}
	return "by " + r.RequestedBy
}

// runID is the run of the address.
func (s *server) runID(c echo.Context) (inventory.Run, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return inventory.Run{}, fault.Say(fault.NotFound, "There is no run %q.", c.Param("id"))
	}
	return s.sources.Run(c.Request().Context(), principal(c).AccessFor(auth.SourceRead), id)
}

func (s *server) cancelRun(c echo.Context) error {
	r, err := s.runID(c)
	if err != nil {
		return err
	}
	if err := principal(c).Require(auth.SyncRun, r.UnitID.String()); err != nil {
		return err
	}
	if err := s.sources.CancelRun(c.Request().Context(), principal(c).Actor(origin(c)), r.ID); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sources/"+r.Source)
}

// The parts of a run that can be watched. Whoever may stop it sees a button more.
const (
	partBar  = "bar"
	partFull = "full"
	partStop = "stop"
)

func runTopic(id uuid.UUID, part string) string { return "run/" + id.String() + "/" + part }

// streamRun sends the progress of one run as it happens.
func (s *server) streamRun(c echo.Context) error {
	r, err := s.runID(c)
	if err != nil {
		return err
	}
	part := partFull
	switch {
	case c.QueryParam("part") == partBar:
		part = partBar
	case principal(c).Can(auth.SyncRun, r.UnitID.String()):
		part = partStop
	}
	present := func(ctx context.Context) ([]events.Event, error) {
		now, err := s.sources.Run(ctx, cloud.FullAccess(), r.ID)
		if err != nil {
			return nil, err
		}
		return s.runEvents(ctx, now, part)
	}
	return s.events.Serve(c.Response(), c.Request(), []string{runTopic(r.ID, part)}, present)
}

// runEvents are what a page gets for the present state of a run: its fragment, and when it has
// ended the word to load the page anew.
func (s *server) runEvents(ctx context.Context, r inventory.Run, part string) ([]events.Event, error) {
	v := runView(r, when{s.clock(), s.homeZone})
	if part == partStop && !r.State.Ended() && !r.CancelAsked {
		v.Cancel = &ui.Action{Label: "Stop", Post: "/runs/" + r.ID.String() + "/cancel", Icon: "player-stop"}
	}
	var b bytes.Buffer
	if err := v.Fragment(part != partBar).Render(ctx, &b); err != nil {
		return nil, fmt.Errorf("render run %s: %w", r.ID, err)
	}
	out := []events.Event{{Data: b.String()}}
	if r.State.Ended() {
		out = append(out, events.Event{Name: "reload", Data: r.ID.String()})
	}
	return out, nil
}

// RunChanged tells the pages that watch a run. It does nothing when nobody does.
func (w *Server) RunChanged(ctx context.Context, id uuid.UUID) error {
	s := w.s
	var run *inventory.Run
	for _, part := range []string{partBar, partFull, partStop} {
		topic := runTopic(id, part)
		if !s.events.Watched(topic) {
			continue
		}
		if run == nil {
			r, err := s.sources.Run(ctx, cloud.FullAccess(), id)
			if err != nil {
				return err
			}
			run = &r
		}
		list, err := s.runEvents(ctx, *run, part)
		if err != nil {
			return err
		}
		for _, e := range list {
			s.events.Publish(topic, e)
		}
	}
	return nil
}

// decideScope answers what a person says of a held or lost scope.
func (s *server) decideScope(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return fault.Say(fault.NotFound, "There is no scope %q.", c.Param("id"))
	}
	ctx, p := c.Request().Context(), principal(c)
	sc, err := s.sources.Scope(ctx, p.AccessFor(auth.SourceRead), id)
	if err != nil {
		return err
	}
	if err := p.Require(auth.SyncRun, sc.UnitID.String()); err != nil {
		return err
	}
	actor := p.Actor(origin(c))
	switch c.Param("verb") {
	case "release":
		_, err = s.sources.ReleaseHeld(ctx, actor, id)
	case "keep":
		err = s.sources.KeepHeld(ctx, actor, id)
	case "remove":
		err = s.sources.RemoveScope(ctx, actor, id)
	default:
		err = fault.Say(fault.NotFound, "A scope can be released, kept or removed, not %q.", c.Param("verb"))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/sources/"+sc.Source)
}
