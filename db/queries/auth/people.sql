-- name: SavePerson :one
-- What the identity provider says of a person replaces what it said before; their settings stay.
INSERT INTO people (id, issuer, subject, name, title, groups)
VALUES (@id, @issuer, @subject, @name, @title, @groups)
ON CONFLICT (issuer, subject) DO UPDATE
SET name = EXCLUDED.name, title = EXCLUDED.title, groups = EXCLUDED.groups, last_sign_in_at = clock_timestamp()
RETURNING id;

-- name: ReleaseName :execrows
-- Sessions go with the person.
DELETE FROM people WHERE name = @name;

-- name: RevokePersonGrants :execrows
DELETE FROM grants WHERE subject_kind = 'person' AND subject = @name;

-- name: SaveSettings :execrows
UPDATE people SET zone = @zone, theme = @theme, contrast = @contrast, density = @density, single_keys = @single_keys WHERE id = @id;
