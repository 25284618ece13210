package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
)

func TestHealthcheck(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/livez" {
			t.Errorf("asked for %s, want /livez", r.URL.Path)
		}
		w.WriteHeader(status)
	})
	plain, secure := httptest.NewServer(h), httptest.NewTLSServer(h)
	defer plain.Close()
	defer secure.Close()
	_, port, _ := strings.Cut(plain.Listener.Addr().String(), ":")
	overTLS := config.Config{Addr: secure.Listener.Addr().String(), TLS: config.TLS{CertFile: "cert.pem", KeyFile: "key.pem"}}
	for name, cfg := range map[string]config.Config{
		"an address": {Addr: plain.Listener.Addr().String()}, "every address": {Addr: ":" + port}, "every IPv4 address": {Addr: "0.0.0.0:" + port}, "TLS": overTLS,
	} {
		if err := lives(t.Context(), cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	status = http.StatusServiceUnavailable
	if text, _ := fault.Text(lives(t.Context(), config.Config{Addr: ":" + port})); !strings.Contains(text, "503") {
		t.Errorf("a console that answers 503: %q", text)
	}
	plain.Close()
	if text, _ := fault.Text(lives(t.Context(), config.Config{Addr: ":" + port})); !strings.Contains(text, "does not answer") {
		t.Errorf("no console: %q", text)
	}
}
