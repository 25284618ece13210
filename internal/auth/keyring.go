package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway/causeway/internal/auth/authdb"
	"github.com/causeway/causeway/internal/fault"
	"github.com/causeway/causeway/internal/postgres"
)

// keysFresh is how long a process trusts its copy of the keys.
const keysFresh = time.Minute

// Keyring signs what leaves the console and must come back unchanged, such as paging cursors, with
// HMAC-SHA-256. Keys live in the database, so that every process signs and verifies alike; one
// keyring serves one purpose, and what was sealed for one opens for no other. It does not encrypt.
type Keyring struct {
	db      DB
	q       *authdb.Queries
	purpose string
	clock   func() time.Time

	mu     sync.Mutex
	keys   []authdb.LiveKeysRow // newest first
	loaded time.Time
}

// NewKeyring makes the keyring of a purpose. The first key is made when it is first needed.
func NewKeyring(db DB, purpose string, clock func() time.Time) *Keyring {
	return &Keyring{db: db, q: authdb.New(), purpose: purpose, clock: clock}
}

// Seal signs payload: base64 payload, key id and signature, joined by dots.
func (k *Keyring) Seal(ctx context.Context, payload []byte) (string, error) {
	keys, err := k.live(ctx, 0)
	if err != nil {
		return "", err
	}
	sig := k.sign(keys[0], payload)
	return encode(payload) + "." + strconv.FormatInt(keys[0].ID, 10) + "." + encode(sig), nil
}

// Open returns the payload of what Seal made. Anything else is fault.Invalid.
func (k *Keyring) Open(ctx context.Context, sealed string) ([]byte, error) {
	bad := fault.Say(fault.Invalid, "This value was changed, or signed with a key that is no longer in use. Start again from the first page.")
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 {
		return nil, bad
	}
	payload, errP := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	id, errI := strconv.ParseInt(parts[1], 10, 64)
	sig, errS := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if errP != nil || errI != nil || errS != nil || id < 1 {
		return nil, bad
	}
	keys, err := k.live(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if key.ID == id && hmac.Equal(sig, k.sign(key, payload)) {
			return payload, nil
		}
	}
	return nil, bad
}

// Rotate makes a new signing key and retires those that were replaced longer than overlap ago.
func (k *Keyring) Rotate(ctx context.Context, overlap time.Duration) error {
	err := postgres.InTx(ctx, k.db, func(tx pgx.Tx) error {
		if err := k.q.LockKeyring(ctx, tx, k.purpose); err != nil {
			return fmt.Errorf("lock the keyring %s: %w", k.purpose, postgres.Classify(err))
		}
		if err := k.add(ctx, tx); err != nil {
			return err
		}
		if _, err := k.q.RetireKeys(ctx, tx, authdb.RetireKeysParams{Purpose: k.purpose, Overlap: overlap}); err != nil {
			return fmt.Errorf("retire keys of %s: %w", k.purpose, postgres.Classify(err))
		}
		return nil
	})
	k.mu.Lock()
	k.loaded = time.Time{}
	k.mu.Unlock()
	return err
}

func (k *Keyring) add(ctx context.Context, tx pgx.Tx) error {
	var key [32]byte
	rand.Read(key[:]) // never fails since Go 1.24
	if _, err := k.q.AddKey(ctx, tx, authdb.AddKeyParams{Purpose: k.purpose, Key: key[:]}); err != nil {
		return fmt.Errorf("add a key to %s: %w", k.purpose, postgres.Classify(err))
	}
	return nil
}

// live returns the keys, newest first, at least one. A key of a higher id than any known was made by
// another process since: it is looked for at once.
func (k *Keyring) live(ctx context.Context, id int64) ([]authdb.LiveKeysRow, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := k.clock().Sub(k.loaded)
	newer := len(k.keys) > 0 && id > k.keys[0].ID && age > time.Second // not for every forged id
	if len(k.keys) > 0 && age < keysFresh && !newer {
		return k.keys, nil
	}
	keys, err := k.q.LiveKeys(ctx, k.db, k.purpose)
	if err != nil {
		return nil, fmt.Errorf("read the keyring %s: %w", k.purpose, postgres.Classify(err))
	}
	if len(keys) == 0 {
		if keys, err = k.first(ctx); err != nil {
			return nil, err
		}
	}
	k.keys, k.loaded = keys, k.clock()
	return keys, nil
}

// first makes the first key; of several processes that start at once, one does.
func (k *Keyring) first(ctx context.Context) ([]authdb.LiveKeysRow, error) {
	var keys []authdb.LiveKeysRow
	err := postgres.InTx(ctx, k.db, func(tx pgx.Tx) error {
		err := k.q.LockKeyring(ctx, tx, k.purpose)
		if err != nil {
			return fmt.Errorf("lock the keyring %s: %w", k.purpose, postgres.Classify(err))
		}
		if keys, err = k.q.LiveKeys(ctx, tx, k.purpose); err != nil || len(keys) > 0 {
			return postgres.Classify(err)
		}
		if err := k.add(ctx, tx); err != nil {
			return err
		}
		keys, err = k.q.LiveKeys(ctx, tx, k.purpose)
		return postgres.Classify(err)
	})
	return keys, err
}

func (k *Keyring) sign(key authdb.LiveKeysRow, payload []byte) []byte {
	h := hmac.New(sha256.New, key.Key)
	fmt.Fprintf(h, "%s\n%d\n", k.purpose, key.ID)
	h.Write(payload)
	return h.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
