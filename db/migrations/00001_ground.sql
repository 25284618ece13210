-- The ground: roles, audit, units, recurring work, the change feed, documents' revisions.

-- +goose Up
-- The console works as causeway_app, which owns nothing: what it must not do (rewrite the audit
-- trail, drop history) the database refuses. Migrations run as the owner.
-- +goose StatementBegin
DO $$ BEGIN
    CREATE ROLE causeway_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$ BEGIN
    EXECUTE format('GRANT causeway_app TO %I', current_user);
    EXECUTE format('GRANT TEMPORARY, CONNECT ON DATABASE %I TO causeway_app', current_database());
END $$;
-- +goose StatementEnd
GRANT USAGE ON SCHEMA public TO causeway_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO causeway_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO causeway_app;

-- Who did what to the world. Append-only: the application may only insert, and a trigger stops the owner too.
CREATE TABLE audit_entries (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL UNIQUE,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor      text NOT NULL,              -- who, as they sign in; "system" for the console itself
    actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'token', 'runner', 'system')),
    action     text NOT NULL,              -- "source.create", "session.sign_in"
    outcome    text NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
    object     text NOT NULL DEFAULT '',   -- kind/name of what it was done to
    unit_id    uuid,
    request_id text NOT NULL DEFAULT '',
    remote     text NOT NULL DEFAULT '',   -- address it came from
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entries_object ON audit_entries (object, seq);
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM causeway_app;
-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Business units: a tree. The root is there from the start, so that every row has a unit.
CREATE TABLE units (
    id         uuid PRIMARY KEY,
    parent_id  uuid REFERENCES units (id),
    slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    title      text NOT NULL,
    owner      text NOT NULL DEFAULT '',
    revision   bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((parent_id IS NULL) = (id = '00000000-0000-7000-8000-000000000001'))
);
INSERT INTO units (id, slug, title) VALUES ('00000000-0000-7000-8000-000000000001', 'organisation', 'Organisation');

-- Which accounts a unit claims, by the provider's id: claims may come before the account is seen.
CREATE TABLE unit_accounts (
    unit_id   uuid NOT NULL REFERENCES units (id),
    provider  text NOT NULL,
    native_id text NOT NULL,
    PRIMARY KEY (provider, native_id)
);
CREATE INDEX unit_accounts_unit ON unit_accounts (unit_id);

-- Recurring work: what is due, and who has it. River carries it out.
CREATE TABLE due_work (
    kind        text NOT NULL,
    key         text NOT NULL,
    due_at      timestamptz NOT NULL,
    every       interval,                   -- NULL: once
    lease_owner text NOT NULL DEFAULT '',
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    fence       bigint NOT NULL DEFAULT 0,  -- grows with each lease; what an older holder writes is refused
    PRIMARY KEY (kind, key)
);
CREATE INDEX due_work_due ON due_work (due_at);

-- The change feed. The head's row lock makes numbers commit-ordered and gap-free: feed_append is
-- the last statement of its transaction, so the lock lasts as long as the commit.
CREATE TABLE feed_head (
    id   boolean PRIMARY KEY DEFAULT true CHECK (id),
    last bigint NOT NULL
);
INSERT INTO feed_head (last) VALUES (0);
CREATE TABLE feed (
    seq   bigint PRIMARY KEY,
    topic text NOT NULL,
    ids   bigint[] NOT NULL,
    at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE feed_cursors (
    consumer   text PRIMARY KEY,
    seq        bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- +goose StatementBegin
CREATE FUNCTION feed_append(topic text, ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    UPDATE feed_head SET last = last + 1 RETURNING last INTO n;
    INSERT INTO feed (seq, topic, ids) VALUES (n, feed_append.topic, feed_append.ids);
    PERFORM pg_notify('causeway_feed', feed_append.topic);
    RETURN n;
END $$;
-- +goose StatementEnd

-- History tables are partitioned by the month in which a version closed. The owner's rights are
-- needed to make a partition, so the application calls this.
-- +goose StatementBegin
CREATE FUNCTION ensure_month_partition(parent text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    lower date := date_trunc('month', month);
    child text := parent || '_' || to_char(lower, 'YYYY_MM');
BEGIN
    IF parent NOT IN (SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid) THEN
        RAISE EXCEPTION '% is not a partitioned table', parent;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('partition ' || child));
    IF to_regclass(child) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, lower, lower + interval '1 month');
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION ensure_month_partition;
DROP FUNCTION feed_append;
DROP TABLE feed_cursors, feed, feed_head, due_work, unit_accounts, units, audit_entries;
DROP FUNCTION refuse_change;
