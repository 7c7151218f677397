# SPDX-License-Identifier: MIT
# scale.sh: many tests, as one range and one by one: time and memory per test
# at N and at a tenth of it, and how soon the first test starts.

. "${top_srcdir:?}/bench/lib.sh"

range=$(size 10000000 10000)
registered=$(size 1000000 1000)
measure_flags=-m
export BENCH_COUNT BENCH_STAMPS=$tmp/stamps BENCH_FIRST=$tmp/first
# A preloaded object comes before the sanitizer that the program may have.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0

# In ms: when the first body ran, less when the loader, the second process
# that speaks, said that the suite is listed: its last word before the runner
# speaks again.
start_ms()
{
	sort -n "$BENCH_STAMPS" | awk -v first="$(sort -n "$BENCH_FIRST" |
			head -n 1)" '
		NR == 1	{ runner = $2; next }
		plan { next }
		$2 != runner { end = $1; next }
		end { plan = $1 }
		END { if (!end || !plan || !first) exit 1
		      printf "%.3f %.3f", (first - end) / 1e6,
				(first - plan) / 1e6 }'
}

# try NAME N SUITE: one run, once for time and once for the moment of the start.
try()
{
	local name=$1 n=$2 suite=$3 from_plan
	BENCH_COUNT=$n
	rm -rf "$SHMRUN_CACHE_DIR"
	shmrun_is "$n passed, 0 failed" -j 2 "$suite"
	per_test "$name.cpu" "$n"
	sample "$name.hwm" "$(calc "$hwm * 1024")"
	sample "$name.arena" "$(calc "$arena / $n")"
	sample "$name.shmem" "$(calc "$shmem / 1024")"
	rm -rf "$BENCH_STAMPS" "$BENCH_FIRST" "$SHMRUN_CACHE_DIR"
	LD_PRELOAD=$built/stamp.so shmrun_is "$n passed, 0 failed" -j 2 "$suite"
	read -r start from_plan <<<"$(start_ms)"
	[ -n "${from_plan-}" ] || broken "no stamps of $suite"
	sample "$name.start" "$start"
	sample "$name.plan" "$from_plan"
}

round()
{
	try range $((range / 10)) "$suites/range.so"
	try range10 "$range" "$suites/range.so"
	try registered $((registered / 10)) "$suites/registered.so"
	try registered10 "$registered" "$suites/registered.so"
}

# tell NAME N WHAT
tell()
{
	local name=$1 n=$2
	figure "$n $3: CPU per test" "$(median "${name}10.cpu")" ns
	figure "... to a tenth of them" "$(ratio "${name}10.cpu" "$name.cpu")" \
		x '<=' 1.25 "linear, with room for caches"
	figure "... runner's peak memory" \
		"$(calc "$(median "${name}10.hwm") / 1048576")" MB
	figure "... per test, beyond a tenth of them" \
		"$(calc "$(minus "${name}10.hwm" "$name.hwm") / ($n * 0.9)")" B
	figure "... memory to a tenth of them" \
		"$(ratio "${name}10.hwm" "$name.hwm")" x '<=' 10 "linear"
	figure "... arena per test" "$(median "${name}10.arena")" B '<=' 32 \
		"its mapping in the runner"
	figure "... rise of the machine's Shmem" \
		"$(median "${name}10.shmem")" MB
	figure "... first test after the end of the listing" \
		"$(median "${name}10.start")" ms '<=' 100 \
		"the loader's last word to the first body"
	figure "... of that: after catalog and arena were made" \
		"$(median "${name}10.plan")" ms
}

for_rounds round
tell range "$range" "indices of a range"
tell registered "$registered" "registered tests"
