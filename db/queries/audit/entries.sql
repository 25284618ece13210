-- name: AppendEntry :exec
INSERT INTO audit_entries (id, actor, actor_kind, action, outcome, object, unit_id, request_id, remote, detail)
VALUES (@id, @actor, @actor_kind, @action, @outcome, @object, sqlc.narg('unit_id'), @request_id, @remote, @detail);

-- name: Entries :many
SELECT seq, id, at, actor, actor_kind, action, outcome, object, unit_id, request_id, remote, detail
FROM audit_entries
WHERE seq < @before::bigint
  AND (@object::text = '' OR object = @object)
ORDER BY seq DESC
LIMIT @max_rows;
