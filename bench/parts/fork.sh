# SPDX-License-Identifier: MIT
# fork.sh: the fork tier against a bare fork + _exit + waitpid loop.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 5000 50)
export EMPTY_COUNT=$n

# tier JOBS: between two bare loops, because the price of a fork drifts.
tier()
{
	local before after
	before=$("$built/floor" fork "$n")
	shmrun_is "$n passed, 0 failed" -j "$1" --isolate=fork \
		"$fixtures/manyempty.so"
	per_test "tier$1" "$n"
	sample "wall$1" "$wall"
	after=$("$built/floor" fork "$n")
	sample "fork$1" "$(calc "($before + $after) / 2")"
}

round()
{
	tier 1
	tier 2
}

for_rounds round
figure "a bare fork + _exit + waitpid" "$(calc "$(median fork1) / 1e3")" us
figure "$n empty tests, fork tier, -j 1: CPU per test" \
	"$(calc "$(median tier1) / 1e3")" us
figure "... against a bare fork" "$(ratio tier1 fork1)" x '<=' 1.25 \
	"floor fork $n"
figure "... -j 2: CPU per test" "$(calc "$(median tier2) / 1e3")" us
figure "... -j 2: throughput against -j 1" "$(ratio wall1 wall2)" x '>=' 1 \
	"wall time"
