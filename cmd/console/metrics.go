package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/causeway/causeway/internal/jobs"
)

// feedLag shows how far each consumer of the change feed is behind: one that is stuck is seen, and
// not only its pages that grow old.
type feedLag struct {
	db     *pgxpool.Pool
	log    *slog.Logger
	behind *prometheus.Desc
}

var _ prometheus.Collector = (*feedLag)(nil)

func newFeedLag(db *pgxpool.Pool, log *slog.Logger) *feedLag {
	return &feedLag{db: db, log: log, behind: prometheus.NewDesc(
		"causeway_feed_behind", "Changes that a consumer of the feed has not applied yet.", []string{"consumer"}, nil)}
}

// Describe sends the one metric there is.
func (f *feedLag) Describe(ch chan<- *prometheus.Desc) { ch <- f.behind }

// Collect asks the database; without an answer there is no figure, never a zero.
func (f *feedLag) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	lags, err := jobs.Lags(ctx, f.db)
	if err != nil {
		f.log.WarnContext(ctx, "reading the feed's lag failed", "err", err)
		return
	}
	for _, l := range lags {
		ch <- prometheus.MustNewConstMetric(f.behind, prometheus.GaugeValue, float64(l.Behind), l.Consumer)
	}
}
