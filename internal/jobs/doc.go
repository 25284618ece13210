// Package jobs carries out recurring and requested work in the background. It alone writes
// due_work, feed_cursors and (by feed_append) feed.
//
// What is due is a row, and so is who has it: a process claims a due row with a lease and a fence,
// and hands it to River in the same transaction. While the handler runs, its lease is extended; when
// the process dies, the lease ends and another process claims the row with a higher fence. A job of
// River's that comes back late finds that its fence is no longer the newest, and ends.
//
// Start at Runner.Run. The change feed is read by Consumer.
package jobs
