-- Inventory: sources and their ledger, resources with witnesses, locations, relations and history,
-- and the read model of the inventory page.

-- +goose Up
CREATE TABLE sources (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9.-]{0,62}$'),
    adapter    text NOT NULL,
    settings   jsonb NOT NULL DEFAULT '{}',
    every      interval,                       -- NULL: only when asked
    unit_id    uuid NOT NULL REFERENCES units (id),  -- for accounts that no unit claims
    enabled    boolean NOT NULL DEFAULT true,
    revision   bigint NOT NULL DEFAULT 1,
    by_hand    boolean NOT NULL DEFAULT false,  -- the last edit came from a page, so a document that does not know it must not undo it
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX sources_name ON sources (name) WHERE deleted_at IS NULL;

CREATE TABLE accounts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider   text NOT NULL,
    native_id  text NOT NULL,
    name       text NOT NULL,
    parent     text NOT NULL DEFAULT '',
    tags       jsonb NOT NULL DEFAULT '[]',
    unit_id    uuid NOT NULL REFERENCES units (id),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (provider, native_id)
);
-- Dated ownership: which unit an account belonged to, when.
CREATE TABLE account_units (
    account_id bigint NOT NULL REFERENCES accounts (id),
    unit_id    uuid NOT NULL REFERENCES units (id),
    valid_from timestamptz NOT NULL DEFAULT clock_timestamp(),
    valid_to   timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (account_id, valid_from)
);

CREATE TABLE runs (
    id             uuid PRIMARY KEY,
    source_id      uuid NOT NULL REFERENCES sources (id),
    trigger        text NOT NULL CHECK (trigger IN ('schedule', 'person', 'push', 'start')),
    requested_by   text NOT NULL DEFAULT '',
    state          text NOT NULL CHECK (state IN ('queued', 'running', 'ok', 'partial', 'failed', 'canceled')),
    queued_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at     timestamptz,
    finished_at    timestamptz,
    cancel         boolean NOT NULL DEFAULT false,
    attempt        integer NOT NULL DEFAULT 0,
    fence          bigint NOT NULL DEFAULT 0,  -- of the due_work lease that runs it
    payload        bytea,                      -- what was pushed, until the run has ended
    scopes_planned integer NOT NULL DEFAULT 0,
    scopes_done    integer NOT NULL DEFAULT 0,
    scopes_failed  integer NOT NULL DEFAULT 0,
    rows_seen      bigint NOT NULL DEFAULT 0,
    rows_new       bigint NOT NULL DEFAULT 0,
    rows_changed   bigint NOT NULL DEFAULT 0,
    rows_gone      bigint NOT NULL DEFAULT 0,
    problem_code   text NOT NULL DEFAULT '',
    problem_text   text NOT NULL DEFAULT '',
    problem_fix    text NOT NULL DEFAULT ''
);
CREATE INDEX runs_source ON runs (source_id, queued_at DESC);
CREATE UNIQUE INDEX runs_one_open ON runs (source_id) WHERE state IN ('queued', 'running');

-- The ledger: what was last read completely, when, by whose clock, and why not since.
CREATE TABLE scopes (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id        uuid NOT NULL REFERENCES sources (id),
    account_id       bigint NOT NULL REFERENCES accounts (id),
    region           text NOT NULL,
    api              text NOT NULL,
    kinds            text[] NOT NULL DEFAULT '{}',
    rank             smallint NOT NULL,
    manager          text NOT NULL DEFAULT '',
    eventual         boolean NOT NULL DEFAULT false,
    source_revision  bigint NOT NULL DEFAULT 0,   -- of the source's settings when the scope was last planned
    state            text NOT NULL DEFAULT 'planned'
                     CHECK (state IN ('planned', 'running', 'ok', 'failed', 'held', 'lost', 'removed')),
    problem_code     text NOT NULL DEFAULT '',
    problem_text     text NOT NULL DEFAULT '',
    problem_fix      text NOT NULL DEFAULT '',
    failing_since    timestamptz,
    last_run         uuid,
    last_attempt_at  timestamptz,
    last_ok_at       timestamptz,    -- recorded: our database's clock when the listing was closed
    last_ok_observed timestamptz,    -- observed: the source's clock, where it tells
    rows             bigint NOT NULL DEFAULT 0,
    lineage          text NOT NULL DEFAULT '',
    serial           bigint NOT NULL DEFAULT 0,
    held_rows        bigint NOT NULL DEFAULT 0,      -- what the brake holds back
    held_release     boolean NOT NULL DEFAULT false, -- a person said: let them go
    UNIQUE (source_id, account_id, region, api)
);
CREATE INDEX scopes_last_ok ON scopes ((COALESCE(last_ok_at, '-infinity'::timestamptz)), id);

CREATE TABLE run_scopes (
    run_id       uuid NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    scope_id     bigint NOT NULL REFERENCES scopes (id),
    state        text NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    rows_seen    bigint NOT NULL DEFAULT 0,
    rows_new     bigint NOT NULL DEFAULT 0,
    rows_changed bigint NOT NULL DEFAULT 0,
    rows_gone    bigint NOT NULL DEFAULT 0,
    problem_code text NOT NULL DEFAULT '',
    problem_text text NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, scope_id)
);

-- One thing that exists. key is a hash of (provider, native_id): 16 bytes instead of an ARN in
-- every index and join. A native id that comes back after a tombstone is a new incarnation.
CREATE TABLE resources (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key           uuid NOT NULL,
    incarnation   integer NOT NULL DEFAULT 1,
    provider      text NOT NULL,
    native_id     text NOT NULL,
    native_type   text NOT NULL,
    kind          text NOT NULL,
    name          text NOT NULL,
    account_id    bigint NOT NULL,
    unit_id       uuid NOT NULL,
    region        text NOT NULL,
    zone          text NOT NULL,
    portability   text NOT NULL,
    created_at    timestamptz,            -- by the provider's clock
    tags          jsonb NOT NULL,         -- as the source has them, with namespaces
    attributes    jsonb NOT NULL,
    owner_scope   bigint NOT NULL,        -- the witness whose description this is
    owner_rank    smallint NOT NULL,
    hash          uuid NOT NULL,
    state         text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'missing', 'gone')),
    first_seen_at timestamptz NOT NULL,
    valid_from    timestamptz NOT NULL,   -- recorded: since when this version
    missing_since timestamptz,
    gone_at       timestamptz,
    gone_reason   text CHECK (gone_reason IN ('deleted', 'scope_removed', 'permission_lost', 'source_changed', 'superseded'))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX resources_key ON resources (key) WHERE state <> 'gone';
CREATE INDEX resources_gone ON resources (key, incarnation) WHERE state = 'gone';

-- What a scope last said of a resource. An unchanged row is not rewritten: when it was last proved
-- is the scope's last_ok_at.
CREATE TABLE witnesses (
    scope_id    bigint NOT NULL,
    key         uuid NOT NULL,
    resource_id bigint NOT NULL,
    hash        uuid NOT NULL,
    rank        smallint NOT NULL,
    manager     text NOT NULL,
    ref         text NOT NULL,
    misses      smallint NOT NULL DEFAULT 0,
    since       timestamptz NOT NULL,
    observed_at timestamptz,
    said        jsonb,                    -- what it says, where another witness owns the description
    PRIMARY KEY (scope_id, key)
) WITH (fillfactor = 90);
CREATE INDEX witnesses_resource ON witnesses (resource_id);
CREATE TABLE witness_history (
    resource_id bigint NOT NULL,
    scope_id    bigint NOT NULL,
    manager     text NOT NULL,
    ref         text NOT NULL,
    since       timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    reason      text NOT NULL
);
CREATE INDEX witness_history_resource ON witness_history (resource_id);

CREATE TABLE locations (
    resource_id bigint NOT NULL,
    ord         smallint NOT NULL,
    facet       text NOT NULL,
    provider    text NOT NULL,
    place       text NOT NULL,
    countries   text[] NOT NULL,
    meaning     text NOT NULL CHECK (meaning IN ('all_of', 'any_of', 'unknown')),
    detail      text NOT NULL,
    evidence    jsonb NOT NULL,
    scope_id    bigint NOT NULL,
    observed_at timestamptz,
    valid_from  timestamptz NOT NULL,
    PRIMARY KEY (resource_id, ord)
);

CREATE TABLE relations (
    resource_id bigint NOT NULL,
    type        text NOT NULL,
    to_key      uuid NOT NULL,           -- may lead to what is not known yet
    to_provider text NOT NULL,
    to_native   text NOT NULL,
    PRIMARY KEY (resource_id, type, to_key)
);
CREATE INDEX relations_to ON relations (to_key);

CREATE TABLE resource_history (
    resource_id bigint NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz NOT NULL,
    provider    text NOT NULL,
    native_id   text NOT NULL,
    native_type text NOT NULL,
    kind        text NOT NULL,
    name        text NOT NULL,
    account_id  bigint NOT NULL,
    unit_id     uuid NOT NULL,
    region      text NOT NULL,
    zone        text NOT NULL,
    portability text NOT NULL,
    tags        jsonb NOT NULL,
    attributes  jsonb NOT NULL,
    state       text NOT NULL,
    reason      text NOT NULL,           -- changed, missing, returned, or a tombstone's reason
    PRIMARY KEY (resource_id, valid_to)
) PARTITION BY RANGE (valid_to);
CREATE TABLE location_history (
    resource_id bigint NOT NULL,
    ord         smallint NOT NULL,
    facet       text NOT NULL,
    provider    text NOT NULL,
    place       text NOT NULL,
    countries   text[] NOT NULL,
    meaning     text NOT NULL,
    detail      text NOT NULL,
    evidence    jsonb NOT NULL,
    scope_id    bigint NOT NULL,
    observed_at timestamptz,
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz NOT NULL,
    PRIMARY KEY (resource_id, valid_to, ord)
) PARTITION BY RANGE (valid_to);
SELECT ensure_month_partition(t, (date_trunc('month', now()) + make_interval(months => m))::date)
FROM unnest(ARRAY['resource_history', 'location_history']) AS t, generate_series(0, 2) AS m;

-- The shape of a batch on its way in. Syncs fill a temporary table of the same name, so that sqlc
-- can check the merge; this one stays empty.
CREATE TABLE resource_stage (
    ord         integer NOT NULL,
    key         uuid NOT NULL,
    hash        uuid NOT NULL,
    provider    text NOT NULL,
    native_id   text NOT NULL,
    native_type text NOT NULL,
    kind        text NOT NULL,
    name        text NOT NULL,
    account_id  bigint NOT NULL,
    region      text NOT NULL,
    zone        text NOT NULL,
    portability text NOT NULL,
    created_at  timestamptz,
    observed_at timestamptz,
    tags        jsonb NOT NULL,
    attributes  jsonb NOT NULL,
    ref         text NOT NULL,
    locations   jsonb NOT NULL,
    relations   jsonb NOT NULL
);
-- The rows of the batch that differ from what the scope said before, with the resource they belong to.
CREATE TABLE resource_change (
    ord         integer NOT NULL,
    resource_id bigint,                 -- NULL: not known yet
    known       boolean NOT NULL,       -- the scope has a witness of it
    owns        boolean NOT NULL,       -- this scope's description is the one shown
    returned    boolean NOT NULL        -- it was missing
);
-- What a scope has shown in this run.
CREATE TABLE resource_seen (
    key uuid NOT NULL
);
REVOKE INSERT, UPDATE, DELETE ON resource_stage, resource_change, resource_seen FROM causeway_app;

-- Tags as the search has them: lower-case "key" and "key=value", with the common spellings of one
-- key folded together.
-- +goose StatementBegin
CREATE FUNCTION tag_key(k text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE lower(btrim(k)) WHEN 'environment' THEN 'env' WHEN 'cost_center' THEN 'cost-center' WHEN 'costcenter' THEN 'cost-center'
        ELSE lower(btrim(k)) END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION tag_terms(tags jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(DISTINCT t), '{}') FROM jsonb_array_elements(tags) e
    CROSS JOIN LATERAL (VALUES (tag_key(e->>'k')), (tag_key(e->>'k') || '=' || lower(btrim(e->>'v')))) v(t)
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION tag_value(tags jsonb, keys text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT btrim(e->>'v') FROM jsonb_array_elements(tags) e
    WHERE tag_key(e->>'k') = ANY(keys) ORDER BY array_position(keys, tag_key(e->>'k')) LIMIT 1
$$;
-- +goose StatementEnd

-- The read model: one row a resource, written by one projector from all domains' facts.
CREATE TABLE resource_list (
    id          bigint PRIMARY KEY,
    unit_id     uuid NOT NULL,
    provider    text COLLATE "C" NOT NULL,
    account_id  bigint NOT NULL,
    account     text COLLATE "C" NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    native_type text COLLATE "C" NOT NULL,
    name        text COLLATE "C" NOT NULL,
    native_id   text COLLATE "C" NOT NULL,
    search      text NOT NULL,                    -- lower case: name and the id's last segment
    region      text COLLATE "C" NOT NULL,
    country     text COLLATE "C" NOT NULL,        -- where it is at rest; '' unknown or none
    countries   text[] NOT NULL,                  -- every country any facet touches
    data_class  text COLLATE "C" NOT NULL DEFAULT '',   -- '' no class known
    residency   smallint NOT NULL DEFAULT 0,      -- 0 not judged, 1 violation, 2 unknown, 3 waived, 4 compliant, 5 not applicable
    cost        numeric,                          -- a month, in the reporting currency; NULL no charge known
    managed     text COLLATE "C" NOT NULL,        -- terraform, crossplane, none, or '' where that cannot be told
    managers    text[] NOT NULL,
    service     text COLLATE "C" NOT NULL DEFAULT '',
    owner       text COLLATE "C" NOT NULL DEFAULT '',
    portability text COLLATE "C" NOT NULL,
    state       text COLLATE "C" NOT NULL,
    tags        text[] NOT NULL,                  -- lower-case "key" and "key=value"
    scope_id    bigint NOT NULL,                  -- whose last_ok_at is when it was last seen
    created_at  timestamptz,
    changed_at  timestamptz NOT NULL
) WITH (fillfactor = 80);

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX resource_list_name ON resource_list (name, id);
CREATE INDEX resource_list_provider ON resource_list (provider, id);
CREATE INDEX resource_list_account ON resource_list (account, id);
CREATE INDEX resource_list_kind ON resource_list (kind, id);
CREATE INDEX resource_list_region ON resource_list (region, id);
CREATE INDEX resource_list_country ON resource_list (country, id);
CREATE INDEX resource_list_class ON resource_list (data_class, id);
-- Worst first: violation 0, unknown, waived, compliant, not applicable 4, not judged 5. internal/query writes the same.
CREATE INDEX resource_list_residency ON resource_list (((residency + 5) % 6), id);
CREATE INDEX resource_list_cost ON resource_list ((COALESCE(cost, -1)), id);
CREATE INDEX resource_list_managed ON resource_list (managed, id);
CREATE INDEX resource_list_service ON resource_list (service, id);
CREATE INDEX resource_list_changed ON resource_list (changed_at, id);
CREATE INDEX resource_list_scope ON resource_list (scope_id, id);
CREATE INDEX resource_list_unit ON resource_list (unit_id, id);
CREATE INDEX resource_list_state ON resource_list (state, id) WHERE state <> 'live';
CREATE INDEX resource_list_search ON resource_list USING gin (search gin_trgm_ops);
CREATE INDEX resource_list_tags ON resource_list USING gin (tags);
CREATE INDEX resource_list_countries ON resource_list USING gin (countries);

-- Counts by every dimension a person can tick, kept by the projector. Facets and totals of a query
-- over these dimensions are sums over this table: exact, whatever the size of the estate.
CREATE TABLE resource_facets (
    id          uuid PRIMARY KEY,       -- hash of the dimensions
    unit_id     uuid NOT NULL,
    provider    text NOT NULL,
    account_id  bigint NOT NULL,
    account     text NOT NULL,
    kind        text NOT NULL,
    region      text NOT NULL,
    country     text NOT NULL,
    data_class  text NOT NULL,
    residency   smallint NOT NULL,
    managed     text NOT NULL,
    service     text NOT NULL,
    owner       text NOT NULL,
    portability text NOT NULL,
    state       text NOT NULL,
    n           bigint NOT NULL,
    cost        numeric NOT NULL DEFAULT 0,   -- of the rows with a known cost
    costed      bigint NOT NULL DEFAULT 0     -- how many those are
) WITH (fillfactor = 50);

CREATE TABLE saved_views (
    id         uuid PRIMARY KEY,
    person     text NOT NULL,           -- who made it
    unit_id    uuid REFERENCES units (id),  -- shared with this unit; NULL: only for the person
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query      text NOT NULL,
    sort       text NOT NULL DEFAULT '',
    columns    text[] NOT NULL DEFAULT '{}',
    revision   bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (person, name)
);

-- Own regions (data centres) declared by document. The providers' regions are embedded.
CREATE TABLE regions (
    provider   text NOT NULL,
    code       text NOT NULL,
    title      text NOT NULL,
    country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    metro      text NOT NULL DEFAULT '',
    latitude   double precision,
    longitude  double precision,
    revision   bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (provider, code)
);

-- +goose Down
DROP TABLE regions, saved_views, resource_facets, resource_list, resource_seen, resource_change, resource_stage, location_history,
    resource_history, relations, locations, witness_history, witnesses, resources, run_scopes, scopes, runs, account_units, accounts, sources;
DROP FUNCTION tag_terms, tag_value;
DROP FUNCTION tag_key;
