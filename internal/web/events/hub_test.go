package events_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/events"
)

// serve runs a hub's streams of one topic behind a server.
func serve(t *testing.T, h *events.Hub, present func(context.Context) ([]events.Event, error)) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.Serve(w, r, []string{r.URL.Query().Get("topic")}, present); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(func() { h.Close(); srv.Close() })
	return srv
}

func connect(t *testing.T, srv *httptest.Server, topic string) *bufio.Reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"?topic="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	return bufio.NewReader(res.Body)
}

// block reads one event: the lines up to an empty one.
func block(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var out strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", out.String(), err)
		}
		if line == "\n" {
			return out.String()
		}
		out.WriteString(line)
	}
}

func TestEventsReachTheirTopic(t *testing.T) {
	t.Parallel()
	h := events.New(events.Options{})
	srv := serve(t, h, func(context.Context) ([]events.Event, error) {
		return []events.Event{{Name: "state", Data: "now"}}, nil
	})
	a, b := connect(t, srv, "runs"), connect(t, srv, "other")
	for _, r := range []*bufio.Reader{a, b} {
		block(t, r) // retry
		if got := block(t, r); got != "event: state\ndata: now\n" {
			t.Errorf("first %q, want the present state", got)
		}
	}
	h.Publish("runs", events.Event{Name: "run\nx", Data: "two\r\nlines\rand\ndata: a third"})
	h.Publish("other", events.Event{Data: "hello"})
	if diff := cmp.Diff("event: run x\ndata: two\ndata: lines\ndata: and\ndata: data: a third\n", block(t, a)); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("data: hello\n", block(t, b)); diff != "" {
		t.Errorf("other (-want +got):\n%s", diff)
	}
	if !h.Watched("runs") || h.Watched("nobody's") || h.Clients() != 2 {
		t.Errorf("%d clients", h.Clients())
	}
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	h := events.New(events.Options{Heartbeat: time.Millisecond})
	r := connect(t, serve(t, h, nil), "x")
	block(t, r)
	if got := block(t, r); !strings.HasPrefix(got, ":") {
		t.Errorf("got %q, want a comment", got)
	}
}

func TestStreamEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		opts   events.Options
		end    func(*events.Hub)
		reason string
	}{
		{name: "shutdown", end: (*events.Hub).Close, reason: "the hub closed"},
		{name: "age", opts: events.Options{MaxAge: time.Millisecond}, end: func(*events.Hub) {}, reason: "rights are checked anew"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := events.New(tt.opts)
			r := connect(t, serve(t, h, nil), "x")
			block(t, r)
			tt.end(h)
			if _, err := io.ReadAll(r); err != nil {
				t.Errorf("%v, want a clean end: %s", err, tt.reason)
			}
		})
	}
}

// blockedWriter holds the stream in its first write until told to go on.
type blockedWriter struct {
	*httptest.ResponseRecorder
	entered chan struct{}
	goOn    chan struct{}
	first   bool
}

func (b *blockedWriter) Write(p []byte) (int, error) {
	if !b.first {
		b.first = true
		close(b.entered)
		<-b.goOn
	}
	return b.ResponseRecorder.Write(p)
}

func TestSlowClientIsCutOff(t *testing.T) {
	t.Parallel()
	h := events.New(events.Options{Buffer: 2})
	w := &blockedWriter{ResponseRecorder: httptest.NewRecorder(), entered: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error, 1)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	go func() { done <- h.Serve(w, req, []string{"x"}, nil) }()
	<-w.entered
	for range 10 { // more than the buffer holds; none of them waits
		h.Publish("x", events.Event{Data: "e"})
	}
	close(w.goOn)
	if err := <-done; err != nil {
		t.Errorf("%v, want the stream just to end", err)
	}
	if h.Clients() != 0 || h.Watched("x") {
		t.Error("the client is still registered")
	}
}

func TestHubRefuses(t *testing.T) {
	t.Parallel()
	h := events.New(events.Options{})
	h.Close()
	w := httptest.NewRecorder()
	err := h.Serve(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), []string{"x"}, nil)
	if !errors.Is(err, fault.Unavailable) {
		t.Errorf("%v, want it refused after closing", err)
	}
}
