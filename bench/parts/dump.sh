# SPDX-License-Identifier: MIT
# dump.sh: tests that would dump core, and get a backtrace while there are few:
# the wall time of the run against as many that fail in words, and what
# backtraces add to 10,000 of them.

. "${top_srcdir:?}/bench/lib.sh"

few=$(size 500 50)
many=$(size 10000 100)

dumps()
{
	export BENCH_COUNT=$1
	shift
	shmrun_is "0 passed, $BENCH_COUNT failed" -j 2 "$@" \
		"$suites/dumps.so"
}

round()
{
	dumps "$few" -f dumps::fail
	sample plain "$wall"
	dumps "$few" -f dumps::abort
	sample dump "$wall"
	dumps "$many" -f dumps::abort --backtrace=never
	sample without "$wall"
	dumps "$many" -f dumps::abort
	sample with "$wall"
}

for_rounds round
figure "$few tests that fail: wall time" "$(calc "$(median plain) / 1e6")" ms
figure "$few tests that would dump core" "$(calc "$(median dump) / 1e6")" ms
figure "... against those that fail" "$(ratio dump plain)" x '<=' 1.2
figure "$many of them, with backtraces against without" \
	"$(ratio with without)" x '<=' 1.1
