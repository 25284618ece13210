package inventory

import (
	"context"
	"encoding/json"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// TestSource tries every call a source needs.
func (s *Service) TestSource(ctx context.Context, name string) ([]provider.TestResult, error) {
	row, err := s.q.SourceByName(ctx, s.db, name)
	if err != nil {
		return nil, sourceNotFound(name, err)
	}
	return s.TestSettings(ctx, row.Adapter, row.Name, row.Settings)
}

// TestSettings tries settings that need not be saved yet.
func (s *Service) TestSettings(ctx context.Context, adapter, name string, settings json.RawMessage) ([]provider.TestResult, error) {
	f, err := s.adapter(adapter)
	if err != nil {
		return nil, err
	}
	if err := f.Check(settings); err != nil {
		return nil, err
	}
	reader, err := f.Open(ctx, provider.Source{
		Name: name, Settings: settings, Secret: s.syncer.cfg.Secret, Limit: s.syncer.limits, Clock: s.syncer.cfg.Clock,
	})
	if err != nil {
		p := provider.ProblemOf(err)
		return []provider.TestResult{{Permission: provider.Permission{Call: "sign in", Why: "everything"}, Problem: p.Text, Fix: p.Fix}}, nil
	}
	defer reader.Close()
	t, ok := reader.(provider.Tester)
	if !ok {
		return nil, fault.Say(fault.Invalid, "The adapter %s needs no rights that could be tested.", adapter)
	}
	var out []provider.TestResult
	for r, err := range t.Test(ctx) {
		if err != nil {
			p := provider.ProblemOf(err)
			out = append(out, provider.TestResult{Permission: provider.Permission{Call: "discovery", Why: "accounts and regions"}, Problem: p.Text, Fix: p.Fix})
			break
		}
		out = append(out, r)
	}
	return out, nil
}
