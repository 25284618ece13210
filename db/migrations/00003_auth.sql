-- Sign-in: people, their sessions, what they may do, API tokens, and the keys that sign.

-- +goose Up
-- Whoever signed in once. The identity provider knows them by (issuer, subject); grants and the audit
-- trail name them by name, so a name belongs to one person until it is released.
CREATE TABLE people (
    id              uuid PRIMARY KEY,
    issuer          text NOT NULL,             -- "demo" for the local sign-in
    subject         text NOT NULL,
    name            text NOT NULL,             -- as they sign in, lower case
    title           text NOT NULL,             -- as shown
    groups          text[] NOT NULL,           -- as of the last sign-in
    zone            text NOT NULL DEFAULT '',  -- '' the organisation's
    theme           text NOT NULL DEFAULT 'system' CHECK (theme IN ('light', 'dark', 'system')),
    contrast        boolean NOT NULL DEFAULT false, -- more than the system asks for
    density         text NOT NULL DEFAULT 'dense' CHECK (density IN ('dense', 'roomy')),
    single_keys     boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_sign_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (issuer, subject)
);
CREATE UNIQUE INDEX people_name ON people (issuer, name);

-- A sign-in under way at the identity provider: bound to the browser that began it, used once.
CREATE TABLE sign_in_attempts (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    nonce        text NOT NULL,
    verifier     text NOT NULL,                -- of PKCE
    return_to    text NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_expires ON sign_in_attempts (expires_at);

-- The cookie holds 256 random bits; the table only their SHA-256.
CREATE TABLE sessions (
    id            uuid PRIMARY KEY,            -- what lists show; never in a cookie
    token_hash    bytea NOT NULL UNIQUE,
    previous_hash bytea,                       -- honoured for a moment after a rotation
    rotated_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id     uuid NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    rights        text NOT NULL,               -- hash of the rights at the last rotation
    id_token      text NOT NULL DEFAULT '',    -- the hint for signing out at the identity provider
    remote        text NOT NULL,
    agent         text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at    timestamptz NOT NULL
);
CREATE INDEX sessions_previous ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Who has which role where: on a unit and everything below it.
CREATE TABLE grants (
    id           uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('person', 'group')),
    subject      text NOT NULL CHECK (subject <> ''),
    role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'auditor', 'admin')),
    unit_id      uuid NOT NULL REFERENCES units (id),
    document     text NOT NULL DEFAULT '',     -- the RoleMapping it came from; '' given by hand
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (subject_kind, subject, role, unit_id, document)
);

CREATE TABLE api_tokens (
    id           uuid PRIMARY KEY,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    secret_hash  bytea NOT NULL,
    role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'auditor', 'admin')),
    unit_id      uuid NOT NULL REFERENCES units (id),
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz,                  -- NULL: until revoked
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE UNIQUE INDEX api_tokens_name ON api_tokens (name) WHERE revoked_at IS NULL;

-- Our own signing keys. The newest of a purpose signs; any that is not retired verifies.
CREATE TABLE keyring (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose    text NOT NULL,
    key        bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at timestamptz
);
CREATE INDEX keyring_purpose ON keyring (purpose, id DESC) WHERE retired_at IS NULL;

-- +goose Down
DROP TABLE keyring, api_tokens, grants, sessions, sign_in_attempts, people;
