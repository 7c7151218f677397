# SPDX-License-Identifier: MIT
# crowd.sh: many more workers than cores, working and idle.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 400000 2000)
seconds=$(size 5 1)
export SPIN_COUNT=$n BENCH_SLEEP

spin()
{
	shmrun_is "$n passed, 0 failed" -j "$1" -f 'spin::*' \
		"$fixtures/sleepy.so"
	sample "cpu$1" "$cpu"
	sample "wall$1" "$wall"
}

round()
{
	spin 2
	spin 64
}

# The same suite without the sleep: what starting and ending 64 workers costs.
idle_round()
{
	BENCH_SLEEP=$seconds
	shmrun_is "64 passed, 0 failed" -j 64 "$suites/idle.so"
	sample idle "$(calc "$cpu / 1e6")"
	BENCH_SLEEP=0
	shmrun_is "64 passed, 0 failed" -j 64 "$suites/idle.so"
	sample awake "$(calc "$cpu / 1e6")"
	sample bare "$(calc "$("$built/floor" sleep 64) * 64 / 1e6")"
}

for_rounds round
for_rounds idle_round
figure "$n tests of 5 us: throughput of -j 64 to -j 2" \
	"$(ratio wall2 wall64)" x '>=' 0.9 "wall time, spin::five_us"
figure "... CPU of -j 2 to -j 64" "$(ratio cpu2 cpu64)" x '>=' 0.9 \
	"work per CPU"
figure "63 idle workers, one $seconds s test: CPU of the run" \
	"$(median idle)" ms '<' 20 "start and end of all 64 included"
figure "... the same without the sleep: start and end of 64" \
	"$(median awake)" ms
figure "... of that: 64 bare forks that sleep 50 ms and exit" \
	"$(median bare)" ms
figure "... so 63 workers idle for $seconds s, and the runner" \
	"$(minus idle awake)" ms
