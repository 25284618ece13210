// Package postgres is the layer between pgx and the domains: pool, transactions, migrations, the
// translation of driver errors into kinds, and what sqlc cannot write (temporary tables for COPY,
// partitions). It knows no table of any domain.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/fault"
)

// AppRole is the role the console works as. It owns nothing and cannot rewrite the audit trail.
const AppRole = "causeway_app"

// Options size a pool.
type Options struct {
	MaxConns int32  // 0: 20
	AppName  string // shown in pg_stat_activity
	// Owner keeps the rights of the connecting user instead of dropping to AppRole. Only for
	// migrations.
	Owner bool
}

// Open connects to the database and checks that it answers. A wrong URL or a server that does not
// answer is an error a person can read; the password never appears in it.
func Open(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Say(fault.Invalid, "The database URL cannot be understood. It looks like postgres://user@host:5432/name?sslmode=verify-full.").In("database").Because(scrub(err))
	}
	cfg.MaxConns = 20
	if o.MaxConns > 0 {
		cfg.MaxConns = o.MaxConns
	}
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 10 * time.Second
	cfg.ConnConfig.RuntimeParams["application_name"] = "causeway " + o.AppName
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		pgxdecimal.Register(c.TypeMap())
		if o.Owner {
			return nil
		}
		if _, err := c.Exec(ctx, "SET ROLE "+AppRole); err != nil {
			return fmt.Errorf("take the role %s: %w", AppRole, err)
		}
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", scrub(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, explainConnect(cfg.ConnConfig, err)
	}
	return pool, nil
}

// explainConnect names what was tried and what to do.
func explainConnect(c *pgx.ConnConfig, err error) error {
	where := fmt.Sprintf("database %q on %s:%d as %q", c.Database, c.Host, c.Port, c.User)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "28P01", "28000":
			return fault.Say(fault.Unavailable, "The %s refused the sign-in. Check user and password in the database URL.", where).Because(err)
		case "3D000":
			return fault.Say(fault.Unavailable, "The server answers, but %s does not exist. Create it (`createdb %s`), or correct the database URL.", where, c.Database).Because(err)
		case "42501":
			return fault.Say(fault.Unavailable, "The %s may not take the role %s. Run as the database's owner: GRANT %s TO %q.", where, AppRole, AppRole, c.User).Because(err)
		case "22023", "42704":
			return fault.Say(fault.Unavailable, "The %s has no role %s for this user yet. Run `console migrate up` as the database's owner.", where, AppRole).Because(err)
		}
	}
	return fault.Say(fault.Unavailable, "The %s does not answer. Check that the server runs and that the database URL is right.", where).Because(scrub(err))
}

// scrub drops the text of a pgconn parse error, which can carry the connection string.
func scrub(err error) error {
	if _, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		return errors.New("parse the connection string")
	}
	return err
}

// Beginner is a pool or a connection that can start a transaction.
type Beginner interface {
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}

// InTx runs f in a transaction and commits when it returns nil. f must not reach out to the
// network: a transaction is short.
func InTx(ctx context.Context, db Beginner, f func(tx pgx.Tx) error) error {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return fmt.Errorf("begin: %w", Classify(err))
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after Commit it is a no-op
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", Classify(err))
	}
	return nil
}

// Classify turns the driver's errors into kinds. It is the only place that knows SQLSTATE codes.
func Classify(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: %w", fault.NotFound, err)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		if connectionLost(err) {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		return err
	}
	if strings.HasPrefix(pg.Code, "08") { // connection exceptions
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	switch pg.Code {
	case "23505", "23P01", "40001", "40P01", "55P03": // unique, exclusion, serialization, deadlock, lock timeout
		return fmt.Errorf("%w: %w", fault.Conflict, err)
	case "23503", "23514", "23502", "22P02", "22001", "22003", "22021", "22P05", "54000":
		// foreign key, check, not null, bad text, too long, out of range, bad encoding, no such character, too long for an index
		return fmt.Errorf("%w: %w", fault.Invalid, err)
	case "42501":
		return fmt.Errorf("%w: %w", fault.Denied, err)
	case "57014", "57P01", "57P03", "53300": // canceled, shutdown, starting, too many connections
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return err
}

// connectionLost reports an error of the way to the server: the same call may work later. A canceled
// context is not one: nobody waits for the answer.
func connectionLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return pgconn.Timeout(err) || pgconn.SafeToRetry(err) || errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF)
}

// Now is the database's clock, the only one that several processes agree on.
func Now(ctx context.Context, db interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) (time.Time, error) {
	var t time.Time
	if err := db.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&t); err != nil {
		return time.Time{}, fmt.Errorf("ask the database for the time: %w", Classify(err))
	}
	return t.UTC(), nil
}
