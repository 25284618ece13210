package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// output is how a list is written.
type output struct{ format string }

// flag adds --output to a command.
func (o *output) flag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.format, "output", "o", "table", "how to write the list: table, json or csv")
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp)))
}

var formats = []string{"table", "json", "csv"}

// column is one column of a table and of CSV. JSON has every field.
type column[T any] struct {
	title string
	value func(T) string
}

// list writes items one after the other, so that a long list is not held in memory.
type list[T any] struct {
	columns []column[T]
	add     func(T) error
	close   func() error
}

// newList begins a list in the wanted format.
func newList[T any](w io.Writer, o output, columns []column[T]) (*list[T], error) {
	if !slices.Contains(formats, o.format) {
		return nil, usage{fmt.Errorf("--output is %q; it must be table, json or csv", o.format)}
	}
	l := &list[T]{columns: columns}
	switch o.format {
	case "json":
		l.json(w)
	case "csv":
		return l, l.csv(w)
	default:
		return l, l.table(w)
	}
	return l, nil
}

// json writes one array, an item a line.
func (l *list[T]) json(w io.Writer) {
	before := "[\n"
	l.add = func(item T) error {
		b, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		_, err = fmt.Fprintf(w, "%s%s", before, b)
		before = ",\n"
		return err
	}
	l.close = func() error {
		end := "\n]\n"
		if before == "[\n" {
			end = "[]\n"
		}
		_, err := io.WriteString(w, end)
		return err
	}
}

// csv writes RFC 4180. A text that a spreadsheet would take for a formula gets a quote before it:
// names and tags are written by others.
func (l *list[T]) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	l.add = func(item T) error {
		cells := l.cells(item)
		for i, cell := range cells {
			if cell != "" && strings.ContainsRune("=+-@\t\r\x00", rune(cell[0])) {
				cells[i] = "'" + cell
			}
		}
		return out.Write(cells)
	}
	l.close = func() error { out.Flush(); return out.Error() }
	titles := make([]string, len(l.columns))
	for i, c := range l.columns {
		titles[i] = strings.ReplaceAll(strings.ToLower(c.title), " ", "_")
	}
	return out.Write(titles)
}

// tableRows is how many rows are lined up together: widths are not known before they are read.
const tableRows = 1000

// table writes columns that line up, for a person.
func (l *list[T]) table(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var titles []string
	for _, c := range l.columns {
		titles = append(titles, strings.ToUpper(c.title))
	}
	line := func(cells []string) error {
		for i := range cells {
			if cells[i] = printable(cells[i]); cells[i] == "" {
				cells[i] = "-"
			}
		}
		_, err := fmt.Fprintln(out, strings.Join(cells, "\t"))
		return err
	}
	n := 0
	l.add = func(item T) error {
		if n++; n%tableRows == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		return line(l.cells(item))
	}
	l.close = out.Flush
	return line(titles)
}

func (l *list[T]) cells(item T) []string {
	cells := make([]string, len(l.columns))
	for i, c := range l.columns {
		cells[i] = c.value(item)
	}
	return cells
}

// printable keeps a name that somebody else chose from commanding the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if unicode.IsControl(r) || !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// count writes a number with its thing: "1 scope", "12 scopes".
func count[N int | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
