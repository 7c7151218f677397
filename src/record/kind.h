/* SPDX-License-Identifier: MIT */
/*
 * kind.h - what the frames of a recording hold: records, each a kind and its
 * values, none across frames.  shmrun-recording(5) tells the same to users.
 *
 *	RUN        t0, wall, jobs, isolate; texts id, back end, why so many
 *	           jobs, why this plan, host
 *	SUITE      path, name, adapter, isolate
 *	TEST       of the last suite: bytes of the name before's beginning, the
 *	           rest of the name, file ("" = as before), line (signed, against
 *	           the line before), count, indexed, weight,
 *	           exclusive
 *	SEGMENT    test, index + 1 (0 = tests of one instance each), length
 *	BOUND      first position (against the end of the bound before),
 *	           length: these are one unit
 *	GATED      first position, length, weight
 *	LATE       first position, length, alone
 *	TIMES      how often each test is to stand in the plan, and whether once
 *	           for each slot; only if that is more than once
 *	TURN       which time it is, from 0, of the segments from here on
 *	SHARD      number, of how many, how often each test is to run, the plan's
 *	           id in two halves; only of a shard
 *	SHARE      test, first index, length, shard: who of all shards runs it
 *	COPIES     how many lists of one length, one behind the other, the plan
 *	           is, which are begun step by step together (--stress)
 *	PLANNED    suites, tests, positions: the head ends, frames may be lost
 *	           from here on
 *	PASSES     now, slot, generation, first position, u32 count, then for
 *	           each: start (signed, against the end before), duration
 *	END        now, position, outcome, reason not run, leak, attempt, slot,
 *	           generation, start (signed), duration, signal, status (signed),
 *	           failures, notes (kind, line, file, text each), output: total,
 *	           head, tail
 *	SLOW       now, position, slot, elapsed
 *	FIXTURE    now, test, kind, teardown, slot, generation, start
 *	           (signed), duration
 *	LOST       now, slot, generation, why
 *	RUNNING    now, how many, each: position, slot, since (signed); what was
 *	           said before does not hold any more
 *	WARNING    now, text
 *	CANCELLED  now, text
 *	USAGE      position, user, system, peak in KiB, minor and major faults,
 *	           switches, preemptions: of the test that ends next
 *	FAULT      position, code (signed), address: likewise
 *	TRIES      position, failed attempts, tries: of the test that is told
 *	           next
 *	RETRIED    as END: an attempt failed, and the test is run again
 *	RECHECKED  as END: how a test that failed ended when it ran alone
 *	RERUN      as END: how one that had ended did when its chain ran again
 *	PAUSED     now, for how long all was stopped
 *	FINISHED   now, elapsed, status, signal, why, the tally
 *
 * Times are nanoseconds since t0, t0 itself is the machine's monotonic clock.
 * Each frame starts anew: what was before is nothing, or 0.
 */
#ifndef RECORD_KIND_H
#define RECORD_KIND_H

enum kind {
	KIND_NONE,
	KIND_RUN,
	KIND_SUITE,
	KIND_TEST,
	KIND_SEGMENT,
	KIND_BOUND,
	KIND_GATED,
	KIND_LATE,
	KIND_PLANNED,
	KIND_PASSES,
	KIND_END,
	KIND_SLOW,
	KIND_FIXTURE,
	KIND_LOST,
	KIND_RUNNING,
	KIND_WARNING,
	KIND_CANCELLED,
	KIND_FINISHED,
	KIND_PAUSED,
	KIND_USAGE,
	KIND_FAULT,
	KIND_TRIES,
	KIND_RETRIED,
	KIND_RECHECKED,
	KIND_TIMES,
	KIND_TURN,
	KIND_RERUN,
	KIND_SHARD,
	KIND_SHARE,
	KIND_COPIES,
	N_KINDS
};

#endif
