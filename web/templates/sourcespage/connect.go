package sourcespage

import (
	"github.com/causeway/causeway/internal/cloud"
	"github.com/causeway/causeway/web/templates/layout"
	"github.com/causeway/causeway/web/templates/ui"
)

// Connect is the form that connects a source, one step at a time. Every step posts everything that
// was entered so far (Keep), so that going back loses nothing and nothing is stored before the end.
type Connect struct {
	Shell layout.Shell
	Steps []Step
	Title string // of the step, as its heading
	Intro string
	Error string // what is wrong as a whole
	Post  string // where this step is posted
	Keep  []ui.Hidden
	Back  string // "" on the first step
	Next  string // the label of the primary button: "Test", "Connect"; "" where there is none

	Adapters []Adapter // step 1: choose
	Fields   []ui.Field
	Tests    *Tests
	Done     *ui.Empty // last step: what happens now
}

// Step is one of the steps.
type Step struct {
	Label string
	State StepState
}

// StepState is how far a step is.
type StepState int

// The states of a step.
const (
	StepAhead StepState = iota
	StepCurrent
	StepDone
)

// Adapter is a kind of source that can be connected.
type Adapter struct {
	Badge cloud.ProviderID
	Title string
	Help  string // what it reads and which right it needs
	Href  string
}

// Tests is the outcome of trying every call.
type Tests struct {
	Summary ui.Status // "24 of 24 calls allowed", "1 of 24 calls denied"
	Rows    []Permission
	Again   *ui.Action
}

func (s Step) icon() string {
	switch s.State {
	case StepDone:
		return "circle-check-filled"
	case StepCurrent:
		return "circle-dot-filled"
	case StepAhead:
	}
	return "circle-dashed"
}
