package aws

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	sdkhttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// HTTPClient sends a request. *http.Client is one.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// checkEndpoint accepts a URL that a person may point the console at. Who may write a Source must
// not be able to read the machine's own services or its cloud's metadata through it.
func checkEndpoint(raw string, allowLoopback bool) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return fmt.Errorf("%q is not a URL such as https://vpce.example.com", raw)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%q must begin with https:// or http://", raw)
	case u.User != nil:
		return errors.New("it must hold no user name or password: credentials come from the SDK's own chain")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q must end after the host and port", raw)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		host = "127.0.0.1"
	}
	if host == "metadata" || host == "metadata.google.internal" || host == "instance-data" {
		return fmt.Errorf("%s is an instance's metadata service, which may not be read", host)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return refuse(ip, allowLoopback)
	}
	return nil // a name; what it resolves to is judged when it is dialed
}

// Metadata services that are not link-local: EC2's over IPv6, and two other clouds'.
var metadataAddrs = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"), netip.MustParseAddr("100.100.100.200"),
}

// refuse says why ip may not be an endpoint, or nil.
func refuse(ip netip.Addr, allowLoopback bool) error {
	ip = ip.Unmap().WithZone("")
	switch {
	case slices.Contains(metadataAddrs, ip):
		return fmt.Errorf("%s is an instance's metadata service, which may not be read", ip)
	case ip.IsLinkLocalUnicast() || ip.IsLinkLocalMulticast():
		return fmt.Errorf("%s is a link-local address, where metadata services live, which may not be read", ip)
	case ip.IsMulticast() || ip.IsUnspecified():
		return fmt.Errorf("%s is not the address of a server", ip)
	case ip.IsLoopback() && !allowLoopback:
		return fmt.Errorf("%s is this machine itself; a server may read it only when it was started to allow that", ip)
	}
	return nil
}

// endpointClient judges every address at the moment it is dialed, after names were resolved, so
// that a name cannot lead past checkEndpoint. Credentials are fetched by another client: they may
// come from the metadata service.
func endpointClient(allowLoopback bool) HTTPClient {
	return sdkhttp.NewBuildableClient().WithDialerOptions(func(d *net.Dialer) {
		d.Control = func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return fmt.Errorf("dial %s: %w", address, err)
			}
			if err := refuse(to.Addr(), allowLoopback); err != nil {
				return fmt.Errorf("dial the endpoint: %w", err)
			}
			return nil
		}
	})
}
