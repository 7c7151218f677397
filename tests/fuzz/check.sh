#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh TARGET.fuzz...: make check-fuzz.  Builds all targets with libFuzzer
# in the folder fuzz and lets each run for FUZZ_SECONDS, FUZZ_JOBS at a time,
# on its corpus and on what earlier runs here have found.  A line per target;
# exit 0 when nothing was found, or when there is no libFuzzer: then it says
# so and does nothing.
set -euo pipefail

corpus=${top_srcdir:?}/tests/fuzz/corpus

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

# one TARGET.fuzz: exit 1 when it has found something.
one()
{
	local name log status=0
	name=$(basename "$1" .fuzz)
	log=fuzz/$name.log
	mkdir -p "fuzz/corpus/$name"
	"fuzz/$1" -max_total_time="$FUZZ_SECONDS" -timeout=10 -max_len=8192 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="fuzz/found-$name-" "fuzz/corpus/$name" \
		"$corpus/$name" >"$log" 2>&1 || status=$?
	if [ "$status" = 0 ]; then
		printf 'ok - %s: %s inputs, %s of them new\n' "$name" \
			"$(stat_of number_of_executed_units "$log")" \
			"$(stat_of new_units_added "$log")"
		return 0
	fi
	grep -E '^(==[0-9]|SUMMARY|ALARM|.*runtime error|[^ ]*:[0-9]+: )' \
		"$log" | sed 's/^/# /'
	printf 'not ok - %s: see %s and %s\n' "$name" "$log" \
		"$(ls -t fuzz/found-"$name"-* 2>/dev/null | head -n 1)"
	return 1
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
printf '%s\n' "${wanted[@]}" |
	xargs -P "${FUZZ_JOBS:?}" -I '{}' bash "$0" --one '{}' || {
	echo "fuzz: something was found; put it into $corpus when it is fixed"
	exit 1
}
echo "fuzz: ${#wanted[@]} targets, ${FUZZ_SECONDS:?} s each, nothing found"
