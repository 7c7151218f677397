# SPDX-License-Identifier: MIT
# makespan.sh: how near a run comes to the shortest that its tests allow:
# 400 tests that sleep, the four longest declared last, 8 workers; without and
# with a history.

. "${top_srcdir:?}/bench/lib.sh"

workers=8
divide=$(size 1 20)
export BENCH_DIVIDE=$divide SHMRUN_CACHE_DIR

# max(sum / workers, longest), in ns
bound=$(awk -v workers="$workers" -v divide="$divide" 'BEGIN {
	sum = 376 * 5 + 20 * 100 + 4 * 1500
	longest = 1500
	bound = sum / workers > longest ? sum / workers : longest
	printf "%.0f", bound * 1e6 / divide }') || broken "no bound"

sleeps()
{
	shmrun_is "400 passed, 0 failed" -j "$workers" "$suites/makespan.so"
	sample "$1" "$(calc "$wall / $bound")"
}

# A cache of its own for each round: nothing is known at first.
round()
{
	SHMRUN_CACHE_DIR=$(mktemp -d "$tmp/cache.XXXXXX") || broken "no folder"
	sleeps first
	sleeps second
}

for_rounds round
figure "400 sleeping tests, -j $workers, nothing known: wall time" \
	"$(median first)" x '<=' 1.40 "max(sum / $workers, longest)"
figure "... and again, with the history of that run" \
	"$(median second)" x '<=' 1.02 "the same, $(calc "$bound / 1e9") s"
