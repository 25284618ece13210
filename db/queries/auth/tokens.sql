-- name: AddToken :one
INSERT INTO api_tokens (id, name, secret_hash, role, unit_id, created_by, expires_at)
VALUES (@id, @name, @secret_hash, @role, @unit_id, @created_by, clock_timestamp() + sqlc.narg('lasts')::interval)
RETURNING created_at, expires_at;

-- name: FindToken :one
SELECT name, secret_hash, role, unit_id,
       (COALESCE(last_used_at, '-infinity') < clock_timestamp() - interval '1 minute')::boolean AS stale
FROM api_tokens
WHERE id = @id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp());

-- name: TouchToken :exec
UPDATE api_tokens SET last_used_at = clock_timestamp() WHERE id = @id;

-- name: Tokens :many
SELECT t.id, t.name, t.role, u.slug AS unit, t.created_by, t.created_at, t.expires_at, t.last_used_at,
       COALESCE(t.expires_at <= clock_timestamp(), false)::boolean AS expired
FROM api_tokens t JOIN units u ON u.id = t.unit_id
WHERE t.revoked_at IS NULL
ORDER BY t.name;

-- name: RevokeToken :one
UPDATE api_tokens SET revoked_at = clock_timestamp()
WHERE revoked_at IS NULL AND (name = @name OR id::text = @name)
RETURNING id, name, role, unit_id;
