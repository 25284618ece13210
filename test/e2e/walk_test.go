//go:build e2e

package e2e_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/causeway/causeway/test/e2e/harness"
)

// rowNames are the names of the rows that are shown.
const rowNames = `[...document.querySelectorAll("tr[data-row] th a")].map(a => a.textContent)`

// count is the number beside the page's title.
func count(t *testing.T, b *harness.Browser) int {
	t.Helper()
	text := b.Text(t, ".cw-head__note b")
	n, err := strconv.Atoi(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text))
	if err != nil {
		t.Fatalf("the page counts %q resources", text)
	}
	return n
}

// A person walks through the inventory with a mouse and a keyboard.
func TestWalkInventory(t *testing.T) {
	c := harness.StartDemo(t, "")
	c.WaitSynced(t, "sample", syncTime)
	b := harness.OpenBrowser(t)
	b.SignInAs(t, c.URL, "admin")
	inventory := func(t *testing.T, query string) {
		t.Helper()
		b.Open(t, c.URL+"/inventory"+query)
		b.Settled(t)
	}
	t.Run("facet", func(t *testing.T) {
		inventory(t, "")
		all := count(t, b)
		b.Click(t, `#facets a.cw-facet[href*="provider%3Aazure"], #facets a.cw-facet[href*="provider:azure"]`)
		b.Until(t, "the facet is in the query", `document.querySelector(".cw-token")?.textContent.includes("azure")`)
		b.Settled(t)
		if some := count(t, b); some == 0 || some >= all {
			t.Errorf("of %d resources, %d are Azure's", all, some)
		}
	})
	t.Run("query", func(t *testing.T) {
		inventory(t, "")
		b.Type(t, "#q", "kind:storage.bucket"+kb.Enter)
		b.Until(t, "the query is in the address", `location.search.includes("storage.bucket")`)
		b.Settled(t)
		good := harness.Eval[[]string](t, b, rowNames)
		b.Type(t, "#q", "colour:blue"+kb.Enter)
		b.Until(t, "the bad term is named under the bar", `document.querySelector("#q-error")?.textContent.includes("colour")`)
		if rows := harness.Eval[[]string](t, b, rowNames); !slices.Equal(rows, good) {
			t.Errorf("after a bad query the rows are %.200v, want the last good ones %.200v", rows, good)
		}
		if text := harness.Eval[string](t, b, `document.querySelector("#q").value`); text != "kind:storage.bucket colour:blue" {
			t.Errorf("the bar holds %q, want all that was typed", text)
		}
	})
	t.Run("sort and pages", func(t *testing.T) { walkPages(t, b, inventory) })
	t.Run("keyboard", func(t *testing.T) { walkKeys(t, b, inventory) })
	t.Run("view", func(t *testing.T) {
		inventory(t, "?q=provider%3Agcp")
		b.Click(t, `button[data-dialog="save-view"]`)
		b.Type(t, "#save-view input[type=text]", "Google things")
		b.Click(t, "#save-view button[type=submit]")
		b.Until(t, "the view has a tab", `[...document.querySelectorAll(".cw-inv__tabs a")].some(a => a.textContent.includes("Google things"))`)
	})
	t.Run("columns", func(t *testing.T) {
		inventory(t, "")
		b.Click(t, `button[popovertarget="columns"]`)
		b.Click(t, `#columns input[value="id"]`)
		b.Click(t, `#columns button[type=submit]`)
		b.Until(t, "the column is there", `[...document.querySelectorAll("thead th")].some(h => h.textContent.includes("Native id"))`)
	})
	t.Run("theme", func(t *testing.T) {
		inventory(t, "")
		before := harness.Eval[bool](t, b, `document.documentElement.classList.contains("pf-v6-theme-dark")`)
		b.Click(t, "[data-theme-form] button")
		b.Until(t, "the server has remembered", `document.querySelector("#announce").textContent.endsWith("theme")`)
		inventory(t, "")
		if after := harness.Eval[bool](t, b, `document.documentElement.classList.contains("pf-v6-theme-dark")`); after == before {
			t.Error("the theme that was chosen is forgotten by the next page")
		}
	})
	t.Run("CSV", func(t *testing.T) {
		inventory(t, "?q=kind%3Astorage.bucket")
		want := count(t, b)
		href := harness.Eval[string](t, b, `document.querySelector("[data-export]").href`)
		if got := csvRows(t, href, session(t, b, c.URL)); got != want {
			t.Errorf("the CSV has %d rows, and the page counts %d", got, want)
		}
	})
	b.Quiet(t)
}

func walkPages(t *testing.T, b *harness.Browser, inventory func(*testing.T, string)) {
	inventory(t, "?q=kind%3Astorage.bucket")
	first := harness.Eval[[]string](t, b, rowNames)
	b.Click(t, `thead th[aria-sort] a.cw-sort`) // the name again: the other way round
	b.Until(t, "sorted the other way", `document.querySelector("thead th[aria-sort=descending]") && location.search.includes("sort=-name")`)
	if turned := harness.Eval[[]string](t, b, rowNames); turned[0] == first[0] {
		t.Errorf("both orders begin with %s", first[0])
	}
	inventory(t, "?q=kind%3Astorage.bucket")
	b.Click(t, `a[rel="next"]`)
	b.Until(t, "the next page", `location.search.includes("cursor=") && document.querySelector('a[rel="prev"]')`)
	second := harness.Eval[[]string](t, b, rowNames)
	if len(second) == 0 || second[0] == first[0] {
		t.Errorf("the second page begins with %v, as the first", second)
	}
	b.Click(t, `a[rel="prev"]`)
	b.Until(t, "the first page again", fmt.Sprintf(`%s[0] === %q`, rowNames, first[0]))
}

func walkKeys(t *testing.T, b *harness.Browser, inventory func(*testing.T, string)) {
	const row = `[...document.querySelectorAll("tr[data-row]")].indexOf(document.querySelector("tr.cw-sel"))`
	inventory(t, "")
	b.Keys(t, "/")
	b.Until(t, "/ goes to the jump box", `document.activeElement.id === "jump"`)
	b.Keys(t, kb.Escape)
	b.Until(t, "Esc leaves it", `document.activeElement.id !== "jump"`)
	b.Keys(t, "f")
	b.Until(t, "f goes to the query bar", `document.activeElement.id === "q"`)
	b.Keys(t, kb.Escape)
	b.Keys(t, "j")
	b.Keys(t, "j")
	b.Until(t, "j moves down", row+" === 1")
	b.Keys(t, "k")
	b.Until(t, "k moves up", row+" === 0")
	b.Keys(t, " ")
	b.Until(t, "Space peeks", `document.querySelector("#peek-title")`)
	name := b.Text(t, "#peek-title")
	for _, v := range b.Axe(t) {
		t.Errorf("axe, with the peek open: %s", v)
	}
	b.Keys(t, kb.Escape)
	b.Until(t, "Esc closes the peek", `!document.querySelector("#peek-title")`)
	b.Keys(t, kb.Enter)
	b.Until(t, "Enter opens the row", fmt.Sprintf(`/^\/inventory\/\d+$/.test(location.pathname) && document.querySelector("h1").textContent === %q`, name))
	for _, card := range []string{"facts", "locations", "witnesses", "attributes", "tags", "relations", "history"} {
		if !harness.Eval[bool](t, b, `document.getElementById(`+strconv.Quote(card)+`) !== null`) {
			t.Errorf("the page of a resource has no %s", card)
		}
	}
	for _, v := range b.Axe(t) {
		t.Errorf("axe, on a resource's page: %s", v)
	}
}

// csvRows counts the rows of a CSV that a browser downloads.
func csvRows(t *testing.T, url, cookies string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookies)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%s answers %s with %v", url, resp.Status, resp.Header)
	}
	in, n := csv.NewReader(resp.Body), -1 // without the head
	for {
		if _, err := in.Read(); err == io.EOF {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
}

// A person connects a source: what is wrong is said at its field and nothing that was typed is
// lost; then it is tested, stored and read before their eyes.
func TestWalkSources(t *testing.T) {
	c := harness.StartSmallDemo(t)
	c.WaitSynced(t, "sample", syncTime)
	b := harness.OpenBrowser(t)
	b.SignInAs(t, c.URL, "admin")
	b.Open(t, c.URL+"/sources")
	b.Click(t, `a[href="/sources/-/connect"]`)
	b.Click(t, `a[href="/sources/-/connect?adapter=sample"]`)
	b.Type(t, `input[name="name"]`, "second")
	b.Type(t, `input[name="settings.scale"]`, "7")
	b.Type(t, `input[name="schedule"]`, "manual")
	b.Click(t, `form.cw-form button.pf-m-primary`)
	b.Until(t, "the error is at its field", `document.querySelector('input[name="settings.scale"][aria-invalid]')?.closest(".cw-field").textContent.includes("1000")`)
	if kept := harness.Eval[string](t, b, `document.querySelector('input[name="name"]').value + " " + document.querySelector('input[name="settings.scale"]').value`); kept != "second 7" {
		t.Errorf("the form kept %q, want what was typed", kept)
	}
	b.Complaints() // that the answer was 422 is what the browser says of it
	b.Type(t, `input[name="settings.scale"]`, "30000")
	b.Type(t, `input[name="settings.seed"]`, "11")
	b.Click(t, `form.cw-form button.pf-m-primary`)
	b.Until(t, "the test's step", `document.querySelector('.cw-steps [aria-current="step"]')?.textContent.includes("Test")`)
	b.Click(t, `form.cw-form button.pf-m-primary`)
	b.Until(t, "the source's page", `location.pathname === "/sources/second"`)
	b.Until(t, "the sync ended and the page has loaded anew, by the stream alone", `document.querySelectorAll("tr[data-row]").length > 0 && !document.querySelector("[hx-sse\\:connect]")`)
	t.Run("ledger", func(t *testing.T) {
		if text := b.Text(t, "main"); !strings.Contains(text, "Last complete") || strings.Contains(text, "Not live") {
			t.Errorf("the ledger reads %.300q", text)
		}
		b.Click(t, `a[href*="state=failing"]`)
		b.Until(t, "failing scopes say what to do", `document.querySelectorAll(".cw-fix").length > 0`)
	})
	t.Run("live progress", func(t *testing.T) { walkProgress(t, b, c) })
	t.Run("viewer", func(t *testing.T) {
		b.SignInAs(t, c.URL, "viewer")
		b.Open(t, c.URL+"/sources")
		if harness.Eval[bool](t, b, `[...document.querySelectorAll("main form button, main a[href='/sources/-/connect']")].some(e => !e.disabled)`) {
			t.Error("a viewer can press what a viewer may not do")
		}
		if code := status(t, c.URL+"/sources/-/connect", session(t, b, c.URL)); code != http.StatusForbidden {
			t.Errorf("a viewer gets %d for the form, want 403", code)
		}
	})
	b.Quiet(t)
}

// walkProgress watches a sync: numbers change in the page although nothing loads it anew.
func walkProgress(t *testing.T, b *harness.Browser, c *harness.Console) {
	b.Open(t, c.URL+"/sources/second")
	b.Click(t, `form[action="/sources/second/sync"] button`)
	b.Until(t, "a run is shown", `document.querySelector("[hx-sse\\:connect]")`)
	seen := harness.Eval[int](t, b, `new Promise(done => {
		const watched = document.querySelector("[hx-sse\\:connect]"), texts = new Set();
		const end = () => { sessionStorage.setItem("texts", texts.size); done(texts.size) };
		if (!watched) return end();
		new MutationObserver(() => { texts.add(watched.textContent); if (texts.size > 1) end() }).observe(watched, {childList: true, subtree: true, characterData: true});
		setTimeout(end, 25000);
	})`)
	if seen < 2 {
		t.Errorf("the page showed %d states of the running sync, want it to change as it goes on", seen)
	}
	b.Until(t, "the end is shown", `!document.querySelector("[hx-sse\\:connect]")`)
}
