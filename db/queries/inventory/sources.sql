-- name: Sources :many
SELECT s.id, s.name, s.adapter, s.settings, s.every, s.unit_id, u.slug AS unit, s.enabled, s.revision, s.created_at, s.updated_at
FROM sources s JOIN units u ON u.id = s.unit_id
WHERE s.deleted_at IS NULL
ORDER BY s.name;

-- name: SourceByName :one
SELECT s.id, s.name, s.adapter, s.settings, s.every, s.unit_id, u.slug AS unit, s.enabled, s.revision, s.created_at, s.updated_at
FROM sources s JOIN units u ON u.id = s.unit_id
WHERE s.name = @name AND s.deleted_at IS NULL;

-- name: SourceByID :one
SELECT s.id, s.name, s.adapter, s.settings, s.every, s.unit_id, u.slug AS unit, s.enabled, s.revision, s.created_at, s.updated_at
FROM sources s JOIN units u ON u.id = s.unit_id
WHERE s.id = @id;

-- name: SourceReaches :one
-- Whether the source reads an account of one of these units.
SELECT EXISTS (
    SELECT FROM scopes p JOIN accounts a ON a.id = p.account_id
    WHERE p.source_id = @source_id AND p.state <> 'removed' AND a.unit_id = ANY((@units::text[])::uuid[])
) AS reaches;

-- name: LockSource :one
SELECT id, revision, by_hand FROM sources WHERE name = @name AND deleted_at IS NULL FOR UPDATE;

-- name: InsertSource :exec
INSERT INTO sources (id, name, adapter, settings, every, unit_id, enabled, by_hand)
VALUES (@id, @name, @adapter, @settings, sqlc.narg('every'), @unit_id, @enabled, @by_hand);

-- name: UpdateSource :exec
UPDATE sources
SET settings = @settings, every = sqlc.narg('every'), unit_id = @unit_id, enabled = @enabled, by_hand = @by_hand, revision = revision + 1,
    updated_at = clock_timestamp()
WHERE id = @id;

-- name: DeleteSource :execrows
UPDATE sources SET deleted_at = clock_timestamp(), enabled = false, revision = revision + 1 WHERE id = @id AND deleted_at IS NULL;

-- name: SourceStates :many
-- What /sources and the source bar show of each source, from the ledger. @never stands for no time.
-- A source is seen by those who see its unit, or one of the accounts it reads; they count what they see.
SELECT s.id, s.name, s.adapter, s.enabled, s.every, s.unit_id, u.slug AS unit, s.revision,
    count(DISTINCT p.account_id)::bigint AS accounts,
    count(p.id)::bigint AS scopes,
    count(p.id) FILTER (WHERE p.state = 'ok')::bigint AS scopes_ok,
    count(p.id) FILTER (WHERE p.state IN ('failed', 'lost'))::bigint AS scopes_failed,
    count(p.id) FILTER (WHERE p.state = 'held')::bigint AS scopes_held,
    COALESCE(sum(p.rows), 0)::bigint AS rows,
    COALESCE(min(p.last_ok_at), @never::timestamptz)::timestamptz AS oldest_ok,
    COALESCE(max(p.last_ok_at), @never)::timestamptz AS newest_ok,
    COALESCE(min(p.failing_since), @never)::timestamptz AS failing_since,
    COALESCE((SELECT NULLIF(d.due_at, 'infinity') FROM due_work d WHERE d.kind = 'sync' AND d.key = s.id::text), @never)::timestamptz AS next_due
FROM sources s
JOIN units u ON u.id = s.unit_id
LEFT JOIN (scopes p JOIN accounts a ON a.id = p.account_id AND (@all_units::boolean OR a.unit_id = ANY((@units::text[])::uuid[])))
    ON p.source_id = s.id AND p.state <> 'removed'
WHERE s.deleted_at IS NULL
GROUP BY s.id, u.slug
HAVING @all_units OR s.unit_id = ANY((@units::text[])::uuid[]) OR count(p.id) > 0
ORDER BY s.name;

-- name: RecentRunStates :many
-- The last runs of every source, for the ticks of a freshness tile.
SELECT r.source_id, r.state, r.finished_at, r.problem_text
FROM sources s
CROSS JOIN LATERAL (
    SELECT x.source_id, x.state, x.finished_at, x.problem_text, x.queued_at FROM runs x
    WHERE x.source_id = s.id ORDER BY x.queued_at DESC LIMIT 48
) r
WHERE s.deleted_at IS NULL
ORDER BY r.source_id, r.queued_at;

-- name: OwnRegions :many
SELECT provider, code, title, country, metro, latitude, longitude, revision FROM regions ORDER BY provider, code;

-- name: LockRegion :one
SELECT title, country, metro, latitude, longitude, revision FROM regions WHERE provider = @provider AND code = @code FOR UPDATE;

-- name: PutRegion :execrows
-- @had is the revision that is overwritten, 0 for a new one: nothing is written over what another
-- transaction has made in between.
INSERT INTO regions (provider, code, title, country, metro, latitude, longitude)
VALUES (@provider, @code, @title, @country, @metro, sqlc.narg('latitude'), sqlc.narg('longitude'))
ON CONFLICT (provider, code) DO UPDATE
SET title = EXCLUDED.title, country = EXCLUDED.country, metro = EXCLUDED.metro, latitude = EXCLUDED.latitude,
    longitude = EXCLUDED.longitude, revision = regions.revision + 1, updated_at = clock_timestamp()
WHERE regions.revision = @had::bigint;
