-- name: ViewsOf :many
-- A person's own views and those shared with units they see.
SELECT id, person, unit_id, name, query, sort, columns, revision
FROM saved_views
WHERE person = @person OR (unit_id IS NOT NULL AND (@all_units::boolean OR unit_id = ANY((@units::text[])::uuid[])))
ORDER BY name, id;

-- name: PutView :one
INSERT INTO saved_views (id, person, unit_id, name, query, sort, columns)
VALUES (@id, @person, sqlc.narg('unit_id'), @name, @query, @sort, @columns)
ON CONFLICT (person, name) DO UPDATE
SET unit_id = EXCLUDED.unit_id, query = EXCLUDED.query, sort = EXCLUDED.sort, columns = EXCLUDED.columns, revision = saved_views.revision + 1
RETURNING id, revision;

-- name: RenameView :execrows
UPDATE saved_views SET name = @name, unit_id = sqlc.narg('unit_id'), revision = revision + 1 WHERE id = @id AND person = @person;

-- name: DeleteView :execrows
DELETE FROM saved_views WHERE id = @id AND person = @person;
