package web

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is a registry of our own, so that nothing registers itself behind our back.
type metrics struct {
	handler  http.Handler
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMetrics(version string, others []prometheus.Collector) (*metrics, error) {
	m := &metrics{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "causeway_http_request_duration_seconds", Help: "Time to answer requests, by the route's pattern.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "causeway_http_requests_in_flight", Help: "Requests being answered now, streams included.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "causeway_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	reg := prometheus.NewRegistry()
	own := []prometheus.Collector{
		m.seconds, m.inFlight, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
	for _, c := range append(own, others...) {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{Registry: reg})
	return m, nil
}

// begin counts a request; the returned function ends it.
func (m *metrics) begin() func(method, route string, status int, took time.Duration) {
	m.inFlight.Inc()
	return func(method, route string, status int, took time.Duration) {
		m.inFlight.Dec()
		if route == "unmatched" {
			method = "any" // clients can invent methods, and each would be a series
		}
		m.seconds.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	}
}
