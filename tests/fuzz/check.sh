#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh TARGET.fuzz...: make check-fuzz.  Builds all targets with libFuzzer
# in the folder fuzz and lets each run for FUZZ_SECONDS, FUZZ_JOBS at a time,
# on its corpus and on what earlier runs here have found.  A line per target as
# it ends, and a table of all; exit 0 when nothing was found, or when there is no
# libFuzzer: then it says so and does nothing.
#
# Long runs are made of slices, and fuzz/TARGET.spent has a line for each that
# is over: BUILD EXECUTIONS SECONDS NEW FINDINGS.  With FUZZ_RESUME=yes what
# stands there counts, so that a run that was interrupted goes on where it was:
# BUILD is the target's checksum, for what another build has done says nothing.
set -euo pipefail

corpus=${top_srcdir:?}/tests/fuzz/corpus
# So many at once have no room for what each of them has freed.
export ASAN_OPTIONS=quarantine_size_mb=16:${ASAN_OPTIONS-}
slice=300
# Seconds for one input, by the clock: it counts what the others use, too.
patience=$((10 + 10 * ${FUZZ_JOBS:?} / $(nproc)))
interrupted=72 # libFuzzer's status after SIGINT or SIGTERM

# The runtime is a package of its own.
has_fuzzer()
{
	echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n);
		int LLVMFuzzerTestOneInput(const char *d, unsigned long n)
		{ return d && n > 1 && 0; }' |
		"${FUZZ_CC:?}" -x c -fsanitize=fuzzer,address,undefined \
			-o fuzz/probe - 2>fuzz/probe.log
}

build()
{
	[ -f fuzz/Makefile ] || (
		cd fuzz
		"$top_srcdir/configure" --quiet --enable-fuzz CC="$FUZZ_CC" \
			>configure.log || { cat configure.log; exit 1; }
	)
	"${MAKE:?}" -C fuzz -s --no-print-directory fuzz-targets \
		>fuzz/build.log 2>&1 || { cat fuzz/build.log; return 1; }
}

# What the last line of libFuzzer's statistics called so says.
stat_of()
{
	sed -n "s/^stat::$1: *//p" "$2" | tail -n 1
}

# spent TARGET.fuzz: "EXECUTIONS SECONDS NEW FINDINGS" of this build so far.
spent()
{
	local ledger
	ledger=fuzz/$(basename "$1" .fuzz).spent

	[ -f "$ledger" ] || : >"$ledger"
	awk -v build="$(cksum <"fuzz/$1" | tr ' ' .)" '
		$1 == build { n += $2; s += $3; new += $4; found += $5 }
		END { print n + 0, s + 0, new + 0, found + 0 }' "$ledger"
}

# fuzz TARGET.fuzz SECONDS: one slice; 1 when it has found something, 255 when
# it was interrupted: then no other is begun.
fuzz()
{
	local name log status=0 began=$SECONDS
	name=$(basename "$1" .fuzz)
	log=fuzz/$name.log
	mkdir -p "fuzz/corpus/$name"
	"fuzz/$1" -max_total_time="$2" -timeout="$patience" -max_len=8192 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="fuzz/found-$name-" "fuzz/corpus/$name" \
		"$corpus/$name" >"$log" 2>&1 || status=$?
	echo "$(cksum <"fuzz/$1" | tr ' ' .)" \
		"$(stat_of number_of_executed_units "$log" | grep . || echo 0)" \
		"$((SECONDS - began))" \
		"$(stat_of new_units_added "$log" | grep . || echo 0)" \
		"$((status != 0 && status != interrupted))" \
		>>"fuzz/$name.spent"
	[ "$status" != 0 ] || return 0
	[ "$status" != "$interrupted" ] || return 255
	grep -E '^(==[0-9]|SUMMARY|ALARM|.*runtime error|[^ ]*:[0-9]+: )' \
		"$log" | sed 's/^/# /'
	printf 'not ok - %s: see %s and %s\n' "$name" "$log" \
		"$(ls -t fuzz/found-"$name"-* 2>/dev/null | head -n 1)"
	return 1
}

# one TARGET.fuzz: all its time, or what is left of it.
one()
{
	local name executions seconds new
	name=$(basename "$1" .fuzz)
	while read -r executions seconds new _ < <(spent "$1") &&
	      [ "$seconds" -lt "$FUZZ_SECONDS" ]; do
		fuzz "$1" "$((FUZZ_SECONDS - seconds < slice ?
			FUZZ_SECONDS - seconds : slice))" || return
	done
	printf 'ok - %s: %s inputs, %s of them new\n' "$name" "$executions" \
		"$new"
}

# table TARGET.fuzz...
table()
{
	local target

	for target; do
		echo "$(basename "$target" .fuzz) $(spent "$target")"
	done | awk '
		BEGIN { row = "%-12s %14s %9s %8s %9s\n"
			printf row, "target", "executions", "seconds", "new",
				"findings" }
		{ printf row, $1, $2, $3, $4, $5
		  for (i = 2; i <= 5; i++) sum[i] += $i }
		END { printf row, "all", sum[2] + 0, sum[3] + 0, sum[4] + 0,
			sum[5] + 0 }'
}

if [ "${1:-}" = --one ]; then
	one "$2"
	exit
fi

mkdir -p fuzz
if ! has_fuzzer; then
	echo "skipped: $FUZZ_CC cannot link with libFuzzer (on Debian:" \
		"apt-get install clang libclang-rt-dev)"
	exit 0
fi
build
wanted=()
for target; do
	[[ " ${FUZZ_ONLY:-} " =~ ^\ +$|\ $(basename "$target" .fuzz)\  ]] &&
		wanted+=("$target")
done
for target in "${wanted[@]}"; do
	[ -n "${FUZZ_RESUME:-}" ] ||
		: >"fuzz/$(basename "$target" .fuzz).spent"
done
# What was done so far is told then, too.
trap : INT TERM
status=0
printf '%s\n' "${wanted[@]}" |
	xargs -P "${FUZZ_JOBS:?}" -I '{}' bash "$0" --one '{}' || status=$?
table "${wanted[@]}"
case $status in
0) echo "fuzz: ${#wanted[@]} targets, ${FUZZ_SECONDS:?} s each, nothing found" ;;
123) echo "fuzz: something was found; put it into $corpus when it is fixed"
	exit 1 ;;
*) echo "fuzz: interrupted; FUZZ_RESUME=yes goes on"
	exit 130 ;;
esac
