#!/bin/bash
# SPDX-License-Identifier: MIT
# The longest test goes first as soon as it is known, wherever it stands in the
# suite; what the run would need at best, what it needed and what limited it is
# told (ACC-7).

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 6

build_suite skewed <<'END'
#include <time.h>
#include <shmrun.h>
static void nap(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}
SHMRUN_RANGE(brief, test, 200) { nap(1); }
SHMRUN_TEST(long_one, test) { nap(1500); }
END

# rank: how many tests began before the long one.
rank()
{
	jq -r 'select(.event == "test-finished") | [.start_ns, .test] | @tsv' \
		"$tmp/json" | sort -n | grep -n long_one | cut -d : -f 1
}

command -v jq >/dev/null || skip_all "jq is not installed"
for isolate in worker fork; do
	run -j 2 --isolate=$isolate --cache-dir="$tmp/$isolate" \
		"$tmp/skewed.so"
	is "$status" 0 "$isolate: it is learnt"
	run -j 2 --isolate=$isolate --cache-dir="$tmp/$isolate" \
		--canary=off --json="$tmp/json" "$tmp/skewed.so"
	ok "$isolate: it is among the first two ($(rank))" test "$(rank)" -le 2
	like "$out" '^limited by long_one::test: 1\.[5-9]' \
		"$isolate: it is what limits the run, and told"
done
