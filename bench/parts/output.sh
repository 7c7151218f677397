# SPDX-License-Identifier: MIT
# output.sh: one test that prints 5 GB: the runner's memory, the exact count,
# the first and the last lines.

. "${top_srcdir:?}/bench/lib.sh"

bytes=$(size 5000000000 5000000)
export BENCH_BYTES=$bytes
measure_flags=-m

round()
{
	shmrun_is "0 passed, 1 failed" -j 2 "$suites/flood.so"
	sample hwm "$(calc "$hwm / 1024")"
	sample shmem "$(calc "$shmem / 1024")"
	sample rate "$(calc "$bytes / $wall")"
}

# has REGEX: 1 when a line of the report matches, else 0.
has()
{
	grep -Ecm 1 -- "$1" "$tmp/report"
}

for_rounds round
# shellcheck disable=SC2086 # a list of words on purpose
"$SHMRUN" $BENCH_ARGS -j 2 "$suites/flood.so" >"$tmp/report" 2>&1
figure "a test prints $bytes bytes: runner's peak memory" "$(median hwm)" MB \
	'<' 64 "VmHWM of the runner"
figure "... rise of the machine's Shmem" "$(median shmem)" MB
figure "... rate" "$(median rate)" GB/s
figure "... the report has the exact count" "$(has "\($bytes bytes\)")" "" \
	'>=' 1
figure "... and its first line" "$(has '^ *first line$')" "" '>=' 1
figure "... and its last line" "$(has '^ *last line$')" "" '>=' 1
