-- The merge of one batch. resource_stage, resource_change and resource_seen are temporary tables
-- of the connection here; the tables of that name in the schema only give sqlc their shape.

-- name: StageResources :copyfrom
INSERT INTO resource_stage (ord, key, hash, provider, native_id, native_type, kind, name, account_id, region, zone,
    portability, created_at, observed_at, tags, attributes, ref, locations, relations)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19);

-- name: RememberSeen :exec
INSERT INTO resource_seen (key) SELECT s.key FROM resource_stage s;

-- name: FindChanges :execrows
-- What the scope says differently from the last time, or says again after it had fallen silent.
INSERT INTO resource_change (ord, resource_id, known, owns, returned)
SELECT s.ord, r.id, w.key IS NOT NULL,
    r.id IS NULL OR r.owner_scope = @scope OR r.owner_rank > @rank::smallint,
    COALESCE(w.misses > 0 OR r.state = 'missing', false)
FROM resource_stage s
LEFT JOIN witnesses w ON w.scope_id = @scope AND w.key = s.key
LEFT JOIN resources r ON r.key = s.key AND r.state <> 'gone'
WHERE w.key IS NULL OR w.hash <> s.hash OR w.misses > 0;

-- name: LockChanged :one
-- In key order, so that two scopes that meet on the same rows wait instead of deadlocking. The time
-- is taken after the locks are held and lies after every version's beginning, whatever the clock does:
-- a version never ends before it began.
WITH locked AS (
    SELECT r.id, r.valid_from FROM resources r
    WHERE r.id IN (SELECT c.resource_id FROM resource_change c)
    ORDER BY r.key
    FOR UPDATE
)
SELECT count(*)::bigint AS n, GREATEST(clock_timestamp(), max(l.valid_from) + interval '1 microsecond')::timestamptz AS at FROM locked l;

-- name: ReviseChanges :exec
-- While this transaction waited for the locks, another scope may have ended a resource, which is
-- then a new one here, or have taken its description.
UPDATE resource_change c
SET resource_id = CASE WHEN r.state = 'gone' THEN NULL ELSE r.id END,
    owns = r.state = 'gone' OR r.owner_scope = @scope OR r.owner_rank > @rank::smallint,
    returned = r.state <> 'gone' AND (c.returned OR r.state = 'missing')
FROM resources r WHERE r.id = c.resource_id;

-- name: InsertResources :execrows
INSERT INTO resources (key, incarnation, provider, native_id, native_type, kind, name, account_id, unit_id, region, zone,
    portability, created_at, tags, attributes, owner_scope, owner_rank, hash, first_seen_at, valid_from)
SELECT s.key,
    1 + COALESCE((SELECT max(g.incarnation) FROM resources g WHERE g.key = s.key AND g.state = 'gone'), 0),
    s.provider, s.native_id, s.native_type, s.kind, s.name, s.account_id, a.unit_id, s.region, s.zone,
    s.portability, s.created_at, s.tags, s.attributes, @scope, @rank::smallint, s.hash, @at, @at
FROM resource_change c JOIN resource_stage s ON s.ord = c.ord JOIN accounts a ON a.id = s.account_id
WHERE c.resource_id IS NULL
ORDER BY s.key
ON CONFLICT (key) WHERE state <> 'gone' DO NOTHING;

-- name: ResolveInserted :execrows
-- Another source may have brought the same resource a moment ago: then it owns the description,
-- unless this witness is closer to the thing. More rows than were inserted mean that this happened.
UPDATE resource_change c
SET resource_id = r.id, owns = r.owner_scope = @scope OR r.owner_rank > @rank::smallint
FROM resource_stage s JOIN resources r ON r.key = s.key AND r.state <> 'gone'
WHERE s.ord = c.ord AND c.resource_id IS NULL;

-- name: KeepOutranked :exec
-- A closer witness takes over the description: what the former owner said stays with its witness.
UPDATE witnesses w
SET said = jsonb_build_object('name', r.name, 'kind', r.kind, 'region', r.region, 'tags', r.tags, 'attributes', r.attributes)
FROM resource_change c JOIN resources r ON r.id = c.resource_id
WHERE c.owns AND r.owner_scope <> @scope AND w.scope_id = r.owner_scope AND w.key = r.key;

-- name: CloseVersions :execrows
INSERT INTO resource_history (resource_id, valid_from, valid_to, provider, native_id, native_type, kind, name, account_id, unit_id,
    region, zone, portability, tags, attributes, state, reason)
SELECT r.id, r.valid_from, @at, r.provider, r.native_id, r.native_type, r.kind, r.name, r.account_id, r.unit_id,
    r.region, r.zone, r.portability, r.tags, r.attributes, r.state, CASE WHEN c.returned THEN 'returned' ELSE 'changed' END
FROM resource_change c
JOIN resource_stage s ON s.ord = c.ord
JOIN resources r ON r.id = c.resource_id
WHERE c.owns AND (r.hash <> s.hash OR r.state = 'missing' AND @rank::smallint < 40);

-- name: CloseLocations :exec
WITH ended AS (
    DELETE FROM locations l
    USING resource_change c JOIN resource_stage s ON s.ord = c.ord JOIN resources r ON r.id = c.resource_id
    WHERE l.resource_id = r.id AND c.owns AND r.hash <> s.hash
    RETURNING l.resource_id, l.ord, l.facet, l.provider, l.place, l.countries, l.meaning, l.detail, l.evidence, l.scope_id,
        l.observed_at, l.valid_from
)
INSERT INTO location_history (resource_id, ord, facet, provider, place, countries, meaning, detail, evidence, scope_id, observed_at,
    valid_from, valid_to)
SELECT e.resource_id, e.ord, e.facet, e.provider, e.place, e.countries, e.meaning, e.detail, e.evidence, e.scope_id, e.observed_at,
    e.valid_from, @at
FROM ended e;

-- name: CloseRelations :exec
DELETE FROM relations x
USING resource_change c JOIN resource_stage s ON s.ord = c.ord JOIN resources r ON r.id = c.resource_id
WHERE x.resource_id = r.id AND c.owns AND r.hash <> s.hash;

-- name: InsertLocations :exec
-- Of resources that are new (@born) or change their description in this batch.
INSERT INTO locations (resource_id, ord, facet, provider, place, countries, meaning, detail, evidence, scope_id, observed_at, valid_from)
SELECT c.resource_id, l.ord, l.facet, s.provider, l.place, l.countries, l.meaning, l.detail, l.evidence, @scope, s.observed_at,
    CASE WHEN r.valid_from = @born THEN r.valid_from ELSE @at END AS valid_from
FROM resource_change c
JOIN resource_stage s ON s.ord = c.ord
JOIN resources r ON r.id = c.resource_id
CROSS JOIN LATERAL jsonb_to_recordset(s.locations)
    AS l(ord smallint, facet text, place text, countries text[], meaning text, detail text, evidence jsonb)
WHERE c.owns AND (r.hash <> s.hash OR r.valid_from = @born);

-- name: InsertRelations :exec
INSERT INTO relations (resource_id, type, to_key, to_provider, to_native)
SELECT c.resource_id, x.type, x.to_key, x.to_provider, x.to_native
FROM resource_change c
JOIN resource_stage s ON s.ord = c.ord
JOIN resources r ON r.id = c.resource_id
CROSS JOIN LATERAL jsonb_to_recordset(s.relations) AS x(type text, to_key uuid, to_provider text, to_native text)
WHERE c.owns AND (r.hash <> s.hash OR r.valid_from = @born)
ON CONFLICT DO NOTHING;

-- name: UpdateResources :execrows
-- A document that still declares a missing thing (rank 40) does not bring it back.
UPDATE resources r
SET native_id = s.native_id, native_type = s.native_type, kind = s.kind, name = s.name, account_id = s.account_id,
    unit_id = a.unit_id, region = s.region, zone = s.zone, portability = s.portability, created_at = s.created_at,
    tags = s.tags, attributes = s.attributes, owner_scope = @scope, owner_rank = @rank::smallint, hash = s.hash,
    state = CASE WHEN @rank::smallint < 40 THEN 'live' ELSE r.state END,
    missing_since = CASE WHEN @rank::smallint < 40 THEN NULL ELSE r.missing_since END, valid_from = @at
FROM resource_change c JOIN resource_stage s ON s.ord = c.ord JOIN accounts a ON a.id = s.account_id
WHERE r.id = c.resource_id AND c.owns AND (r.hash <> s.hash OR r.state = 'missing' AND @rank::smallint < 40);

-- name: TakeOwnership :exec
-- The description is the same to the letter, but a closer witness has it now.
UPDATE resources r
SET owner_scope = @scope, owner_rank = @rank::smallint
FROM resource_change c JOIN resource_stage s ON s.ord = c.ord
WHERE r.id = c.resource_id AND c.owns AND r.owner_scope <> @scope;

-- name: ProveLocations :exec
-- Locations that this scope says as well, to the letter, are proved by its listings from now on: the
-- scope that said them first may be gone.
UPDATE locations l SET scope_id = @scope
FROM resource_change c
WHERE l.resource_id = c.resource_id AND c.owns AND l.scope_id <> @scope;

-- name: WriteWitnesses :exec
INSERT INTO witnesses (scope_id, key, resource_id, hash, rank, manager, ref, since, observed_at, said)
SELECT @scope, s.key, c.resource_id, s.hash, @rank::smallint, @manager, s.ref, @at, s.observed_at,
    CASE WHEN c.owns THEN NULL ELSE
        jsonb_build_object('name', s.name, 'kind', s.kind, 'region', s.region, 'tags', s.tags, 'attributes', s.attributes) END
FROM resource_change c JOIN resource_stage s ON s.ord = c.ord
WHERE c.resource_id IS NOT NULL
ON CONFLICT (scope_id, key) DO UPDATE
SET hash = EXCLUDED.hash, resource_id = EXCLUDED.resource_id, rank = EXCLUDED.rank, manager = EXCLUDED.manager, ref = EXCLUDED.ref, misses = 0,
    observed_at = EXCLUDED.observed_at, said = EXCLUDED.said;

-- name: AnnounceChanges :one
-- Last statement of its transaction: the feed's head is locked until the commit.
SELECT feed_append('resource', COALESCE(array_agg(DISTINCT c.resource_id), '{}')::bigint[])::bigint AS seq
FROM resource_change c WHERE c.resource_id IS NOT NULL;

-- name: Announce :one
SELECT feed_append(@topic::text, @ids::bigint[])::bigint AS seq;
