# SPDX-License-Identifier: MIT
# lib.sh - what every bench/parts/*.sh sources first: running, samples, figures.
#
#	. "${top_srcdir:?}/bench/lib.sh"
#	for_rounds one_round	# samples, interleaved
#	figure "worker tier, CPU per test" "$(ratio shmrun call)" x '<=' 6 \
#		"a bare call"
#
# make bench and make bench-smoke set SHMRUN (the program), top_srcdir,
# top_builddir (both absolute), CC, CXX; BENCH_SMOKE=1 for the small sizes,
# BENCH_ROUNDS (5) and BENCH_ARGS (more options for shmrun, such as
# --backend=epoll).
#
# A sample is one number of one round; a ratio is the median of the rounds'
# ratios, because two runs of one round see the same machine.

set -u
: "${SHMRUN:?the path of the shmrun program}"
: "${top_srcdir:?}" "${top_builddir:?}"
: "${BENCH_SMOKE:=0}" "${BENCH_ROUNDS:=5}" "${BENCH_ARGS:=}"
export LC_ALL=C TERM=dumb
unset MAKEFLAGS MFLAGS SHMRUN_OPTS SHMRUN_CONFIG SHMRUN_PROFILE

built=$top_builddir/bench
suites=$built/suites
fixtures=$top_builddir/tests/fixtures
tmp=$(mktemp -d "${TMPDIR:-/tmp}/shmrun-bench.XXXXXX") || exit 99
# What a part's own runs have learnt is known to those that follow.
export SHMRUN_CACHE_DIR=$tmp/cache
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# broken TEXT...: the bench itself is wrong; no figure is better than a lie.
broken()
{
	echo "bench: $*" >&2
	exit 1
}

# size FULL SMOKE
size()
{
	if [ "$BENCH_SMOKE" = 1 ]; then echo "$2"; else echo "$1"; fi
}

# for_rounds COMMAND...: so many times; samples become lines of one file each.
for_rounds()
{
	local turn turns
	turns=$(size "$BENCH_ROUNDS" 1)
	for ((turn = 0; turn < turns; turn++)); do "$@" || return; done
}

# ---- running ---------------------------------------------------------------

# measured [-m] [-n] COMMAND...: under bench/measure; sets cpu and wall (ns),
# status, hwm (KB), arena (bytes), shmem (KB) and last (line of stdout).
measured()
{
	local line
	line=$("$built/measure" "$@" 2>"$tmp/stderr") ||
		broken "cannot measure $*: $(cat "$tmp/stderr")"
	read -r cpu wall status hwm arena shmem last <<<"$line"
}

# shmrun_is LAST ARGUMENT...: measures a run of shmrun, which must end in this
# line.  measure_flags=-m measures memory, too.
measure_flags=
shmrun_is()
{
	local wanted=$1
	shift
	# shellcheck disable=SC2086 # lists of words on purpose
	measured $measure_flags "$SHMRUN" $BENCH_ARGS "$@"
	[ "$last" = "$wanted" ] ||
		broken "shmrun $*: '$last' instead of '$wanted'"
}

# ---- samples ---------------------------------------------------------------

# sample NAME VALUE
sample()
{
	echo "$2" >>"$tmp/$1.samples"
}

# per_test NAME N: a sample of the CPU ns per test of what was just measured.
per_test()
{
	sample "$1" "$(calc "$cpu / $2")"
}

# calc EXPRESSION: arithmetic with fractions.
calc()
{
	awk "BEGIN { printf \"%.9g\", $1 }" || broken "cannot calculate $1"
}

# Of numbers, one a line.
median_of()
{
	sort -g | awk '{ v[NR] = $1 } END {
		if (!NR) exit 1
		printf "%.6g", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2
	}'
}

median()
{
	median_of <"$tmp/$1.samples"
}

# ratio A B: the median of A's samples divided by B's, round by round.
ratio()
{
	paste "$tmp/$1.samples" "$tmp/$2.samples" |
		awk '{ printf "%.9g\n", $1 / $2 }' | median_of
}

# minus A B: the same for the difference.
minus()
{
	paste "$tmp/$1.samples" "$tmp/$2.samples" |
		awk '{ printf "%.9g\n", $1 - $2 }' | median_of
}

# ---- figures ---------------------------------------------------------------

# figure NAME VALUE UNIT [RELATION LIMIT [AGAINST]]: a line of the result.
# RELATION is <=, >= or <; without one the line only tells.  A small size says
# nothing about a limit.
figure()
{
	local verdict="" limit=""
	[ -n "$2" ] || broken "no samples for: $1"
	if [ $# -gt 3 ] && [ "$BENCH_SMOKE" != 1 ]; then
		limit="$4 $5"
		verdict=$(awk "BEGIN { print ($2 $4 $5) ? \"met\" : \"MISSED\" }")
	fi
	printf '%-7s %-52s %10.4g %-5s %-10s %s\n' "$verdict" "$1" "$2" "$3" \
		"$limit" "${6-}"
}

# skipped NAME REASON
skipped()
{
	printf '%-7s %-52s %s\n' skipped "$1" "$2"
}
