package cloud

import "github.com/shopspring/decimal"

// Money is an amount in one currency. Amounts of different currencies are never added.
type Money struct {
	Amount   decimal.Decimal
	Currency string // ISO 4217, upper case
}
