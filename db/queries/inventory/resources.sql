-- name: ResourceByID :one
SELECT r.id, r.key, r.incarnation, r.provider, r.native_id, r.native_type, r.kind, r.name, r.account_id, a.name AS account,
    a.native_id AS account_native, a.parent AS account_parent, r.unit_id, u.slug AS unit, u.title AS unit_title, r.region, r.zone,
    r.portability, r.created_at, r.tags, r.attributes, r.owner_scope, r.state, r.first_seen_at, r.valid_from, r.missing_since,
    r.gone_at, r.gone_reason
FROM resources r JOIN accounts a ON a.id = r.account_id JOIN units u ON u.id = r.unit_id
WHERE r.id = @id AND (@all_units::boolean OR r.unit_id = ANY((@units::text[])::uuid[]));

-- name: WitnessesOf :many
SELECT w.scope_id, s.name AS source, s.adapter, p.api, p.region, sa.name AS account, w.rank, w.manager, w.ref, w.misses, w.since,
    w.observed_at, w.said, p.state AS scope_state, p.last_ok_at, p.problem_text
FROM witnesses w JOIN scopes p ON p.id = w.scope_id JOIN sources s ON s.id = p.source_id JOIN accounts sa ON sa.id = p.account_id
WHERE w.resource_id = @id
ORDER BY w.rank, s.name, w.scope_id;

-- name: FormerWitnessesOf :many
SELECT h.scope_id, s.name AS source, p.api, h.manager, h.ref, h.since, h.ended_at, h.reason
FROM witness_history h JOIN scopes p ON p.id = h.scope_id JOIN sources s ON s.id = p.source_id
WHERE h.resource_id = @id
ORDER BY h.ended_at DESC
LIMIT 50;

-- name: LocationsOf :many
SELECT l.facet, l.provider, l.place, l.countries, l.meaning, l.detail, l.evidence, l.scope_id, l.observed_at, l.valid_from, p.last_ok_at
FROM locations l JOIN scopes p ON p.id = l.scope_id
WHERE l.resource_id = @id
ORDER BY l.ord;

-- name: RelationsFrom :many
SELECT x.type, x.to_provider, x.to_native, t.id AS to_id, t.name AS to_name, t.kind AS to_kind
FROM relations x
LEFT JOIN resources t ON t.key = x.to_key AND t.state <> 'gone' AND (@all_units::boolean OR t.unit_id = ANY((@units::text[])::uuid[]))
WHERE x.resource_id = @id
ORDER BY x.type, x.to_native;

-- name: RelationsTo :many
SELECT x.type, f.id AS from_id, f.provider AS from_provider, f.name AS from_name, f.kind AS from_kind
FROM relations x JOIN resources f ON f.id = x.resource_id
WHERE x.to_key = @key AND f.state <> 'gone' AND (@all_units::boolean OR f.unit_id = ANY((@units::text[])::uuid[]))
ORDER BY x.type, f.name
LIMIT 200;

-- name: HistoryOf :many
SELECT valid_from, valid_to, native_type, kind, name, account_id, region, zone, portability, tags, attributes, state, reason
FROM resource_history
WHERE resource_id = @id
ORDER BY valid_to DESC
LIMIT @max_rows;

-- name: EnsurePartitions :exec
SELECT ensure_month_partition(t, (date_trunc('month', now()) + make_interval(months => m))::date)
FROM unnest(ARRAY['resource_history', 'location_history']) AS t, generate_series(0, 2) AS m;
