//go:build e2e

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Theme is a color scheme that the browser asks for.
type Theme string

// The themes.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Browser is a Chromium of its own profile, with one tab. It keeps what the page complained of.
type Browser struct {
	Ctx context.Context // for chromedp.Do and chromedp.Run

	axe        string
	mu         sync.Mutex
	complaints []string
}

// OpenBrowser starts a browser that ends with the test.
func OpenBrowser(t testing.TB) *Browser {
	t.Helper()
	path, err := readLine(Installed("chrome.path"))
	if err != nil {
		t.Fatalf("%v. Run `make e2e-setup`.", err)
	}
	axe, err := os.ReadFile(Installed("node", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("%v. Run `make e2e-setup`.", err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1440, 900))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	b := &Browser{Ctx: ctx, axe: string(axe)}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("listen to the browser's log: %v", err)
	}
	return b
}

// hear keeps what a page must not say: errors, violations of its CSP, exceptions.
func (b *Browser) hear(ev any) {
	var said string
	switch ev := ev.(type) {
	case *log.EventEntryAdded:
		if ev.Entry.Level != "error" && ev.Entry.Source != "security" {
			return
		}
		said = fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL)
	case *runtime.EventExceptionThrown:
		said = "exception: " + ev.ExceptionDetails.Text
		if ev.ExceptionDetails.Exception != nil {
			said += " " + ev.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if ev.Type != "error" && ev.Type != "warning" && ev.Type != "assert" {
			return
		}
		said = "console." + string(ev.Type)
		for _, a := range ev.Args {
			said += " " + string(a.Value) + a.Description
		}
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, said)
}

// Complaints returns what pages complained of since the last call.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.complaints
	b.complaints = nil
	return out
}

// Do runs steps in the tab.
func (b *Browser) Do(t testing.TB, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, pageTime)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Screenshot(t, "failed-"+t.Name())
		t.Fatalf("in the browser: %v (it complained of %q)", err, b.Complaints())
	}
}

// Eval runs a script in the tab and returns its value.
func Eval[T any](t testing.TB, b *Browser, script string) T {
	t.Helper()
	v, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("evaluate %.80q: %v", script, err)
	}
	return v
}

// Prefer sets the theme that the browser asks for, and whether it asks for stillness.
func (b *Browser) Prefer(t testing.TB, theme Theme) {
	t.Helper()
	_, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: string(theme)}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	if err != nil {
		t.Fatalf("set the theme: %v", err)
	}
}

// SignInAs chooses a role at the demo's sign-in, after forgetting who was signed in before: who is
// signed in is not asked again.
func (b *Browser) SignInAs(t testing.TB, base, role string) {
	t.Helper()
	if _, err := chromedp.Call(b.Ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatalf("forget the cookies: %v", err)
	}
	b.Do(t, chromedp.Navigate(base+"/sign-in"))
	b.submit(t, `button[name="role"][value="`+role+`"]`)
}

// SignInAtProvider types a name and any password into the form of StartOIDC's provider, which is
// open, consents, and comes back to where the provider sends it.
func (b *Browser) SignInAtProvider(t testing.TB, name string) {
	t.Helper()
	b.Do(t, chromedp.SetValue(chromedp.CSS(`input[name="login"]`), name), chromedp.SetValue(chromedp.CSS(`input[name="password"]`), "any"))
	b.submit(t, `button[type="submit"]`)
	b.submit(t, `button[type="submit"]`)
}

// submit presses a button and waits until the next page is there.
func (b *Browser) submit(t testing.TB, selector string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, pageTime)
	defer cancel()
	loaded := chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS(selector)))
	if _, err := chromedp.Run(ctx, loaded); err != nil {
		b.Screenshot(t, "failed-"+t.Name())
		t.Fatalf("press %s: %v", selector, err)
	}
}

// Violation is what axe found: a rule and where it is broken.
type Violation struct {
	ID      string   `json:"id"`
	Impact  string   `json:"impact"`
	Help    string   `json:"help"`
	Targets []string `json:"targets"`
}

func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", v.ID, v.Impact, v.Help, strings.Join(v.Targets, ", "))
}

// Axe checks the page that is open. The checker is evaluated through the debugger, so the page's
// CSP does not stop it.
func (b *Browser) Axe(t testing.TB) []Violation {
	t.Helper()
	if _, err := chromedp.Run(b.Ctx, chromedp.Evaluate[chromedp.Void](b.axe)); err != nil {
		t.Fatalf("load axe: %v", err)
	}
	return Eval[[]Violation](t, b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		id: v.id, impact: v.impact || "", help: v.help, targets: v.nodes.map(n => n.target.join(" ") + " " + n.html.slice(0, 160))})))`)
}

// Screenshot keeps a picture of the whole page in e2e-out/.
func (b *Browser) Screenshot(t testing.TB, name string) {
	t.Helper()
	png, err := chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Errorf("take a picture: %v", err)
		return
	}
	dir := filepath.Join(Root(), "e2e-out")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/?&=: ", r) {
			return '-'
		}
		return r
	}, strings.Trim(name, "/"))
	if err := os.WriteFile(filepath.Join(dir, clean+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// CheckPages opens each address in both themes and fails for what axe finds, for what the page
// complains of, and where it is wider than the window. A picture of each stays in e2e-out/.
func (b *Browser) CheckPages(t *testing.T, base string, paths ...string) {
	t.Helper()
	for _, theme := range []Theme{Light, Dark} {
		b.Prefer(t, theme)
		for _, path := range paths {
			t.Run(string(theme)+path, func(t *testing.T) { b.checkPage(t, base+path, string(theme)+path) })
		}
	}
}

// widths that a page is looked at, in pixels: a desktop's and a telephone's.
var widths = []int64{1440, 390}

func (b *Browser) checkPage(t *testing.T, url, name string) {
	t.Helper()
	b.Complaints() // of what was open before
	for _, width := range widths {
		b.Do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(url))
		b.Settled(t)
		if over := Eval[int](t, b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			t.Errorf("at %d px the page is %d px wider than the window", width, over)
		}
		b.Screenshot(t, fmt.Sprintf("%s-%d", name, width))
		// Before axe has touched the page: what is said here is the page's own.
		for _, c := range b.Complaints() {
			if !itself(c, url) {
				t.Errorf("at %d px the browser complains: %s", width, c)
			}
		}
		for _, v := range b.Axe(t) {
			t.Errorf("at %d px axe: %s", width, v)
		}
		for _, c := range b.Complaints() {
			t.Errorf("at %d px the browser complains while axe looks: %s", width, c)
		}
	}
	b.Do(t, chromedp.EmulateViewport(widths[0], 900))
}

// itself reports whether a complaint is only that the page's own status says an error: an error page
// is meant to.
func itself(complaint, url string) bool {
	return strings.HasPrefix(complaint, "network: Failed to load resource: the server responded with a status of ") && strings.HasSuffix(complaint, " "+url)
}

// Settled waits until the page has what it asks for by itself.
func (b *Browser) Settled(t testing.TB) {
	t.Helper()
	b.Until(t, "everything is loaded", `document.readyState === "complete" && !document.querySelector("#facets[hx-trigger=load] .cw-skeleton")`)
}

// pageTime bounds what a page does by itself after something was pressed.
const pageTime = 30 * time.Second

// Until waits until a script in the page is true: across loads, while the page is between two.
func (b *Browser) Until(t testing.TB, what, script string) {
	t.Helper()
	deadline := time.After(pageTime)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		ok, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool]("Boolean("+script+")"))
		if err == nil && ok {
			return
		}
		select {
		case <-deadline:
			b.Screenshot(t, "failed-"+t.Name())
			t.Fatalf("after %s still not: %s (%s; %v; complaints %q)", pageTime, what, script, err, b.Complaints())
		case <-again.C:
		}
	}
}

// Open goes to an address.
func (b *Browser) Open(t testing.TB, url string) {
	t.Helper()
	b.Do(t, chromedp.Navigate(url))
}

// Click presses what a selector finds, once it is there.
func (b *Browser) Click(t testing.TB, selector string) {
	t.Helper()
	b.Until(t, selector+" is there", "document.querySelector("+quoted(selector)+")")
	b.Do(t, chromedp.Click(chromedp.CSS(selector)))
}

// Type writes into the field that a selector finds, as a person does, in place of what is there.
func (b *Browser) Type(t testing.TB, selector, text string) {
	t.Helper()
	b.Until(t, selector+" is there", "document.querySelector("+quoted(selector)+")")
	Eval[bool](t, b, "(e => { e.focus(); e.select(); return true })(document.querySelector("+quoted(selector)+"))")
	b.Do(t, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Keys presses keys wherever the focus is.
func (b *Browser) Keys(t testing.TB, keys string) {
	t.Helper()
	b.Do(t, chromedp.KeyEvent(keys))
}

// Text is what a selector's first element says.
func (b *Browser) Text(t testing.TB, selector string) string {
	t.Helper()
	return Eval[string](t, b, "(document.querySelector("+quoted(selector)+")?.innerText ?? '')")
}

// Quiet fails for everything that the pages complained of.
func (b *Browser) Quiet(t testing.TB) {
	t.Helper()
	for _, c := range b.Complaints() {
		t.Errorf("the browser complains: %s", c)
	}
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string has JSON
	}
	return string(b)
}
