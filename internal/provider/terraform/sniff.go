package terraform

import (
	"bufio"
	"bytes"

	"github.com/causeway/causeway/internal/provider"
)

// mistakes are files that people give instead of a state, by how they begin.
var mistakes = []struct{ begin, found, fix string }{
	{"\xff\xfe", "is UTF-16, as PowerShell's > writes it", "Write it with `terraform show -json | Out-File -Encoding utf8 state.json`."},
	{"\xfe\xff", "is UTF-16", "Write it as UTF-8."},
	{"PK\x03\x04", "is a binary plan", "Give the output of `terraform show -json PLAN`."},
	{"\x1f\x8b", "is compressed", "Decompress it first."},
	{"version https://git-lfs", "is a Git LFS pointer and not the state itself", "Run `git lfs pull`."},
	{"<", "is HTML or XML and not a state: a server's login or error page, most likely", "Sign in to the server and fetch it again."},
	{"# ", "is what `terraform show` prints for people", "Give the output of `terraform show -json`."},
	{"terraform {", "is a Terraform configuration and not a state", "Give the state file, or the output of `terraform state pull`."},
	{"resource ", "is a Terraform configuration and not a state", "Give the state file, or the output of `terraform state pull`."},
}

// sniff looks at the beginning of a file and names what is not a state at all. It leaves the reader
// at the document.
func sniff(name string, buf *bufio.Reader) error {
	invalid := func(found, fix string) error {
		return &provider.Problem{Code: provider.ProblemInvalid, Text: name + " " + found + ".", Fix: fix}
	}
	if bom, err := buf.Peek(3); err == nil && bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		if _, err := buf.Discard(3); err != nil {
			return err
		}
	}
	// An error of Peek is an early end, or stands in the reader below where scan finds it.
	head, err := buf.Peek(4096)
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 && err != nil {
		return invalid("is empty", "An empty file proves nothing: fetch the state again with `terraform state pull`.")
	}
	for _, m := range mistakes {
		if bytes.HasPrefix(head, []byte(m.begin)) {
			return invalid(m.found, m.fix)
		}
	}
	if len(head) > 0 && head[0] != '{' {
		return invalid("is not JSON", "Give a .tfstate file, or the output of `terraform state pull` or `terraform show -json`.")
	}
	return nil
}
