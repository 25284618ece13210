package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// poolMetric is one figure of a pool.
type poolMetric struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*pgxpool.Stat) float64
}

type poolCollector struct {
	pool    *pgxpool.Pool
	metrics []poolMetric
}

var _ prometheus.Collector = (*poolCollector)(nil)

// Collector shows how busy a pool is. A pool that is always full, with waits that grow, is too small.
func Collector(pool *pgxpool.Pool) prometheus.Collector {
	metric := func(name, help string, kind prometheus.ValueType, value func(*pgxpool.Stat) float64) poolMetric {
		return poolMetric{desc: prometheus.NewDesc("causeway_database_"+name, help, nil, nil), kind: kind, value: value}
	}
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	return &poolCollector{pool: pool, metrics: []poolMetric{
		metric("connections", "Open connections.", gauge, func(s *pgxpool.Stat) float64 { return float64(s.TotalConns()) }),
		metric("connections_busy", "Connections in use.", gauge, func(s *pgxpool.Stat) float64 { return float64(s.AcquiredConns()) }),
		metric("connections_max", "The most connections there may be.", gauge, func(s *pgxpool.Stat) float64 { return float64(s.MaxConns()) }),
		metric("acquires_total", "Connections taken from the pool.", counter, func(s *pgxpool.Stat) float64 { return float64(s.AcquireCount()) }),
		metric("acquires_waited_total", "Of those, how many had to wait.", counter, func(s *pgxpool.Stat) float64 { return float64(s.EmptyAcquireCount()) }),
		metric("acquire_seconds_total", "Time spent on taking connections.", counter, func(s *pgxpool.Stat) float64 { return s.AcquireDuration().Seconds() }),
	}}
}

func (c *poolCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range c.metrics {
		ch <- m.desc
	}
}

func (c *poolCollector) Collect(ch chan<- prometheus.Metric) {
	stat := c.pool.Stat()
	for _, m := range c.metrics {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(stat))
	}
}
