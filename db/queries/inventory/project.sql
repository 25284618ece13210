-- The read model. One projector writes it; it locks its feed cursor, so there is one at a time.

-- name: ProjectResources :exec
-- Rewrites the list rows of some resources and keeps the facet counts equal to the list: what the
-- old rows counted is taken away, what the new ones count is added, in one statement.
-- The country is where the thing itself is: at rest first, else where its first facet is. Where
-- metadata is kept counts only for kinds that bear no data: it does not tell where a machine stands.
-- What manages a Kubernetes object cannot be told from the sources we read, so it is not "none".
WITH fresh AS MATERIALIZED (
    SELECT r.id, r.unit_id, r.provider, r.account_id, a.name AS account, r.kind, r.native_type, r.name, r.native_id,
        lower(CASE WHEN tail.id IS NULL OR r.name = tail.id THEN r.name ELSE r.name || ' ' || tail.id END) AS search,
        r.region, COALESCE(rest.country, '') AS country, COALESCE(place.countries, '{}') AS countries,
        ''::text AS data_class, 0::smallint AS residency, NULL::numeric AS cost,
        COALESCE(w.managers[1], CASE WHEN r.provider = 'kubernetes' THEN '' ELSE 'none' END) AS managed, COALESCE(w.managers, '{}') AS managers,
        ''::text AS service, COALESCE(tag_value(r.tags, ARRAY['owner', 'team']), '') AS owner,
        r.portability, r.state, tag_terms(r.tags) AS tags, r.owner_scope AS scope_id, r.created_at, r.valid_from AS changed_at
    FROM resources r
    JOIN accounts a ON a.id = r.account_id
    CROSS JOIN LATERAL (SELECT substring(rtrim(r.native_id, '/:') FROM '[^/:]+$') AS id) tail
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT x.manager) FILTER (WHERE x.manager <> '') AS managers
        FROM witnesses x WHERE x.resource_id = r.id
    ) w ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT c) AS countries
        FROM locations l CROSS JOIN LATERAL unnest(l.countries) c
        WHERE l.resource_id = r.id AND l.facet <> 'metadata'
    ) place ON true
    LEFT JOIN LATERAL (
        SELECT l.countries[1] AS country FROM locations l
        WHERE l.resource_id = r.id AND cardinality(l.countries) = 1
          AND (l.facet <> 'metadata' OR r.kind = ANY(@dataless_kinds::text[]))
        ORDER BY l.facet <> 'rest', l.ord LIMIT 1
    ) rest ON true
    WHERE r.id = ANY(@ids::bigint[])
), delta AS (
    SELECT md5(concat_ws(E'\x1f', d.unit_id, d.account_id, d.provider, d.account, d.kind, d.region, d.country, d.data_class, d.residency,
            d.managed, d.service, d.owner, d.portability, d.state))::uuid AS id,
        d.unit_id, d.provider, d.account_id, d.account, d.kind, d.region, d.country, d.data_class, d.residency, d.managed, d.service,
        d.owner, d.portability, d.state,
        sum(d.sign) AS n, COALESCE(sum(d.sign * d.cost), 0) AS cost, COALESCE(sum(d.sign) FILTER (WHERE d.cost IS NOT NULL), 0) AS costed
    FROM (
        SELECT 1 AS sign, f.unit_id, f.provider, f.account_id, f.account, f.kind, f.region, f.country, f.data_class, f.residency, f.managed,
            f.service, f.owner, f.portability, f.state, f.cost
        FROM fresh f
        UNION ALL
        SELECT -1, o.unit_id, o.provider, o.account_id, o.account, o.kind, o.region, o.country, o.data_class, o.residency, o.managed,
            o.service, o.owner, o.portability, o.state, o.cost
        FROM resource_list o WHERE o.id = ANY(@ids::bigint[])
    ) d
    GROUP BY d.unit_id, d.provider, d.account_id, d.account, d.kind, d.region, d.country, d.data_class, d.residency, d.managed, d.service,
        d.owner, d.portability, d.state
    HAVING sum(d.sign) <> 0 OR COALESCE(sum(d.sign * d.cost), 0) <> 0
), counted AS (
    INSERT INTO resource_facets AS t (id, unit_id, provider, account_id, account, kind, region, country, data_class, residency, managed,
        service, owner, portability, state, n, cost, costed)
    SELECT d.id, d.unit_id, d.provider, d.account_id, d.account, d.kind, d.region, d.country, d.data_class, d.residency, d.managed,
        d.service, d.owner, d.portability, d.state, d.n, d.cost, d.costed
    FROM delta d ORDER BY d.id
    ON CONFLICT (id) DO UPDATE SET n = t.n + EXCLUDED.n, cost = t.cost + EXCLUDED.cost, costed = t.costed + EXCLUDED.costed
)
INSERT INTO resource_list AS l (id, unit_id, provider, account_id, account, kind, native_type, name, native_id, search, region, country,
    countries, data_class, residency, cost, managed, managers, service, owner, portability, state, tags, scope_id, created_at, changed_at)
SELECT f.id, f.unit_id, f.provider, f.account_id, f.account, f.kind, f.native_type, f.name, f.native_id, f.search, f.region, f.country,
    f.countries, f.data_class, f.residency, f.cost, f.managed, f.managers, f.service, f.owner, f.portability, f.state, f.tags, f.scope_id,
    f.created_at, f.changed_at
FROM fresh f
ORDER BY f.id
ON CONFLICT (id) DO UPDATE
SET unit_id = EXCLUDED.unit_id, provider = EXCLUDED.provider, account_id = EXCLUDED.account_id, account = EXCLUDED.account,
    kind = EXCLUDED.kind, native_type = EXCLUDED.native_type, name = EXCLUDED.name, native_id = EXCLUDED.native_id,
    search = EXCLUDED.search, region = EXCLUDED.region, country = EXCLUDED.country, countries = EXCLUDED.countries,
    data_class = EXCLUDED.data_class, residency = EXCLUDED.residency, cost = EXCLUDED.cost, managed = EXCLUDED.managed,
    managers = EXCLUDED.managers, service = EXCLUDED.service, owner = EXCLUDED.owner, portability = EXCLUDED.portability,
    state = EXCLUDED.state, tags = EXCLUDED.tags, scope_id = EXCLUDED.scope_id, created_at = EXCLUDED.created_at,
    changed_at = EXCLUDED.changed_at;

-- name: SweepFacets :execrows
DELETE FROM resource_facets WHERE n = 0;

-- name: CompareFacets :one
-- How far the counts are from the list: 0 unless there is a defect. For tests and `readyz` in depth.
SELECT COALESCE(sum(abs(COALESCE(f.n, 0) - COALESCE(l.n, 0))), 0)::bigint AS off
FROM (SELECT unit_id, provider, account_id, kind, region, country, managed, state, owner, portability, sum(n) AS n
      FROM resource_facets WHERE n <> 0
      GROUP BY unit_id, provider, account_id, kind, region, country, managed, state, owner, portability) f
FULL JOIN (SELECT unit_id, provider, account_id, kind, region, country, managed, state, owner, portability, count(*) AS n
      FROM resource_list GROUP BY unit_id, provider, account_id, kind, region, country, managed, state, owner, portability) l
    USING (unit_id, provider, account_id, kind, region, country, managed, state, owner, portability);
