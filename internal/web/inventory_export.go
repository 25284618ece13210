package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/causeway/causeway/internal/query"
)

// exportInventory streams the same query as CSV: every column, or those the address names.
func (s *server) exportInventory(c echo.Context) error {
	a, err := readAddress(c)
	if err != nil {
		return err
	}
	if a.bad != nil {
		return a.bad // a file must not silently hold another query's rows
	}
	shown := columns
	if len(a.cols) > 0 {
		shown = shownColumns(a.cols)
	}
	w := c.Response()
	startCSV(c, "inventory", s.clock())
	out := csv.NewWriter(w)
	head := []string{"name"}
	for _, col := range shown {
		head = append(head, col.key)
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	n := 0
	for r, err := range s.inventory.Export(c.Request().Context(), query.List{Filter: s.filter(c, a.q), Sort: a.sort, Desc: a.desc}) {
		if err != nil {
			// The status is sent: only a broken connection tells the reader that the file is not whole.
			s.logError(c, err, http.StatusInternalServerError, false)
			panic(http.ErrAbortHandler)
		}
		record := []string{csvText(r.Name)}
		for _, col := range shown {
			record = append(record, csvText(col.csv(r)))
		}
		if err := out.Write(record); err != nil {
			return fmt.Errorf("write csv: %w", err)
		}
		if n++; n%query.MaxLimit == 0 {
			out.Flush()
			w.Flush()
		}
	}
	out.Flush()
	return out.Error()
}

// csvText keeps a spreadsheet from taking a name for a formula.
func csvText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
