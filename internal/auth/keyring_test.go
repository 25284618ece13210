package auth_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway/causeway/internal/auth"
	"github.com/causeway/causeway/internal/fault"
)

func TestKeyring(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	now := time.Now()
	clock := func() time.Time { return now }
	a, b, other := auth.NewKeyring(w.db, "cursor", clock), auth.NewKeyring(w.db, "cursor", clock), auth.NewKeyring(w.db, "export", clock)
	seal := func(k *auth.Keyring) string {
		t.Helper()
		s, err := k.Seal(t.Context(), []byte("after 42"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	opens := func(k *auth.Keyring, s string) bool {
		t.Helper()
		got, err := k.Open(t.Context(), s)
		if err != nil && !errors.Is(fault.Kind(err), fault.Invalid) {
			t.Fatal(err)
		}
		return err == nil && string(got) == "after 42"
	}

	first := seal(a)
	if !opens(b, first) {
		t.Error("another process cannot open it")
	}
	if seal(other); opens(other, first) {
		t.Error("another purpose opens it")
	}
	for _, bad := range []string{"", "x", first + "A", "A" + first, strings.Replace(first, ".", ".9", 1), "YWZ0ZXIgNDM" + first[strings.Index(first, "."):]} {
		if opens(a, bad) {
			t.Errorf("%q opens", bad)
		}
	}

	if err := a.Rotate(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	now = now.Add(5 * time.Second)
	second := seal(a)
	if !opens(a, first) || !opens(b, second) {
		t.Error("after a rotation both keys verify, in every process")
	}
	w.later(t, 2*time.Hour)
	if err := b.Rotate(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	if opens(a, first) || !opens(a, second) {
		t.Error("the key that was replaced long ago is retired, the one replaced just now is not")
	}
}

func TestFirstKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := auth.NewKeyring(w.db, "race", time.Now).Seal(t.Context(), []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n int
	if err := w.db.QueryRow(t.Context(), "SELECT count(*) FROM keyring").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d keys, %v; want 1", n, err)
	}
}
