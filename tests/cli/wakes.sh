#!/bin/bash
# SPDX-License-Identifier: MIT
# No wake-up arrives, ever: whoever sleeps wakes by its timeout and looks again,
# so that the run costs time, ends as always and loses nothing (ACC-2, LF-4).

. "${top_srcdir:-.}/tests/cli/lib.sh"

: "${top_builddir:?the build folder}"
refuse="$top_builddir/tests/support/refuse"
reason=$("$refuse" wakes true) || skip_all "$reason"

plan 12

RUN_TIMEOUT=120
for isolate in worker fork; do
	for jobs in 2 8; do
		run_program "$refuse" wakes "$SHMRUN" \
			--backend="$SHMRUN_TEST_BACKEND" --isolate=$isolate \
			-j $jobs "$SUITES/params.so" "$SUITES/crash.so"
		is "$status $(last_line "$out")" "1 93 passed, 11 failed" \
			"$isolate, -j $jobs: the counts"
		is "$(results | sort | uniq -d)" "" \
			"$isolate, -j $jobs: none is told twice"
		ok "$isolate, -j $jobs: nothing is left" none_marked "$(run_id)"
	done
done
