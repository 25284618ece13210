package cloud

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Money is an amount in one currency. Amounts of different currencies are never added;
// Add reports that instead of guessing a rate.
type Money struct {
	Amount   decimal.Decimal
	Currency string // ISO 4217, upper case
}

// Add returns m + n, or an error when the currencies differ.
func (m Money) Add(n Money) (Money, error) {
	if m.Currency != n.Currency {
		return Money{}, fmt.Errorf("add %s to %s: currencies differ", n.Currency, m.Currency)
	}
	return Money{Amount: m.Amount.Add(n.Amount), Currency: m.Currency}, nil
}
