#!/bin/bash
# SPDX-License-Identifier: MIT
# Deaths by signal: each test is blamed for its own signal and no other, its
# neighbours pass, what it said before is told; a crash of the process group
# (kill(0, ...)) takes nobody along (ISO-2, STATE-4, ACC-1, PROC-7, SIG-1).
# Both tiers, few and many workers.

. "${top_srcdir:-.}/tests/cli/lib.sh"

plan 54

crashes="SIGABRT crash::abrt
SIGFPE crash::fpe
SIGILL crash::ill
SIGKILL crash::kill_itself
SIGSEGV crash::after_a_failure
SIGSEGV crash::raised_segv
SIGSEGV crash::segv
SIGSEGV crash::stack_overflow"

# The signals of the last run with their tests.
blamed()
{
	sed -En 's/^ *(SIG[A-Z]+) \[.*\] ([^ ]+) \(w[0-9]+\)$/\1 \2/p' \
		"$tmp/out" | sort
}

for isolate in worker fork; do
	for jobs in 1 2 8; do
		with="$isolate, -j $jobs"
		run --isolate=$isolate -j $jobs \
			"$SUITES/crash.so"
		is "$status $(last_line "$out")" "1 60 passed, 8 failed" \
			"$with: the neighbours pass"
		is "$(blamed)" "$crashes" "$with: each has its own signal"
		is "$(results | wc -l)" 8 "$with: nothing else is told"
		like "$out" '^60 pass, 8 crash$' "$with: they are crashes"
		is "$err" "" "$with: nothing on stderr"
		like "$(told crash::after_a_failure)" \
			'crash\.c:[0-9]+: 1 == 2$' \
			"$with: the check before the crash is told"
	done
	like "$(told crash::abrt)" 'killed by SIGABRT' \
		"$isolate: the signal is told"

	# With recycling off a crash still costs a worker and nothing more.
	run --isolate=$isolate --recycle=never -j 1 \
		"$SUITES/crash.so"
	is "$(last_line "$out")" "60 passed, 8 failed" \
		"$isolate: the same with --recycle=never"

	# One test each: there is no neighbour to blame instead.
	run --isolate=$isolate -f crash::segv "$SUITES/crash.so"
	is "$status $(blamed)" "1 SIGSEGV crash::segv" "$isolate: alone"

	# No core files, wherever the kernel would put them (PROC-17).
	ok "$isolate: no core file" test -z "$(find . -maxdepth 1 -name 'core*' \
		-newer "$tmp/home")"

	for jobs in 1 4; do
		run --isolate=$isolate -j $jobs "$SUITES/kill0.so"
		is "$status $(last_line "$out")" "1 50 passed, 3 failed" \
			"$isolate, -j $jobs: kill(0, ...): the others live"
		is "$(blamed | xargs)" \
			"SIGINT kill0::sigint SIGKILL kill0::sigkill SIGTERM kill0::sigterm" \
			"$isolate, -j $jobs: kill(0, ...): exact blame"
	done
done

# Crashes of several suites do not mix.
run -j 4 "$SUITES/crash.so" "$SUITES/pass.so" "$SUITES/kill0.so"
is "$status $(last_line "$out")" "1 120 passed, 11 failed" \
	"three suites at once"
is "$(blamed | wc -l)" 11 "three suites at once: all are told"
