-- name: RootUnit :one
SELECT id FROM units WHERE parent_id IS NULL;

-- name: Units :many
SELECT id, parent_id, slug, title, owner, revision FROM units ORDER BY slug;

-- name: UnitBySlug :one
SELECT id, parent_id, slug, title, owner, revision FROM units WHERE slug = @slug;

-- name: LockUnit :one
SELECT id, parent_id, slug, title, owner, revision FROM units WHERE slug = @slug FOR UPDATE;

-- name: InsertUnit :exec
INSERT INTO units (id, parent_id, slug, title, owner) VALUES (@id, @parent_id, @slug, @title, @owner);

-- name: UpdateUnit :exec
UPDATE units SET parent_id = sqlc.narg('parent_id'), title = @title, owner = @owner, revision = revision + 1, updated_at = clock_timestamp()
WHERE id = @id;

-- name: UnitClaims :many
SELECT unit_id, provider, native_id FROM unit_accounts ORDER BY provider, native_id;

-- name: DropClaims :exec
DELETE FROM unit_accounts WHERE unit_id = @unit_id;

-- name: ClaimAccount :execrows
INSERT INTO unit_accounts (unit_id, provider, native_id) VALUES (@unit_id, @provider, @native_id)
ON CONFLICT (provider, native_id) DO NOTHING;

-- name: ClaimHolder :one
SELECT u.slug FROM unit_accounts c JOIN units u ON u.id = c.unit_id WHERE c.provider = @provider AND c.native_id = @native_id;

-- name: UnitOfAccount :one
SELECT unit_id FROM unit_accounts WHERE provider = @provider AND native_id = @native_id;

-- name: AccountUnit :one
-- Where an account that was seen is now, whoever claims it.
SELECT unit_id FROM accounts WHERE provider = @provider AND native_id = @native_id;

-- name: MisplacedAccounts :many
-- Accounts whose unit is not the one that claims them, or that lost their claim. The fallback is
-- the unit of the oldest source that sees them, else the root.
SELECT a.id, a.unit_id AS had,
    COALESCE(c.unit_id,
        (SELECT s.unit_id FROM scopes p JOIN sources s ON s.id = p.source_id WHERE p.account_id = a.id ORDER BY s.created_at LIMIT 1),
        (SELECT u.id FROM units u WHERE u.parent_id IS NULL))::uuid AS wanted
FROM accounts a LEFT JOIN unit_accounts c ON c.provider = a.provider AND c.native_id = a.native_id
WHERE a.unit_id <> COALESCE(c.unit_id,
        (SELECT s.unit_id FROM scopes p JOIN sources s ON s.id = p.source_id WHERE p.account_id = a.id ORDER BY s.created_at LIMIT 1),
        (SELECT u.id FROM units u WHERE u.parent_id IS NULL));

-- name: MoveAccount :exec
UPDATE accounts SET unit_id = @unit_id WHERE id = @id;

-- name: EndAccountUnit :exec
UPDATE account_units SET valid_to = clock_timestamp() WHERE account_id = @account_id AND valid_to = 'infinity';

-- name: BeginAccountUnit :exec
INSERT INTO account_units (account_id, unit_id) VALUES (@account_id, @unit_id);

-- name: MoveResources :many
-- A bounded number of rows follows its account; the caller repeats until none is left.
UPDATE resources r SET unit_id = @unit_id
WHERE r.id IN (SELECT x.id FROM resources x WHERE x.account_id = @account_id AND x.unit_id <> @unit_id AND x.id > @after ORDER BY x.id LIMIT @max_rows)
RETURNING r.id;

-- name: StragglingAccounts :many
-- Accounts with listed resources in another unit than their own. The counts tell without a scan.
SELECT DISTINCT a.id, a.unit_id
FROM resource_facets f JOIN accounts a ON a.id = f.account_id
WHERE f.n > 0 AND f.unit_id <> a.unit_id;

-- name: RenamedAccounts :many
-- Accounts whose resources are listed under another name than the one known now.
SELECT DISTINCT a.id
FROM resource_facets f JOIN accounts a ON a.id = f.account_id
WHERE f.n > 0 AND f.account <> a.name;

-- name: ResourcesOfAccount :many
SELECT r.id FROM resources r WHERE r.account_id = @account_id AND r.id > @after ORDER BY r.id LIMIT @max_rows;
