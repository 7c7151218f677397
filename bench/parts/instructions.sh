# SPDX-License-Identifier: MIT
# instructions.sh: user instructions per empty test of the worker tier, where
# the machine counts them: the one figure that a build could gate on.

. "${top_srcdir:?}/bench/lib.sh"

n=$(size 1000000 10000)
what="user instructions per empty test"
export EMPTY_COUNT

# counted N: of the whole tree of one run.
counted()
{
	EMPTY_COUNT=$1
	# shellcheck disable=SC2086 # a list of words on purpose
	perf stat -x, -e instructions:u -o "$tmp/perf" "$SHMRUN" $BENCH_ARGS \
		-j 2 "$fixtures/manyempty.so" >"$tmp/out" 2>&1 || return
	awk -F, '$3 ~ /^instructions/ && $1 + 0 > 0 { print $1; n++ }
		 END { exit !n }' "$tmp/perf"
}

# Between two sizes, so that starting and ending drop out.
round()
{
	local more less
	more=$(counted "$n") && less=$(counted $((n / 10))) || return
	sample instructions "$(calc "($more - $less) / ($n * 0.9)")"
}

if ! command -v perf >/dev/null; then
	skipped "$what" "perf is not installed"
elif for_rounds round 2>/dev/null; then
	figure "$what" "$(median instructions)" ""
else
	skipped "$what" "perf stat -e instructions:u counts nothing here"
fi
