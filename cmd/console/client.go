package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/web/api"
)

// Limits of one request. A test of a source takes as long as its provider; a push may be large.
const (
	requestTimeout = 30 * time.Second
	longTimeout    = 10 * time.Minute
	tries          = 4
	maxAnswer      = 256 << 20
	maxRetryAfter  = 10 * time.Second
)

// client speaks to the JSON interface of one server.
type client struct {
	target
	http *http.Client
	wait func(context.Context, time.Duration) error
}

// connect finds the server; it does not speak to it yet.
func (a *app) connect() (*client, error) {
	t, err := a.target()
	if err != nil {
		return nil, err
	}
	return &client{target: t, http: a.client, wait: a.wait}, nil
}

// get reads a JSON answer. It is tried again when the server or the way to it fails for a moment.
func (c *client) get(ctx context.Context, path string, query url.Values, answer any) error {
	body, err := c.getBytes(ctx, path, query, requestTimeout)
	if err != nil {
		return err
	}
	return c.decode(body, path, answer)
}

func (c *client) getBytes(ctx context.Context, path string, query url.Values, timeout time.Duration) ([]byte, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	for try := 1; ; try++ {
		body, again, err := c.do(ctx, http.MethodGet, path, nil, timeout)
		if err == nil || again < 0 || try == tries {
			return body, err
		}
		if err := c.wait(ctx, max(again, 250*time.Millisecond<<try)); err != nil {
			return nil, err
		}
	}
}

// post sends JSON, once: what it asks for may have been done though the answer was lost.
func (c *client) post(ctx context.Context, path string, in, answer any, timeout time.Duration) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
	}
	out, _, err := c.do(ctx, http.MethodPost, path, body, timeout)
	if err != nil {
		return err
	}
	return c.decode(out, path, answer)
}

func (c *client) decode(body []byte, path string, answer any) error {
	if err := json.Unmarshal(body, answer); err != nil {
		return fault.Say(fault.Unavailable, "%s does not answer %s as a console of this version does. Compare console version with the server's.", c.base, path).Because(err)
	}
	return nil
}

// do sends one request. again is how long to wait before another try may help; below 0 none does.
func (c *client) do(ctx context.Context, method, path string, body []byte, timeout time.Duration) (out []byte, again time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+api.Base+path, bytes.NewReader(body))
	if err != nil {
		return nil, -1, fmt.Errorf("make a request for %s: %w", path, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json, application/problem+json, application/yaml")
	req.Header.Set("User-Agent", "causeway-console/"+buildInfo().Version)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, passes(err), c.unreachable(err)
	}
	out, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, 0, c.unreachable(err)
	}
	if len(out) > maxAnswer {
		return nil, -1, fault.Say(fault.Unavailable, "The answer of %s is larger than %d MB. Ask for less.", c.base, maxAnswer>>20)
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return out, -1, nil
	}
	return nil, retryAfter(res), c.problem(res, out)
}

// retryAfter says when to try again after a status that passes; below 0: never.
func retryAfter(res *http.Response) time.Duration {
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
		if err != nil {
			return 0
		}
		return min(max(time.Duration(seconds)*time.Second, 0), maxRetryAfter)
	}
	return -1
}

// passes is retryAfter for a request that got no answer: a certificate that is not trusted and a name
// that does not exist stay so, and whoever waited for the whole time out has waited enough.
func passes(err error) time.Duration {
	var dns *net.DNSError
	if untrusted(err) || (errors.As(err, &dns) && dns.IsNotFound) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return -1
	}
	return 0
}

func untrusted(err error) bool {
	return strings.Contains(err.Error(), "x509:") || strings.Contains(err.Error(), "tls:")
}

// unreachable says in words why no answer came.
func (c *client) unreachable(err error) error {
	var dns *net.DNSError
	why := "the connection failed"
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		why = "it did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		why = "nothing listens there. Is the server running?"
	case errors.As(err, &dns):
		why = "the name " + dns.Name + " is not known"
	case untrusted(err):
		why = "its certificate is not trusted, or it does not speak TLS"
	}
	return fault.Say(fault.Unavailable, "%s cannot be reached: %s", c.base, why).Because(err)
}

// problem turns an answer that is an error into one a person can read.
func (c *client) problem(res *http.Response, body []byte) error {
	kind := map[int]error{
		http.StatusBadRequest: fault.Invalid, http.StatusNotFound: fault.NotFound, http.StatusConflict: fault.Conflict,
		http.StatusForbidden: fault.Denied, http.StatusUnauthorized: fault.Denied,
	}[res.StatusCode]
	if kind == nil {
		kind = fault.Unavailable
	}
	if res.StatusCode == http.StatusUnauthorized {
		return fault.Say(kind, "%s does not accept the token: it is wrong, expired or revoked. console token create makes a new one.", c.base)
	}
	if typ, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil && typ == api.ProblemType {
		var d api.Details
		if json.Unmarshal(body, &d) == nil && d.Detail != "" {
			if res.StatusCode >= http.StatusInternalServerError && d.Instance != "" {
				d.Detail += " (request " + d.Instance + ")"
			}
			return fault.Say(kind, "%s", printable(d.Detail))
		}
	}
	if to := res.Header.Get("Location"); res.StatusCode >= 300 && res.StatusCode < 400 {
		return fault.Say(kind, "%s sends elsewhere, to %s. Use the address of the console itself.", c.base, printable(to))
	}
	return fault.Say(kind, "%s answered %d %s, and not as a console does. Is this its address?", c.base, res.StatusCode, http.StatusText(res.StatusCode))
}

// all reads every page of a list, or as many items as limit says; 0 is no limit. more is true when
// there are items beyond it.
func all[T any](ctx context.Context, c *client, path string, query url.Values, limit int, each func(T) error) (more bool, err error) {
	if query == nil {
		query = url.Values{}
	}
	const pageSize = 1000
	for n := 0; ; {
		size := pageSize
		if limit > 0 {
			size = min(limit-n, pageSize)
		}
		query.Set("limit", strconv.Itoa(size))
		var page api.Page[T]
		if err := c.get(ctx, path, query, &page); err != nil {
			return false, err
		}
		for _, item := range page.Items {
			if limit > 0 && n == limit {
				return true, nil
			}
			n++
			if err := each(item); err != nil {
				return false, err
			}
		}
		switch {
		case page.Next == "":
			return false, nil
		case limit > 0 && n >= limit:
			return true, nil
		case query.Get("cursor") == string(page.Next):
			return false, fault.Say(fault.Unavailable, "%s repeats a page of %s; the list is not complete.", c.base, path)
		}
		query.Set("cursor", string(page.Next))
	}
}
