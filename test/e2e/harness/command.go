//go:build e2e

package harness

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Exit codes of the console, as its help has them.
const (
	OK     = 0
	Failed = 1 // it was done, and failed
	Wrong  = 2 // wrong usage or input, or nobody to ask
)

// Said is what a command wrote, and how it ended.
type Said struct {
	Out, Err string
	Code     int
}

// commandTime bounds one command, so that one that hangs fails its test and not the whole run.
const commandTime = 10 * time.Minute

// Run runs one command of the console to its end, with in as its standard input.
func Run(t testing.TB, env []string, in string, args ...string) Said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, ConsoleBinary(), args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = strings.NewReader(in)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problem
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("console %s: %v", strings.Join(args, " "), err)
	}
	return Said{Out: out.String(), Err: problem.String(), Code: cmd.ProcessState.ExitCode()}
}

// Ask runs a command as a client of this demo.
func (c *Console) Ask(t testing.TB, in string, args ...string) Said {
	t.Helper()
	return Run(t, nil, in, append([]string{"--data", c.Dir}, args...)...)
}

// Must runs a command as a client of this demo and returns its output; it has to go well.
func (c *Console) Must(t testing.TB, in string, args ...string) string {
	t.Helper()
	said := c.Ask(t, in, args...)
	if said.Code != OK {
		t.Fatalf("console %s ended with %d:\n%s%s", strings.Join(args, " "), said.Code, said.Out, said.Err)
	}
	return said.Out
}

// List runs a command that lists, and returns what it lists.
func List[T any](t testing.TB, c *Console, args ...string) []T {
	t.Helper()
	var items []T
	out := c.Must(t, "", append([]string{args[0], "-o", "json"}, args[1:]...)...)
	if err := json.Unmarshal([]byte(out), &items); err != nil {
		t.Fatalf("console %s wrote no JSON list: %v", strings.Join(args, " "), err)
	}
	return items
}

// Resource is a row of `console resources`, as far as the tests look.
type Resource struct {
	ID       int64    `json:"id"`
	NativeID string   `json:"native_id"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Region   string   `json:"region"`
	State    string   `json:"state"`
	Managed  string   `json:"managed"`
	Tags     []string `json:"tags"`
}

// Resources lists everything that a query finds, by native id.
func (c *Console) Resources(t testing.TB, query string) map[string]Resource {
	t.Helper()
	c.Projected(t)
	found := map[string]Resource{}
	for _, r := range List[Resource](t, c, "resources", "--limit", "0", "--", query) {
		found[r.NativeID] = r
	}
	return found
}

// Get asks the running console as its administrator and decodes the JSON that it answers.
func (c *Console) Get(t testing.TB, path string, into any) {
	t.Helper()
	if err := c.get(t.Context(), path, into); err != nil {
		t.Fatal(err)
	}
}

func (c *Console) get(ctx context.Context, path string, into any) error {
	body, err := c.read(ctx, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func (c *Console) read(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s: %s", path, resp.Status, body)
	}
	return body, nil
}

// Source is what the ledger says of a source in sum.
type Source struct {
	Scopes       int64                `json:"scopes"`
	ScopesOK     int64                `json:"scopes_ok"`
	ScopesFailed int64                `json:"scopes_failed"`
	Rows         int64                `json:"rows"`
	OpenRun      *struct{ ID string } `json:"open_run"`
}

// Source asks what the ledger says of a source now.
func (c *Console) Source(ctx context.Context, name string) (s Source, err error) {
	err = c.get(ctx, "/api/v1/sources/"+url.PathEscape(name), &s)
	return s, err
}

// WaitSynced waits until a source was read and no run of it is open.
func (c *Console) WaitSynced(t testing.TB, name string, patience time.Duration) Source {
	t.Helper()
	var s Source
	c.Until(t, "synced "+name, patience, func(ctx context.Context) error {
		var err error
		if s, err = c.Source(ctx, name); err != nil {
			return err
		}
		if s.OpenRun != nil || s.Scopes == 0 {
			return errors.New("a run is open, or none was yet")
		}
		return nil
	})
	c.Projected(t)
	return s
}

// Estate is the whole inventory in what does not depend on when it was read: CSV without a head,
// ordered by native id.
func (c *Console) Estate(t testing.TB) [][]string {
	t.Helper()
	c.Projected(t)
	out := c.Must(t, "", "resources", "--limit", "0", "-o", "csv")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatalf("read the CSV of the inventory: %v", err)
	}
	rows = rows[1:]
	last := func(row []string) string { return row[len(row)-1] } // the native id
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(last(a)+a[2], last(b)+b[2]) })
	return rows
}

// database opens the demo's private Postgres.
func (c *Console) database(ctx context.Context) (*pgx.Conn, error) {
	q := url.Values{"host": {filepath.Join(c.Dir, "run")}, "port": {"5432"}, "user": {"causeway_owner"}, "dbname": {"causeway"}, "sslmode": {"disable"}}
	return pgx.Connect(ctx, "postgres:///?"+q.Encode())
}

// Projected waits until the read model has everything that was written: it follows what a sync
// writes, at its own pace.
func (c *Console) Projected(t testing.TB) {
	t.Helper()
	conn, err := c.database(t.Context())
	if err != nil {
		t.Fatalf("open the demo's database: %v", err)
	}
	defer conn.Close(t.Context())
	c.Until(t, "projected", 5*time.Minute, func(ctx context.Context) error {
		var behind bool
		err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM feed WHERE topic = 'resource' AND seq > COALESCE(
			(SELECT seq FROM feed_cursors WHERE consumer = 'inventory.list'), 0))`).Scan(&behind)
		if err == nil && behind {
			err = errors.New("the list is behind the feed")
		}
		return err
	})
}

// Everything is the text of every row of every table of the demo's database, by table.
func (c *Console) Everything(t testing.TB) map[string]string {
	t.Helper()
	conn, err := c.database(t.Context())
	if err != nil {
		t.Fatalf("open the demo's database: %v", err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg_temp%'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, table := range tables {
		rows, err := conn.Query(t.Context(), "SELECT t::text FROM "+table+" t")
		if err != nil {
			t.Fatal(err)
		}
		text, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("read %s: %v", table, err)
		}
		all[table] = strings.Join(text, "\n")
	}
	return all
}

// Page is a page's HTML as the administrator's token reads it.
func (c *Console) Page(t testing.TB, path string) string {
	t.Helper()
	body, err := c.read(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
