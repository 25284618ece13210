-- name: ScheduleWork :exec
-- The next time stays when only the rhythm is the same.
INSERT INTO due_work (kind, key, due_at, every)
VALUES (@kind, @key, clock_timestamp(), sqlc.narg('every'))
ON CONFLICT (kind, key) DO UPDATE
SET every = EXCLUDED.every,
    due_at = LEAST(due_work.due_at, clock_timestamp() + COALESCE(EXCLUDED.every, interval '0'))
WHERE due_work.every IS DISTINCT FROM EXCLUDED.every;

-- name: UnscheduleWork :exec
DELETE FROM due_work WHERE kind = @kind AND key = @key;

-- name: ClaimWork :many
-- What is due and not held by a living process. SKIP LOCKED lets several consoles claim at once.
UPDATE due_work w
SET lease_owner = @owner, lease_until = clock_timestamp() + @lease::interval, fence = w.fence + 1
FROM (
    SELECT d.kind, d.key FROM due_work d
    WHERE d.due_at <= clock_timestamp() AND d.lease_until <= clock_timestamp() AND d.kind = ANY(@kinds::text[])
    ORDER BY d.due_at
    LIMIT @max_rows
    FOR UPDATE SKIP LOCKED
) due
WHERE w.kind = due.kind AND w.key = due.key
RETURNING w.kind, w.key, w.due_at, w.fence;

-- name: FinishWork :execrows
-- Only the holder of the newest lease moves the work on. Missed beats are not caught up one by one.
-- What was asked for since the work was claimed (@claimed is when it was due then) is still to be done.
UPDATE due_work
SET lease_owner = '', lease_until = '-infinity',
    due_at = CASE WHEN due_at > @claimed::timestamptz THEN due_at WHEN every IS NULL THEN 'infinity' ELSE GREATEST(due_at + every, clock_timestamp()) END
WHERE kind = @kind AND key = @key AND fence = @fence;

-- name: RetryWork :execrows
-- The handler failed: the work stays due, and can be claimed again a little later.
UPDATE due_work
SET lease_owner = '', lease_until = clock_timestamp() + LEAST(COALESCE(every, @pause::interval), @pause::interval)
WHERE kind = @kind AND key = @key AND fence = @fence;

-- name: ReadFeed :many
SELECT seq, topic, ids, at FROM feed
WHERE seq > @after::bigint AND topic = ANY(@topics::text[])
ORDER BY seq
LIMIT @max_rows;

-- name: LockCursor :one
-- One consumer of a name at a time: the row lock lasts as long as the batch.
SELECT seq FROM feed_cursors WHERE consumer = @consumer FOR UPDATE;

-- name: MakeCursor :exec
INSERT INTO feed_cursors (consumer, seq) VALUES (@consumer, 0) ON CONFLICT DO NOTHING;

-- name: MoveCursor :exec
UPDATE feed_cursors SET seq = @seq, updated_at = clock_timestamp() WHERE consumer = @consumer;

-- name: FeedLag :many
SELECT c.consumer, (h.last - c.seq)::bigint AS behind, c.updated_at
FROM feed_cursors c CROSS JOIN feed_head h
ORDER BY c.consumer;

-- name: TrimFeed :execrows
DELETE FROM feed
WHERE seq <= (SELECT COALESCE(min(c.seq), 0) FROM feed_cursors c) AND at < clock_timestamp() - @keep::interval;

-- name: MakeDue :execrows
-- Due now, and once more after a handler that is at it already.
UPDATE due_work
SET due_at = CASE WHEN due_at <= clock_timestamp() AND lease_until <= clock_timestamp() THEN due_at ELSE clock_timestamp() END
WHERE kind = @kind AND key = @key;

-- name: ScheduleManual :exec
-- Work without a rhythm: never due by itself. What is due now was perhaps asked for, and is done.
INSERT INTO due_work (kind, key, due_at, every) VALUES (@kind, @key, 'infinity', NULL)
ON CONFLICT (kind, key) DO UPDATE SET every = NULL,
    due_at = CASE WHEN due_work.every IS NULL OR due_work.due_at <= clock_timestamp() THEN due_work.due_at ELSE 'infinity' END;

-- name: ExtendLease :execrows
UPDATE due_work SET lease_until = clock_timestamp() + @lease::interval WHERE kind = @kind AND key = @key AND fence = @fence AND lease_owner = @owner;

-- name: NotifyDue :exec
SELECT pg_notify('causeway_due', @kind::text);

-- name: ReleaseLease :execrows
-- Due again at once, for whoever comes next.
UPDATE due_work SET lease_owner = '', lease_until = '-infinity' WHERE kind = @kind AND key = @key AND fence = @fence;
