# SPDX-License-Identifier: MIT
# instructions.sh: user instructions per empty test of the worker tier: of the
# whole tree where the machine counts them, and of the worker alone, from one
# test to the next, by single steps.  The latter is the same each time, so a
# build as it is by default fails beyond the limit.

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

# ---- from one test to the next --------------------------------------------

what="instructions of a worker from test to test"
limit=650

# The figure is one of this compiler, its default flags and nothing built in
# for tests.
is_usual()
{
	grep -q '^CC = gcc$' "$top_builddir/Makefile" &&
		grep -q '^CFLAGS = -g -O2$' "$top_builddir/Makefile" &&
		! grep -Eq '^#define ENABLE_(POINTS|YIELD|COVERAGE) [^0]' \
			"$top_builddir/config.h"
}

stepped()
{
	rm -f "$tmp/steps"
	# shellcheck disable=SC2086 # a list of words on purpose
	LD_PRELOAD=$suites/steps_clock.so STEPS=$tmp/steps "$SHMRUN" \
		$BENCH_ARGS -j 1 --record=none --isolate=worker \
		--order=collection "$suites/steps.so" >"$tmp/out" 2>&1 ||
		broken "counting steps: $(tail -n 1 "$tmp/out")"
	sample steps "$(median_of <"$tmp/steps")"
}

if [ "$(uname -m)" != x86_64 ]; then
	skipped "$what" "not on x86-64"
elif [ -n "${SANITIZERS-}" ]; then
	skipped "$what" "not with sanitizers"
else
	for_rounds stepped
	figure "$what" "$(median steps)" "" '<=' $limit
	! is_usual ||
		awk "BEGIN { exit !($(median steps) <= $limit) }" ||
		broken "$what: $(median steps), the limit is $limit"
fi
