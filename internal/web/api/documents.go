package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
)

// maxApplyBytes bounds one request of documents.
const maxApplyBytes = 16 << 20

// Apply asks for documents to become what the console knows.
type Apply struct {
	Documents List[json.RawMessage] `json:"documents" doc:"Objects with apiVersion, kind, metadata and spec."`
	DryRun    bool                  `json:"dry_run,omitempty" doc:"Say what would happen, and change nothing."`
	Force     bool                  `json:"force,omitempty" doc:"Overwrite edits that are newer than a document's revision."`
}

// Outcome is what became of one document.
type Outcome string

// The outcomes. A document in conflict or failed changed nothing; the others are applied all the same.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Conflict  Outcome = "conflict" // what is there is newer than the document's revision
	Failed    Outcome = "failed"   // the console refuses it; detail says why
)

// ApplyResult is what became of one document.
type ApplyResult struct {
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome" doc:"created, updated, unchanged, conflict or failed."`
	// Revision is what is there now; with a conflict, the newer edit.
	Revision *int64 `json:"revision" doc:"Of what is there now; null where nothing is."`
	// Yours is the revision the document began from.
	Yours  *int64 `json:"your_revision" doc:"What the document says; null where it says none."`
	Field  Text   `json:"field" doc:"The field that is wrong, with outcome failed."`
	Detail Text   `json:"detail" doc:"Why, with outcome conflict or failed."`
}

// Applied is the answer to Apply, in the order of the documents.
type Applied struct {
	Results List[ApplyResult] `json:"results"`
	DryRun  bool              `json:"dry_run"`
}

// ApplyOptions say how to apply.
type ApplyOptions struct {
	DryRun, Force bool
}

// Documents takes and gives documents.
type Documents interface {
	// Apply returns one result for each document, in their order. It checks the caller's rights on
	// what each document touches.
	Apply(ctx context.Context, who Caller, docs []document.Document, o ApplyOptions) ([]ApplyResult, error)
	// Export returns what the caller may see of a kind, "" for all.
	Export(ctx context.Context, who Caller, kind document.Kind) ([]document.Document, error)
}

func (a *API) apply(c echo.Context, who Caller) error {
	body, err := bodyOf(c, maxApplyBytes)
	if err != nil {
		return err
	}
	var in Apply
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return fault.Say(fault.Invalid, `The body is not understood; send {"documents": [...], "dry_run": false, "force": false}.`).Because(err)
	}
	if len(in.Documents) == 0 {
		return fault.Say(fault.Invalid, "There is no document to apply.").In("documents")
	}
	docs, err := a.cfg.Decoder.DecodeValues(in.Documents)
	if err != nil {
		return err
	}
	results, err := a.cfg.Documents.Apply(c.Request().Context(), who, docs, ApplyOptions{DryRun: in.DryRun, Force: in.Force})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Applied{Results: results, DryRun: in.DryRun})
}

func (a *API) export(c echo.Context, who Caller) error {
	kind := document.Kind(c.QueryParam("kind"))
	if err := oneOf("kind", string(kind), append(kindNames(), "")...); err != nil {
		return err
	}
	docs, err := a.cfg.Documents.Export(c.Request().Context(), who, kind)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := document.Encode(&b, docs); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", b.Bytes())
}

// kindNames are the kinds of documents as words.
func kindNames() []string {
	var names []string
	for _, k := range document.Kinds() {
		names = append(names, string(k))
	}
	return names
}
