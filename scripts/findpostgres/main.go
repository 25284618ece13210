// Command findpostgres tells scripts what the console itself would do: it prints the folder of the
// Postgres programs that it would start. With -private it prints the folder that `make postgres`
// installs into, and with -private -bin the programs installed there.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres/embedded"
)

func main() {
	private := flag.Bool("private", false, "the private copy, whatever the system has")
	bin := flag.Bool("bin", false, "with -private: the folder of its programs")
	flag.Parse()
	out, err := find(*private, *bin)
	if err != nil {
		text, ok := fault.Text(err)
		if !ok {
			text = err.Error()
		}
		fmt.Fprintln(os.Stderr, text)
		os.Exit(1)
	}
	fmt.Println(out)
}

func find(private, bin bool) (string, error) {
	if private && !bin {
		return embedded.PrivateCopy()
	}
	look := func() (embedded.Binaries, error) { return embedded.Find("") }
	if private {
		look = embedded.FindPrivate
	}
	b, err := look()
	return b.Dir, err
}
