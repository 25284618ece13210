-- name: EnsureAccount :one
-- The name is only overwritten by a source that knows one.
INSERT INTO accounts AS a (provider, native_id, name, parent, tags, unit_id)
VALUES (@provider, @native_id, @name, @parent, @tags, COALESCE(
    (SELECT c.unit_id FROM unit_accounts c WHERE c.provider = @provider AND c.native_id = @native_id), @fallback_unit::uuid))
ON CONFLICT (provider, native_id) DO UPDATE
SET name = CASE WHEN EXCLUDED.name = EXCLUDED.native_id THEN a.name ELSE EXCLUDED.name END,
    parent = CASE WHEN EXCLUDED.parent = '' THEN a.parent ELSE EXCLUDED.parent END,
    tags = CASE WHEN EXCLUDED.tags = '[]' THEN a.tags ELSE EXCLUDED.tags END
RETURNING a.id, a.unit_id, a.name, (a.xmax = 0)::boolean AS fresh;

-- name: EnsureScope :one
INSERT INTO scopes AS s (source_id, account_id, region, api, kinds, rank, manager, eventual, source_revision)
VALUES (@source_id, @account_id, @region, @api, @kinds, @rank, @manager, @eventual, @source_revision)
ON CONFLICT (source_id, account_id, region, api) DO UPDATE
SET kinds = EXCLUDED.kinds, rank = EXCLUDED.rank, manager = EXCLUDED.manager, eventual = EXCLUDED.eventual,
    source_revision = EXCLUDED.source_revision, state = CASE WHEN s.state IN ('lost', 'removed') THEN 'planned' ELSE s.state END,
    problem_code = CASE WHEN s.state = 'lost' THEN '' ELSE s.problem_code END,
    problem_text = CASE WHEN s.state = 'lost' THEN '' ELSE s.problem_text END,
    problem_fix = CASE WHEN s.state = 'lost' THEN '' ELSE s.problem_fix END,
    failing_since = CASE WHEN s.state = 'lost' THEN NULL ELSE s.failing_since END
RETURNING s.id, s.lineage, s.serial, s.held_release, s.rows;

-- name: PlanRunScopes :exec
INSERT INTO run_scopes (run_id, scope_id, state)
SELECT @run_id, id, 'planned' FROM unnest(@scope_ids::bigint[]) AS id
ON CONFLICT (run_id, scope_id) DO UPDATE
SET state = 'planned', started_at = NULL, finished_at = NULL, rows_seen = 0, rows_new = 0, rows_changed = 0, rows_gone = 0,
    problem_code = '', problem_text = '';

-- name: BeginScope :exec
WITH s AS (UPDATE scopes p SET state = 'running', last_run = @run_id, last_attempt_at = clock_timestamp() WHERE p.id = @scope_id)
UPDATE run_scopes x SET state = 'running', started_at = clock_timestamp() WHERE x.run_id = @run_id AND x.scope_id = @scope_id;

-- name: AddProgress :exec
WITH s AS (
    UPDATE run_scopes x SET rows_seen = x.rows_seen + @seen, rows_new = x.rows_new + @new, rows_changed = x.rows_changed + @changed,
        rows_gone = x.rows_gone + @gone
    WHERE x.run_id = @run_id AND x.scope_id = @scope_id
)
UPDATE runs n SET rows_seen = n.rows_seen + @seen, rows_new = n.rows_new + @new, rows_changed = n.rows_changed + @changed,
    rows_gone = n.rows_gone + @gone
WHERE n.id = @run_id;

-- name: CloseScopeOK :exec
WITH s AS (
    UPDATE scopes p SET state = 'ok', problem_code = '', problem_text = '', problem_fix = '', failing_since = NULL,
        last_ok_at = clock_timestamp(), last_ok_observed = sqlc.narg('observed'), rows = @rows, lineage = @lineage, serial = @serial,
        held_rows = 0, held_release = false
    WHERE p.id = @scope_id
), r AS (
    UPDATE run_scopes x SET state = 'ok', finished_at = clock_timestamp() WHERE x.run_id = @run_id AND x.scope_id = @scope_id
)
UPDATE runs n SET scopes_done = n.scopes_done + 1 WHERE n.id = @run_id;

-- name: CloseScopeHeld :exec
WITH s AS (
    UPDATE scopes p SET state = 'held', held_rows = @held_rows, held_release = false, problem_code = 'held', problem_text = @problem_text,
        problem_fix = @problem_fix, failing_since = COALESCE(p.failing_since, clock_timestamp())
    WHERE p.id = @scope_id
), r AS (
    UPDATE run_scopes x SET state = 'held', finished_at = clock_timestamp(), problem_code = 'held', problem_text = @problem_text
    WHERE x.run_id = @run_id AND x.scope_id = @scope_id
)
UPDATE runs n SET scopes_done = n.scopes_done + 1, scopes_failed = n.scopes_failed + 1 WHERE n.id = @run_id;

-- name: CloseScopeFailed :exec
WITH s AS (
    UPDATE scopes p SET state = 'failed', problem_code = @problem_code, problem_text = @problem_text, problem_fix = @problem_fix,
        failing_since = COALESCE(p.failing_since, clock_timestamp()), last_attempt_at = clock_timestamp(), last_run = @run_id
    WHERE p.id = @scope_id
), r AS (
    UPDATE run_scopes x SET state = 'failed', finished_at = clock_timestamp(), problem_code = @problem_code, problem_text = @problem_text
    WHERE x.run_id = @run_id AND x.scope_id = @scope_id
)
UPDATE runs n SET scopes_done = n.scopes_done + 1, scopes_failed = n.scopes_failed + 1 WHERE n.id = @run_id;

-- name: ReleaseHeld :execrows
UPDATE scopes SET held_release = true WHERE id = @id AND state = 'held';

-- name: KeepHeld :execrows
-- The rows stay as they are, and the next complete listing asks again.
UPDATE scopes SET held_release = false, problem_text = @problem_text WHERE id = @id AND state = 'held';

-- name: UnplannedScopes :many
-- Scopes of a source that its complete plan no longer holds.
SELECT id, account_id, region, api, source_revision AS revision FROM scopes
WHERE source_id = @source_id AND state <> 'removed' AND NOT (id = ANY(@planned::bigint[]))
ORDER BY id;

-- name: MarkScopeLost :exec
UPDATE scopes SET state = 'lost', problem_code = 'lost', problem_text = @problem_text, problem_fix = @problem_fix,
    failing_since = COALESCE(failing_since, clock_timestamp())
WHERE id = @id AND state <> 'lost';

-- name: MarkScopeRemoved :exec
UPDATE scopes SET state = 'removed', rows = 0, problem_code = '', problem_text = '', problem_fix = '', failing_since = NULL, held_rows = 0
WHERE id = @id;

-- name: ScopesOfSource :many
SELECT id FROM scopes WHERE source_id = @source_id AND state <> 'removed' ORDER BY id;

-- name: Ledger :many
SELECT p.id, p.source_id, s.name AS source, a.provider, a.native_id AS account_native, a.name AS account, a.unit_id, p.region, p.api,
    p.kinds, p.rank, p.manager, p.eventual, p.state, p.problem_code, p.problem_text, p.problem_fix, p.failing_since, p.last_attempt_at,
    p.last_ok_at, p.last_ok_observed, p.rows, p.lineage, p.serial, p.held_rows, p.held_release
FROM scopes p JOIN accounts a ON a.id = p.account_id JOIN sources s ON s.id = p.source_id
WHERE p.source_id = @source_id AND p.state <> 'removed'
  AND (@state::text = '' OR p.state = @state OR (@state = 'failing' AND p.state IN ('failed', 'lost', 'held')))
  AND (@all_units::boolean OR a.unit_id = ANY((@units::text[])::uuid[]))
  AND (@after_id::bigint = 0 OR (a.name, p.region, p.api, p.id) > (SELECT x.name, y.region, y.api, y.id FROM scopes y JOIN accounts x ON x.id = y.account_id WHERE y.id = @after_id))
ORDER BY a.name, p.region, p.api, p.id
LIMIT @max_rows;

-- name: ScopeByID :one
SELECT p.id, p.source_id, s.name AS source, a.provider, a.native_id AS account_native, a.name AS account, a.unit_id, p.region, p.api,
    p.kinds, p.rank, p.manager, p.eventual, p.state, p.problem_code, p.problem_text, p.problem_fix, p.failing_since, p.last_attempt_at,
    p.last_ok_at, p.last_ok_observed, p.rows, p.lineage, p.serial, p.held_rows, p.held_release
FROM scopes p JOIN accounts a ON a.id = p.account_id JOIN sources s ON s.id = p.source_id
WHERE p.id = @id;

-- name: InsertRun :one
-- At most one run of a source is open: a second request joins the first.
INSERT INTO runs (id, source_id, trigger, requested_by, state, payload)
VALUES (@id, @source_id, @trigger, @requested_by, 'queued', sqlc.narg('payload'))
ON CONFLICT (source_id) WHERE state IN ('queued', 'running') DO NOTHING
RETURNING id;

-- name: OpenRun :one
SELECT id, trigger, state, fence FROM runs WHERE source_id = @source_id AND state IN ('queued', 'running');

-- name: FenceRun :exec
UPDATE runs SET fence = @fence WHERE id = @id;

-- name: BeginRun :one
-- Only the holder of the newest lease may run it; a job that was rescued late finds that it may not.
UPDATE runs SET state = 'running', started_at = COALESCE(started_at, clock_timestamp()), attempt = attempt + 1, scopes_planned = 0,
    scopes_done = 0, scopes_failed = 0, rows_seen = 0, rows_new = 0, rows_changed = 0, rows_gone = 0
WHERE id = @id AND fence = @fence AND state IN ('queued', 'running')
RETURNING source_id, trigger, payload, attempt, cancel;

-- name: SetPlanned :exec
UPDATE runs SET scopes_planned = @planned WHERE id = @id;

-- name: FinishRun :exec
-- Scopes that the run leaves half-way stand where they stood: nothing new is known of them.
WITH scopes_left AS (
    UPDATE scopes p
    SET state = CASE WHEN p.problem_code = 'held' THEN 'held' WHEN p.problem_code <> '' THEN 'failed'
                     WHEN p.last_ok_at IS NULL THEN 'planned' ELSE 'ok' END
    WHERE p.last_run = @id AND p.state = 'running'
), lines_left AS (
    UPDATE run_scopes x SET state = 'stopped', finished_at = clock_timestamp() WHERE x.run_id = @id AND x.state IN ('planned', 'running')
)
UPDATE runs n SET state = @state, finished_at = clock_timestamp(), problem_code = @problem_code, problem_text = @problem_text,
    problem_fix = @problem_fix, payload = NULL
WHERE n.id = @id AND n.state IN ('queued', 'running');

-- name: AskCancel :execrows
UPDATE runs SET cancel = true WHERE id = @id AND state IN ('queued', 'running');

-- name: StopRuns :exec
-- Of a source that is deleted: what waits ends here, what runs is asked to stop.
UPDATE runs SET cancel = true, state = CASE WHEN state = 'queued' THEN 'canceled' ELSE state END,
    finished_at = CASE WHEN state = 'queued' THEN clock_timestamp() ELSE finished_at END,
    payload = CASE WHEN state = 'queued' THEN NULL ELSE payload END
WHERE source_id = @source_id AND state IN ('queued', 'running');

-- name: EndRuns :execrows
-- Of a source that is deleted: a run whose process died would never end by itself.
UPDATE runs SET state = 'canceled', finished_at = clock_timestamp(), payload = NULL
WHERE source_id = @source_id AND state IN ('queued', 'running');

-- name: CancelAsked :one
SELECT cancel FROM runs WHERE id = @id;

-- name: RunByID :one
SELECT r.id, r.source_id, s.name AS source, s.unit_id, r.trigger, r.requested_by, r.state, r.queued_at, r.started_at, r.finished_at, r.cancel, r.attempt,
    r.scopes_planned, r.scopes_done, r.scopes_failed, r.rows_seen, r.rows_new, r.rows_changed, r.rows_gone, r.problem_code,
    r.problem_text, r.problem_fix
FROM runs r JOIN sources s ON s.id = r.source_id
WHERE r.id = @id;

-- name: RunsOfSource :many
SELECT r.id, r.source_id, s.name AS source, s.unit_id, r.trigger, r.requested_by, r.state, r.queued_at, r.started_at, r.finished_at, r.cancel, r.attempt,
    r.scopes_planned, r.scopes_done, r.scopes_failed, r.rows_seen, r.rows_new, r.rows_changed, r.rows_gone, r.problem_code,
    r.problem_text, r.problem_fix
FROM runs r JOIN sources s ON s.id = r.source_id
WHERE r.source_id = @source_id
ORDER BY r.queued_at DESC
LIMIT @max_rows;

-- name: OpenRuns :many
SELECT r.id, r.source_id, s.name AS source, s.unit_id, r.trigger, r.requested_by, r.state, r.queued_at, r.started_at, r.finished_at, r.cancel, r.attempt,
    r.scopes_planned, r.scopes_done, r.scopes_failed, r.rows_seen, r.rows_new, r.rows_changed, r.rows_gone, r.problem_code,
    r.problem_text, r.problem_fix
FROM runs r JOIN sources s ON s.id = r.source_id
WHERE r.state IN ('queued', 'running');

-- name: FailedScopesOfRun :many
SELECT p.id, a.provider, a.name AS account, p.region, p.api, x.state, x.problem_code, x.problem_text, p.problem_fix
FROM run_scopes x JOIN scopes p ON p.id = x.scope_id JOIN accounts a ON a.id = p.account_id
WHERE x.run_id = @run_id AND x.state IN ('failed', 'held')
  AND (@all_units::boolean OR a.unit_id = ANY((@units::text[])::uuid[]))
ORDER BY a.name, p.region, p.api
LIMIT 200;

-- name: TrimRuns :execrows
DELETE FROM runs WHERE state NOT IN ('queued', 'running') AND queued_at < clock_timestamp() - @keep::interval;

-- name: TryLockScope :one
-- Held by the connection that writes: it ends with the connection, however that ends.
SELECT pg_try_advisory_lock(73020000, @scope_id::integer);

-- name: UnlockScope :one
SELECT pg_advisory_unlock(73020000, @scope_id::integer);

-- name: NotifyRun :exec
SELECT pg_notify('causeway_runs', @run::text);
