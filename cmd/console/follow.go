package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
)

// Pace of looking at a run. On a screen it stays lively; in a log it slows down, so that a long run
// does not fill it.
const (
	fastLook = 250 * time.Millisecond
	slowLook = 10 * time.Second
)

// follower watches runs until they end.
type follower struct {
	app    *app
	client *client
	runs   []api.RunDetail
	last   string // what was printed last
}

// follow watches the runs until each has ended. When ctx ends first, the runs go on, and it says so.
func (a *app) follow(ctx context.Context, c *client, started []api.Run) ([]api.RunDetail, error) {
	f := &follower{app: a, client: c}
	for _, r := range started {
		f.runs = append(f.runs, api.RunDetail{Run: r})
	}
	err := f.watch(ctx)
	if a.terminal && f.last != "" {
		a.draw("\r\x1b[K") // the result that follows says it all
	}
	if errors.Is(err, context.Canceled) {
		var names []string
		for _, r := range f.runs {
			if !r.Ended() {
				names = append(names, r.Source)
			}
		}
		return nil, fault.Say(fault.Unavailable, "Stopped watching. The sync of %s goes on in the console; console runs shows how it ends.", strings.Join(names, ", ")).Because(err)
	}
	return f.runs, err
}

func (f *follower) watch(ctx context.Context) error {
	for pause := fastLook; ; {
		open := 0
		for i, r := range f.runs {
			if r.Ended() {
				continue
			}
			var now api.RunDetail
			if err := f.client.get(ctx, "/runs/"+url.PathEscape(r.ID), nil, &now); err != nil {
				return err
			}
			f.runs[i] = now
			if !now.Ended() {
				open++
			}
		}
		if open == 0 {
			return nil
		}
		f.show()
		if err := f.app.wait(ctx, pause); err != nil {
			return err
		}
		if !f.app.terminal {
			pause = min(pause*2, slowLook)
		}
	}
}

// show writes how far the runs are, when that has changed.
func (f *follower) show() {
	var parts []string
	for _, r := range f.runs {
		if !r.Ended() {
			parts = append(parts, progress(r.Run))
		}
	}
	line := strings.Join(parts, " · ")
	if f.app.terminal && len(parts) > 1 {
		var done, planned, failures int
		for _, r := range f.runs {
			done, planned, failures = done+r.ScopesDone, planned+r.ScopesPlanned, failures+r.ScopesFailed
		}
		line = fmt.Sprintf("%d of %s running: %d of %s", len(parts), count(len(f.runs), "source"), done, count(planned, "scope"))
		if failures > 0 {
			line += fmt.Sprintf(", %d failed", failures)
		}
	}
	if line == f.last {
		return
	}
	f.last = line
	if f.app.terminal {
		f.app.draw("\r\x1b[K" + printable(line))
		return
	}
	for _, part := range parts {
		f.app.say(printable(part))
	}
}

func progress(r api.Run) string {
	if r.State == "queued" {
		return r.Source + ": queued"
	}
	line := fmt.Sprintf("%s: %s, %d of %s", r.Source, r.State, r.ScopesDone, count(r.ScopesPlanned, "scope"))
	if r.ScopesFailed > 0 {
		line += fmt.Sprintf(", %d failed", r.ScopesFailed)
	}
	if r.CancelAsked {
		line += ", stopping"
	}
	return line + ", " + count(r.RowsSeen, "resource")
}

// report writes how a run ended: one line, then what failed and what to do about it.
func (a *app) report(r api.RunDetail) error {
	line := fmt.Sprintf("%s: %s, %d of %s, %s: %d new, %d changed, %d gone\n", r.Source, r.State, r.ScopesDone-r.ScopesFailed,
		count(r.ScopesPlanned, "scope"), count(r.RowsSeen, "resource"), r.RowsNew, r.RowsChanged, r.RowsGone)
	if err := a.printf("%s", printable(line)); err != nil {
		return err
	}
	if r.Problem != nil {
		if err := a.problem(*r.Problem); err != nil {
			return err
		}
	}
	for _, s := range r.FailedScopes {
		where := s.API + " in " + s.Account
		if s.Region != "" {
			where = s.API + " in " + s.Account + " " + string(s.Region)
		}
		if err := a.printf("  %s %s\n", printable(where), s.State); err != nil {
			return err
		}
		if err := a.problem(s.Problem); err != nil {
			return err
		}
	}
	if hidden := r.ScopesFailed - len(r.FailedScopes); hidden > 0 {
		return a.printf("  and %s more: console scopes %s --state failing\n", count(hidden, "scope"), r.Source)
	}
	return nil
}

func (a *app) problem(p api.Problem) error {
	if err := a.printf("    %s: %s\n", p.Code, printable(p.Text)); err != nil || p.Fix == "" {
		return err
	}
	return a.printf("    fix: %s\n", printable(string(p.Fix)))
}

// outcome reports runs that have ended and fails unless each of them went well.
func (a *app) outcome(runs []api.RunDetail) error {
	bad := 0
	for _, r := range runs {
		if err := a.report(r); err != nil {
			return err
		}
		if r.State != "ok" || r.ScopesFailed > 0 {
			bad++
		}
	}
	if bad > 0 {
		return failedQuietly("%d runs did not go well", bad)
	}
	return nil
}
