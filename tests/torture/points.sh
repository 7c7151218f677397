#!/bin/bash
# SPDX-License-Identifier: MIT
# Workers killed between any two steps of the protocol, at the points of
# src/base/point.h: each test is accounted for exactly once, its body entered
# exactly once, and a test is blamed only when its worker died in the body
# (LF-1, LF-2, SHM-1, STATE-1).
#
# Needs a program configured with --enable-points; make check-torture makes one
# and runs this with more SEEDS.

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${SEEDS:=1 2}"
suite=$top_builddir/tests/torture/short.so
export TORTURE_LOG=$tmp/entered

# The steps of src/work that have a point: one in how many visits kills there,
# and whether the test is blamed then.
steps='take_announced:40:no before_claim:40:no after_claim:40:no
	before_run:40:no before_fin:40:yes after_fin:40:no before_push:40:no
	after_push:40:no part_taken:40:no installed:3:no stolen:2:no
	before_sleep:2:no'

has_points()
{
	grep -q '^#define ENABLE_POINTS 1' "$top_builddir/config.h"
}

has_points || skip_all "configured without --enable-points"

# shellcheck disable=SC2086 # lists of words
plan $((5 * ($(wc -w <<<$steps) + 3 * $(wc -w <<<$SEEDS))))

# Workers were replaced: tests saw a later generation, or one died idle.
somebody_was_killed()
{
	awk '$2 > 0 { found = 1 } END { exit !found }' "$TORTURE_LOG" ||
		grep -q '^ *LOST worker' "$tmp/out"
}

# attempt POINTS N ARGUMENT...
attempt()
{
	local n=$2
	export SHMRUN_POINTS=$1
	shift 2
	: >"$TORTURE_LOG"
	run "$@" -f "short::test[0-$((n - 1))]" "$suite"
	unset SHMRUN_POINTS
}

# torment SEED POINTS BLAME N ARGUMENT...: N tests under kills; five results.
torment()
{
	local seed=$1 points=$2 blame=$3 n=$4 i crashes what
	shift 4
	# A lottery: a rare point may have spared everybody.
	for ((i = 0; i < 5; i++)); do
		attempt "$((seed + i * 1000)):$points" "$n" "$@"
		! somebody_was_killed || break
	done

	what="$seed:$points $*"
	ok "$what: somebody was killed" somebody_was_killed
	crashes=$(results SIGKILL | sort -u | wc -l)
	[ "$blame" = yes ] || crashes=0
	is "$(last_line "$out")" "$((n - crashes)) passed, $crashes failed" \
		"$what: each test is counted once"
	is "$(results | wc -l) $(results SIGKILL | sort -u | wc -l)" \
		"$crashes $crashes" "$what: who died in its body is blamed"
	is "$status" $((crashes > 0)) "$what: the result can be trusted"
	is "$(cut -d' ' -f1 "$TORTURE_LOG" | sort -n |
		cmp - <(seq 0 $((n - 1))) 2>&1)" "" \
		"$what: each body was entered once"
}

for step in $steps; do
	IFS=: read -r name kill blame <<<"$step"
	# Where all have a deque of their own from the start, stealing is
	# certain.
	[ "$name" = stolen ] && dist=worksteal || dist=auto
	torment 1 "$kill:0:$name" "$blame" 2000 -j 4 --dist=$dist
done
for seed in $SEEDS; do
	torment "$seed" 400:0 yes 20000 -j 2
	torment "$seed" 400:400 yes 20000 -j 8
	torment "$seed" 60:0 yes 3000 -j 3 --isolate=fork
done
