package format

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/causeway/causeway/internal/cloud"
)

var symbols = map[string]string{"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF" + nbsp}

var ten = decimal.NewFromInt(10)

// Money shows an amount with its currency: no cents from ten up, "€12,345" and "€6.12". A currency
// without a sign of its own keeps its code: "SEK 1,200".
func Money(m cloud.Money) string {
	sign := ""
	if m.Amount.IsNegative() {
		sign = minus
	}
	symbol, ok := symbols[m.Currency]
	if !ok {
		symbol = m.Currency + nbsp
	}
	return sign + symbol + Amount(m.Amount.Abs())
}

// Amount is the figure alone, for a column whose head names the currency.
func Amount(d decimal.Decimal) string {
	places := int32(2)
	if d.Abs().Round(2).GreaterThanOrEqual(ten) || d.IsZero() {
		places = 0
	}
	text := d.StringFixed(places)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = minus, text[1:]
	}
	whole, cents, has := strings.Cut(text, ".")
	text = grouped(whole)
	if has {
		text += "." + cents
	}
	return sign + text
}

// grouped works on digits, because an amount may be longer than an int64.
func grouped(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
