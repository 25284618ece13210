package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/provider"
)

// API is the API of every scope of this adapter.
const API = "terraform.state"

// CleanPush holds a pushed body against the rules and returns it as it may be stored: whatever a
// forged client put in is gone before a database sees it. Errors are fault.Invalid.
func CleanPush(body []byte) ([]byte, error) {
	s, err := DecodeSnapshot(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	clean, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode the pushed state %s: %w", s.Name, err)
	}
	return clean, nil
}

// PushReader reads a pushed Snapshot as a source of one scope, so that a push goes through the same
// sync core as everything else. The Snapshot comes from DecodeSnapshot.
func PushReader(s Snapshot) provider.Reader { return pushReader{s} }

type pushReader struct{ s Snapshot }

var _ provider.Reader = pushReader{}

// Scopes yields the one state.
func (p pushReader) Scopes(ctx context.Context) iter.Seq2[provider.Scope, error] {
	return func(yield func(provider.Scope, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(provider.Scope{}, fmt.Errorf("list the pushed state: %w", err))
			return
		}
		yield(scopeOf(p.s.ScopeID(), p.s.Name, p.s.Lineage, p.s.Serial), nil)
	}
}

// Resources yields what the state declares.
func (p pushReader) Resources(ctx context.Context, sc provider.Scope) iter.Seq2[provider.Resource, error] {
	return func(yield func(provider.Resource, error) bool) {
		if sc.Account.ID != p.s.ScopeID() {
			yield(provider.Resource{}, &provider.Problem{Code: provider.ProblemInternal, Text: "The pushed state is " + p.s.ScopeID() + ", not " + sc.Account.ID + "."})
			return
		}
		c := newConverter(p.s.ScopeID())
		for _, o := range p.s.Resources {
			if err := ctx.Err(); err != nil {
				yield(provider.Resource{}, fmt.Errorf("list the pushed state %s: %w", p.s.Name, err))
				return
			}
			if !yield(c.resource(o), nil) {
				return
			}
		}
	}
}

// Close has nothing to let go of.
func (p pushReader) Close() error { return nil }

// scopeOf is the scope of a state, known by id.
func scopeOf(id, name, lineage string, serial int64) provider.Scope {
	s := provider.Scope{
		Account: provider.Account{Provider: cloud.Terraform, ID: id, Name: name},
		API:     API, Rank: provider.RankDeclared, Manager: "terraform", Lineage: lineage,
	}
	if lineage != "" {
		s.Revision = serial
	}
	return s
}
