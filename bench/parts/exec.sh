# SPDX-License-Identifier: MIT
# exec.sh: programs as tests against vfork + execve + waitpid of the same.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 2000 50)
program=$(type -P true)
yes "$program" | head -n "$n" >"$tmp/programs.list"

# tier JOBS: between two bare loops, because the price of a program drifts.
tier()
{
	local before after
	before=$("$built/floor" exec "$n" "$program")
	shmrun_is "$n passed, 0 failed" -j "$1" --programs="$tmp/programs.list"
	per_test "tier$1" "$n"
	after=$("$built/floor" exec "$n" "$program")
	sample "exec$1" "$(calc "($before + $after) / 2")"
}

round()
{
	tier 1
	tier 2
}

for_rounds round
figure "a bare vfork + execve + waitpid" "$(calc "$(median exec1) / 1e3")" us
figure "$n times true, exec tier, -j 1: CPU per test" \
	"$(calc "$(median tier1) / 1e3")" us
figure "... against the bare program" "$(ratio tier1 exec1)" x '<=' 1.15 \
	"floor exec $n true"
figure "... -j 2: against the bare program" "$(ratio tier2 exec2)" x '<=' 1.15 \
	"floor exec $n true"
