package inventory

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/causeway/causeway/internal/provider"
)

// Limits paces calls per (provider, account, region, API), for all sources of this process. A
// throttled key goes at half its pace, down to one call in ten seconds, and wins a tenth of its
// first pace back with every quiet half minute.
type Limits struct {
	clock func() time.Time
	mu    sync.Mutex
	keys  map[limitName]*pace
}

// limitName leaves the pace out of the identity: two callers that disagree on it share the bucket.
type limitName struct{ provider, account, region, api string }

type pace struct {
	limiter   *rate.Limiter
	base      rate.Limit
	throttled time.Time
}

const (
	defaultPace = rate.Limit(10) // calls a second
	slowestPace = rate.Limit(0.1)
	recoverStep = 30 * time.Second
)

var _ provider.Limiter = (*Limits)(nil)

// NewLimits makes an empty set; keys appear as they are used.
func NewLimits(clock func() time.Time) *Limits {
	return &Limits{clock: clock, keys: map[limitName]*pace{}}
}

// Wait blocks until a call may be made.
func (l *Limits) Wait(ctx context.Context, key provider.LimitKey) error {
	p := l.pace(key)
	l.recover(p)
	if err := p.limiter.Wait(ctx); err != nil {
		return fmt.Errorf("wait for the rate limit of %s %s: %w", key.Provider, key.API, err)
	}
	return nil
}

// Throttled halves the pace of key.
func (l *Limits) Throttled(key provider.LimitKey) {
	p := l.pace(key)
	l.mu.Lock()
	defer l.mu.Unlock()
	p.throttled = l.clock()
	p.limiter.SetLimit(max(p.limiter.Limit()/2, slowestPace))
}

// Pace is the present pace of key in calls a second.
func (l *Limits) Pace(key provider.LimitKey) float64 { return float64(l.pace(key).limiter.Limit()) }

func (l *Limits) pace(key provider.LimitKey) *pace {
	name := limitName{string(key.Provider), key.Account, key.Region, key.API}
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.keys[name]
	if !ok {
		base := defaultPace
		if key.PerSecond > 0 {
			base = rate.Limit(key.PerSecond)
		}
		p = &pace{limiter: rate.NewLimiter(base, max(1, int(base))), base: base}
		l.keys[name] = p
	}
	return p
}

func (l *Limits) recover(p *pace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	for p.limiter.Limit() < p.base && now.Sub(p.throttled) >= recoverStep {
		p.throttled = p.throttled.Add(recoverStep)
		p.limiter.SetLimit(min(p.limiter.Limit()+p.base/10, p.base))
	}
}
