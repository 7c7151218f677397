# SPDX-License-Identifier: MIT
# crowd.sh: many more workers than cores, working and idle.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 400000 2000)
seconds=$(size 5 2)
# Sanitizers need seconds to start 64.
crowd=$(size 64 8)
memory=/dev/shm
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

# of_tree PID: a process and all below it, one a line, and how far below.
of_tree()
{
	ps -eo pid=,ppid= | awk -v root="$1" '
		{ parent[$1] = $2 }
		END { for (pid in parent) {
			depth = 0
			for (up = pid; up in parent && up != root; depth++)
				up = parent[up]
			if (up == root) print pid, depth
		} }'
}

# used_by DEPTH: CPU (ms) of those in $tmp/tree that are at least so deep.
used_by()
{
	awk -v least="$1" '$2 >= least { print "/proc/" $1 "/schedstat" }' \
		"$tmp/tree" | xargs cat |
		awk '{ sum += $1 } END { print sum / 1e6 }'
}

# CPU (ms) that runner, warden, loader and workers have used, and the workers
# alone, when all but one worker have been idle for as long as one can wait.
idle_processes() # NAME
{
	local pid n=0 all=$((crowd + 3)) tries
	# shellcheck disable=SC2086 # a list of words on purpose
	"$SHMRUN" $BENCH_ARGS -j "$crowd" "$suites/idle.so" >"$tmp/idle" 2>&1 &
	pid=$!
	sleep "$(calc "$seconds - 0.5")"
	# Where a start is slow, not all are there yet.
	for ((tries = 0; n < all && tries < 10; tries++)); do
		[ "$tries" = 0 ] || sleep 0.05
		of_tree "$pid" >"$tmp/tree"
		n=$(wc -l <"$tmp/tree")
	done
	[ "$n" = "$all" ] || broken "$n processes instead of $all"
	sample "$1_workers" "$(used_by 2)"
	sample "$1_used" "$(used_by 0)"
	wait "$pid" || broken "the idle suite failed"
}

# The same where a folder costs next to nothing.
idle_in_memory()
{
	[ -w "$memory" ] || return 0
	local TMPDIR=$memory
	export TMPDIR
	idle_processes memory
}

# The same suite without the sleep: what starting and ending 64 workers costs.
idle_round()
{
	BENCH_SLEEP=$seconds
	idle_processes disk
	idle_in_memory
	shmrun_is "64 passed, 0 failed" -j "$crowd" "$suites/idle.so"
	sample idle "$(calc "$cpu / 1e6")"
	BENCH_SLEEP=0
	shmrun_is "64 passed, 0 failed" -j "$crowd" "$suites/idle.so"
	sample awake "$(calc "$cpu / 1e6")"
	sample bare "$(calc "$("$built/floor" sleep 64) * 64 / 1e6")"
	sample folders "$(calc "$("$built/floor" mkdir 64) * 64 / 1e6")"
}

for_rounds round
for_rounds idle_round
figure "$n tests of 5 us: throughput of -j 64 to -j 2" \
	"$(ratio wall2 wall64)" x '>=' 0.9 "wall time, spin::five_us"
figure "... CPU of -j 2 to -j 64" "$(ratio cpu2 cpu64)" x '>=' 0.9 \
	"work per CPU"
figure "63 idle workers, one $seconds s test: CPU of all processes" \
	"$(median disk_used)" ms '<' 20 "runner, loader, 64 workers, half a second before the end"
figure "... of that the 64 workers, from their fork on" \
	"$(median disk_workers)" ms '<' 20
figure "... where 64 bare folders take, as those of the slots" \
	"$(median folders)" ms
if [ -w "$memory" ]; then
	figure "... with the folders in memory: all processes" \
		"$(median memory_used)" ms '<' 20 "TMPDIR=$memory"
	figure "... of that the 64 workers" "$(median memory_workers)" ms
fi
figure "... of the whole run, the end of 64 workers included" \
	"$(median idle)" ms
figure "... the same without the sleep: start and end of 64" \
	"$(median awake)" ms
figure "... of that: 64 bare forks that sleep 50 ms and exit" \
	"$(median bare)" ms
figure "... so 63 workers idle for $seconds s, and the runner" \
	"$(minus idle awake)" ms
