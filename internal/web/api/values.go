package api

import (
	"encoding/json"
	"time"

	"github.com/causeway/causeway/internal/cloud"
)

// Time is an instant, or null where it is zero.
type Time struct{ time.Time }

// At makes a Time.
func At(t time.Time) Time { return Time{t} }

// MarshalJSON writes UTC with microseconds, which is what the database keeps.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(t.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano))
}

// Text is a string that is null where nothing is known.
type Text string

// MarshalJSON writes the string, or null where it is empty.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// List is a list that is [] where it is empty, never null.
type List[T any] []T

// MarshalJSON writes the list.
func (l List[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}

// Money is an amount in one currency. The amount is a string, because a number of JSON is not exact.
type Money struct {
	Amount   string `json:"amount" doc:"Decimal number, such as 12.40."`
	Currency string `json:"currency" doc:"ISO 4217 code."`
}

// MoneyOf writes m as the wire has it.
func MoneyOf(m cloud.Money) *Money {
	return &Money{Amount: m.Amount.String(), Currency: m.Currency}
}

// Page is a part of a list. Next is the cursor of the part that follows, null after the last.
type Page[T any] struct {
	Items List[T] `json:"items"`
	Next  Text    `json:"next" doc:"Cursor of the next page; null after the last one."`
}
