package query

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/causeway/causeway/internal/fault"
)

// Cursor is a place between two rows of an ordering. It holds values of the row it stands at, so
// whoever hands it to a browser signs it.
type Cursor struct {
	Sort  Sort   `json:"s"`
	Desc  bool   `json:"d,omitempty"`
	Key   string `json:"k"`           // the row's value of the sort key
	Scope int64  `json:"c,omitempty"` // only by seen: scopes are ordered, then their rows
	ID    int64  `json:"i"`
}

var errCursor = fault.Say(fault.Invalid, "This page link is not valid any more. Start again from the first page.").In("cursor")

// Encode writes the cursor as URL-safe text.
func (c Cursor) Encode() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// DecodeCursor reads what Encode wrote, and checks that every part has the type its column needs.
func DecodeCursor(s string) (Cursor, error) {
	var c Cursor
	if len(s) > 4*MaxLength {
		return Cursor{}, errCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, errCursor
	}
	if err := json.Unmarshal(b, &c); err != nil || !c.valid() {
		return Cursor{}, errCursor
	}
	return c, nil
}

func (c Cursor) valid() bool {
	o, ok := findOrder(c.Sort)
	if !ok || c.ID < 0 || c.Scope < 0 {
		return false
	}
	switch o.typ {
	case "int":
		_, err := strconv.ParseInt(c.Key, 10, 32)
		return err == nil
	case "numeric":
		_, ok := parseAnyAmount(c.Key)
		return ok
	case "timestamptz":
		_, err := time.Parse(time.RFC3339Nano, c.Key)
		return err == nil || c.Key == "-infinity"
	default:
		return storable(c.Key)
	}
}
