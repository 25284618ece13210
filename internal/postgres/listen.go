package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Listen delivers the payloads of a notification channel until ctx ends or stop is called. It keeps
// one connection of its own and connects again when that breaks; an empty payload is delivered
// after every (re)connect, because what was sent meanwhile is lost. A reader that is too slow
// misses payloads, never blocks the connection: treat one as "look again".
func Listen(ctx context.Context, pool *pgxpool.Pool, channel string, log *slog.Logger) (payloads <-chan string, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan string, 256)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			err := listenOnce(ctx, pool, channel, out)
			if ctx.Err() != nil {
				return
			}
			log.WarnContext(ctx, "listening broke off", "channel", channel, "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
	return out, func() {
		cancel()
		<-done
	}
}

func listenOnce(ctx context.Context, pool *pgxpool.Pool, channel string, out chan<- string) error {
	cfg := pool.Config().ConnConfig.Copy()
	conn, err := pgx.ConnectConfig(ctx, cfg) // not from the pool: it would be taken for good
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return err
	}
	deliver(out, "")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		deliver(out, n.Payload)
	}
}

func deliver(out chan<- string, payload string) {
	select {
	case out <- payload:
	default:
	}
}
