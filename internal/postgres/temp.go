package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// TempLike gives the connection temporary tables that hide the permanent ones of the same name, so
// that statements checked against the schema fill them. perBatch tables are emptied by every
// commit, perScope tables keep their rows until TempLike is called again.
func TempLike(ctx context.Context, conn *pgx.Conn, perBatch, perScope []string) error {
	for _, t := range perBatch {
		name := pgx.Identifier{t}.Sanitize()
		sql := fmt.Sprintf("CREATE TEMPORARY TABLE IF NOT EXISTS %s (LIKE public.%s) ON COMMIT DELETE ROWS", name, name)
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make temporary table %s: %w", t, Classify(err))
		}
	}
	for _, t := range perScope {
		name := pgx.Identifier{t}.Sanitize()
		sql := fmt.Sprintf("CREATE TEMPORARY TABLE IF NOT EXISTS %s (LIKE public.%s); TRUNCATE pg_temp.%s", name, name, name)
		if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("make temporary table %s: %w", t, Classify(err))
		}
	}
	return nil
}
