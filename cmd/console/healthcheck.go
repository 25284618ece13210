package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/config"
	"github.com/causeway/causeway/internal/fault"
)

// newHealthcheck is for images without a shell: it asks the console that was configured alike,
// on the same machine, whether it lives.
func newHealthcheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    "healthcheck",
		Short:  "Ask the console of this machine whether it lives; for container images",
		Hidden: true,
		Args:   takes(cobra.NoArgs, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.settings()
			if err != nil {
				return err
			}
			return lives(cmd.Context(), cfg)
		},
	}
}

func lives(ctx context.Context, cfg config.Config) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return fmt.Errorf("read the address %s: %w", cfg.Addr, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme, transport := "http", &http.Transport{DisableKeepAlives: true}
	if cfg.TLS.CertFile != "" {
		scheme = "https"
		// Our own certificate, which names the public host and not this address.
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // see above
	}
	url := scheme + "://" + net.JoinHostPort(host, port) + "/livez"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return fault.Say(fault.Unavailable, "The console does not answer at %s.", url).Because(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Errorf("read the answer of %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fault.Say(fault.Unavailable, "The console at %s answers %s.", url, resp.Status)
	}
	return nil
}
