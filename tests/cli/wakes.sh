#!/bin/bash
# SPDX-License-Identifier: MIT
# No wake-up arrives, ever: whoever sleeps wakes by its timeout and looks again,
# so that the run costs some tenths of a second, ends as always and loses
# nothing (ACC-2, LF-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
refuse="$top_builddir/tests/support/refuse"
reason=$("$refuse" wakes true) || skip_all "$reason"

plan 17

RUN_TIMEOUT=120
for isolate in worker fork; do
	for jobs in 2 8; do
		begun=$SECONDS
		run_program "$refuse" wakes "$SHMRUN" --grace=60s \
			--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
			-j $jobs "$SUITES/params.so" "$SUITES/crash.so"
		is "$status $(last_line "$out")" "1 93 passed, 11 failed" \
			"$isolate, -j $jobs: the counts"
		ok "$isolate, -j $jobs: soon" [ $((SECONDS - begun)) -lt 8 ]
		is "$(results | sort | uniq -d)" "" \
			"$isolate, -j $jobs: none is told twice"
		ok "$isolate, -j $jobs: nothing is left" none_marked "$(run_id)"
	done
done

run_program "$refuse" wakes "$SHMRUN" --backend="$SHMRUN_TEST_BACKEND" \
	--no-timings --stress=2 --repeat=5 -f 'quick::empty' "$SUITES/stress.so"
is "$status $(last_line "$out")" "0 10 passed, 0 failed" \
	"copies begin without being woken"
