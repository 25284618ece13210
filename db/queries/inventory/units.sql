-- name: RootUnit :one
SELECT id FROM units WHERE parent_id IS NULL;
