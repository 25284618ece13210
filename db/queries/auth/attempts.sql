-- name: AddAttempt :exec
INSERT INTO sign_in_attempts (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
VALUES (@state_hash, @browser_hash, @nonce, @verifier, @return_to, clock_timestamp() + @lasts::interval);

-- name: TakeAttempt :one
-- Deleting is what makes it usable once, whoever else asks at the same moment.
DELETE FROM sign_in_attempts WHERE state_hash = @state_hash
RETURNING browser_hash, nonce, verifier, return_to, (expires_at > clock_timestamp())::boolean AS live;

-- name: PurgeAttempts :execrows
DELETE FROM sign_in_attempts WHERE expires_at < clock_timestamp() - interval '1 hour';
