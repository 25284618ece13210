-- name: RightsOf :many
-- Roles of a person by name, of their groups by grant, and of mapped groups (mapped_roles[i] on the
-- unit mapped_units[i]), each with every unit it reaches: the granted one and all below it.
WITH RECURSIVE mapped AS (
    SELECT unnest(@mapped_roles::text[]) AS role, unnest(@mapped_units::text[]) AS slug
), held AS (
    SELECT g.role, g.unit_id FROM grants g
    WHERE (g.subject_kind = 'person' AND g.subject = @person::text)
       OR (g.subject_kind = 'group' AND g.subject = ANY(@groups::text[]))
    UNION
    SELECT m.role, u.id FROM mapped m JOIN units u ON u.slug = m.slug
), reach AS (
    SELECT h.role, h.unit_id FROM held h
    UNION
    SELECT r.role, u.id FROM reach r JOIN units u ON u.parent_id = r.unit_id
)
SELECT role::text AS role, unit_id::uuid AS unit_id FROM reach ORDER BY 1, 2;

-- name: UnitsBelow :many
WITH RECURSIVE reach AS (
    SELECT u.id FROM units u WHERE u.id = @unit_id
    UNION
    SELECT u.id FROM reach r JOIN units u ON u.parent_id = r.id
)
SELECT id::uuid AS id FROM reach ORDER BY 1;

-- name: UnitBySlug :one
SELECT id, title FROM units WHERE slug = @slug;

-- name: UnitChoices :many
SELECT slug, title FROM units ORDER BY parent_id IS NOT NULL, title, slug LIMIT 200;

-- name: AddGrant :execrows
INSERT INTO grants (id, subject_kind, subject, role, unit_id, document, created_by)
VALUES (@id, @subject_kind, @subject, @role, @unit_id, @document, @created_by)
ON CONFLICT DO NOTHING;

-- name: Grants :many
SELECT g.id, g.subject_kind, g.subject, g.role, u.slug AS unit, g.unit_id, g.document, g.created_by, g.created_at
FROM grants g JOIN units u ON u.id = g.unit_id
ORDER BY g.subject_kind, g.subject, g.role, u.slug;

-- name: RevokeGrant :one
WITH gone AS (
    DELETE FROM grants WHERE grants.id = @id RETURNING subject_kind, subject, role, unit_id, document
)
SELECT g.subject_kind, g.subject, g.role, g.unit_id, u.slug AS unit, g.document FROM gone g JOIN units u ON u.id = g.unit_id;

-- name: DocumentGrants :many
SELECT g.id, g.subject_kind, g.subject, g.role, u.slug AS unit, g.unit_id
FROM grants g JOIN units u ON u.id = g.unit_id
WHERE g.document = @document
ORDER BY g.id
FOR UPDATE OF g;
