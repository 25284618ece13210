package web

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// maxAddresses bounds the limiter's memory; past it, who was quiet longest is forgotten.
const maxAddresses = 10000

// limiter allows so much from one address: a burst, then a steady pace. An IPv6 client owns a /64.
type limiter struct {
	perSecond rate.Limit
	burst     int
	clock     func() time.Time

	mu   sync.Mutex
	seen map[netip.Prefix]*rate.Limiter
}

func newLimiter(perSecond float64, burst int, clock func() time.Time) *limiter {
	return &limiter{perSecond: rate.Limit(perSecond), burst: burst, clock: clock, seen: map[netip.Prefix]*rate.Limiter{}}
}

func (l *limiter) allow(a netip.Addr) bool {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	key, err := a.Prefix(bits)
	if err != nil {
		key = netip.Prefix{} // an unknown address shares one allowance
	}
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.seen[key]
	if !ok {
		if len(l.seen) >= maxAddresses {
			l.forget(now)
		}
		r = rate.NewLimiter(l.perSecond, l.burst)
		l.seen[key] = r
	}
	return r.AllowN(now, 1)
}

// forget drops those whose allowance is full again; if an attack leaves none, all start afresh.
func (l *limiter) forget(now time.Time) {
	for k, r := range l.seen {
		if r.TokensAt(now) >= float64(l.burst) {
			delete(l.seen, k)
		}
	}
	if len(l.seen) >= maxAddresses {
		clear(l.seen)
	}
}

// every is how long one more takes, for Retry-After.
func (l *limiter) every() time.Duration {
	return time.Duration(float64(time.Second) / float64(l.perSecond))
}

func tooMany(c echo.Context, wait time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return statusError{http.StatusTooManyRequests, "Too many attempts came from your address. Wait a moment, then try again."}
}
