package inventory

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/postgres"
)

// Rehearse runs f with a service whose changes are undone afterwards. Several changes that refer to
// each other can so be tried together: a source in a unit that only the same set of documents makes,
// say. Like a transaction, it must be short and must not reach out.
func (s *Service) Rehearse(ctx context.Context, f func(*Service) error) error {
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		trial := *s
		trial.db = within{tx}
		if err := f(&trial); err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// put runs f in a transaction, which is undone when only the outcome was wanted to be known.
func (s *Service) put(ctx context.Context, dryRun bool, f func(pgx.Tx) (PutResult, error)) (PutResult, error) {
	var res PutResult
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		if res, err = f(tx); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return res, err
}

// errDryRun rolls a transaction back whose outcome was only wanted to be known.
var errDryRun = errors.New("dry run")

// within makes transactions inside of one: a change that fails undoes only itself.
type within struct{ pgx.Tx }

// BeginTx sets a savepoint. The options are those of the transaction around it.
func (w within) BeginTx(ctx context.Context, _ pgx.TxOptions) (pgx.Tx, error) {
	tx, err := w.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("set a savepoint: %w", err)
	}
	return tx, nil
}
