// Package events sends what happens to browsers that look: server-sent events, by topic. A client
// that cannot keep up is cut off and connects again; nothing is stored, so Last-Event-ID means nothing
// here and a page asks for its present state when it connects.
package events

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/causeway/causeway/internal/fault"
)

// Event is one message. Name is what the browser listens for.
type Event struct {
	Name string
	Data string // any text, several lines too
}

// Options set the pace; zero values mean the defaults.
type Options struct {
	Heartbeat time.Duration // between comments that keep proxies from closing; 15 s
	MaxAge    time.Duration // of a connection, so that rights are checked anew; 15 min
	Buffer    int           // events a client may lag behind; 64
	MaxConns  int           // clients at once; 2000
}

// Hub fans events out. Make one with New; Close ends every stream.
type Hub struct {
	opts Options
	done chan struct{}

	mu      sync.Mutex
	topics  map[string]map[*client]struct{}
	clients int
	closed  bool
}

type client struct {
	events chan Event
	slow   chan struct{} // closed when it lags too far behind
	once   sync.Once
}

// New makes a hub.
func New(o Options) *Hub {
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.MaxAge == 0 {
		o.MaxAge = 15 * time.Minute
	}
	if o.Buffer == 0 {
		o.Buffer = 64
	}
	if o.MaxConns == 0 {
		o.MaxConns = 2000
	}
	return &Hub{opts: o, done: make(chan struct{}), topics: map[string]map[*client]struct{}{}}
}

// Publish sends e to everybody who subscribed to topic. It never waits for a client.
func (h *Hub) Publish(topic string, e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.topics[topic] {
		select {
		case c.events <- e:
		default:
			c.once.Do(func() { close(c.slow) })
		}
	}
}

// Watched reports whether anybody listens to topic, so that nobody renders what nobody sees.
func (h *Hub) Watched(topic string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.topics[topic]) > 0
}

// Clients is how many streams are open.
func (h *Hub) Clients() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clients
}

// Close ends every stream and refuses new ones.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// Serve streams the topics until the client leaves, lags, or the hub closes. present, if not nil, is
// called after subscribing and before anything else is sent: what it returns cannot miss a change.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, topics []string, present func(context.Context) ([]Event, error)) error {
	c, err := h.join(topics)
	if err != nil {
		return err
	}
	defer h.leave(c, topics)
	var first []Event
	if present != nil {
		if first, err = present(r.Context()); err != nil {
			return err
		}
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	s := stream{w: w, rc: http.NewResponseController(w)}
	s.send("retry: 2000\n\n")
	for _, e := range first {
		s.send(e.encode())
	}
	h.pump(r.Context(), c, &s)
	return nil // the answer has begun: a client that is gone needs no error page
}

func (h *Hub) pump(ctx context.Context, c *client, s *stream) {
	beat := time.NewTicker(h.opts.Heartbeat)
	defer beat.Stop()
	age := time.NewTimer(h.opts.MaxAge)
	defer age.Stop()
	for s.err == nil {
		select {
		case <-ctx.Done():
			return
		case <-h.done:
			return
		case <-c.slow:
			return
		case <-age.C:
			return
		case e := <-c.events:
			s.send(e.encode())
		case <-beat.C:
			s.send(": still here\n\n")
		}
	}
}

func (h *Hub) join(topics []string) (*client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.clients >= h.opts.MaxConns {
		return nil, fault.Say(fault.Unavailable, "No more live connections can be opened now. The page works without; reload it to see what is new.")
	}
	c := &client{events: make(chan Event, h.opts.Buffer), slow: make(chan struct{})}
	h.clients++
	for _, t := range topics {
		if h.topics[t] == nil {
			h.topics[t] = map[*client]struct{}{}
		}
		h.topics[t][c] = struct{}{}
	}
	return c, nil
}

func (h *Hub) leave(c *client, topics []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients--
	for _, t := range topics {
		delete(h.topics[t], c)
		if len(h.topics[t]) == 0 {
			delete(h.topics, t)
		}
	}
}

// encode writes the wire form. A line break inside data becomes another data line, so that no text
// can end the event early or forge a field.
func (e Event) encode() string {
	var b strings.Builder
	if e.Name != "" {
		fmt.Fprintf(&b, "event: %s\n", oneLine.Replace(e.Name))
	}
	for line := range strings.SplitSeq(newlines.Replace(e.Data), "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteByte('\n')
	return b.String()
}

var (
	newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	oneLine  = strings.NewReplacer("\r", " ", "\n", " ")
)

// writeLimit is how long one write may take before the client counts as gone.
const writeLimit = 10 * time.Second

type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	err error
}

func (s *stream) send(text string) {
	if s.err != nil {
		return
	}
	until := time.Now().Add(writeLimit) //nolint:forbidigo // the network is not the clock that tests turn
	if err := s.rc.SetWriteDeadline(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.err = err
		return
	}
	if _, s.err = s.w.Write([]byte(text)); s.err == nil {
		s.err = s.rc.Flush()
	}
}
