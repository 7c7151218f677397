# SPDX-License-Identifier: MIT
# contain.sh: what containment costs tests that behave well, and how late the
# backtrace of one that does not is.
#
# In the worker tier all that a test costs beyond its call is held to the limit
# for leftovers, output and limits: they are a part of it.  In the fork tier
# likewise, beside a bare fork.

. "${top_srcdir:?}/bench/lib.sh"

many=$(size 2000000 2000)
forks=$(size 5000 50)
export EMPTY_COUNT BENCH_COUNT=1 BENCH_EVERY=1

# backtrace: one crash with, one without.
backtrace()
{
	shmrun_is "0 passed, 1 failed" -j 1 "$suites/crashes.so"
	sample with "$wall"
	shmrun_is "0 passed, 1 failed" -j 1 --backtrace=never \
		"$suites/crashes.so"
	sample without "$wall"
}

round()
{
	local before
	EMPTY_COUNT=$many
	before=$("$built/floor" call "$many" 1)
	shmrun_is "$many passed, 0 failed" -j 1 "$fixtures/manyempty.so"
	sample beyond "$(calc "$cpu / $many - $before")"
	EMPTY_COUNT=$forks
	before=$("$built/floor" fork "$forks")
	shmrun_is "$forks passed, 0 failed" -j 1 --isolate=fork \
		"$fixtures/manyempty.so"
	per_test tier "$forks"
	sample fork "$(calc "($before + $("$built/floor" fork "$forks")) / 2")"
	if $traces; then
		for _ in 1 2 3 4 5; do backtrace; done
	fi
}

traces=false
"$SHMRUN" -j 1 --record=none "$suites/crashes.so" 2>"$tmp/err" |
	grep -q 'crashes\.c:' && traces=true
for_rounds round
figure "a test of the worker tier, beyond its call" "$(median beyond)" ns \
	'<=' 150 "all of it, containment included"
figure "a test of the fork tier against a bare fork" "$(ratio tier fork)" x \
	'<=' 1.25 "all of it, containment included"
if $traces; then
	figure "a backtrace with file and line after a crash" \
		"$(calc "$(minus with without) / 1e6")" ms '<=' 50 \
		"the run's wall time with and without"
else
	skipped "a backtrace with file and line after a crash" \
		"shmrun-unwind cannot make it here"
fi
