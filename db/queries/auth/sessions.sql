-- name: AddSession :exec
INSERT INTO sessions (id, token_hash, person_id, rights, id_token, remote, agent, expires_at)
VALUES (@id, @token_hash, @person_id, @rights, @id_token, @remote, @agent, clock_timestamp() + @lasts::interval);

-- name: FindSession :one
-- Both limits are judged by the database's clock. A token that was just rotated away still works
-- for the grace, because requests made with it may be on their way.
SELECT s.id, s.rights, s.created_at, (s.token_hash = @token_hash)::boolean AS newest,
       (s.last_seen_at < clock_timestamp() - interval '1 minute')::boolean AS stale,
       p.id AS person_id, p.issuer, p.name, p.title, p.groups, p.zone, p.theme, p.contrast, p.density, p.single_keys
FROM sessions s JOIN people p ON p.id = s.person_id
WHERE (s.token_hash = @token_hash OR (s.previous_hash = @token_hash AND s.rotated_at > clock_timestamp() - @grace::interval))
  AND s.expires_at > clock_timestamp()
  AND s.last_seen_at > clock_timestamp() - @idle::interval;

-- name: TouchSession :exec
UPDATE sessions SET last_seen_at = clock_timestamp()
WHERE id = @id AND last_seen_at < clock_timestamp() - interval '1 minute';

-- name: RotateSession :execrows
-- Of several requests that see changed rights at once, one rotates.
UPDATE sessions SET previous_hash = token_hash, token_hash = @new_hash, rights = @rights, rotated_at = clock_timestamp()
WHERE id = @id AND token_hash = @old_hash;

-- name: SessionsOf :many
SELECT id, remote, agent, created_at, last_seen_at, expires_at FROM sessions
WHERE person_id = @person_id AND expires_at > clock_timestamp() AND last_seen_at > clock_timestamp() - @idle::interval
ORDER BY last_seen_at DESC, id;

-- name: EndSession :one
WITH ended AS (
    DELETE FROM sessions WHERE token_hash = @token_hash RETURNING person_id, id_token
)
SELECT p.issuer, p.name, e.id_token FROM ended e JOIN people p ON p.id = e.person_id;

-- name: EndOwnSession :execrows
DELETE FROM sessions WHERE id = @id AND person_id = @person_id;

-- name: EndSessionsOf :execrows
DELETE FROM sessions WHERE person_id = @person_id AND id <> @kept;

-- name: PurgeSessions :execrows
DELETE FROM sessions WHERE expires_at < clock_timestamp() OR last_seen_at < clock_timestamp() - @idle::interval;
