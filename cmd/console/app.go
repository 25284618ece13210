package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/causeway/causeway/internal/document"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/provider"
)

// Exit codes. A script can tell "the answer is no" from "there is no answer".
const (
	exitOK     = 0
	exitFailed = 1 // what was asked for was done, and failed: a scope, a denied call, a conflict
	exitError  = 2 // wrong usage, wrong input, or the server could not be asked
)

// app is what every command is given: the outside world, and the flags they share.
type app struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	environ  func() []string
	terminal bool // err is a screen: a line may be drawn again
	client   *http.Client
	wait     func(context.Context, time.Duration) error

	// adapters are known to this binary; their names are checked before anything is sent.
	adapters []provider.Factory

	server, data, database, config string // persistent flags
}

// failed is an error that means exitFailed. quiet: everything has been said already.
type failed struct {
	err   error
	quiet bool
}

func (f failed) Error() string { return f.err.Error() }
func (f failed) Unwrap() error { return f.err }

// failedQuietly ends a command whose output already says what failed.
func failedQuietly(format string, args ...any) error {
	return failed{err: fmt.Errorf(format, args...), quiet: true}
}

// execute runs one command line and returns the exit code. Errors are printed here and nowhere else.
func (a *app) execute(ctx context.Context, args []string) int {
	root := newRoot(a)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var f failed
	isFailed := errors.As(err, &f)
	if !isFailed || !f.quiet {
		a.say(plain(ctx, err))
	}
	if isFailed {
		return exitFailed
	}
	if isUsage(err) {
		a.say("See " + cmd.CommandPath() + " --help.")
	}
	return exitError
}

// plain is an error in the words of a person where there are such words.
func plain(ctx context.Context, err error) string {
	if text, ok := fault.Text(err); ok {
		return text
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "Stopped."
	}
	return err.Error()
}

// say writes a line for a person.
func (a *app) say(line string) { a.draw(strings.TrimRight(line, "\n") + "\n") }

// draw writes to standard error as it is.
func (a *app) draw(text string) {
	_, _ = io.WriteString(a.err, text) //nolint:errcheck // there is nobody to tell when standard error is gone
}

// printf writes a formatted line of result.
func (a *app) printf(format string, args ...any) error {
	_, err := fmt.Fprintf(a.out, format, args...)
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// usage marks an error of the command line itself.
type usage struct{ error }

func isUsage(err error) bool {
	var u usage
	return errors.As(err, &u)
}

// takes makes a check of arguments say what they are.
func takes(check cobra.PositionalArgs, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if check(cmd, given) != nil {
			return usage{fmt.Errorf("%s takes %s; %d arguments are given", cmd.CommandPath(), want, len(given))}
		}
		return nil
	}
}

// group is a command that only holds others.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.SuggestionsMinimumDistance = 2
	cmd.RunE = func(cmd *cobra.Command, given []string) error {
		if len(given) > 0 {
			hint := ""
			if near := cmd.SuggestionsFor(given[0]); len(near) > 0 {
				hint = fmt.Sprintf("; did you mean %q?", near[0])
			}
			return usage{fmt.Errorf("%s has no command %q%s", cmd.CommandPath(), given[0], hint)}
		}
		return cmd.Help()
	}
	return cmd
}

// decoder reads documents and knows the names of the adapters' settings. What a setting may be is
// left to the server, whose configuration decides.
func (a *app) decoder() document.Decoder {
	d := serverDecoder(a.adapters)
	for i := range d.Adapters {
		d.Adapters[i].NamesOnly = true
	}
	return d
}
