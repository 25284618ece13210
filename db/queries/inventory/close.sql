-- Closing a scope: what it no longer shows.

-- name: CountUnseen :one
SELECT count(*)::bigint AS total,
    count(*) FILTER (WHERE z.key IS NULL)::bigint AS unseen
FROM witnesses w
LEFT JOIN (SELECT DISTINCT s.key FROM resource_seen s) z ON z.key = w.key
WHERE w.scope_id = @scope;

-- name: MissOnce :many
-- First strike of an eventually consistent listing. Which resources that concerns is answered.
UPDATE witnesses w SET misses = w.misses + 1
WHERE w.scope_id = @scope AND NOT EXISTS (SELECT FROM resource_seen s WHERE s.key = w.key)
RETURNING w.resource_id;

-- name: EndUnseen :many
-- A bounded number of witnesses that the scope has not shown ends; the caller repeats.
WITH doomed AS (
    SELECT w.key FROM witnesses w
    WHERE w.scope_id = @scope AND w.misses >= @strikes::smallint
      AND NOT EXISTS (SELECT FROM resource_seen s WHERE s.key = w.key)
    ORDER BY w.key
    LIMIT @max_rows
), ended AS (
    DELETE FROM witnesses w USING doomed d WHERE w.scope_id = @scope AND w.key = d.key
    RETURNING w.resource_id, w.scope_id, w.manager, w.ref, w.since
), kept AS (
    INSERT INTO witness_history (resource_id, scope_id, manager, ref, since, ended_at, reason)
    SELECT e.resource_id, e.scope_id, e.manager, e.ref, e.since, clock_timestamp(), @reason FROM ended e
)
SELECT e.resource_id FROM ended e;

-- name: EndScopeWitnesses :many
WITH doomed AS (
    SELECT w.key FROM witnesses w WHERE w.scope_id = @scope ORDER BY w.key LIMIT @max_rows
), ended AS (
    DELETE FROM witnesses w USING doomed d WHERE w.scope_id = @scope AND w.key = d.key
    RETURNING w.resource_id, w.scope_id, w.manager, w.ref, w.since
), kept AS (
    INSERT INTO witness_history (resource_id, scope_id, manager, ref, since, ended_at, reason)
    SELECT e.resource_id, e.scope_id, e.manager, e.ref, e.since, clock_timestamp(), @reason FROM ended e
)
SELECT e.resource_id FROM ended e;

-- name: JudgeAbsent :many
-- What is left of each resource after witnesses ended or missed it. gone: nobody shows it. missing:
-- only a document still declares it, or its listing missed it once. Otherwise it stays, perhaps
-- with another witness as the owner of its description.
SELECT r.id, r.state,
    (CASE WHEN count(w.key) = 0 THEN 'gone'
          WHEN bool_and(w.misses > 0) THEN 'missing'
          WHEN min(w.rank) FILTER (WHERE w.misses = 0) >= 40 AND r.owner_rank < 40 THEN 'missing'
          ELSE 'live' END)::text AS verdict,
    (bool_or(w.scope_id = r.owner_scope) IS NOT TRUE AND count(w.key) > 0)::boolean AS orphaned
FROM resources r LEFT JOIN witnesses w ON w.resource_id = r.id
WHERE r.id = ANY(@ids::bigint[]) AND r.state <> 'gone'
GROUP BY r.id
ORDER BY r.id;

-- name: LockResources :one
WITH locked AS (
    SELECT r.id, r.valid_from FROM resources r WHERE r.id = ANY(@ids::bigint[]) ORDER BY r.key FOR UPDATE
)
SELECT count(*)::bigint AS n, GREATEST(clock_timestamp(), max(l.valid_from) + interval '1 microsecond')::timestamptz AS at FROM locked l;

-- name: CloseVersionsOf :exec
INSERT INTO resource_history (resource_id, valid_from, valid_to, provider, native_id, native_type, kind, name, account_id, unit_id,
    region, zone, portability, tags, attributes, state, reason)
SELECT r.id, r.valid_from, @at, r.provider, r.native_id, r.native_type, r.kind, r.name, r.account_id, r.unit_id,
    r.region, r.zone, r.portability, r.tags, r.attributes, r.state, @reason
FROM resources r WHERE r.id = ANY(@ids::bigint[]);

-- name: MarkGone :exec
UPDATE resources SET state = 'gone', gone_at = @at, gone_reason = @reason, missing_since = NULL, valid_from = @at
WHERE id = ANY(@ids::bigint[]);

-- name: MarkMissing :exec
UPDATE resources SET state = 'missing', missing_since = @at, valid_from = @at WHERE id = ANY(@ids::bigint[]);

-- name: CloseLocationsOf :exec
WITH ended AS (
    DELETE FROM locations l WHERE l.resource_id = ANY(@ids::bigint[])
    RETURNING l.resource_id, l.ord, l.facet, l.provider, l.place, l.countries, l.meaning, l.detail, l.evidence, l.scope_id,
        l.observed_at, l.valid_from
)
INSERT INTO location_history (resource_id, ord, facet, provider, place, countries, meaning, detail, evidence, scope_id, observed_at,
    valid_from, valid_to)
SELECT e.resource_id, e.ord, e.facet, e.provider, e.place, e.countries, e.meaning, e.detail, e.evidence, e.scope_id, e.observed_at,
    e.valid_from, @at
FROM ended e;

-- name: DropRelationsOf :exec
DELETE FROM relations WHERE resource_id = ANY(@ids::bigint[]);

-- name: HandOver :exec
-- The owner of the description is gone: the closest remaining witness takes over. Its hash is
-- cleared, so that its next listing writes its own description.
WITH heir AS (
    SELECT DISTINCT ON (w.resource_id) w.resource_id, w.scope_id, w.key, w.rank
    FROM witnesses w WHERE w.resource_id = ANY(@ids::bigint[])
    ORDER BY w.resource_id, w.rank, w.scope_id
), reset AS (
    UPDATE witnesses w SET hash = '00000000-0000-0000-0000-000000000000'
    FROM heir h WHERE w.scope_id = h.scope_id AND w.key = h.key
)
UPDATE resources r SET owner_scope = h.scope_id, owner_rank = h.rank
FROM heir h WHERE r.id = h.resource_id;
