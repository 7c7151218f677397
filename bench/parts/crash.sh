# SPDX-License-Identifier: MIT
# crash.sh: 1% of the tests of the worker tier crash: what does a crash cost
# beyond the same run without crashes, in bare forks?

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 100000 1000)
crashes=$((n / 100))
export BENCH_COUNT=$n BENCH_EVERY

round()
{
	local calm before after
	before=$("$built/floor" fork $((crashes * 2)))
	sample segv "$("$built/floor" crash $((crashes * 2)) 2>/dev/null)"
	BENCH_EVERY=0
	shmrun_is "$n passed, 0 failed" -j 2 "$suites/crashes.so"
	calm=$cpu
	BENCH_EVERY=100
	shmrun_is "$((n - crashes)) passed, $crashes failed" -j 2 \
		"$suites/crashes.so"
	sample crash "$(calc "($cpu - $calm) / $crashes")"
	sample wall "$(calc "$wall / 1e6")"
	after=$("$built/floor" fork $((crashes * 2)))
	sample fork "$(calc "($before + $after) / 2")"
}

for_rounds round
figure "a bare fork + _exit + waitpid" "$(calc "$(median fork) / 1e3")" us
figure "a bare fork + SIGSEGV + waitpid" "$(calc "$(median segv) / 1e3")" us
figure "$crashes of $n tests crash: CPU per crash" \
	"$(calc "$(median crash) / 1e3")" us
figure "... against a bare fork" "$(ratio crash fork)" x '<=' 2 \
	"beyond the run without crashes"
figure "... against a bare fork that crashes" "$(ratio crash segv)" x
figure "... wall time of the run" "$(median wall)" ms
