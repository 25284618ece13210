package main

import (
	"context"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/web/api"
	"github.com/causeway/causeway/internal/web/api/apitest"
)

func TestSync(t *testing.T) {
	f := &apitest.Fake{
		SourceList: []api.Source{{Name: "prod", Enabled: true}, {Name: "old"}},
		Progress: []api.RunDetail{
			running("prod", "queued", 0, 0, 0, 0),
			running("prod", "running", 1, 4, 0, 10),
			running("prod", "running", 1, 4, 0, 10),
			running("prod", "running", 3, 4, 1, 1200),
			running("prod", "ok", 4, 4, 0, 1200),
		},
	}
	w := newWorld(t, f)
	w.run(t.Context(), "sync")
	w.want(t, 0, "prod: ok, 4 of 4 scopes, 1200 resources: 0 new, 0 changed, 0 gone\n", lines(
		"prod: queued",
		"prod: running, 1 of 4 scopes, 10 resources",
		"prod: running, 3 of 4 scopes, 1 failed, 1200 resources",
	))
}

func TestSyncOnATerminal(t *testing.T) {
	f := &apitest.Fake{
		SourceList: []api.Source{{Name: "prod"}},
		Progress:   []api.RunDetail{running("prod", "running", 1, 1, 0, 1), running("prod", "ok", 1, 1, 0, 1)},
	}
	w := newWorld(t, f)
	w.app.terminal = true
	w.run(t.Context(), "sync", "--source", "prod")
	w.want(t, 0, "prod: ok, 1 of 1 scope, 1 resource: 0 new, 0 changed, 0 gone\n",
		"\r\x1b[Kprod: running, 1 of 1 scope, 1 resource\r\x1b[K")
}

func TestSyncNamesEachFailedScope(t *testing.T) {
	end := running("prod", "partial", 4, 4, 3, 7)
	end.RowsNew, end.RowsChanged, end.RowsGone = 3, 2, 1
	end.FailedScopes = api.List[api.FailedScope]{
		{API: "ec2.instances", Account: "shop", Region: "eu-west-1", State: "failed", Problem: api.Problem{Code: "denied", Text: "ec2:DescribeInstances is denied.", Fix: "Grant it to CausewayRead."}},
		{API: "s3.buckets", Account: "shop", State: "held", Problem: api.Problem{Code: "incomplete", Text: "40 of 50 resources would go."}},
	}
	f := &apitest.Fake{SourceList: []api.Source{{Name: "prod"}}, Progress: []api.RunDetail{end}}
	w := newWorld(t, f)
	w.run(t.Context(), "sync", "--source", "prod")
	w.want(t, 1, lines(
		"prod: partial, 1 of 4 scopes, 7 resources: 3 new, 2 changed, 1 gone",
		"  ec2.instances in shop eu-west-1 failed",
		"    denied: ec2:DescribeInstances is denied.",
		"    fix: Grant it to CausewayRead.",
		"  s3.buckets in shop held",
		"    incomplete: 40 of 50 resources would go.",
		"  and 1 scope more: console scopes prod --state failing",
	), "")
}

func TestSyncThatFailsAsAWhole(t *testing.T) {
	end := running("prod", "failed", 0, 0, 0, 0)
	end.Problem = &api.Problem{Code: "credentials", Text: "No credentials were found.", Fix: "Set a workload identity."}
	w := newWorld(t, &apitest.Fake{SourceList: []api.Source{{Name: "prod"}}, Progress: []api.RunDetail{end}})
	w.run(t.Context(), "sync", "--source", "prod")
	w.want(t, 1, lines(
		"prod: failed, 0 of 0 scopes, 0 resources: 0 new, 0 changed, 0 gone",
		"    credentials: No credentials were found.",
		"    fix: Set a workload identity.",
	), "")
	w.run(t.Context(), "sync", "--source", "none")
	w.want(t, 2, "", "There is no source none.\n")
}

func TestSyncWithoutSources(t *testing.T) {
	w := newWorld(t, &apitest.Fake{SourceList: []api.Source{{Name: "off"}}})
	w.run(t.Context(), "sync")
	w.want(t, 2, "", "There is no enabled source to sync. Connect one with console apply -f source.yaml.\n")
}

// TestSyncInterrupted: Ctrl-C ends the watching and says that the sync goes on.
func TestSyncInterrupted(t *testing.T) {
	f := &apitest.Fake{SourceList: []api.Source{{Name: "prod"}}, Progress: []api.RunDetail{running("prod", "running", 1, 4, 0, 10)}}
	w := newWorld(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	w.app.wait = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return ctx.Err()
	}
	w.run(ctx, "sync", "--source", "prod")
	w.want(t, 2, "", lines(
		"prod: running, 1 of 4 scopes, 10 resources",
		"Stopped watching. The sync of prod goes on in the console; console runs shows how it ends.",
	))
	for _, asked := range f.Asked() {
		if asked == "sync.run cancel run-of-prod" {
			t.Error("the run was canceled")
		}
	}
}
