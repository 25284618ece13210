package story

import (
	"time"

	"github.com/a-h/templ"

	"github.com/causeway/causeway/web/templates/format"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/sessionspage"
)

func sessions(theme layout.Theme) templ.Component {
	row := func(from, agent string, started, seen time.Duration) sessionspage.Row {
		return sessionspage.Row{
			From: from, Agent: agent, Started: format.At(now.Add(-started), cet), LastSeen: format.Ago(now, now.Add(-seen), cet),
			Ends: format.At(now.Add(12*time.Hour-started), cet), End: "/settings/sessions/2/end",
		}
	}
	here := row("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 3*time.Hour, 0)
	here.Here, here.End = true, ""
	return sessionspage.Sessions{
		Shell: shell("Your sessions", "settings", theme), EndOthers: "/settings/sessions/end-others",
		Rows: []sessionspage.Row{here, row("198.51.100.20", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", 5*time.Hour, 80*time.Minute)},
	}.Page()
}
