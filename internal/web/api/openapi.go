package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"
)

func (a *API) describe(c echo.Context, _ Caller) error {
	return c.JSONBlob(http.StatusOK, a.openapi)
}

// parameter is a part of a path in echo's notation.
var parameter = regexp.MustCompile(`:(\w+)`)

// describe writes the OpenAPI 3.1 description of the table. Schemas come from the wire types, so
// that the two cannot differ.
func describe(table []endpoint, version string) ([]byte, error) {
	s := schemas{}
	paths := map[string]map[string]any{}
	for _, e := range table {
		path := Base + parameter.ReplaceAllString(e.path, "{$1}")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(e.method)] = e.operation(s)
	}
	doc := map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "Causeway", "version": version,
			"description": "Everything a page of the console can show or do. Lists are paged by cursor; errors are problem documents (RFC 9457).",
		},
		"servers":  []any{map[string]any{"url": "/"}},
		"security": []any{map[string]any{"token": []string{}}},
		"paths":    paths,
		"components": map[string]any{
			"schemas":         s,
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer", "description": "An API token; console token create makes one."}},
		},
	}
	// Problem documents have no struct field that leads to them.
	s.of(reflect.TypeFor[Details]())
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("describe the interface: %w", err)
	}
	return b, nil
}

func (e endpoint) operation(s schemas) map[string]any {
	status, media := e.status, e.media
	if status == 0 {
		status = http.StatusOK
	}
	answer := map[string]any{"type": "string"}
	if media == "" {
		media, answer = echo.MIMEApplicationJSON, s.of(reflect.TypeOf(e.answer))
	}
	content := func(media string, schema map[string]any) map[string]any {
		return map[string]any{media: map[string]any{"schema": schema}}
	}
	op := map[string]any{
		"operationId":  e.id,
		"summary":      e.summary,
		"x-permission": e.permission,
		"responses": map[string]any{
			fmt.Sprint(status): map[string]any{"description": http.StatusText(status), "content": content(media, answer)},
			"default":          map[string]any{"description": "What went wrong", "content": content(ProblemType, s.of(reflect.TypeFor[Details]()))},
		},
	}
	var params []any
	for _, p := range e.params {
		schema := map[string]any{"type": p.typ}
		if p.enum != nil {
			schema["enum"] = p.enum
		}
		params = append(params, map[string]any{"name": p.name, "in": p.in, "description": p.doc, "required": p.in == "path", "schema": schema})
	}
	if params != nil {
		op["parameters"] = params
	}
	if e.body != nil {
		op["requestBody"] = map[string]any{"required": true, "content": content(echo.MIMEApplicationJSON, s.of(reflect.TypeOf(e.body)))}
	}
	return op
}

// schemas collects named schemas while types are looked at.
type schemas map[string]any

// of returns the JSON schema of a wire type.
func (s schemas) of(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[Time]():
		return map[string]any{"type": []string{"string", "null"}, "format": "date-time"}
	case reflect.TypeFor[Text]():
		return map[string]any{"type": []string{"string", "null"}}
	case reflect.TypeFor[json.RawMessage]():
		return map[string]any{"type": []string{"object", "null"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{s.of(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "format": "int64"}
	case reflect.Struct:
		return s.object(t)
	default:
		return map[string]any{"type": "string"}
	}
}

// object describes a struct: by name, or in place where the type is an instance of a generic one.
func (s schemas) object(t reflect.Type) map[string]any {
	named := !strings.Contains(t.Name(), "[")
	ref := map[string]any{"$ref": "#/components/schemas/" + t.Name()}
	if _, done := s[t.Name()]; done && named {
		return ref
	}
	properties := map[string]any{}
	required := []string{}
	schema := map[string]any{"type": "object", "properties": properties}
	if named {
		s[t.Name()] = schema // before its fields, which may lead back to it
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		field := s.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			field["description"] = doc
		}
		properties[name] = field
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	schema["required"] = required
	if named {
		return ref
	}
	return schema
}
