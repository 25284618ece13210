package sample_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/causeway/causeway/internal/provider"
	"github.com/causeway/causeway/internal/provider/providertest"
	"github.com/causeway/causeway/internal/provider/sample"
)

func open(t testing.TB, settings string, limit provider.Limiter) provider.Reader {
	t.Helper()
	r, err := sample.Factory().Open(t.Context(), provider.Source{Name: "sample", Settings: json.RawMessage(settings), Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestConformance(t *testing.T) {
	const healthy, failing = `{"scale": 3000, "fail": false}`, `{"scale": 3000}`
	broken := func(t testing.TB) provider.Reader { return open(t, failing, nil) }
	providertest.Run(t, providertest.Subject{
		Open: func(t testing.TB) provider.Reader { return open(t, healthy, nil) },
		Faults: providertest.Faults{
			Denied: broken, PageTwo: broken,
			Throttled: func(t testing.TB, l provider.Limiter) provider.Reader { return open(t, failing, l) },
		},
	})
}

var _ = context.Background
