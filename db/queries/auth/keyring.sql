-- name: LiveKeys :many
SELECT id, key FROM keyring WHERE purpose = @purpose AND retired_at IS NULL ORDER BY id DESC;

-- name: LockKeyring :exec
SELECT pg_advisory_xact_lock(hashtext('keyring ' || @purpose::text));

-- name: AddKey :one
INSERT INTO keyring (purpose, key) VALUES (@purpose, @key) RETURNING id;

-- name: RetireKeys :execrows
-- A key is retired some time after a newer one took over, so that what it signed can run out.
UPDATE keyring k SET retired_at = clock_timestamp()
WHERE k.purpose = @purpose AND k.retired_at IS NULL
  AND EXISTS (SELECT FROM keyring n WHERE n.purpose = k.purpose AND n.id > k.id AND n.created_at <= clock_timestamp() - @overlap::interval);
