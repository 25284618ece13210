package inventory

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/inventory/inventorydb"
	"github.com/causeway/causeway/internal/jobs"
	"github.com/causeway/causeway/internal/postgres"
)

// FeedResource is the feed topic that says: facts of these resources changed. Any domain may
// announce it in its own transaction; the projector then rewrites their rows of the read model.
const FeedResource = "resource"

// NewProjector returns the one writer of resource_list and resource_facets.
func NewProjector(db *pgxpool.Pool, log *slog.Logger) *jobs.Consumer {
	return &jobs.Consumer{
		Name: "inventory.list", Topics: []string{FeedResource}, DB: db, Log: log,
		Apply: func(ctx context.Context, tx pgx.Tx, changes []jobs.Change) error {
			var ids []int64
			for _, c := range changes {
				ids = append(ids, c.IDs...)
			}
			slices.Sort(ids)
			return project(ctx, tx, slices.Compact(ids))
		},
	}
}

// datalessKinds bear no data or compute.
var datalessKinds = func() []string {
	var out []string
	for _, k := range cloud.Kinds() {
		if !k.Core {
			out = append(out, string(k.Kind))
		}
	}
	return out
}()

// projectRows bounds one statement: its rows are held in memory by the server.
const projectRows = 4000

func project(ctx context.Context, tx pgx.Tx, ids []int64) error {
	q := inventorydb.New()
	for part := range slices.Chunk(ids, projectRows) {
		err := q.ProjectResources(ctx, tx, inventorydb.ProjectResourcesParams{Ids: part, DatalessKinds: datalessKinds})
		if err != nil {
			return fmt.Errorf("project %d resources: %w", len(part), postgres.Classify(err))
		}
	}
	return nil
}

// FacetDrift says by how many rows the facet counts differ from the list: 0 unless there is a defect.
func (s *Service) FacetDrift(ctx context.Context) (int64, error) {
	off, err := s.q.CompareFacets(ctx, s.db)
	if err != nil {
		return 0, fmt.Errorf("compare facet counts: %w", postgres.Classify(err))
	}
	return off, nil
}
