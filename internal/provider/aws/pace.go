package aws

import (
	"context"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	smithy "github.com/aws/smithy-go/middleware"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

const (
	maxAttempts = 5
	firstDelay  = 200 * time.Millisecond
	longestWait = 20 * time.Second
)

// perSecond is the pace to begin with where a service allows much more or less than the core's
// default. It stays far below the quota: the account's own workloads call the same APIs.
var perSecond = map[string]float64{"s3": 50, "dynamodb": 20, "kms": 20, "lambda": 5}

// newRetryer retries what may pass by itself. The SDK's adaptive mode is not used: it slows down
// one client, while the limit is the account's, and the Limiter knows all of its clients.
func newRetryer(jitter func() float64) func() sdk.Retryer {
	return func() sdk.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = maxAttempts
			o.RateLimiter = ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
				return backoff(attempt, jitter()), nil
			})
		})
	}
}

// backoff is a random part of a wait that doubles: full jitter, so that many clients that failed
// together do not come back together.
func backoff(attempt int, random float64) time.Duration {
	wait := min(firstDelay<<min(attempt, 10), longestWait)
	return time.Duration(random * float64(wait))
}

// throttled reports whether the provider said that it is too fast.
func throttled(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == sdk.TrueTernary
}

// paced makes every attempt wait for the limit of (account, region, service), and tells the
// limiter of every refusal.
func paced(limit provider.Limiter, account string) func(*smithy.Stack) error {
	pace := smithy.FinalizeMiddlewareFunc("Pace", func(ctx context.Context, in smithy.FinalizeInput, next smithy.FinalizeHandler) (smithy.FinalizeOutput, smithy.Metadata, error) {
		service := strings.ReplaceAll(strings.ToLower(middleware.GetServiceID(ctx)), " ", "")
		key := provider.LimitKey{Provider: cloud.AWS, Account: account, Region: middleware.GetRegion(ctx), API: service, PerSecond: perSecond[service]}
		if err := limit.Wait(ctx, key); err != nil {
			return smithy.FinalizeOutput{}, smithy.Metadata{}, err
		}
		out, md, err := next.HandleFinalize(ctx, in)
		if err != nil && throttled(err) {
			limit.Throttled(key)
		}
		return out, md, err
	})
	return func(s *smithy.Stack) error {
		// After the retries: each attempt is a call that the provider counts.
		return s.Finalize.Insert(pace, "Retry", smithy.After)
	}
}
