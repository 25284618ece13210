package sample

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// Defaults and bounds of the settings.
const (
	DefaultSeed  = 7
	DefaultScale = 12846
	// DefaultEpoch is the moment that creation dates count back from. It is fixed, so that the
	// estate does not depend on when it is read.
	DefaultEpoch = "2026-11-01T06:00:00Z"

	minScale = 1000
	maxScale = 10_000_000
)

// settings are what a Source document says under spec.sample.
type settings struct {
	Seed  uint64 `json:"seed"`
	Scale int    `json:"scale"`
	Epoch string `json:"epoch"`
	Fail  *bool  `json:"fail"`
	// Changed and Deleted are shares of the bulk, 0 to 1, that differ from or lack in the same
	// estate with 0.
	Changed float64 `json:"changed"`
	Deleted float64 `json:"deleted"`
	Scopes  int     `json:"scopes"`
}

// Factory makes readers of the sample estate.
func Factory() provider.Factory {
	return provider.Factory{
		Adapter: "sample", Title: "Sample estate", Badge: "sample",
		Help: "Shows the invented estate of Nordhaven Group, a bank with payments, insurance and a platform. It reaches no network and needs no right.",
		Fields: []provider.Field{
			{Name: "scale", Label: "Resources", Help: "How many resources the estate has, from 1000 to 10000000. Names and troubles stay the same.", Type: provider.FieldNumber, Example: "12846"},
			{Name: "seed", Label: "Seed", Help: "A whole number. The same seed makes the same estate on every machine.", Type: provider.FieldNumber, Example: "7"},
			{Name: "epoch", Label: "Epoch", Help: "The time that creation dates count back from.", Type: provider.FieldText, Example: DefaultEpoch},
			{Name: "fail", Label: "Failing scopes", Help: "Whether three scopes fail, as real ones do: one denied, one throttled, one region not enabled.", Type: provider.FieldBool, Example: "true"},
			{Name: "changed", Label: "Changed share", Help: "The share of the estate, 0 to 1, that differs from the same estate with 0.", Type: provider.FieldNumber, Example: "0.05"},
			{Name: "deleted", Label: "Deleted share", Help: "The share of the estate, 0 to 1, that is gone.", Type: provider.FieldNumber, Example: "0.01"},
			{Name: "scopes", Label: "Scopes", Help: "Show only the first so many scopes. Empty: all.", Type: provider.FieldNumber, Example: "100"},
		},
		Check: func(raw json.RawMessage) error {
			_, _, err := parse(raw)
			return err
		},
		Open: func(_ context.Context, src provider.Source) (provider.Reader, error) {
			s, epoch, err := parse(src.Settings)
			if err != nil {
				return nil, err
			}
			return &reader{estate: newEstate(s, epoch), limit: src.Limit}, nil
		},
	}
}

// parse reads and checks the settings; what is left out takes its default.
func parse(raw json.RawMessage) (settings, time.Time, error) {
	s := settings{Seed: DefaultSeed, Scale: DefaultScale, Epoch: DefaultEpoch}
	if len(bytes.TrimSpace(raw)) > 0 {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&s); err != nil {
			return s, time.Time{}, fault.Say(fault.Invalid,
				"The settings of the sample estate cannot be read: %v. It knows seed, scale, epoch, fail, changed, deleted and scopes.", err).In("sample")
		}
	}
	if s.Scale < minScale || s.Scale > maxScale {
		return s, time.Time{}, fault.Say(fault.Invalid, "A sample estate of %d resources is not possible: set scale between %d and %d.", s.Scale, minScale, maxScale).In("sample.scale")
	}
	for name, v := range map[string]float64{"changed": s.Changed, "deleted": s.Deleted} {
		if math.IsNaN(v) || v < 0 || v > 1 {
			return s, time.Time{}, fault.Say(fault.Invalid, "%s is %v: set it to a share between 0 and 1, such as 0.05.", name, v).In("sample." + name)
		}
	}
	if s.Scopes < 0 {
		return s, time.Time{}, fault.Say(fault.Invalid, "scopes is %d: set it to the number of scopes to show, or leave it out for all.", s.Scopes).In("sample.scopes")
	}
	epoch, err := time.Parse(time.RFC3339, s.Epoch)
	if err != nil {
		return s, time.Time{}, fault.Say(fault.Invalid, "epoch %q is not a time: write it like %s.", s.Epoch, DefaultEpoch).In("sample.epoch").Because(err)
	}
	return s, epoch.UTC(), nil
}

func (s settings) failing() bool { return s.Fail == nil || *s.Fail }

// share decides from 20 bits of a hash that nothing else of the row depends on.
func share(h uint64, part float64) bool { return h>>44 < uint64(math.Round(part*(1<<20))) }

func (s settings) deleted(h uint64) bool {
	return s.Deleted > 0 && share(h*0x9e3779b97f4a7c15, s.Deleted)
}

func (s settings) changed(h uint64) bool {
	return s.Changed > 0 && share(h*0xd1342543de82ef95, s.Changed)
}

// change makes a row differ from the base in one of three ways. Its id stays.
func change(r *row) {
	switch n := r.h >> 8 % 3; {
	case n == 0 && r.fam.free:
		r.Name += "-v2"
	case n == 1:
		r.Attributes["maintenance_window"] = "sun:02:00-sun:03:00"
	default:
		ns := cloud.NamespaceTag
		if r.fam.provider == cloud.GCP || r.fam.provider == cloud.Kubernetes {
			ns = cloud.NamespaceLabel
		}
		r.addTag(ns, "patch-group", "b")
	}
}
