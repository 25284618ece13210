package api

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
)

// ProblemType is the media type of an error after RFC 9457.
const ProblemType = "application/problem+json"

// Details is an error as the wire has it, after RFC 9457.
type Details struct {
	Type     string             `json:"type" doc:"urn:causeway:problem: and a word that programs may test."`
	Title    string             `json:"title"`
	Status   int                `json:"status"`
	Detail   string             `json:"detail" doc:"For a person: what is wrong and what to do."`
	Instance string             `json:"instance" doc:"The request's id, which the server's log has too."`
	Errors   List[FieldMistake] `json:"errors" doc:"Every single mistake, where there are several or a field is known."`
}

// FieldMistake is one mistake in the input.
type FieldMistake struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// kinds maps what a caller can do about an error to a status and a word.
var kinds = []struct {
	kind   error
	status int
	word   string
}{
	{fault.Invalid, http.StatusBadRequest, "invalid"},
	{fault.NotFound, http.StatusNotFound, "not-found"},
	{fault.Denied, http.StatusForbidden, "denied"},
	{fault.Conflict, http.StatusConflict, "conflict"},
	{fault.Unavailable, http.StatusServiceUnavailable, "unavailable"},
}

// DetailsOf turns an error into what may be shown. Only text that was made for a person is; an
// internal error says no more than the request's id.
func DetailsOf(err error, requestID string) Details {
	d := Details{
		Type: "urn:causeway:problem:internal", Status: http.StatusInternalServerError, Instance: requestID,
		Detail: "The console failed. The server's log says why, under the id of this request.",
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		d.Status = he.Code
		d.Type = "urn:causeway:problem:" + strings.ReplaceAll(strings.ToLower(http.StatusText(he.Code)), " ", "-")
		d.Detail = fmt.Sprint(he.Message)
		if he.Code >= http.StatusInternalServerError {
			d.Detail = http.StatusText(he.Code)
		}
	}
	for _, k := range kinds {
		if errors.Is(fault.Kind(err), k.kind) {
			d.Status, d.Type, d.Detail = k.status, "urn:causeway:problem:"+k.word, "This is "+k.kind.Error()+"."
		}
	}
	if text, ok := fault.Text(err); ok {
		d.Detail = text
	}
	d.Title = http.StatusText(d.Status)
	d.Errors = mistakes(err)
	return d
}

func mistakes(err error) List[FieldMistake] {
	if problems, ok := errors.AsType[document.Problems](err); ok {
		var out List[FieldMistake]
		for _, p := range problems {
			field := p.File
			if p.Field != "" {
				field += "." + p.Field
			}
			out = append(out, FieldMistake{Field: field, Detail: p.Text})
		}
		return out
	}
	if public, ok := errors.AsType[*fault.Public](err); ok && public.Field != "" {
		return List[FieldMistake]{{Field: public.Field, Detail: public.Text()}}
	}
	return nil
}

// WriteProblem answers with the problem document of err. The server's error handler calls it for
// requests below Base, after it has logged what must be logged.
func WriteProblem(c echo.Context, err error) error {
	d := DetailsOf(err, c.Response().Header().Get(echo.HeaderXRequestID))
	if c.Request().Method == http.MethodHead {
		return c.NoContent(d.Status)
	}
	// Set before JSON, which only sets a type where there is none.
	c.Response().Header().Set(echo.HeaderContentType, ProblemType)
	c.Response().WriteHeader(d.Status)
	return c.Echo().JSONSerializer.Serialize(c, d, "")
}

// Bounds of a page of JSON.
const (
	defaultLimit = 50
	maxLimit     = 1000
)

func limitOf(c echo.Context) (int, error) {
	s := c.QueryParam("limit")
	if s == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxLimit {
		return 0, fault.Say(fault.Invalid, "limit is %q; it must be a number from 1 to %d.", s, maxLimit).In("limit")
	}
	return n, nil
}

func idOf(s string) (int64, error) {
	return strconv.ParseInt(s, 10, 64)
}

// oneOf refuses a value that is not among the allowed ones.
func oneOf(field, value string, allowed ...string) error {
	var words []string
	for _, a := range allowed {
		if a == value {
			return nil
		}
		if a != "" {
			words = append(words, a)
		}
	}
	return fault.Say(fault.Invalid, "%s is %q; it must be one of %s.", field, value, strings.Join(words, ", ")).In(field)
}

func jsonOnly(c echo.Context) error {
	typ, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || typ != echo.MIMEApplicationJSON {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "Send the body as application/json.")
	}
	return nil
}
