#!/bin/bash
# SPDX-License-Identifier: MIT
# What the summary says of time: ideal, actual, what limited the run and what
# more workers would give, for a run of a second or more or with -v, never
# with -q (LONG-4, BOUND-3, JOBS-5); as many of the slowest as asked for
# (RPT-12).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 12

run -j 2 "$SUITES/nap.so"
is "$status" 0 "a run of a second"
like "$out" '^ideal 1\.1[0-9]*s, actual [0-9]+\.[0-9]{3}s, efficiency [0-9]+%$' \
	"ideal, actual, efficiency"
like "$out" '^limited by nap::long: 1\.[0-9]+s, begun after [0-9.]+s$' \
	"the test that limits the run"
like "$out" '^more than 2 workers cannot help: nap::long alone is 1\.[0-9]+s$' \
	"how many workers can help"
is "$(grep -cE '^(ideal|limited|more|[0-9]+ workers)' <<<"$out")" 3 \
	"three lines"
is "$(last_line "$out")" "11 passed, 0 failed" "the last line is the last"

run -j 2 -f 'nap::short*' "$SUITES/nap.so"
unlike "$out" '^ideal' "nothing for a short run"
run -v -j 2 -f 'nap::short*' "$SUITES/nap.so"
like "$out" '^ideal' "but with -v"
like "$out" '^4 workers: 0\.0[0-9]*s at best; more than [0-9]+ workers' \
	"what twice the workers would give"
run -q -j 2 "$SUITES/nap.so"
unlike "$out" 'ideal|limited|slowest' "nothing with -q"

run --durations=0 -j 2 -f 'nap::short*' "$SUITES/nap.so"
unlike "$out" 'slowest' "--durations=0: none of the slowest"
run --durations=7 -j 2 -f 'nap::short*' "$SUITES/nap.so"
is "$(sed -n '/^slowest:/,/^[0-9]* tests/p' <<<"$out" | grep -c 's nap::')" 7 \
	"--durations=7: seven of them"
